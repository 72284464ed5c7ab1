"""`kossa film`: the reader of mammograms and radiographs alone, one picture or many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kossa.cli.batch import (
    INTERRUPTED,
    check_paths,
    check_targets,
    expanded,
    print_json,
    read_each,
    which_is_which,
)
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
@click.option("--overlay", type=GIVEN_PATH, help="Write the film with its groups numbered here (one film).")
@click.option(
    "-o",
    "--out",
    type=GIVEN_PATH,
    help="Write tables of films and groups, each film with marks, and a sheet.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(
    *,
    paths: tuple[Path, ...],
    kind: str | None,
    spacing_mm: float | None,
    overlay: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Find and describe calcium on mammograms or radiographs; a radiologist must read every film.

    One film is told in words; several, or a folder of them, as a table, a row a film. What a picture cannot
    say stands in NAME.toml beside it: kind, spacing_mm, side, site, view.
    """
    from kossa.evidence import FileKind, FilmReading, NothingUsable, WrongCall
    from kossa.evidence.atomic import folder_for, together, write_bytes
    from kossa.film import examine
    from kossa.film.overlay import overlay as drawn
    from kossa.film.overlay import overlay_png
    from kossa.film.row import GROUP_COLUMNS, caption, csv_row, group_rows
    from kossa.film.spacing import check_given
    from kossa.film.view import view_of
    from kossa.image.sheet import contact_sheet, thumbnail
    from kossa.report.film_text import film_text

    check_given(spacing_mm)
    check_paths(paths)
    paths = expanded(paths, frozenset({FileKind.FILM, FileKind.PICTURE}))
    if len(paths) > 1 and overlay:
        raise WrongCall("--overlay takes one film; for several use -o OUT")
    check_targets(paths, out, overlay=overlay)
    cells: list[tuple[npt.NDArray[np.uint8], str]] = []

    def one(number: int, path: Path) -> tuple[FilmReading, bool]:
        exam = examine(path, kind=kind, spacing_mm=spacing_mm, progress=tell)
        if out or overlay:
            view = view_of(exam)
            for target in filter(None, (overlay, out and out / f"film-{number:03d}.png")):
                write_bytes(target, overlay_png(view))
            # the film itself is not kept: a sheet of hundreds fits in memory
            cells.append((thumbnail(drawn(view, words=False)), caption(number, exam.reading)))
        return exam.reading, False

    if out:
        folder_for(out)

    with progress_on_stderr() as tell:
        films = read_each(paths, one, word="film")
    readings = [film.found for film in films if film.found is not None]
    if not readings:
        raise NothingUsable("none of these pictures could be read as a film")
    rows = [film.row(csv_row(film.found) if film.found else {}) for film in films]
    if out:
        groups = [
            {"number": f.number, **g} for f in films if f.found is not None for g in group_rows(f.found)
        ]
        with together(out) as files:
            files.put("films.csv", as_csv(rows))
            files.put("groups.csv", as_csv(groups, ("number", *GROUP_COLUMNS)))
            files.put("films.png", contact_sheet(cells))
            files.put("run.json", which_is_which(paths))
    if as_json:
        print_json(readings, alone=len(paths) == 1)
    elif len(paths) == 1:
        click.echo(film_text(readings[0]), nl=False)
    else:
        click.echo(as_csv(rows).decode("utf-8"), nl=False)
    return 130 if any(film.why == INTERRUPTED for film in films) else 0
