"""The common currency: what every reader ends in and what diagnosis weighs."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.person import Side, Whose
from kossa.evidence.source import Source

__all__ = ["Finding", "State"]


class State(StrEnum):
    """Unknown is not absent."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Finding(Record, frozen=True, kw_only=True):
    """One fact about the person, its `id` from the vocabulary.

    `group` names a deposit group, None the person as a whole; `words` holds only the matched phrase.
    """

    id: str
    state: State = State.PRESENT
    certainty: float = 1.0
    whose: Whose = Whose.PERSON
    when: str | None = None
    site: str | None = None
    side: Side = Side.UNKNOWN
    value: float | None = None
    unit: str | None = None
    words: str | None = None
    group: str | None = None
    source: Source | None = None
