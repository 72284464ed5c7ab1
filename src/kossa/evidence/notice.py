"""What a person should be told: one sentence each for what, what was done, what to do."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.source import Source

__all__ = ["Notice", "Severity"]


class Severity(StrEnum):
    """How much a notice matters, mildest first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    EMERGENCY = "emergency"


class Notice(Record, frozen=True, kw_only=True):
    """A remark on the input or the result.

    `code` is short and stable (`missing-slices`), for machines; `what`, `done` and `todo` are
    sentences for people: what was met, what kossa did about it, what the reader can do.
    """

    code: str
    severity: Severity
    what: str
    done: str = ""
    todo: str = ""
    source: Source | None = None
