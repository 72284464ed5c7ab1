"""Rows of a laboratory report -> results with unit, range and flag, and what the newest ones say.

A row is a mapping: name (or loinc), value, unit, date, low and high (or reference_low and
reference_high), flag, status, comment. A row without a value but with a flag ("calcium normal") is
a result without a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kossa.blood.describe import findings
from kossa.blood.measure import measure
from kossa.blood.row import Row, row_of
from kossa.evidence import Finding, Notice, Person, Result

__all__ = ["read_rows"]


def read_rows(
    rows: Iterable[Mapping[str, Any] | Row], person: Person, *, today: date | None = None
) -> tuple[tuple[Result, ...], tuple[Finding, ...], tuple[Notice, ...]]:
    """Return all results in the order of the rows, the findings of the newest of each test, and notices.

    `today` bounds dates (a date after it is refused); the calendar's day where it is not given.
    """
    latest = today or date.today()  # noqa: DTZ011 - a calendar day, not an instant
    results: list[Result] = []
    notices: list[Notice] = []
    for given in rows:
        row = given if isinstance(given, Row) else row_of(given)
        result, told = measure(row, person, today=latest)
        notices.extend(told)
        if result is not None:
            results.append(result)
    return tuple(results), tuple(findings(results)), tuple(notices)
