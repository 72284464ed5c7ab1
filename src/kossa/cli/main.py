"""The command `kossa`: one place where errors become a sentence and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from kossa.cli.commands import EXIT_CODES, LazyGroup
from kossa.evidence.errors import CannotFinish, KossaError
from kossa.evidence.version import VERSION

__all__ = ["main"]

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)
INTENDED_USE = "Research and teaching. Not a medical device: not for use in the care of a person."


@click.group(
    cls=LazyGroup,
    epilog=f"{EXIT_CODES}\n{INTENDED_USE}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message=f"kossa %(version)s\n{INTENDED_USE}")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault in kossa itself.")
@click.pass_context
def group(ctx: click.Context, *, debug: bool) -> None:
    """Find, measure and explain calcium deposits in soft tissue."""
    ctx.obj = {"debug": debug}


def _say(sentence: str) -> None:
    click.echo(f"kossa: {sentence}", err=True)


def _fault(error: Exception, *, debug: bool) -> int:
    """Report a fault of our own in one line."""
    if debug:
        raise error
    name = type(error).__name__
    _say(f"a fault in kossa itself ({name}); run again with `kossa --debug ...` and send the output")
    return 1


def _silence_stdout() -> None:
    """Let a second write at shutdown stay silent."""
    with suppress(OSError, ValueError, AttributeError):  # where there is no screen at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _has_folder() -> bool:
    """Say whether the folder of the call is still there."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _ended_from_outside(error: MemoryError | OSError, *, debug: bool) -> int:
    """Tell what no room has named: memory, or the place where the printed words go."""
    if isinstance(error, BrokenPipeError):
        _silence_stdout()  # its reader went away
        return 0
    if isinstance(error, MemoryError) or error.errno == errno.ENOMEM or "failed to map" in str(error):
        _say("there is not enough memory for this; close other programs, or read less at once")
    elif isinstance(error, FileNotFoundError) and not _has_folder():
        _say("the folder you are in is gone; change to another one and call again")
    elif error.errno in FULL:
        _say(f"cannot write what is printed: {error.strerror}; make room, or print to another place")
    else:
        return _fault(error, debug=debug)
    _silence_stdout()
    return CannotFinish.exit_code


class _Interrupts:
    """Ctrl-C, SIGTERM and a closed terminal end the work alike, and that one was asked for is kept in mind.

    Compiled code that the interrupt meets may hand on an error of its own in its place (numba raises
    SystemError while it loads a kernel): that is no fault of anybody.
    """

    def __init__(self) -> None:
        self.asked = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True
        raise KeyboardInterrupt

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear them while the work lasts; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
        signals = [s for name in names if (s := getattr(signal, name, None)) is not None]
        # one that is ignored stays so: that is what nohup asks for
        usual = (signal.SIG_DFL, signal.default_int_handler)
        before = {s: signal.getsignal(s) for s in signals if signal.getsignal(s) in usual}
        for s in before:
            signal.signal(s, self._interrupt)
        try:
            yield
        finally:
            for s, handler in before.items():
                signal.signal(s, handler)


def _interrupted() -> int:
    _say("interrupted; no half-written file was left")
    return 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; never raises but with `--debug`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    interrupts = _Interrupts()
    try:
        with interrupts.heard():
            code = group.main(args=words, prog_name="kossa", standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _interrupted()
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message(), err=True)
        return 2
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except SystemExit:  # click ends so where the reader of its words went away
        _silence_stdout()
        return 0
    except KossaError as error:
        _say(str(error))
        return error.exit_code
    except (MemoryError, OSError) as error:
        if interrupts.asked:
            return _interrupted()
        return _ended_from_outside(error, debug="--debug" in words)
    except Exception as error:  # noqa: BLE001 (the last net: a person gets a sentence, not a traceback)
        if interrupts.asked:
            return _interrupted()
        return _fault(error, debug="--debug" in words)
    return int(code or 0)
