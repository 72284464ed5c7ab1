"""Several pictures in one call: each is a row, and one that could not be read is a row with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import click

from kossa.cli.table import Row
from kossa.evidence.errors import NothingUsable, Refused, SeveralPeople, WrongCall

__all__ = [
    "INTERRUPTED",
    "One",
    "check_paths",
    "check_targets",
    "expanded",
    "print_json",
    "read_each",
    "which_is_which",
]

if TYPE_CHECKING:
    from kossa.evidence import FileKind, Record

T = TypeVar("T")
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class One(Generic[T]):
    """What came of one picture of a call, by its number there; `found` is None where it was not read."""

    number: int
    found: T | None
    why: str = ""

    def row(self, columns: Row) -> Row:
        """Return its row of the table: number, outcome and reason go before the reader's own columns."""
        if self.found is None:
            outcome = INTERRUPTED if self.why == INTERRUPTED else "rejected"
        else:
            outcome = "partial" if columns.get("partial") else "read"
        return {"number": self.number, "outcome": outcome, "reason": self.why, **columns}


def expanded(paths: Sequence[Path], kinds: frozenset[FileKind]) -> tuple[Path, ...]:
    """Return the paths, a folder with several pictures of `kinds` given as these, in the order of names."""
    from kossa.intake.survey import survey

    out: list[Path] = []
    for path in paths:
        inside: list[Path] = []
        try:
            folder = path.is_dir()
        except (OSError, ValueError):  # a name that no file can have: the reader says so
            folder = False
        if folder:
            met = survey(path)
            inside = [path / e.location for e in met.entries if e.kind in kinds and e.packed_in is None]
        out += inside if len(inside) > 1 else [path]
    return tuple(out)


def which_is_which(paths: Sequence[Path]) -> bytes:
    """Return run.json: number of each row -> the path that was given; no other file names a picture."""
    import json

    from kossa.evidence.version import VERSION

    named = {str(number): str(path) for number, path in enumerate(paths, 1)}
    return (json.dumps({"kossa_version": VERSION, "files": named}, indent=2) + "\n").encode()


def check_paths(paths: Sequence[Path]) -> None:
    """Raise `WrongCall` where one of several pictures is not there, before any is read."""
    from kossa.intake.safe_text import safe

    for number, path in enumerate(paths, 1):
        try:
            here = len(paths) == 1 or path.exists()
        except (OSError, ValueError):
            here = False
        if not here:
            raise WrongCall(
                f"There is no file {safe(str(path), limit=None)} (number {number} of {len(paths)}); "
                "nothing was read; check the path."
            )


def check_targets(paths: Sequence[Path], out: Path | None, **files: Path | None) -> None:
    """Say before the work where results cannot be written, or would take a picture's place.

    Raises `CannotFinish` and `WrongCall`.
    """
    from kossa.evidence.atomic import check_writable

    taken: dict[Path, str] = {}
    for option, target in files.items():
        if target is None:
            continue
        check_writable(target)
        place = target.resolve()
        if place in [path.resolve() for path in paths]:
            raise WrongCall(f"--{option} would take the place of the picture itself; choose another name")
        if place in taken:
            raise WrongCall(f"--{option} and --{taken[place]} name the same file; choose two")
        taken[place] = option
    if out is not None:
        check_writable(out, folder=True)
        if out.resolve() in {place for path in paths for place in (path.resolve(), path.resolve().parent)}:
            raise WrongCall(f"the results would lie in {out} among the pictures; choose another -o")


def print_json(readings: Sequence[Record], *, alone: bool) -> None:
    """Print one reading as it is, several as one list, so that stdout is one JSON document."""
    from kossa.evidence import encode

    if alone:
        click.echo(encode(readings[0]).decode("utf-8"), nl=False)
        return
    click.echo("[" + ",".join(encode(one).decode("utf-8").rstrip() for one in readings) + "]")


def read_each(
    paths: Sequence[Path],
    read: Callable[[int, Path], tuple[T, bool]],
    *,
    word: str,
) -> list[One[T]]:
    """Read each picture; `read` gives what it found, and whether an interrupt ended it half-way.

    A single picture's error is the call's own. Of several a bad one is told and the rest goes on; an
    interrupt ends the call, and those not read are told as such. Raises KeyboardInterrupt where nothing
    had been read yet.
    """
    found: list[One[T]] = []
    try:
        for number, path in enumerate(paths, 1):
            try:
                one, stopped = read(number, path)
            except (NothingUsable, Refused, SeveralPeople, WrongCall) as unusable:
                if len(paths) == 1:
                    raise
                click.echo(f"kossa: {word} {number}: {unusable}", err=True)
                why = str(unusable)
                found.append(One(number, None, word + " not read" if path.name in why else why))
                continue
            found.append(One(number, one))
            if stopped:
                break
    except KeyboardInterrupt:
        if not any(one.found is not None for one in found):
            raise
    rest = range(len(found) + 1, len(paths) + 1)
    if rest:
        click.echo(
            f"kossa: interrupted; {len(rest)} of {len(paths)} {word}s were not read, and stand in the "
            f"table as {INTERRUPTED}",
            err=True,
        )
    unread: list[One[T]] = [One(number, None, INTERRUPTED) for number in rest]
    return found + unread
