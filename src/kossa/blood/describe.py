"""Results -> findings: high, low or normal by the stem of the test, and the bands that matter.

Of each test the newest usable result speaks; a value that is implausible or whose flag is unknown
says nothing, for unknown is not absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from kossa.blood.analytes import analytes
from kossa.blood.bands import Band, bands
from kossa.chemistry.units import convert
from kossa.evidence import Comparator, Finding, Flag, Result, State
from kossa.evidence.vocabulary import term, terms
from kossa.evidence.words_reading import Derived, Reliability

__all__ = ["derived_findings", "findings", "past_findings"]

_BORDERLINE = 0.5  # certainty of a "borderline" result (judgement)
_WORDS_ONLY = 0.9  # certainty of "normal" or "raised" without a number (judgement)
_NO_NUMBER = 0.8  # certainty of the report's flag beside a number that cannot be (judgement)
_CORRECTED_ALONE = 0.8  # certainty of "calcium" where only the corrected one is printed (judgement)
# certainty of what was computed, by its reliability (judgement)
_TRUST = {Reliability.GOOD: 1.0, Reliability.FAIR: 0.8, Reliability.POOR: 0.5, Reliability.NONE: 0.0}
_PAST = {
    "calcium_total": "hx_hypercalcaemia",
    "calcium_corrected": "hx_hypercalcaemia",
    "calcium_ionized": "hx_hypercalcaemia",
    "phosphate": "hx_hyperphosphataemia",
}


def findings(current: Mapping[str, Result], certainty: Mapping[str, float] | None = None) -> list[Finding]:
    """Return what the newest result of each test says; `certainty` caps single tests (by analyte)."""
    found: list[Finding] = []
    for name, one in current.items():
        cap = (certainty or {}).get(name, 1.0)
        found.extend(msgspec.structs.replace(f, certainty=min(f.certainty, cap)) for f in _of(one))
    if "calcium_corrected" in current and "calcium_total" not in current:
        corrected = _levels("calcium", current["calcium_corrected"], _CORRECTED_ALONE)
        found.extend(corrected if current["calcium_corrected"].plausible else [])
    return found


def past_findings(highest: Iterable[Result]) -> list[Finding]:
    """A value above range at some time counts when today's is not: tissue keeps what the blood lost."""
    return [
        _finding(_PAST[one.analyte], one, State.PRESENT, 1.0)
        for one in highest
        if one.analyte in _PAST and one.flag is Flag.HIGH
    ]


def derived_findings(derived: Sequence[Derived]) -> list[Finding]:
    """What computed values say, with the certainty that their reliability leaves."""
    found: list[Finding] = []
    for one in derived:
        if one.value is None:
            continue
        analyte = analytes()[one.name]
        value = convert(one.value, one.unit, analyte.si or one.unit, analyte.substance)
        result = Result(
            analyte=one.name, value=one.value, unit=one.unit, value_si=value, unit_si=analyte.si,
            flag=one.flag, when=one.when,
        )  # fmt: skip
        trust = _TRUST[one.reliability]
        found.extend(msgspec.structs.replace(f, certainty=min(f.certainty, trust)) for f in _of(result))
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
    if not one.plausible:
        return _levels(analyte.stem, msgspec.structs.replace(one, value_si=None), _NO_NUMBER)
    certainty = 1.0 if one.value_si is not None or one.bound is not None else _WORDS_ONLY
    if one.status == "borderline":
        certainty = _BORDERLINE
    if analyte.stem in terms():  # a test that is positive or negative: its id is the finding
        return _qualitative(analyte.stem, one, certainty)
    found = _levels(analyte.stem, one, certainty)
    told = {f.id for f in found}
    found.extend(f for f in _in_bands(one) if f.id not in told)
    return found


def _qualitative(id_: str, one: Result, certainty: float) -> list[Finding]:
    if id_ in bands():
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


def _in_bands(one: Result) -> list[Finding]:
    """The bands of a test, present or absent; one whose parent is absent is not repeated."""
    found: list[Finding] = []
    absent: set[str] = set()
    for band in bands().values():
        if one.analyte not in band.analytes:
            continue
        if absent & set(term(band.id).parents):
            absent.add(band.id)
            continue
        state = _side(band, one)
        if state is State.UNKNOWN:
            continue
        if state is State.ABSENT:
            absent.add(band.id)
        found.append(_finding(band.id, one, state, 1.0))
        if band.id == "egfr_under_60":
            normal = State.PRESENT if state is State.ABSENT else State.ABSENT
            found.append(_finding("egfr_normal", one, normal, 1.0))
    return found


def _side(band: Band, one: Result) -> State:
    """Whether a value, or a bound as far as it decides, lies in a band."""
    if one.value_si is not None:
        return State.PRESENT if band.holds(one.analyte, one.value_si) else State.ABSENT
    if one.bound is None or one.unit is None or one.unit_si is None:
        return State.UNKNOWN
    analyte, limit = analytes()[one.analyte], band.limit(one.analyte)
    bound = convert(one.bound, one.unit, analyte.si or band.unit, analyte.substance)
    below = one.comparator in (Comparator.LESS, Comparator.LESS_EQUAL)
    return _bound_side(band.comparator == "<", below, bound, limit)


def _bound_side(band_below: bool, below: bool, bound: float, limit: float) -> State:
    """`<4` lies in the band `<10`; `>60` lies outside of it; `<20` leaves it open."""
    if band_below == below:
        decided = bound <= limit if below else bound >= limit
        return State.PRESENT if decided else State.UNKNOWN
    outside = bound >= limit if band_below else bound <= limit
    return State.ABSENT if outside else State.UNKNOWN
