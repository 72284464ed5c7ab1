"""Whose a file says it is. This type never leaves the room: readers and reports see p1, p2, ..."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What one file states of its person; empty where it states nothing.

    `system` is the kind of file (dicom, fhir, ...), `issuer` the assigner of the identifier inside
    that kind. `birth_date` is ISO 8601, possibly a year only. The values are kept out of `repr`,
    so that no traceback or log shows them.
    """

    system: str
    identifier: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
