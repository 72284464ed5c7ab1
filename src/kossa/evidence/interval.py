"""A number with what is known of its error."""

from __future__ import annotations

from kossa.evidence.base import Record

__all__ = ["Interval"]


class Interval(Record, frozen=True, kw_only=True):
    """`value` between `low` and `high`; `level` 0.95 for masses, 0.80 for probabilities.

    `below_limit` is true where the value cannot be told from zero (under three standard errors).
    """

    value: float | None
    low: float | None
    high: float | None
    level: float = 0.95
    below_limit: bool = False
