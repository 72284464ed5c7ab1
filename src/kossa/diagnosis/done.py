"""Which tests are done already, and which of those are worth doing again.

A picture or a biopsy answers for the place it was taken of. It is offered again, with its reason, where it
was told to be of poor quality or is much older than the newest of the person's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kossa.conditions.knowledge import TestRow
from kossa.diagnosis.evidence import Evidence
from kossa.evidence import Result
from kossa.evidence.dates import STALE_DAYS, day_of
from kossa.evidence.vocabulary import ancestors, label
from kossa.evidence.words_reading import Examined

__all__ = ["Known", "known"]

OLD_YEARS = 3  # a picture or biopsy older than this before the newest datum may have changed (judgement)
LAYERS = frozenset({"site_soft_tissue", "site_skin", "site_subcutis", "site_muscle", "site_fascia"})
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one test: `how` it was done (empty where it was not), `again` why it may be repeated.

    `missing` are the parts of a blood test that nobody measured, where others were.
    """

    how: str = ""
    again: str = ""
    missing: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing speaks for doing it again."""
        return bool(self.how) and not self.again


def known(row: TestRow, evidence: Evidence, examined: Sequence[Examined], place: str | None) -> Known:
    """Return what is known of a test at a place (None: the place of the deposit is not known)."""
    if row.measures:
        return _measured(row, evidence.results)
    here = [e for e in examined if e.test == row.id and _answers(e.site, place)]
    if not here:
        return Known()
    good = [e for e in here if not e.poor]
    best = max(good or here, key=lambda e: _year(e.when) or 9999)  # without a date: taken as of now
    how = best.how + (f", of: {label(best.site)}" if best.site else "")
    if not good:
        return Known(how, "what was done is told to be of poor quality or not conclusive")
    year, newest = _year(best.when), _newest(evidence, examined)
    if year is not None and newest is not None and newest - year > OLD_YEARS:
        return Known(how, f"the last one is of {year}")
    return Known(how)


def _answers(taken_of: str | None, place: str | None) -> bool:
    """Whether a picture of one place shows another; where either is not named it is taken to."""
    if taken_of is None or place is None or place in LAYERS:
        return True
    return taken_of == place or taken_of in ancestors(place) or place in ancestors(taken_of)


def _measured(row: TestRow, results: Sequence[Result]) -> Known:
    usable = [r for r in results if r.value is not None and r.sound and r.analyte in row.measures]
    have = {r.analyte for r in usable}
    missing = tuple(m for m in row.measures if m not in have)
    if missing:
        return Known(missing=missing if have else ())
    last = _last(results)
    newest = {a: _last(r for r in usable if r.analyte == a) for a in have}
    old = [a for a, day in newest.items() if day and last and (last - day).days > STALE_DAYS]
    if old:
        names = ", ".join(sorted(a.replace("_", " ") for a in old))
        return Known("measured", f"{names} is over a year older than the newest result")
    return Known("measured")


def _last(results: Iterable[Result]) -> date | None:
    """The newest day that any of them states."""
    return max(filter(None, (day_of(r.when) for r in results if r.counts)), default=None)


def _year(text: str | None) -> int | None:
    found = _YEAR.findall(text or "")
    return max(map(int, found)) if found else None


def _newest(evidence: Evidence, examined: Sequence[Examined]) -> int | None:
    told = [r.when for r in evidence.results] + [e.when for e in examined]
    told += [f.when for f in evidence.findings.values()]
    return max(filter(None, map(_year, told)), default=None)
