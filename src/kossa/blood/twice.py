"""One result that stands twice is one result: a print and a record of the same draw.

Twice are the same test, value, unit, verdict and time; one of the two times may be the day alone. What
differs in any of these stays, and is told where it is of one day (`series`).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kossa.evidence import Notice, Result, Severity, Source

__all__ = ["once"]

_FINAL = frozenset({None, "", "final", "unknown"})  # a status that says nothing more than none
_DAY = 10  # letters of an ISO day


def _same(one: Result, other: Result) -> bool:
    coded = one.loinc == other.loinc or None in (one.loinc, other.loinc)
    settled = one.status == other.status or {one.status, other.status} <= _FINAL
    return (
        coded
        and settled
        and (one.analyte, one.value, one.comparator, one.bound, one.unit)
        == (other.analyte, other.value, other.comparator, other.bound, other.unit)
        and (one.flag, one.comment) == (other.flag, other.comment)
        and _one_time(one.when, other.when)
    )


def _one_time(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) == _DAY and long.startswith(short))


def once(results: Sequence[Result]) -> tuple[list[Result], list[Notice]]:
    """Return each result once, and what is to be told."""
    kept: list[Result] = []
    twins: dict[tuple[str, float | None], list[int]] = {}
    for one in results:
        near = twins.setdefault((one.analyte, one.value), [])
        first = next((n for n in near if _same(kept[n], one)), None)
        if first is None or (one.value is None and one.bound is None):
            near.append(len(kept))
            kept.append(one)
            continue
        also = (*kept[first].also_in, one.source or Source())
        when = max(kept[first].when or "", one.when or "", key=len) or None  # the one with the hour
        kept[first] = msgspec.structs.replace(kept[first], also_in=also, when=when)
    return kept, _told(kept)


def _told(kept: Sequence[Result]) -> list[Notice]:
    return [
        Notice(
            code="duplicate-result",
            severity=Severity.INFO,
            what=f"{_words(one)} also stands in {' and '.join(dict.fromkeys(map(_file, one.also_in)))}.",
            done="It counts once.",
            source=one.source,
        )
        for one in kept
        if one.also_in
    ]


def _words(one: Result) -> str:
    number = one.value if one.value is not None else one.bound
    sign = "" if one.value is not None else one.comparator.value
    name = one.analyte.replace("_", " ")
    shown = "" if number is None else f" {sign}{number:g} {one.unit or ''}".rstrip()
    return f"{name}{shown}" + (f" of {one.when[:_DAY]}" if one.when else "")


def _file(source: Source) -> str:
    place = f", {source.place}" if source.place else ""
    return f"file {source.file}{place}" if source.file is not None else f"the same rows{place}"
