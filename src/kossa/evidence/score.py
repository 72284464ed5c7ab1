"""A total, printed with the convention that made it."""

from __future__ import annotations

from kossa.evidence.base import Record
from kossa.evidence.source import Source

__all__ = ["Score"]


class Score(Record, frozen=True, kw_only=True):
    """One total over deposits of one material in one region.

    `convention` holds every parameter that made the number; `comparable` is false where the number
    must not be set beside others of the same name, and `reason` says why (also why it is None).
    """

    name: str
    value: float | None
    unit: str
    convention: dict[str, str | float | int | bool | None]
    low: float | None = None
    high: float | None = None
    level: float | None = None
    comparable: bool = True
    reason: str = ""
    region: str = "whole scan"
    material: str = "calcification"
    source: Source | None = None
