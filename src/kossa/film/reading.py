"""A path, or a folder already surveyed, in; the examination of one film out, or of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.evidence import (
    FileKind,
    FilmKind,
    FilmReading,
    NothingUsable,
    Notice,
    Outcome,
    Refused,
    SeveralPeople,
    Severity,
    WrongCall,
)
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.film.describe import Told, describe_mammogram
from kossa.film.detect import detect
from kossa.film.examination import FilmExamination
from kossa.film.guess import SURE, guess_kind
from kossa.film.mammogram import mark_groups
from kossa.film.radiograph import read_radiograph
from kossa.film.read import Film, grey_of, kind_of_header, read_film
from kossa.intake.entry import Entry, Survey
from kossa.intake.files_table import files, notices, settle_rest
from kossa.intake.people import people
from kossa.intake.picture import read_picture
from kossa.intake.survey import survey

__all__ = ["examine", "examine_each", "iterate"]

READ = frozenset({FileKind.FILM, FileKind.PICTURE, FileKind.SIDECAR})
ROOM = "film"
UNTOLD = "OT"  # the modality of a captured picture (DICOM PS3.3 C.7.3.1.1.1)


def examine(
    source: Path | str | Survey,
    *,
    kind: FilmKind | str | None = None,
    spacing_mm: float | None = None,
    progress: Progress | None = None,
) -> FilmExamination:
    """Read the one film that a path or a survey holds.

    Parameters
    ----------
    source
        A DICOM file, a picture, or a folder with one film; or what `intake.survey` made of one.
    kind
        `mammogram` or `radiograph`, for pictures that do not say; it wins over what a file says.
    spacing_mm
        What a pixel measures; it wins over what a file says.
    progress
        Called with a stage in words, steps done and steps in all.

    Raises
    ------
    NothingUsable, SeveralPeople, WrongCall
        Each with one sentence: no film can be read, more than one person, a wrong option, several films.
    """
    tell = progress or silent
    met, own = _surveyed(source, tell)
    if kind is not None:
        _reopen(met)
    open_ = _films(met)
    if len(open_) > 1:
        raise WrongCall(f"There are {len(open_)} films here; give the path of one.")
    found = tuple(_each(met, _kind(kind), spacing_mm, tell, alone=own))
    if not found:
        raise NothingUsable(_nothing(met))
    if not own:
        return found[0]
    settle_rest(met, READ)
    one = found[0]
    reading = one.reading
    table, told = files(met), tuple(n for n in notices(met) if n not in reading.notices)
    whole = msgspec.structs.replace(reading, files=table, notices=(*reading.notices, *told))
    return replace(one, reading=whole)


def examine_each(
    source: Path | str | Survey,
    *,
    kind: FilmKind | str | None = None,
    spacing_mm: float | None = None,
    progress: Progress | None = None,
) -> tuple[FilmExamination, ...]:
    """Read every film of a path or survey; one that cannot be read is settled with its reason."""
    return tuple(iterate(source, kind=kind, spacing_mm=spacing_mm, progress=progress))


def iterate(
    source: Path | str | Survey,
    *,
    kind: FilmKind | str | None = None,
    spacing_mm: float | None = None,
    progress: Progress | None = None,
) -> Iterator[FilmExamination]:
    """Yield the films of `examine_each` one by one, so that one picture is held at a time."""
    tell = progress or silent
    met, own = _surveyed(source, tell)
    yield from _each(met, _kind(kind), spacing_mm, tell, alone=own)


def _each(
    met: Survey, wanted: FilmKind | None, spacing_mm: float | None, tell: Progress, *, alone: bool
) -> Iterator[FilmExamination]:
    """Yield the films; `alone` tells that no other room looks at these pictures after this one."""
    entries = _films(met)
    for number, entry in enumerate(entries, 1):
        tell("reading films", number, len(entries))
        try:
            found = _examine(entry, wanted, spacing_mm)
        except Refused as refused:
            # a picture in colour that nobody told of may be a section
            if alone or wanted or refused.code != "in-colour" or entry.kind is not FileKind.PICTURE:
                entry.refuse(refused)
            continue
        if found is not None:
            entry.kind = FileKind.FILM
            entry.settle(Outcome.ACCEPTED, used_by=ROOM)
            yield found


def _kind(kind: FilmKind | str | None) -> FilmKind | None:
    if kind is None:
        return None
    try:
        return FilmKind(kind)
    except ValueError:
        raise WrongCall(f"A film is a mammogram or a radiograph, not {str(kind)[:40]!r}.") from None


def _surveyed(source: Path | str | Survey, progress: Progress) -> tuple[Survey, bool]:
    if isinstance(source, Survey):
        return source, False
    met = survey(Path(source), progress=progress)
    found = people(met, READ)
    if len(found.persons) > 1:
        raise SeveralPeople(found.sentence())
    return met, True


def _films(met: Survey) -> list[Entry]:
    return met.of(FileKind.FILM, FileKind.PICTURE)


def _reopen(met: Survey) -> None:
    """Take up again the DICOM pictures that do not say what they show: the call has said it."""
    for entry in met.entries:
        if entry.header is not None and entry.header.modality == UNTOLD and entry.outcome is not None:
            entry.kind, entry.outcome = FileKind.FILM, None
            entry.notices.clear()


def _nothing(met: Survey) -> str:
    """Say why, and what to do: a fault of a file goes before a remark on one."""
    told = [n for e in met.entries for n in e.notices if n.severity is not Severity.INFO]
    told.sort(key=lambda n: n.severity is not Severity.ERROR)
    why = f"{told[0].what} {told[0].todo}" if told else "Give a DICOM film, or a grey PNG, TIFF or JPEG."
    return f"There is no film here that can be read. {why}".strip()


def _examine(entry: Entry, wanted: FilmKind | None, spacing_mm: float | None) -> FilmExamination | None:
    """Read one film; None where its kind is not known well enough, which is told and left open."""
    kind, told = _kind_of(entry, wanted)
    if kind is None:
        return None
    film = read_film(entry, kind, spacing_mm)
    for notice in (*told, *film.notices):
        entry.tell(notice.code, notice.severity, notice.what, done=notice.done, todo=notice.todo)
    if kind is FilmKind.MAMMOGRAM:
        return _mammogram(entry, film)
    found = read_radiograph(film, entry.source())
    return _envelope(entry, film, found.told, found.body, found.block)


def _mammogram(entry: Entry, film: Film) -> FilmExamination:
    found = detect(film.pixels, film.spacing.mm)
    told = describe_mammogram(
        found, mark_groups(found), mm=film.spacing.mm is not None, side=film.side, source=entry.source()
    )
    top, left = (v * found.factor for v in found.origin)
    block = found.breast.size * found.factor
    rows, columns = -(-film.pixels.shape[0] // block), -(-film.pixels.shape[1] // block)
    body = np.zeros((rows, columns), bool)
    inside = found.breast.inside
    body[top // block : top // block + inside.shape[0], left // block : left // block + inside.shape[1]] = (
        inside
    )
    return _envelope(entry, film, told, body, block)


def _envelope(
    entry: Entry, film: Film, told: Told, body: npt.NDArray[np.bool_], block: int
) -> FilmExamination:
    own = tuple(entry.notices)
    reading = FilmReading(
        kossa_version=VERSION,
        kind=film.kind,
        spacing_mm=film.spacing.mm,
        spacing_source=film.spacing.source,
        side=film.side,
        view=film.view,
        shape=(int(film.pixels.shape[0]), int(film.pixels.shape[1])),
        scores=told.scores,
        deposits=told.deposits,
        groups=told.groups,
        findings=told.findings,
        notices=(*own, *told.notices),
    )
    marked = entry.header.burned_in if entry.header is not None else None
    shown = np.clip(film.pixels, 0, 255)  # a window leaves values beyond what it shows
    return FilmExamination(reading, shown, film.spacing.mm, body, block, marked)


def _kind_of(entry: Entry, wanted: FilmKind | None) -> tuple[FilmKind | None, Sequence[Notice]]:
    """Return the kind as told in the call, beside the picture, by its tags, or guessed with certainty."""
    if wanted is not None:
        return wanted, ()
    if entry.told is not None and entry.told.kind in tuple(FilmKind):
        return FilmKind(entry.told.kind), ()
    if entry.header is not None:
        return kind_of_header(entry.header), ()
    if any(n.severity is Severity.ERROR for n in entry.notices):
        return None, ()  # what stands beside it is wrong: a guess must not stand for it
    guess = guess_kind(grey_of(read_picture(entry).pixels))
    what = f"This picture looks like a {guess.kind.value} ({guess.because}; certainty {guess.certainty:.2f})."
    todo = 'Say what it is: --kind, or a NAME.toml beside it with kind = "mammogram" or "radiograph".'
    if guess.certainty >= SURE:
        return guess.kind, (
            Notice(
                code="kind-guessed", severity=Severity.WARNING, what=what, done="It was read so.", todo=todo
            ),
        )
    entry.tell(
        "kind-unknown",
        Severity.WARNING,
        what,
        done=f"Below {SURE} it is not read; its kind is asked.",
        todo=todo,
    )
    return None, ()
