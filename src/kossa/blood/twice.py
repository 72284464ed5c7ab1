"""One result that stands twice is one result: a print and a record of the same draw.

Twice are the same test, value, unit, verdict and time; one of the two times may be the day alone. What
differs in any of these stays, and is told where it is of one day (`series`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from kossa.evidence import Notice, Result, Severity, Source

__all__ = ["once"]

_FINAL = frozenset({None, "", "final", "unknown"})  # a status that says nothing more than none
_PLACES = 5  # that one sentence names (judgement)
_DAY = 10  # letters of an ISO day


def _same(one: Result, other: Result) -> bool:
    """Whether two results that say the same of one day (`_said`) are one."""
    coded = one.loinc == other.loinc or None in (one.loinc, other.loinc)
    settled = one.status == other.status or {one.status, other.status} <= _FINAL
    return coded and settled and _one_time(one.when, other.when)


def _said(one: Result) -> tuple[object, ...]:
    """What results that are one have in common."""
    number = (one.value, one.comparator, one.bound, one.unit)
    return (one.analyte, *number, one.flag, one.comment, one.when and one.when[:_DAY])


def _one_time(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) == _DAY and long.startswith(short))


@dataclass(slots=True)
class _Kept:
    """A result that is kept, and where it stands again."""

    result: Result
    also: list[Source] = field(default_factory=list)

    def again(self, one: Result) -> None:
        """Take in another print of it; of the two times the one with the hour stays."""
        self.also.append(one.source or Source())
        if len(one.when or "") > len(self.result.when or ""):
            self.result = msgspec.structs.replace(self.result, when=one.when)

    def whole(self) -> Result:
        also = (*self.result.also_in, *self.also)
        return msgspec.structs.replace(self.result, also_in=also) if self.also else self.result


def once(results: Sequence[Result]) -> tuple[list[Result], list[Notice]]:
    """Return each result once, and what is to be told."""
    kept: list[_Kept] = []
    alike: dict[tuple[object, ...], list[_Kept]] = {}
    for one in results:
        numberless = one.value is None and one.bound is None
        near = alike.setdefault(_said(one), [])
        first = None if numberless else next((k for k in near if _same(k.result, one)), None)
        if first is not None:
            first.again(one)
            continue
        kept.append(_Kept(one))
        near += [] if numberless else kept[-1:]
    whole = [k.whole() for k in kept]
    return whole, _told(whole)


def _told(kept: Sequence[Result]) -> list[Notice]:
    return [
        Notice(
            code="duplicate-result",
            severity=Severity.INFO,
            what=f"{_words(one)} also stands in {_places(one.also_in)}.",
            done="It counts once.",
            source=one.source,
        )
        for one in kept
        if one.also_in
    ]


def _places(sources: Sequence[Source]) -> str:
    named = list(dict.fromkeys(map(_file, sources)))
    more = [f"{len(named) - _PLACES} more places"] if len(named) > _PLACES else []
    return " and ".join([*named[:_PLACES], *more])


def _words(one: Result) -> str:
    number = one.value if one.value is not None else one.bound
    sign = "" if one.value is not None else one.comparator.value
    name = one.analyte.replace("_", " ")
    shown = "" if number is None else f" {sign}{number:g} {one.unit or ''}".rstrip()
    return f"{name}{shown}" + (f" of {one.when[:_DAY]}" if one.when else "")


def _file(source: Source) -> str:
    place = f", {source.place}" if source.place else ""
    return f"file {source.file}{place}" if source.file is not None else f"the same rows{place}"
