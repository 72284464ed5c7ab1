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
from kossa.blood.remarks import interference
from kossa.blood.row import Row, row_of
from kossa.blood.series import current, highest, remarks, stale
from kossa.blood.twice import once
from kossa.evidence import Finding, Flag, Notice, Person, Result, Setting
from kossa.evidence.words_reading import Derived, Reliability

__all__ = ["LOST", "Blood", "Measured", "join", "measure_rows", "read_rows"]

# what a notice of one of these codes says is that a row, or its number, is not used
LOST = frozenset(
    {"invalid-number", "no-value", "ambiguous", "ambiguous-date", "invalid-date", "unknown-unit", "no-unit"}
    | {
        "implausible-value",
        "unknown-test",
        "haemolysed",
        "sample-not-usable",
        "other-specimen",
        "modifier-extension",
        "implicit-rules",
        "unknown-comparator",
        "value-and-absent",
        "code-contradicts-name",
        "row-length",
        "nul",
        "unreadable-row",
        "not-a-row",
    }
)

_BY_NAME = 0.7  # certainty of a coded document's result that names its test in words only (reference 3.2)
_OLD = 0.7  # certainty of a result older than a year (judgement; reference page 3.7: less weight)
_REMARKED = 0.7  # certainty of a value whose sample the laboratory remarks on (judgement)
_LISTED = 12  # notices of one code that are listed in a joined one
_JOINED = 4  # from this many notices of one code on they are joined
_JOINED_ANY = 50  # of any code: a table with so many faults has one fault many times (judgement)
_JOIN = frozenset(
    {
        "duplicate-result",
        "range-ignored",
        "unknown-test",
        "unknown-loinc",
        "no-code",
        "no-value",
        "not-indexed",
        "same-day",
        "specimen-unknown",
        "other-specimen",
    }
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row and what it gave."""

    row: Row
    result: Result | None
    notices: tuple[Notice, ...]


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
    found = join(measure_rows(rows, person, today=today), person)
    return found.results, found.findings, found.notices


def measure_rows(
    rows: Iterable[Mapping[str, Any] | Row], person: Person, *, today: date | None = None
) -> list[Measured]:
    """Read each row by itself, the person as old as on the day of the test where that is known."""
    latest = today or date.today()  # noqa: DTZ011 - a calendar day, not an instant
    out = []
    for given in rows:
        row = given if isinstance(given, Row) else row_of(given)
        aged = person if row.age_years is None else msgspec.structs.replace(person, age_years=row.age_years)
        result, told = measure(row, aged, today=latest)
        out.append(Measured(row, result, tuple(told)))
    return out


def join(measured: Sequence[Measured], person: Person) -> Blood:
    """Return all results, what is derived from them, what the newest say, and what is to be told."""
    results, doubles = once([m.result for m in measured if m.result is not None])
    newest, past = current(results), highest(results)
    derived = _derived(newest, person)
    said = [
        *findings(newest, _caps(measured, results, newest)),
        *pth_findings(newest, person),
        *past_findings(past),
    ]
    ids = {f.id for f in said}
    said.extend(f for f in derived_findings(_that_speak(derived, newest)) if f.id not in ids)
    told = [
        *(n for m in measured for n in m.notices),
        *doubles,
        *cross_checks(newest, results),
        *pth_reading(newest),
        *remarks(results),
    ]
    return Blood(tuple(results), tuple(derived), tuple(past), tuple(said), tuple(_shortened(told)))


def _caps(
    measured: Sequence[Measured], results: Sequence[Result], newest: Mapping[str, Result]
) -> dict[str, float]:
    """How sure a test's newest result can be at most: less where it is old, or named in words only."""
    caps = dict.fromkeys(stale(results), _OLD)
    for one in measured:
        if one.row.by_name and one.result is not None and _speaks(one.result, newest):
            caps[one.result.analyte] = _BY_NAME
    for name, newest_one in newest.items():
        met = interference(name, newest_one.comment)
        if met is not None:
            caps[name] = min(_REMARKED, caps.get(name, 1.0))
    return caps


def _speaks(one: Result, newest: Mapping[str, Result]) -> bool:
    """Whether a row's result is the newest of its test (which may have gained where it stands again)."""
    top = newest.get(one.analyte)
    return top is not None and (top.value, top.bound, top.source) == (one.value, one.bound, one.source)


def _derived(newest: Mapping[str, Result], person: Person) -> list[Derived]:
    """Derive twice: the first round gives the eGFR that decides how far a correction is trusted."""
    dialysis = person.setting is Setting.DIALYSIS
    first = derive(newest, person, Kidney(dialysis=dialysis))
    measured = newest["egfr"].value_si if "egfr" in newest else None
    computed = next((d.value for d in first if d.name == "egfr"), None)
    return derive(newest, person, Kidney(measured if measured is not None else computed, dialysis))


def _that_speak(derived: Sequence[Derived], newest: Mapping[str, Result]) -> list[Derived]:
    """Corrected calcium speaks only where no ionized one does, the total differs, and it may be trusted."""
    total, ionized = newest.get("calcium_total"), newest.get("calcium_ionized")
    measured = ionized is not None and ionized.flag is not Flag.UNKNOWN
    return [
        one
        for one in derived
        if one.name != "calcium_corrected"
        or not (measured or one.reliability is Reliability.POOR or (total and total.flag is one.flag))
    ]


def _shortened(notices: Sequence[Notice]) -> list[Notice]:
    """Join many notices of one code into one that lists them: real bundles bring dozens."""
    by_code: dict[str, list[Notice]] = {}
    for one in notices:
        by_code.setdefault(one.code, []).append(one)
    out: list[Notice] = []
    done: set[str] = set()
    for one in notices:
        several = by_code[one.code]
        if len(several) < (_JOINED if one.code in _JOIN else _JOINED_ANY):
            out.append(one)
        elif one.code not in done:
            done.add(one.code)
            out.append(_one_of_many(several))
    return out


def _one_of_many(several: Sequence[Notice]) -> Notice:
    listed = list(dict.fromkeys(n.what.rstrip(".") for n in several))
    more = f"; and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    what = f"{len(several)} times: " + "; ".join(listed[:_LISTED]) + more + "."
    return msgspec.structs.replace(several[0], what=what, source=None)
