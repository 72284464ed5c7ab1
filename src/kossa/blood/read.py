"""Files with laboratory results -> rows: tables, FHIR records, case forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kossa.blood.fhir import observation_rows
from kossa.blood.letters import rows_in_text
from kossa.blood.row import Row, row_of
from kossa.evidence import FileKind, Severity
from kossa.evidence.words_reading import ended
from kossa.intake.case_form import lab_rows
from kossa.intake.entry import Entry
from kossa.intake.fhir_entries import resources
from kossa.intake.json_doc import first_fault
from kossa.intake.safe_text import safe
from kossa.intake.sidecar import parse_toml
from kossa.intake.table import NAME_COLUMNS, VALUE_COLUMNS, Header, read_table
from kossa.intake.table_columns import level_column
from kossa.intake.text import decode_text, within

__all__ = ["KINDS", "rows_in"]

KINDS = (FileKind.FHIR, FileKind.BLOOD, FileKind.CASE, FileKind.HISTORY)
_COLUMNS = {
    "unit": {"unit", "units"},
    "date": {"date", "collected", "collection date", "taken", "sample date", "result date", "when"},
    "low": {"low", "reference_low", "ref low", "range low", "lower"},
    "high": {"high", "reference_high", "ref high", "range high", "upper"},
    "flag": {"flag", "abnormal", "interpretation"},
    "status": {"status"},
    "loinc": {"loinc", "code", "loinc code"},
    "comment": {"comment", "comments", "note", "notes", "remark"},
    "specimen": {
        "specimen",
        "specimen type",
        "sample",
        "sample type",
        "sample material",
        "material",
        "matrix",
        "fluid",
    }
    | {
        "probe",
        "probenmaterial",
        "probenart",
        "untersuchungsmaterial",
        "prelevement",
        "echantillon",
        "nature",
    },
}
_RANGES = {"range", "reference range", "reference", "ref range"}
_COLUMNS_NAMED, _COLUMN_LETTERS = 12, 40  # of the columns that are not used, so many and so much is shown
WITHHELD = "a label that may name the person"
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
    used = _used_columns(table.header)
    _tell_unused(entry, table.header, used)
    for row in table.rows:
        if row.fault is not None:
            code, what = row.fault
            entry.tell(
                code, Severity.WARNING, ended(what), done="The row is not used.", place=f"line {row.line}"
            )
            continue
        yield _of_cells(entry, row.cells, row.line, used)


def _used_columns(header: Header) -> dict[str, tuple[str, ...]]:
    """What is taken from a row -> its columns; those that say whose a row is are none of them."""
    whose = header.person_columns()
    kinds = {**_COLUMNS, "name": NAME_COLUMNS - {"loinc"}, "value": VALUE_COLUMNS, "range": _RANGES}
    own = [(column, level_column(column)) for column in header.columns if column not in whose]
    return {key: tuple(c for c, level in own if {c, level} & names) for key, names in kinds.items()}


def _tell_unused(entry: Entry, header: Header, used: Mapping[str, tuple[str, ...]]) -> None:
    """Name the columns that nothing is taken from; what stands in them is not told."""
    known = {column for columns in used.values() for column in columns} | set(header.person_columns())
    left = [safe(c)[:_COLUMN_LETTERS] or "(no name)" for c in header.columns if c not in known]
    if left:
        shown = ", ".join(left[:_COLUMNS_NAMED])
        more = f" and {len(left) - _COLUMNS_NAMED} more" if len(left) > _COLUMNS_NAMED else ""
        entry.tell(
            "column-not-used",
            Severity.INFO,
            f"Nothing is taken from the columns {shown}{more} of this table.",
            todo="Rename one that matters: name, value, unit, date, low, high, flag, comment, specimen.",
        )


def _of_cells(entry: Entry, cells: Mapping[str, str], line: int, used: Mapping[str, tuple[str, ...]]) -> Row:
    """Take a row by the names of its columns; a column `range` such as 2.1-2.6 is two limits."""
    given: dict[str, Any] = {
        key: next((cells[c] for c in columns if cells.get(c)), None) for key, columns in used.items()
    }
    ranged = _RANGE.match(given.pop("range") or "")
    if ranged and given["low"] is None and given["high"] is None:
        given["low"], given["high"] = ranged.groups()
    name = safe(given["name"] or "")
    # a row that tells who the person is has strayed into the tests: its words go nowhere
    given["name"] = WITHHELD if _PERSONAL.match(name) else name
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
        yield replace(row, name=safe(row.name))
