"""Can a living person have this value, and if not: which unit was probably meant? Flag, never correct."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from kossa.blood.analytes import Analyte, rows
from kossa.blood.bands import emergency
from kossa.blood.ranges import ADULT_YEARS, for_person
from kossa.blood.row import Row
from kossa.chemistry.units import Unit, convert
from kossa.evidence import Notice, Person, Refused, Severity

__all__ = ["check_unit"]


@dataclass(frozen=True, slots=True)
class _Confusion:
    """A unit that laboratories also print, or a value that only another unit makes sense of."""

    analyte: str
    unit: str
    low: float
    high: float
    likely: str
    adults_only: bool


@cache
def _confusions() -> tuple[_Confusion, ...]:
    return tuple(
        _Confusion(
            r["analyte"],
            r["unit"],
            float(r["low"] or 0.0),
            float(r["high"] or math.inf),
            r["likely"],
            r["adults_only"] == "yes",
        )
        for r in rows("confusions.csv")
    )


def _si(analyte: Analyte, value: float, code: str) -> float | None:
    try:
        return convert(value, code, analyte.si or "", analyte.substance)
    except Refused:
        return None


def _fits(analyte: Analyte, value_si: float) -> bool:
    return (analyte.low is None or value_si >= analyte.low) and (
        analyte.high is None or value_si <= analyte.high
    )


def _likely(analyte: Analyte, value: float, code: str | None, person: Person) -> str | None:
    """The unit that makes the value plausible; of several the one that brings it nearest to the range."""
    also = [c.likely for c in _confusions() if c.analyte == analyte.id]
    candidates = dict.fromkeys(u for u in (analyte.si, analyte.conventional, *also) if u and u != code)
    row = for_person(analyte.id, person.age_years, person.sex)
    middle = math.sqrt(row.low * row.high) if row and row.low and row.high else None
    best: tuple[float, str] | None = None
    for unit in candidates:
        si = _si(analyte, value, unit)
        if si is None or si <= 0 or not _fits(analyte, si):
            continue
        distance = abs(math.log(si / middle)) if middle else 0.0
        if best is None or distance < best[0]:
            best = (distance, unit)
    return best[1] if best else None


def _middle(row: Row) -> float | None:
    """The middle of the report's own range: it tells the unit better than a value outside it."""
    try:
        low, high = float(str(row.low)), float(str(row.high))
    except ValueError:
        return None
    return math.sqrt(low * high) if 0 < low < high < math.inf else None


def _tell_tale(analyte: Analyte, value: float, code: str, person: Person) -> str | None:
    adult = person.age_years is not None and person.age_years >= ADULT_YEARS
    for c in _confusions():
        named = c.analyte == analyte.id and c.unit == code
        if named and c.low < value < c.high and (adult or not c.adults_only):
            return c.likely
    return None


def check_unit(
    analyte: Analyte, row: Row, value: float, unit: Unit | None, value_si: float | None, person: Person
) -> tuple[bool, str | None, list[Notice]]:
    """Return (plausible, likely unit, notices); a value without a unit only gets the likely one."""
    if analyte.si is None:
        return True, None, []
    if value_si is None or unit is None:
        hint = _likely(analyte, _middle(row) or value, None, person) if not row.unit else None
        return True, hint, []
    tell_tale = _tell_tale(analyte, value, unit.code, person)
    if _fits(analyte, value_si) and tell_tale is None:
        return True, None, []
    likely = tell_tale or _likely(analyte, value, unit.code, person)
    return False, likely, [_notice(analyte, row, value, unit.code, likely)]


def _notice(analyte: Analyte, row: Row, value: float, code: str, likely: str | None) -> Notice:
    meant = _si(analyte, value, likely) if likely else None
    if meant is not None and emergency(analyte.id, meant) is not None:
        todo = f"Check the unit today: if this is {meant:.2g} {analyte.si} it is an emergency."
    elif likely:
        todo = f"Check the unit with the laboratory: it is probably {likely}."
    else:
        todo = "Check the value with the laboratory."
    at = f"{row.where}: " if row.where else ""
    return Notice(
        code="implausible-value",
        severity=Severity.WARNING,
        what=f"{at}{row.name} {value:g} {code} is not what a living person has in that unit.",
        done="It is shown as given, not corrected, and its number is weighed nowhere.",
        todo=todo,
        source=row.source,
    )
