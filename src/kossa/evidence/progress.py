"""How long work tells of itself: a plain call that any screen can listen to."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["Progress", "one_at_a_time", "silent"]

Progress = Callable[[str, int, int], None]
"""Called with a stage in plain words, the steps done, and the steps in all (0: not known)."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def one_at_a_time(progress: Progress) -> Progress:
    """Return `progress` for work on several threads: a call waits until the one before has ended."""
    lock = Lock()

    def tell(stage: str, done: int, total: int) -> None:
        with lock:
            progress(stage, done, total)

    return tell
