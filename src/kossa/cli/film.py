"""`kossa film`: the reader of mammograms and radiographs alone, one picture or many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kossa.cli.batch import INTERRUPTED, check_paths, check_targets, read_each
from kossa.cli.params import GIVEN_PATH, NUMBER
from kossa.cli.screen import progress_on_stderr
from kossa.cli.table import as_csv

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["command"]


@click.command("film")
@click.argument("paths", nargs=-1, required=True, type=GIVEN_PATH)
@click.option(
    "--kind", type=click.Choice(["mammogram", "radiograph"]), help="What it is, if the file does not tell."
)
@click.option(
    "--spacing-mm", type=NUMBER, metavar="MM", help="Millimetres a pixel, where the file does not tell."
)
@click.option("-o", "--out", type=GIVEN_PATH, help="For several films: a CSV and a contact sheet.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(
    *, paths: tuple[Path, ...], kind: str | None, spacing_mm: float | None, out: Path | None, as_json: bool
) -> int:
    """Find and describe calcium on mammograms or radiographs; a radiologist must read every film.

    One film is told in words; several are told as a table, a row a film.
    """
    from kossa.evidence import FilmReading, NothingUsable, encode
    from kossa.evidence.atomic import folder_for, write_bytes
    from kossa.film import examine
    from kossa.film.row import boxed, caption, csv_row
    from kossa.film.spacing import check_given
    from kossa.film.view import view_of
    from kossa.image.sheet import contact_sheet, thumbnail
    from kossa.report.film_text import film_text

    check_given(spacing_mm)
    check_paths(paths)
    check_targets(paths, out)
    cells: list[tuple[npt.NDArray[np.uint8], str]] = []

    def one(number: int, path: Path) -> tuple[FilmReading, bool]:
        exam = examine(path, kind=kind, spacing_mm=spacing_mm, progress=tell)
        if out:
            # the film itself is not kept: a sheet of hundreds fits in memory
            cells.append((thumbnail(boxed(view_of(exam))), caption(number, exam.reading)))
        return exam.reading, False

    with progress_on_stderr() as tell:
        films = read_each(paths, one, word="film")
    readings = [film.found for film in films if film.found is not None]
    if not readings:
        raise NothingUsable("none of these pictures could be read as a film")
    rows = [film.row(csv_row(film.found) if film.found else {}) for film in films]
    if out:
        folder_for(out)
        write_bytes(out / "films.csv", as_csv(rows))
        write_bytes(out / "films.png", contact_sheet(cells))
    if as_json:
        for reading in readings:
            click.echo(encode(reading).decode("utf-8"), nl=False)
    elif len(paths) == 1:
        click.echo(film_text(readings[0]), nl=False)
    else:
        click.echo(as_csv(rows).decode("utf-8"), nl=False)
    return 130 if any(film.why == INTERRUPTED for film in films) else 0
