"""Progress on stderr, only on a terminal and only for work that lasts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kossa.evidence.progress import Progress, silent

__all__ = ["progress_on_stderr"]

QUIET_S = 2.0  # work shorter than this shows nothing (design: progress on work longer than two seconds)


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """Give a progress call that draws one line on a terminal's stderr; elsewhere it is silent."""
    if sys.stderr is None or not sys.stderr.isatty():  # None: it was closed before the start
        yield silent
        return
    lock = threading.Lock()
    status = None
    words = "starting"

    def show() -> None:
        nonlocal status
        from rich.console import Console  # imported only when there is something to show

        with lock:
            status = Console(stderr=True).status(words)
            status.start()

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal words
        with lock:
            words = f"{stage} {done}/{total}" if total else stage
            if status is not None:
                status.update(words)

    # by the clock, not by the next step: a single long step must show as well
    alarm = threading.Timer(QUIET_S, show)
    alarm.daemon = True
    alarm.start()
    try:
        yield tell
    finally:
        alarm.cancel()
        alarm.join()
        if status is not None:
            status.stop()
