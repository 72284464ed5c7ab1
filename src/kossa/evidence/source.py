"""Where something stands: the files of a folder by number, and places inside them."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record

__all__ = ["File", "FileKind", "Outcome", "Source"]


class FileKind(StrEnum):
    """What a file is by its content (never by its name alone)."""

    CT = "ct"
    FILM = "film"
    SECTION = "section"
    BLOOD = "blood"
    HISTORY = "history"
    FHIR = "fhir"
    CASE = "case"
    SIDECAR = "sidecar"
    MASK = "mask"
    DICOM_OTHER = "dicom_other"
    DICOMDIR = "dicomdir"
    PICTURE = "picture"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    IGNORED = "ignored"
    NOT_READ_YET = "not_read_yet"


class File(Record, frozen=True, kw_only=True):
    """One row of the table of what was found; `run.json` alone maps `number` to a path."""

    number: int
    kind: FileKind
    outcome: Outcome
    reason: str | None = None
    person: str | None = None
    used_by: str | None = None
    notices: tuple[str, ...] = ()


class Source(Record, frozen=True, kw_only=True):
    """A place in the evidence.

    `file` is the number in the table of files, `place` a line, an instance, or a series number.
    """

    file: int | None = None
    sha256: str | None = None
    date: str | None = None
    place: str | None = None
