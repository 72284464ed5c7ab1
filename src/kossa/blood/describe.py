"""Results -> findings: high, low or normal by the stem of the test, and the bands that matter.

Of each test the newest usable result speaks; a value that is implausible or whose flag is unknown
says nothing, for unknown is not absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from kossa.blood.analytes import analytes, rows
from kossa.chemistry.units import convert
from kossa.evidence import Comparator, Finding, Flag, Result, State
from kossa.evidence.vocabulary import term, terms

__all__ = ["current", "findings"]

_VOID = frozenset({"entered-in-error", "cancelled", "registered", "not-done", "nullified"})
_SETTLED = frozenset({"corrected", "amended", "appended"})
_UNSETTLED = frozenset({"preliminary", "partial"})
_BORDERLINE = 0.5  # certainty of a "borderline" result (judgement)
_WORDS_ONLY = 0.9  # certainty of "normal" or "raised" without a number (judgement)
_NO_NUMBER = 0.8  # certainty of the report's flag beside a number that cannot be (judgement)


@dataclass(frozen=True, slots=True)
class _Band:
    id: str
    analytes: frozenset[str]
    comparator: str
    bound: float
    unit: str


@cache
def _bands() -> tuple[_Band, ...]:
    return tuple(
        _Band(r["id"], frozenset(r["analytes"].split("|")), r["comparator"], float(r["bound"]), r["unit"])
        for r in rows("bands.csv")
    )


def _rank(result: Result) -> tuple[str, int]:
    weight = 2 if result.status in _SETTLED else 0 if result.status in _UNSETTLED else 1
    return (result.when or "", weight)


def current(results: Iterable[Result]) -> dict[str, Result]:
    """Return the newest usable result of each test; of one day the corrected, then the last one."""
    best: dict[str, Result] = {}
    for one in results:
        if one.status in _VOID or not _usable(one):
            continue
        have = best.get(one.analyte)
        settled = one.status not in _UNSETTLED
        if have is None or _beats(one, have, settled=settled):
            best[one.analyte] = one
    return best


def _beats(one: Result, have: Result, *, settled: bool) -> bool:
    """A preliminary value counts only where there is no settled one (reference page 3.7)."""
    if settled != (have.status not in _UNSETTLED):
        return settled
    return _rank(one) >= _rank(have)


def _usable(one: Result) -> bool:
    if not one.plausible:
        return one.flag is not Flag.UNKNOWN
    return (
        one.value_si is not None
        or one.bound is not None
        or one.flag is not Flag.UNKNOWN
        or one.status == "borderline"
    )


def findings(results: Sequence[Result]) -> list[Finding]:
    """Return what the newest result of each test says."""
    found: list[Finding] = []
    for one in current(results).values():
        found.extend(_of(one))
    return found


def _finding(id_: str, one: Result, state: State, certainty: float) -> Finding:
    return Finding(
        id=id_, state=state, certainty=certainty, when=one.when, value=one.value_si,
        unit=one.unit_si if one.value_si is not None else None, source=one.source,
    )  # fmt: skip


def _of(one: Result) -> list[Finding]:
    analyte = analytes().get(one.analyte)
    if analyte is None or not analyte.stem:
        return []
    certainty = 1.0 if one.value_si is not None or one.bound is not None else _WORDS_ONLY
    if not one.plausible:
        return _levels(analyte.stem, msgspec.structs.replace(one, value_si=None), _NO_NUMBER)
    if one.status == "borderline":
        certainty = _BORDERLINE
    if analyte.stem in terms():  # a test that is positive or negative: its id is the finding
        return _qualitative(analyte.stem, one, certainty)
    found = _levels(analyte.stem, one, certainty)
    told = {f.id for f in found}
    found.extend(f for f in _in_bands(one) if f.id not in told)
    return found


def _qualitative(id_: str, one: Result, certainty: float) -> list[Finding]:
    banded = [b for b in _bands() if b.id == id_]
    if banded:
        return _in_bands(one)
    if one.flag is Flag.HIGH or one.status == "borderline":
        return [_finding(id_, one, State.PRESENT, certainty)]
    return [_finding(id_, one, State.ABSENT, certainty)] if one.flag is Flag.NORMAL else []


def _levels(stem: str, one: Result, certainty: float) -> list[Finding]:
    """high, low and normal of a stem, each that the vocabulary has, present or absent."""
    if one.flag is Flag.UNKNOWN:
        return []
    found = []
    for flag in (Flag.HIGH, Flag.LOW, Flag.NORMAL):
        id_ = f"{stem}_{flag}"
        if id_ in terms():
            state = State.PRESENT if one.flag is flag else State.ABSENT
            found.append(_finding(id_, one, state, certainty))
    if one.flag is Flag.LOW and stem == "egfr" and one.value_si is None and one.bound is None:
        found.append(_finding("egfr_under_60", one, State.PRESENT, certainty))
    return found


def _side(band: _Band, one: Result) -> State:
    """Whether a value, or a bound as far as it decides, lies in a band."""
    value = one.value_si
    unit = one.unit_si
    if value is not None and unit is not None:
        limit = _limit(band, one)
        inside = value < limit if band.comparator == "<" else value > limit
        return State.PRESENT if inside else State.ABSENT
    return State.UNKNOWN if one.bound is None else _bound_side(band, one)


def _limit(band: _Band, one: Result) -> float:
    analyte = analytes()[one.analyte]
    return convert(band.bound, band.unit, analyte.si or band.unit, analyte.substance)


def _bound_side(band: _Band, one: Result) -> State:
    analyte = analytes()[one.analyte]
    if one.bound is None or one.unit is None or analyte.si is None:
        return State.UNKNOWN
    bound = convert(one.bound, one.unit, analyte.si, analyte.substance)
    limit = _limit(band, one)
    below = one.comparator in (Comparator.LESS, Comparator.LESS_EQUAL)
    if band.comparator == "<":
        if below and bound <= limit:
            return State.PRESENT
        return State.ABSENT if not below and bound >= limit else State.UNKNOWN
    if not below and bound >= limit:
        return State.PRESENT
    return State.ABSENT if below and bound <= limit else State.UNKNOWN


def _in_bands(one: Result) -> list[Finding]:
    """The bands of a test; one whose parent is absent is not repeated."""
    found: list[Finding] = []
    absent: set[str] = set()
    for band in _bands():
        if one.analyte not in band.analytes:
            continue
        state = _side(band, one)
        if state is State.UNKNOWN or absent & set(term(band.id).parents):
            absent.update({band.id} if absent & set(term(band.id).parents) else set())
            continue
        if state is State.ABSENT:
            absent.add(band.id)
        found.append(_finding(band.id, one, state, 1.0))
        if band.id == "egfr_under_60" and state is State.ABSENT:
            found.append(_finding("egfr_normal", one, State.PRESENT, 1.0))
        elif band.id == "egfr_under_60":
            found.append(_finding("egfr_normal", one, State.ABSENT, 1.0))
    return found
