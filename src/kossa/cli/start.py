"""The process `kossa`: from its first line to its last, Ctrl-C ends it with a sentence and a code."""

from __future__ import annotations

import signal
import sys

__all__ = ["run"]


def run() -> None:
    """Run the command line on the words of the call, and exit with its code."""
    try:
        from kossa.cli.main import main

        code = main()
    except KeyboardInterrupt:
        sys.stderr.write("kossa: interrupted; nothing had begun\n")
        code = 130
    # the work is done: what is left is Python taking itself down, which an interrupt would only make noisy
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)
