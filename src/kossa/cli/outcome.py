"""The exit code that the table of files calls for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kossa.evidence import File

__all__ = ["exit_code"]


def exit_code(files: Sequence[File]) -> int:
    """Return 3 where files were given and none of them was of use, else 0."""
    from kossa.evidence import NothingUsable, Outcome

    of_use = any(file.outcome in (Outcome.ACCEPTED, Outcome.PARTIAL) for file in files)
    return 0 if of_use or not files else NothingUsable.exit_code
