"""Rows of a laboratory report -> results with unit, range and flag, and what the newest ones say.

A row is a mapping: name (or loinc), value, unit, date, low and high (or reference_low and
reference_high), flag, status, comment. A row without a value but with a flag ("calcium normal") is
a result without a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from kossa.blood.checks import cross_checks, pth_findings, pth_reading
from kossa.blood.derive import Kidney, derive
from kossa.blood.describe import derived_findings, findings, past_findings
from kossa.blood.measure import measure
from kossa.blood.row import Row, row_of
from kossa.blood.series import current, highest, remarks, stale
from kossa.evidence import Finding, Notice, Person, Result, Setting
from kossa.evidence.words_reading import Derived

__all__ = ["Blood", "read_all", "read_rows"]

_BY_NAME = 0.7  # certainty of a coded document's result that names its test in words only (reference 3.2)
_OLD = 0.7  # certainty of a result older than a year (judgement; reference page 3.7: less weight)
_LISTED = 12  # notices of one code that are told one by one in a joined notice
_JOINED = 4  # from this many notices of one code on they are joined
_JOIN = frozenset({"range-ignored", "unknown-test", "unknown-loinc", "no-code", "no-value", "not-indexed"})


@dataclass(frozen=True, slots=True)
class Blood:
    """All that rows of results say."""

    results: tuple[Result, ...]
    derived: tuple[Derived, ...]
    highest: tuple[Result, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]


def read_rows(
    rows: Iterable[Mapping[str, Any] | Row], person: Person, *, today: date | None = None
) -> tuple[tuple[Result, ...], tuple[Finding, ...], tuple[Notice, ...]]:
    """Return results in the order of the rows, the findings of the newest of each test, and notices.

    `today` bounds dates (a date after it is refused); the calendar's day where it is not given.
    """
    found = read_all(rows, person, today=today)
    return found.results, found.findings, found.notices


def read_all(rows: Iterable[Mapping[str, Any] | Row], person: Person, *, today: date | None = None) -> Blood:
    """Return results, what is derived from them, what they say, and what is to be told."""
    latest = today or date.today()  # noqa: DTZ011 - a calendar day, not an instant
    results: list[Result] = []
    notices: list[Notice] = []
    by_name: set[int] = set()
    for given in rows:
        row = given if isinstance(given, Row) else row_of(given)
        aged = _at_the_time(person, row)
        result, told = measure(row, aged, today=latest)
        notices.extend(told)
        if result is not None:
            results.append(result)
            if row.by_name:
                by_name.add(id(result))
    return _joined(results, notices, person, by_name)


def _at_the_time(person: Person, row: Row) -> Person:
    """The person as old as on the day of the test, where that is known."""
    return person if row.age_years is None else msgspec.structs.replace(person, age_years=row.age_years)


def _joined(results: list[Result], notices: list[Notice], person: Person, by_name: set[int]) -> Blood:
    newest = current(results)
    caps = dict.fromkeys(stale(results), _OLD)
    caps.update({name: _BY_NAME for name, one in newest.items() if id(one) in by_name})
    past = highest(results)
    kidney = Kidney(dialysis=person.setting is Setting.DIALYSIS)
    first = derive(newest, person, kidney)
    egfr = newest["egfr"].value_si if "egfr" in newest else None
    computed = next((d.value for d in first if d.name == "egfr"), None)
    made = derive(newest, person, Kidney(egfr if egfr is not None else computed, kidney.dialysis))
    said = [
        *findings(newest, caps),
        *pth_findings(newest, person),
        *past_findings(past),
    ]
    measured = {f.id for f in said}
    said.extend(f for f in derived_findings(made) if f.id not in measured)
    told = [*notices, *cross_checks(newest, results), *pth_reading(newest), *remarks(results)]
    return Blood(tuple(results), tuple(made), tuple(past), tuple(said), tuple(_shortened(told)))


def _shortened(notices: Sequence[Notice]) -> list[Notice]:
    """Join many notices of one code into one that lists them: real bundles bring dozens."""
    counts: dict[str, list[Notice]] = {}
    for one in notices:
        if one.code in _JOIN:
            counts.setdefault(one.code, []).append(one)
    joined = {code for code, several in counts.items() if len(several) >= _JOINED}
    out, done = [], set()
    for one in notices:
        if one.code not in joined:
            out.append(one)
        elif one.code not in done:
            done.add(one.code)
            out.append(_one_of_many(counts[one.code]))
    return out


def _one_of_many(several: Sequence[Notice]) -> Notice:
    listed = list(dict.fromkeys(n.what for n in several))
    more = f"; and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    what = f"{len(several)} times: " + "; ".join(listed[:_LISTED]) + more
    return msgspec.structs.replace(several[0], what=what, source=None)
