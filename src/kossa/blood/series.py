"""Several results of one test over time: the newest speaks, the highest ever is kept.

Order (reference page 3.7): newest date first; of one day the corrected before the plain, the last
before the earlier; a preliminary result only where nothing else is; one entered in error, or of a sample
that was not usable, never.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kossa.evidence import Flag, Notice, Result, Severity
from kossa.evidence.dates import STALE_DAYS, day_of

__all__ = ["current", "highest", "remarks", "stale", "usable"]

_SETTLED = frozenset({"corrected", "amended", "appended"})
_UNSETTLED = frozenset({"preliminary", "partial"})
_LISTED = 12  # values of one day that a sentence lists (judgement)
_APART = 0.2  # values of one test on one day that differ by more are told (judgement)


def usable(one: Result) -> bool:
    """Whether a result says anything: it counts, and has a number, a bound or a verdict."""
    if not one.counts:
        return False
    if not one.plausible:
        return one.flag is not Flag.UNKNOWN
    numbered = one.value_si is not None or one.bound is not None
    return numbered or one.flag is not Flag.UNKNOWN or one.status == "borderline"


def _order(one: Result) -> tuple[bool, str, int]:
    weight = 1 if one.status in _SETTLED else 0
    return (one.status not in _UNSETTLED, (one.when or "")[:10], weight)


def current(results: Iterable[Result]) -> dict[str, Result]:
    """Return the newest usable result of each test."""
    best: dict[str, Result] = {}
    for one in results:
        have = best.get(one.analyte)
        if usable(one) and (have is None or _order(one) >= _order(have)):
            best[one.analyte] = one
    return best


def highest(results: Sequence[Result]) -> list[Result]:
    """Return of each test the highest plausible value, where it is above its newest one."""
    newest = current(results)
    top: dict[str, Result] = {}
    for one in results:
        if one.value_si is None or not one.sound:
            continue
        have = top.get(one.analyte)
        if have is None or one.value_si > (have.value_si or 0.0):
            top[one.analyte] = one
    return [one for name, one in top.items() if _above(one, newest[name])]


def _above(one: Result, newest: Result) -> bool:
    """Whether a past value is higher than the newest; beside one without a number any is."""
    if newest.value_si is None:
        return newest is not one
    return one.value_si is not None and one.value_si > newest.value_si


def stale(results: Sequence[Result]) -> set[str]:
    """Return the tests whose newest result is older than a year, counted from the newest of all."""
    newest = {name: day for name, one in current(results).items() if (day := day_of(one.when))}
    last = max(newest.values(), default=None)
    return {name for name, day in newest.items() if last and (last - day).days > STALE_DAYS}


def remarks(results: Sequence[Result]) -> list[Notice]:
    """Tell of results that are old, and of different values of one test on one day."""
    told = []
    old = sorted(stale(results))
    if old:
        told.append(
            Notice(
                code="stale",
                severity=Severity.INFO,
                what=f"The newest result of {', '.join(old)} is over a year older than the newest of all.",
                done="It counts, with less weight.",
                todo="Repeat it if it matters.",
            )
        )
    told.extend(_same_day(results))
    return told


def _same_day(results: Sequence[Result]) -> list[Notice]:
    days: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        if usable(one) and one.value_si is not None and one.when:
            days.setdefault((one.analyte, one.when[:10]), []).append(one)
    told = []
    for (analyte, day), several in days.items():
        values = [one.value_si for one in several if one.value_si is not None]
        if len(values) > 1 and max(values) - min(values) > _APART * max(abs(v) for v in values):
            told.append(
                Notice(
                    code="same-day",
                    severity=Severity.INFO,
                    what=f"{analyte} has {len(values)} different results on {day}: "
                    + ", ".join(f"{v:.4g}" for v in values[:_LISTED])
                    + (" ..." if len(values) > _LISTED else "."),
                    done="The corrected or else the last one speaks; all are shown.",
                    todo="Check which one holds.",
                    source=several[-1].source,
                )
            )
    return told
