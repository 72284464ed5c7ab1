"""Files with laboratory results -> rows: tables, FHIR records, case forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kossa.blood.analytes import by_loinc
from kossa.blood.columns import RENAME, unused, used_columns
from kossa.blood.fhir import observation_rows
from kossa.blood.letters import rows_in_text
from kossa.blood.numbers import decimal_comma
from kossa.blood.row import Row, row_of
from kossa.evidence import FileKind, Severity
from kossa.evidence.words_reading import ended
from kossa.intake.case_form import lab_rows
from kossa.intake.entry import Entry
from kossa.intake.fhir_entries import resources
from kossa.intake.json_doc import first_fault
from kossa.intake.safe_text import safe
from kossa.intake.sidecar import parse_toml
from kossa.intake.table import read_table
from kossa.intake.text import decode_text, within

__all__ = ["KINDS", "rows_in"]

KINDS = (FileKind.FHIR, FileKind.BLOOD, FileKind.CASE, FileKind.HISTORY)
_PERSONAL = re.compile(
    r"^\W*(patient|name|surname|first name|last name|given name|family name|mrn|dob|d\.o\.b|date of birth"
    r"|born|address|phone|nhs|hospital (no|number)|insurance)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^\s*(\d[\d.,]*)\s*(?:-|–|to)\s*(\d[\d.,]*)\s*$")


def rows_in(entry: Entry) -> list[Row]:
    """Return the rows of one file; raises `Refused` where it cannot be read as a whole.

    A single bad row or entry is told as a notice of the file and left out.
    """
    if entry.kind is FileKind.FHIR:
        return _fhir(entry)
    if entry.kind is FileKind.HISTORY:
        return (
            rows_in_text(within(decode_text(entry.read()).text), entry.source())
            if entry.format == "letter"
            else []
        )
    return list(_table(entry)) if entry.kind is FileKind.BLOOD else list(_case(entry))


def _fhir(entry: Entry) -> list[Row]:
    found = resources(entry.document())
    for met in found.faults():
        if met.fault is not None:
            entry.tell(
                met.fault.code,
                Severity.WARNING,
                ended(f"{met.place}: {met.fault.what}"),
                done="This entry is not used; the others are.",
                place=met.place,
            )
    births = {i.birth_date for i in entry.identities if i.birth_date}
    return observation_rows(found, entry.source(), births.pop() if len(births) == 1 else None)


def _table(entry: Entry) -> Iterator[Row]:
    table = read_table(entry.read())
    for code, what in table.remarks:
        entry.tell(code, Severity.WARNING, ended(what), done="Check the letters in the results.")
    used = used_columns(table.header)
    if left := unused(table.header, used):
        entry.tell("column-not-used", Severity.INFO, left, todo=RENAME)
    numbers = [c for key in ("value", "low", "high", "range") for c in used[key]]
    commas = any(decimal_comma(row.cells.get(c, "")) for row in table.rows for c in numbers)
    for row in table.rows:
        if row.fault is not None:
            code, what = row.fault
            entry.tell(
                code, Severity.WARNING, ended(what), done="The row is not used.", place=f"line {row.line}"
            )
            continue
        found = replace(_of_cells(entry, row.cells, row.line, used), decimal_comma=commas)
        if not _strayed(entry, found):
            yield found


def _strayed(entry: Entry, row: Row) -> bool:
    """Whether a row tells who the person is and no result: its words go nowhere."""
    if not _PERSONAL.match(row.name) or (row.loinc and by_loinc(row.loinc)):
        return False
    entry.tell(
        "not-a-result",
        Severity.INFO,
        f"{row.where}: This row tells of the person, not of a test.",
        done="It is not used and not shown.",
        place=row.where,
    )
    return True


def _of_cells(entry: Entry, cells: Mapping[str, str], line: int, used: Mapping[str, tuple[str, ...]]) -> Row:
    """Take a row by the names of its columns; a column `range` such as 2.1-2.6 is two limits."""
    given: dict[str, Any] = {
        key: next((cells[c] for c in columns if cells.get(c)), None) for key, columns in used.items()
    }
    ranged = _RANGE.match(given.pop("range") or "")
    if ranged and given["low"] is None and given["high"] is None:
        given["low"], given["high"] = ranged.groups()
    given["name"] = safe(given["name"] or "")
    return row_of(given, where=f"line {line}", source=entry.source(f"line {line}"))


def _case(entry: Entry) -> Iterator[Row]:
    data = entry.document().data if entry.format == "case_json" else parse_toml(entry.read())
    for number, lab in enumerate(lab_rows(data) if isinstance(data, dict) else [], 1):
        where = f"labs, row {number}"
        fault = first_fault(lab)
        if fault is not None or not isinstance(lab, dict):
            code = fault.code if fault else "not-a-row"
            what = fault.what if fault else "This is not a row with a name and a value."
            entry.tell(code, Severity.WARNING, ended(f"{where}: {what}"), done="It is not used.", place=where)
            continue
        row = row_of(lab, where=where, source=entry.source(where))
        if not _strayed(entry, row):
            yield replace(row, name=safe(row.name))
