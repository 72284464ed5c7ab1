"""The one table of kinds of evidence that this version reads."""

from __future__ import annotations

from kossa.evidence import FileKind

__all__ = ["BLOOD", "READ", "WORDS"]

BLOOD: tuple[FileKind, ...] = (FileKind.BLOOD, FileKind.FHIR, FileKind.CASE)
WORDS: tuple[FileKind, ...] = (FileKind.HISTORY, FileKind.FHIR, FileKind.CASE)

READ: frozenset[FileKind] = frozenset(
    {FileKind.CT, FileKind.FILM, FileKind.SECTION, FileKind.SIDECAR, FileKind.MASK, *BLOOD, *WORDS}
)
"""Files of any other kind are recognised, listed and left: `not_read_yet`."""
