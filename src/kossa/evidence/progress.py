"""How long work tells of itself: a plain call that any screen can listen to."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[str, int, int], None]
"""Called with a stage in plain words, the steps done, and the steps in all (0: not known)."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
