"""Progress on stderr, only on a terminal and only for work that lasts."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kossa.evidence.progress import Progress, silent

__all__ = ["progress_on_stderr"]

QUIET_S = 2.0  # work shorter than this shows nothing (design: progress on work longer than two seconds)


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """Give a progress call that draws one line on a terminal's stderr; elsewhere it is silent."""
    if not sys.stderr.isatty():
        yield silent
        return
    began = time.monotonic()
    status = None

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal status
        if status is None:
            if time.monotonic() - began < QUIET_S:
                return
            from rich.console import Console  # imported only when there is something to show

            status = Console(stderr=True).status(stage)
            status.start()
        status.update(f"{stage} {done}/{total}" if total else stage)

    try:
        yield tell
    finally:
        if status is not None:
            status.stop()
