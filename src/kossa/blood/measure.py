"""One row -> one result: which test, which date, which number in which unit; refusals are told."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from kossa.blood.analytes import Analyte, by_loinc, by_name, check_digit_holds, rows
from kossa.blood.judge import own, verdict
from kossa.blood.numbers import Printed, iso_date, printed
from kossa.blood.plausible import check_unit
from kossa.blood.remarks import apart, interference
from kossa.blood.row import Reading, Row, flag_word
from kossa.blood.specimen import of_other_fluid
from kossa.chemistry.units import Unit, convert, parse
from kossa.evidence import Comparator, Flag, Notice, Person, Refused, Result, Severity

__all__ = ["measure"]

_HAEMOLYSED = re.compile(r"ha?emoly[sz]", re.IGNORECASE)
_UNUSABLE = re.compile(
    r"(?i)ha?emoly[sz]|lipa?emic|\bclotted\b|insufficient|unsuitable|unlabell?ed|contaminat"
)
_LEFT_OUT = "The row was left out."
_NO_VALUE = "The row gives no value."
_SHOWN = "The value is shown as given and not used."


def measure(row: Row, person: Person, *, today: date) -> tuple[Result | None, list[Notice]]:
    """Return the result of one row, or None where it gives none, and what is to be told."""
    reading = Reading(row)
    reading.analyte = _which(reading)
    reading.row = apart(reading)
    result = _read(reading, person, today)
    return result, reading.notices


def _which(reading: Reading) -> Analyte | None:
    """The test of a row: by its code; by its name only where no sound code says otherwise."""
    row = reading.row
    if not row.loinc:
        found = by_name(row.name)
        if row.by_name and found is not None:
            reading.tell(
                "no-code",
                f"{row.name} has no code that is known here; it was taken for {found.name} by its name",
                "It counts with less certainty.",
                "Check that it is this test in serum or plasma.",
            )
        return found
    if not check_digit_holds(row.loinc):
        reading.tell(
            "invalid-code",
            f"{row.loinc} is not a LOINC code: its check digit does not hold",
            f"The name {row.name or '(none)'} was used instead.",
            "Correct the code.",
        )
        return by_name(row.name)
    return by_loinc(row.loinc)


def _read(reading: Reading, person: Person, today: date) -> Result | None:
    row = reading.row
    if reading.analyte is None and not re.match(r"^\[?\w", row.name):
        said = f"'{row.name[:40]}' is not the name of a test" if row.name else "a row names no test"
        reading.tell("unknown-test", said, _LEFT_OUT, "Name the test in the first column.")
        return None
    try:
        when = iso_date(row.date, today=today)
    except Refused as refused:
        reading.tell(refused.code, f"{row.name}: {refused}", _LEFT_OUT, "Correct the date and read again.")
        return None
    if reading.analyte is None:
        reading.tell(
            "unknown-loinc" if row.loinc else "unknown-test",
            f"{row.name}{f' (LOINC {row.loinc})' if row.loinc else ''} is not in the table of tests",
            "It is shown and not weighed.",
            "None, unless it is another name of a test that matters here.",
            Severity.INFO,
        )
    number = None if row.absent else _number(reading)
    flag = flag_word(row.flag) or (None if number else flag_word(row.value)) or _titre(reading, number)
    if number is None and flag is None and not row.absent:
        return None
    if row.absent:
        reading.tell("no-value", f"{row.name} has no value: {row.absent}", _NO_VALUE, "", Severity.INFO)
    borderline = str(row.flag or "").strip().lower() == "borderline"
    blank = Result(
        analyte=reading.analyte.id if reading.analyte else _slug(row.name),
        value=None,
        flag=flag or Flag.UNKNOWN,
        status="borderline" if borderline else row.status,
        when=when,
        loinc=row.loinc,
        comment=row.comment,
        source=row.source,
    )
    result = blank if number is None else _with_number(reading, blank, number, flag, person)
    if _barred(reading) or of_other_fluid(reading) or _spoilt(reading, result.analyte):
        result = msgspec.structs.replace(result, flag=Flag.UNKNOWN, weighed=False)
    return result if result.counts else msgspec.structs.replace(result, weighed=False)


def _barred(reading: Reading) -> bool:
    """Whether the document itself forbids to weigh the row; all that stands against it is told."""
    for remark in reading.row.remarks if reading.analyte is not None else ():
        reading.tell(
            remark.code,
            f"{reading.row.name}: {remark.what}",
            remark.done,
            "Ask who made the record.",
        )
    return reading.analyte is not None and any(r.bars for r in reading.row.remarks)


def _titre(reading: Reading, number: Printed | None) -> Flag | None:
    """The verdict of an antibody's titre: positive from the dilution that the table gives."""
    unit = parse(reading.row.unit)
    if number is None or unit is None or unit.kind != "titer" or reading.analyte is None:
        return None
    limits = {r["analyte"]: float(r["positive_from"]) for r in rows("titres.csv")}
    limit = limits.get(reading.analyte.id)
    if limit is None:
        return None
    return Flag.HIGH if number.value >= limit else Flag.NORMAL


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_")[:60] or "unnamed"


def _number(reading: Reading) -> Printed | None:
    row, analyte = reading.row, reading.analyte
    try:
        found = printed(row.value, commas=row.decimal_comma)
    except Refused as refused:
        word = str(row.value or "").strip()
        worded = (refused.code == "no-value" and flag_word(row.flag)) or flag_word(word)
        if worded or (analyte is None and row.loinc):  # the words of a test that is not read anyway
            return None
        if _UNUSABLE.search(word):
            what = f"{row.name}: the sample was not usable ('{word[:60]}')"
            code = "haemolysed" if _HAEMOLYSED.search(word) else refused.code
            reading.tell(code, what, _NO_VALUE, "Use the result of a new sample.")
        else:
            reading.tell(refused.code, f"{row.name}: {refused}", _NO_VALUE, "Check the value in the report.")
        return None
    if found.comma:
        reading.tell(
            "decimal-comma",
            f"{row.name} is written with a decimal comma, {row.value}",
            f"It was read as {found.value:g}.",
            "Check that this is meant.",
            Severity.INFO,
        )
    if found.value < 0 and analyte is not None and (analyte.low is None or analyte.low >= 0):
        reading.tell(
            "invalid-number",
            f"{row.name} cannot be {found.value:g}",
            _NO_VALUE,
            "Check the value in the report.",
        )
        return None
    return found


def _with_number(
    reading: Reading, blank: Result, number: Printed, flag: Flag | None, person: Person
) -> Result:
    row, analyte = reading.row, reading.analyte
    unit = parse(row.unit)
    code = unit.code if unit else row.unit
    value_si = _to_si(reading, number.value, unit)
    given = own(reading, code)
    exact = number.comparator is Comparator.NONE
    plausible, likely = True, None
    if analyte is not None and exact:
        plausible, likely, told = check_unit(analyte, row, number.value, unit, value_si, person)
        reading.notices.extend(told)
    if plausible:
        shown, against = verdict(reading, number, value_si, given, flag, person)
    else:
        # the number says nothing; the report's own word stands where no other unit explains the number
        shown, against = given, (flag or Flag.UNKNOWN) if likely is None else Flag.UNKNOWN
    return msgspec.structs.replace(
        blank,
        value=number.value if exact else None,
        comparator=number.comparator,
        bound=None if exact else number.value,
        unit=code,
        value_si=value_si if exact else None,
        unit_si=analyte.si if analyte is not None and value_si is not None else None,
        range=shown,
        flag=against,
        plausible=plausible,
        likely_unit=likely,
    )


def _spoilt(reading: Reading, analyte: str) -> bool:
    """Whether what the laboratory wrote beside the value forbids to weigh it; what it means is told."""
    row = reading.row
    met = interference(analyte, _beside(row))
    if met is None or row.absent:
        return False
    code = "haemolysed" if _HAEMOLYSED.search(_beside(row)) else "sample-not-usable"
    forbidden = met.weighed == "no"
    given = row.flag if row.value is None else row.value
    reading.tell(
        code if forbidden else "sample-remark",
        f"beside {row.name} {given} stands '{_beside(row)[:60]}': {met.effect}",
        "It is shown and not weighed." if forbidden else "It counts with less certainty.",
        "Repeat the test." if forbidden else "Repeat it if it matters.",
        Severity.WARNING if forbidden else Severity.INFO,
    )
    return forbidden


def _beside(row: Row) -> str:
    return " ".join(str(part) for part in (row.comment, row.flag, row.status) if part)


def _to_si(reading: Reading, value: float, unit: Unit | None) -> float | None:
    row, analyte = reading.row, reading.analyte
    if analyte is None or analyte.si is None:
        return None
    if not row.unit:
        if analyte.si in ("1", "{INR}"):
            return value
        reading.tell(
            "no-unit",
            f"{row.name} {value:g} has no unit",
            "It is shown; without a unit it is not converted.",
            f"Give the unit ({reading.units}).",
        )
        return None
    try:
        code = unit.code if unit else row.unit[:40]
        found = convert(value, code, analyte.si, analyte.substance)
    except Refused as refused:
        reading.tell("unknown-unit", f"{row.name}: {refused}", _SHOWN, f"Give it in {reading.units}.")
        return None
    if analyte.id == "egfr" and unit and unit.kind == "clearance":
        reading.tell(
            "not-indexed",
            f"{row.name} is given in {unit.code}, not per body surface",
            "It was taken as mL/min/1.73 m2.",
            "Check whether it is a measured clearance.",
            Severity.INFO,
        )
    return found
