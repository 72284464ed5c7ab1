"""What the readers of blood and of words give back: the envelope, and each one's own block."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.deposit import DepositGroup, ToldDeposit
from kossa.evidence.finding import Finding
from kossa.evidence.notice import Notice
from kossa.evidence.person import Person, Side
from kossa.evidence.result import Flag, Range, Result
from kossa.evidence.score import Score
from kossa.evidence.source import File, Source

__all__ = ["BloodReading", "Denied", "Derived", "Examined", "HistoryReading", "Reliability", "ended"]


class Reliability(StrEnum):
    """How far a computed value may be trusted; `none` where it must not be computed."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"


class Derived(Record, frozen=True, kw_only=True):
    """A value computed from results; None with a `reason` where it must not be.

    `unit` is UCUM, `inputs` says which results went in, `formula` and `source` how and by whom.
    """

    name: str
    value: float | None
    unit: str
    formula: str
    source: str
    inputs: tuple[str, ...] = ()
    reliability: Reliability = Reliability.FAIR
    reason: str = ""
    range: Range | None = None
    flag: Flag = Flag.UNKNOWN
    when: str | None = None


class BloodReading(Record, frozen=True, kw_only=True):
    """What `kossa blood --json` prints. `highest` are past values above the newest of their test."""

    schema: str = "kossa/blood/1"
    kossa_version: str
    files: tuple[File, ...] = ()
    person: Person
    results: tuple[Result, ...] = ()
    derived: tuple[Derived, ...] = ()
    highest: tuple[Result, ...] = ()
    deposits: tuple[ToldDeposit, ...] = ()
    groups: tuple[DepositGroup, ...] = ()
    scores: tuple[Score, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()


class Denied(Record, frozen=True, kw_only=True):
    """A sentence of a report that says no calcium was seen, and the place it speaks of (None: not named)."""

    words: str
    site: str | None = None
    side: Side = Side.UNKNOWN
    source: Source | None = None


class Examined(Record, frozen=True, kw_only=True):
    """An examination that was done: a test of the knowledge's table, at a place (None: not named).

    `poor` where it was told to be of poor quality or not conclusive.
    """

    test: str
    how: str
    site: str | None = None
    side: Side = Side.UNKNOWN
    when: str | None = None
    poor: bool = False
    source: Source | None = None


class HistoryReading(Record, frozen=True, kw_only=True):
    """What `kossa history --json` prints; `not_understood` holds phrases in which nothing was found.

    `denied` are the sentences that say no calcium was seen; `examined` the examinations that were done;
    `history_told` says that a history is told, so that an exposure it does not name was probably not there.
    """

    schema: str = "kossa/history/1"
    kossa_version: str
    files: tuple[File, ...] = ()
    person: Person
    deposits: tuple[ToldDeposit, ...] = ()
    groups: tuple[DepositGroup, ...] = ()
    scores: tuple[Score, ...] = ()
    findings: tuple[Finding, ...] = ()
    denied: tuple[Denied, ...] = ()
    examined: tuple[Examined, ...] = ()
    history_told: bool = False
    not_understood: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


def ended(what: str) -> str:
    """Return a remark as a sentence: with its full stop."""
    return what if what.endswith((".", "!", "?")) else f"{what}."
