"""What can be done: options, never orders."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record

__all__ = ["Caution", "Option", "OptionKind"]


class OptionKind(StrEnum):
    """The five senses of an option."""

    CAUSE = "cause"
    LEAVE = "leave"
    CONSERVATIVE = "conservative"
    SURGICAL = "surgical"
    MEDICAL = "medical"


class Caution(Record, frozen=True, kw_only=True):
    """A rule and the datum of this person that fires it."""

    rule: str
    because: str


class Option(Record, frozen=True, kw_only=True):
    """One option for one cause.

    `needs` are data missing before it can be considered, `not_when` in words where it is no option,
    `for_cause` a condition id or `any`.
    """

    id: str
    for_cause: str
    what: str
    aim: str
    kind: OptionKind
    grade: str
    source: str
    needs: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    not_when: str = ""
    decides: str = ""
