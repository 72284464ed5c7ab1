"""Whom the evidence is about. No type here carries a name or a number of a person."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record

__all__ = ["Person", "Setting", "Sex", "Side", "Whose"]


class Sex(StrEnum):
    """Sex as recorded; `U` is unknown or other."""

    F = "F"
    M = "M"
    U = "U"


class Setting(StrEnum):
    """Where the person is seen; it sets the prior."""

    CLINIC = "clinic"
    RADIOLOGY = "radiology"
    INPATIENT = "inpatient"
    DIALYSIS = "dialysis"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """The person's own side."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"
    UNKNOWN = "unknown"


class Whose(StrEnum):
    """Whether a finding is the person's own or a relative's."""

    PERSON = "person"
    FAMILY = "family"


class Person(Record, frozen=True, kw_only=True):
    """`key` is p1, p2, ... in the order of hashed identifiers; `adult`: grown up, of age unknown."""

    key: str = "p1"
    age_years: float | None = None
    sex: Sex = Sex.U
    adult: bool = False
    setting: Setting = Setting.UNKNOWN
