"""Which reference range judges a value: the report's own first, then the table by age and sex.

Order and traps: reference page 3.3. A range of 0 to 0 means "none" in real systems; one whose low
end is not under its high end, or that contradicts the report's own flag, is not used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kossa.blood.analytes import rows
from kossa.evidence import Flag, Range, Sex

__all__ = ["TableRange", "for_person", "inside_a_childs", "judge", "own_range"]

ADULT_YEARS = 18.0
_MIDDLE_YEARS = (
    40.0  # the row that stands for "an adult" when the age is unknown (design: adult range, said so)
)


@dataclass(frozen=True, slots=True)
class TableRange:
    """A row of the table, limits in the analyte's SI unit; `recalled` rows never call a value normal."""

    analyte: str
    sex: str
    age_low: float
    age_high: float
    low: float | None
    high: float | None
    unit: str
    source: str
    recalled: bool

    def to_range(self, *, assumed: bool) -> Range:
        """Return it as it is shown, with what is to be known of it."""
        said = self.source
        if self.recalled:
            said += " (unchecked)"
        if assumed:
            said += "; adult range assumed, the age is unknown"
        return Range(low=self.low, high=self.high, unit=self.unit, source=said)


@cache
def _table() -> tuple[TableRange, ...]:
    found = []
    for r in rows("ranges.csv"):
        low, high = (float(r[k]) if r[k] else None for k in ("low", "high"))
        found.append(
            TableRange(
                r["analyte"], r["sex"], float(r["age_low_y"]), float(r["age_high_y"]), low, high,
                r["unit"], r["source"], r["tag"].startswith("recalled"),
            )
        )  # fmt: skip
    return tuple(found)


# tests that are judged by another one's range: the same substance in the same unit
_LIKE = {"calcium_corrected": "calcium_total", "calcium_ionized_ph": "calcium_ionized"}


def _of(analyte: str, age: float) -> Iterable[TableRange]:
    like = _LIKE.get(analyte, analyte)
    return (r for r in _table() if r.analyte == like and r.age_low <= age < r.age_high)


def for_person(analyte: str, age_years: float | None, sex: Sex) -> TableRange | None:
    """Return the row for this age and sex; a row of the own sex beats `any`; None where there is none."""
    word = {Sex.F: "female", Sex.M: "male"}.get(sex)
    found = list(_of(analyte, _MIDDLE_YEARS if age_years is None else age_years))
    own = [r for r in found if r.sex == word]
    anyone = [r for r in found if r.sex == "any"]
    return next(iter(own or anyone), None)


def inside_a_childs(analyte: str, value_si: float) -> bool:
    """Whether some child's range holds this value."""
    like = _LIKE.get(analyte, analyte)
    return any(
        r.analyte == like
        and r.age_low < ADULT_YEARS
        and (r.low is None or value_si >= r.low)
        and (r.high is None or value_si <= r.high)
        for r in _table()
    )


def own_range(low: float | None, high: float | None, unit: str | None) -> tuple[Range | None, str]:
    """Return the report's own range, or None with the reason why it is not used (empty: none given)."""
    if low is None and high is None:
        return None, ""
    if low == 0 and high == 0:
        return None, "a range of 0 to 0 means that none was given"
    if low is not None and high is not None and low >= high:
        return None, f"its low end {low:g} is not under its high end {high:g}"
    return Range(low=low, high=high, unit=unit, source="the report's own range"), ""


def judge(value: float, low: float | None, high: float | None) -> Flag:
    """Return low, normal or high; unknown where the limit that decides is missing."""
    if high is not None and value > high:
        return Flag.HIGH
    if low is not None and value < low:
        return Flag.LOW
    return Flag.NORMAL if low is not None or high is not None else Flag.UNKNOWN
