"""Results against each other: PTH against calcium, and what gives a spoilt sample or a changed unit away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from kossa.blood.analytes import analytes, rows
from kossa.blood.ranges import for_person
from kossa.evidence import Finding, Flag, Notice, Person, Result, Severity, State
from kossa.evidence.words_reading import ended

__all__ = ["calcium_flag", "cross_checks", "pth_findings", "pth_reading"]

_IONIZED_SHARE = (0.42, 0.56)  # ionized over total calcium in mmol/L, reference page 3.6
_EDTA = (1.5, 8.0)  # total calcium under, potassium over, mmol/L: EDTA in the sample (reference page 3.6)
_LYSED = 6.5  # mmol/L potassium: with high phosphate think of haemolysis (reference page 3.6)
_LOW_MAGNESIUM = 0.5  # mmol/L: under it PTH is unreliable (reference page 3.5)
_TIMES = 9.0  # KDIGO 2017 4.2.3: 2 to 9 times the assay's upper limit on dialysis
_AS_CHANGED = 0.15  # a jump by a unit's factor within this share is taken for a change of unit (judgement)


@cache
def _nomogram() -> Mapping[tuple[str, str], dict[str, str]]:
    return {(r["pth"], r["calcium"]): r for r in rows("nomogram.csv")}


def calcium_flag(current: Mapping[str, Result]) -> Flag:
    """The verdict on calcium: ionized before total before corrected."""
    for name in ("calcium_ionized", "calcium_total", "calcium_corrected"):
        one = current.get(name)
        if one is not None and one.flag is not Flag.UNKNOWN:
            return one.flag
    return Flag.UNKNOWN


def pth_reading(current: Mapping[str, Result]) -> list[Notice]:
    """Say how PTH stands to calcium; nothing where either is unknown."""
    pth = current.get("pth_intact")
    row = _nomogram().get((str(pth.flag), str(calcium_flag(current)))) if pth is not None else None
    if row is None or pth is None:
        return []
    magnesium = current.get("magnesium")
    low = magnesium is not None and magnesium.value_si is not None and magnesium.value_si < _LOW_MAGNESIUM
    caution = "Magnesium is under 0.5 mmol/L: PTH is unreliable." if low else ""
    return [
        Notice(
            code="pth-against-calcium",
            severity=Severity.INFO,
            what=ended(row["reading"]),
            done=f"Think of: {row['think_of']}.",
            todo=caution,
            source=pth.source,
        )
    ]


def pth_findings(current: Mapping[str, Result], person: Person) -> list[Finding]:
    """`pth_inappropriate` where PTH is not low with high calcium, and PTH over 9 times its limit."""
    pth = current.get("pth_intact")
    if pth is None or not pth.plausible:
        return []
    found = []
    calcium = calcium_flag(current)
    if pth.flag is not Flag.UNKNOWN and calcium is not Flag.UNKNOWN:
        odd = calcium is Flag.HIGH and pth.flag is not Flag.LOW
        found.append(_finding("pth_inappropriate", pth, holds=odd))
    limit = _upper_limit(pth, person)
    if limit is not None and pth.value is not None:
        found.append(_finding("pth_over_9x_uln", pth, holds=limit < pth.value / _TIMES))
    return found


def _upper_limit(pth: Result, person: Person) -> float | None:
    """The assay's own upper limit in the unit of the value, else the table's."""
    own = pth.range
    if own is not None and own.high and own.unit == pth.unit:
        return own.high
    row = for_person("pth_intact", person.age_years, person.sex)
    if row is None or row.high is None or not pth.value or not pth.value_si:
        return None
    return row.high * pth.value / pth.value_si


def _finding(id_: str, one: Result, *, holds: bool) -> Finding:
    return Finding(
        id=id_, state=State.PRESENT if holds else State.ABSENT, when=one.when, value=one.value_si,
        unit=one.unit_si, source=one.source,
    )  # fmt: skip


def _value(current: Mapping[str, Result], name: str) -> float | None:
    one = current.get(name)
    return one.value_si if one is not None and one.plausible else None


def _tell(code: str, what: str, done: str, todo: str) -> Notice:
    return Notice(code=code, severity=Severity.WARNING, what=ended(what), done=done, todo=todo)


def cross_checks(current: Mapping[str, Result], results: Sequence[Result]) -> list[Notice]:
    """Return what does not fit together."""
    told = [*_spoilt(current), *_unit_jumps(results)]
    total, ionized = _value(current, "calcium_total"), _value(current, "calcium_ionized")
    if total and ionized:
        share, (low, high) = ionized / total, _IONIZED_SHARE
        if not low <= share <= high:
            what = f"ionized calcium is {share:.2f} of total calcium; it should be {low} to {high}"
            told.append(_tell("calcium-mismatch", what, "Both are shown.", "Check units, day and albumin."))
    phosphate = current.get("phosphate")
    creatinine = current.get("creatinine")
    if phosphate is not None and phosphate.unit == "mg/dL" and creatinine is not None:
        value = phosphate.value or 0.0
        healthy = creatinine.flag is Flag.NORMAL
        if healthy and 7.0 <= value <= 14.0:
            what = (
                f"phosphate {value:g} mg/dL with normal creatinine may be counted as PO4 (times 0.326 as P)"
            )
            told.append(_tell("phosphate-as-po4", what, "It was read as phosphorus.", "Ask the laboratory."))
        elif healthy and 0.5 <= value <= 1.9:
            what = f"phosphate {value:g} mg/dL with normal creatinine is probably mmol/L"
            told.append(_tell("phosphate-unit", what, "It was read as it is written.", "Check the unit."))
    return told


def _spoilt(current: Mapping[str, Result]) -> list[Notice]:
    calcium, potassium = _value(current, "calcium_total"), _value(current, "potassium")
    if potassium is None:
        return []
    if calcium is not None and calcium < _EDTA[0] and potassium > _EDTA[1]:
        what = f"calcium {calcium:.2g} with potassium {potassium:.2g} mmol/L looks like EDTA in the sample"
        return [_tell("edta", what, "Both are shown and weighed as written.", "Repeat with a fresh sample.")]
    phosphate = current.get("phosphate")
    if potassium > _LYSED and phosphate is not None and phosphate.flag is Flag.HIGH:
        what = f"potassium {potassium:.2g} mmol/L with high phosphate may be a haemolysed sample"
        return [_tell("maybe-haemolysed", what, "Phosphate was weighed as written.", "Repeat it.")]
    return []


def _unit_jumps(results: Sequence[Result]) -> list[Notice]:
    """A jump by just the factor between a test's two units, in one printed unit, is a change of unit."""
    last: dict[tuple[str, str | None], Result] = {}
    told: dict[str, Notice] = {}
    for one in sorted((r for r in results if r.value and r.counts), key=lambda r: r.when or ""):
        analyte = analytes().get(one.analyte)
        before = last.get((one.analyte, one.unit))
        last[(one.analyte, one.unit)] = one
        if analyte is None or before is None or not before.value or not one.value:
            continue
        factor = float(analyte.factor)
        if factor in (0.0, 1.0):
            continue
        ratio = one.value / before.value
        if min(abs(ratio / factor - 1.0), abs(ratio * factor - 1.0)) < _AS_CHANGED:
            what = (
                f"{analyte.name} went from {before.value:g} to {one.value:g} {one.unit or ''}, "
                "just the factor between its two units"
            )
            done = "Both are shown as written."
            told.setdefault(one.analyte, _tell("unit-changed", what, done, "Check the unit of both."))
    return list(told.values())
