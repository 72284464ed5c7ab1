"""One laboratory value, as given and in SI."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.source import Source

__all__ = ["VOID", "Comparator", "Flag", "Range", "Result"]

#: statuses of a result that was withdrawn or never came to be (FHIR R4 ObservationStatus; HL7 v3 nullified)
VOID = frozenset({"entered-in-error", "cancelled", "registered", "not-done", "nullified"})


class Comparator(StrEnum):
    """`<0.5` has comparator `<`, value None and bound 0.5."""

    NONE = "none"
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class Flag(StrEnum):
    """The value against its range."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    UNKNOWN = "unknown"


class Range(Record, frozen=True, kw_only=True):
    """A reference range and who says so."""

    low: float | None
    high: float | None
    unit: str | None
    source: str


class Result(Record, frozen=True, kw_only=True):
    """One laboratory value. `unit` is UCUM as given, `unit_si` UCUM.

    `comment` is what the laboratory wrote beside the value, `also_in` where the same result stands again.
    `weighed` is false where that comment forbids to use it (a contaminated sample): it is shown only.
    """

    analyte: str
    value: float | None
    comparator: Comparator = Comparator.NONE
    bound: float | None = None
    unit: str | None = None
    value_si: float | None = None
    unit_si: str | None = None
    range: Range | None = None
    flag: Flag = Flag.UNKNOWN
    status: str | None = None
    when: str | None = None
    loinc: str | None = None
    plausible: bool = True
    likely_unit: str | None = None
    comment: str = ""
    source: Source | None = None
    also_in: tuple[Source, ...] = ()
    weighed: bool = True

    @property
    def counts(self) -> bool:
        """Whether it may say anything: neither withdrawn nor of a sample that was not usable."""
        return self.weighed and self.status not in VOID

    @property
    def sound(self) -> bool:
        """Whether its number may be computed with: it counts, and a living person can have it."""
        return self.counts and self.plausible
