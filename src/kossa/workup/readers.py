"""The one table of kinds of evidence that this version reads."""

from __future__ import annotations

from kossa.evidence import FileKind

__all__ = ["READ"]

READ: frozenset[FileKind] = frozenset({FileKind.CT, FileKind.CASE, FileKind.SIDECAR, FileKind.MASK})
"""Files of any other kind are recognised, listed and left: `not_read_yet`."""
