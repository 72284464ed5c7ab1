"""One file of a folder (or a member of an archive in it), and the survey of all of them.

Paths and identities of people stay in this room: what leaves it is a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kossa.evidence import File, FileKind, Notice
from kossa.intake.dicom_header import DicomHeader

__all__ = ["Entry", "Survey"]


@dataclass(slots=True)
class Entry:
    """A file that was met.

    `read` returns its bytes under the budget of one file and raises `Refused`; members of archives
    are read the same way. `location` is the path inside the folder (`a/b.zip!c.dcm` for a member),
    for `run.json` only. `header` is set for DICOM files whose header could be read.
    """

    number: int
    kind: FileKind
    location: str
    size: int
    read: Callable[[], bytes]
    path: Path | None = None
    header: DicomHeader | None = None
    sidecar: int | None = None
    notices: list[Notice] = field(default_factory=list)
    outcome: File | None = None


@dataclass(slots=True)
class Survey:
    """All that a folder holds. Readers take the entries of their kind and settle each outcome."""

    root: Path
    entries: list[Entry]
    notices: list[Notice] = field(default_factory=list)

    def of(self, *kinds: FileKind) -> list[Entry]:
        """Return the entries of these kinds, in their order."""
        return [e for e in self.entries if e.kind in kinds and e.outcome is None]
