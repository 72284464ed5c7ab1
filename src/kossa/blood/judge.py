"""High, low or normal: by the report's own range, then by its own flag, then by the table.

Order of trust: reference page 3.3. A report whose range and flag contradict each other is not
believed in either; the table decides.
"""

from __future__ import annotations

from kossa.blood.numbers import Printed, printed
from kossa.blood.ranges import for_person, inside_a_childs, judge, own_range
from kossa.blood.row import Reading
from kossa.evidence import Comparator, Flag, Person, Range, Refused, Severity

__all__ = ["own", "verdict"]


def _limit(reading: Reading, cell: object) -> float | None:
    if cell is None or str(cell).strip() == "":
        return None
    try:
        return printed(cell, commas=reading.row.decimal_comma).value
    except Refused as refused:
        reading.tell(
            "range-ignored",
            f"a limit of the range of {reading.row.name} could not be read: {refused}",
            "The limit was left out.",
            "Check the range in the report.",
        )
        return None


def own(reading: Reading, unit: str | None) -> Range | None:
    """Return the report's own range in its own unit, where it is one; else None, with a notice."""
    row = reading.row
    found, why = own_range(_limit(reading, row.low), _limit(reading, row.high), unit)
    if why and reading.analyte is not None:
        reading.tell(
            "range-ignored",
            f"the range that the report gives for {row.name} was not used: {why}",
            "The table's range for age and sex was used instead, where there is one.",
            "Ask the laboratory for its range.",
            Severity.INFO,
        )
    return found


def verdict(
    reading: Reading,
    number: Printed,
    value_si: float | None,
    given: Range | None,
    flag: Flag | None,
    person: Person,
) -> tuple[Range | None, Flag]:
    """Return the range that is shown and what the value is against it."""
    if given is None:
        return _from_table(reading, number, value_si, flag, person)
    against = _compare(number, given.low, given.high)
    if flag is None or flag in (Flag.UNKNOWN, against):
        return given, against
    reading.tell(
        "range-contradicts-flag",
        f"the report calls {reading.row.name} {flag}, but its own range makes it {against}",
        "Neither was used; the table decides, where it has the test.",
        "Ask the laboratory.",
    )
    return _from_table(reading, number, value_si, None, person)


def _from_table(
    reading: Reading, number: Printed, value_si: float | None, flag: Flag | None, person: Person
) -> tuple[Range | None, Flag]:
    analyte = reading.analyte
    row = for_person(analyte.id, person.age_years, person.sex) if analyte is not None else None
    shown = row.to_range(assumed=person.age_years is None) if row else None
    if flag is not None and flag is not Flag.UNKNOWN:
        return shown, flag  # the laboratory's own verdict, by a range that it did not print
    if row is None or analyte is None or value_si is None:
        return shown, Flag.UNKNOWN
    against = _compare(Printed(value_si, number.comparator), row.low, row.high)
    if against is Flag.NORMAL and row.recalled:
        return shown, Flag.UNKNOWN  # an unchecked range alone calls nothing normal (design)
    out = against in (Flag.LOW, Flag.HIGH)
    if person.age_years is None and not person.adult and out and inside_a_childs(analyte.id, value_si):
        reading.tell(
            "age-unknown",
            f"{reading.row.name} is {against} for an adult and may be normal for a child; the age is unknown",
            "It is shown and not weighed.",
            "Give the age (--age, or age_years in case.toml).",
        )
        return shown, Flag.UNKNOWN
    return shown, against


def _compare(number: Printed, low: float | None, high: float | None) -> Flag:
    """Judge a number, or a bound as far as it decides: `<4` with a low end of 20 is low."""
    if number.comparator is Comparator.NONE:
        return judge(number.value, low, high)
    if number.comparator in (Comparator.LESS, Comparator.LESS_EQUAL):
        if low is not None and low > 0 and number.value <= low:
            return Flag.LOW
        inside = high is not None and number.value <= high and not low
        return Flag.NORMAL if inside else Flag.UNKNOWN
    if high is not None and number.value >= high:
        return Flag.HIGH
    return Flag.NORMAL if high is None and low is not None and number.value >= low else Flag.UNKNOWN
