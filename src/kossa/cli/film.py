"""`kossa film`: the reader of mammograms and radiographs alone, one picture or many."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.params import GIVEN_PATH, NUMBER
from kossa.cli.screen import progress_on_stderr
from kossa.cli.table import Row, as_csv

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
    from kossa.evidence import FilmReading, NothingUsable, Refused, encode
    from kossa.evidence.atomic import folder_for, write_bytes
    from kossa.film import examine
    from kossa.film.row import boxed, caption, csv_row
    from kossa.film.view import view_of
    from kossa.image.sheet import contact_sheet, thumbnail
    from kossa.report.film_text import film_text

    readings: list[FilmReading] = []
    rows: list[Row] = []
    cells = []
    with progress_on_stderr() as tell:
        for number, path in enumerate(paths, 1):
            try:
                exam = examine(path, kind=kind, spacing_mm=spacing_mm, progress=tell)
            except (NothingUsable, Refused) as unusable:
                # one bad film of many is told, and the rest goes on
                if len(paths) == 1:
                    raise
                click.echo(f"kossa: film {number}: {unusable}", err=True)
                continue
            readings.append(exam.reading)
            rows.append({"number": number, **csv_row(exam.reading)})
            if out:
                # the film itself is not kept: a sheet of hundreds fits in memory
                cells.append((thumbnail(boxed(view_of(exam))), caption(number, exam.reading)))
    if not readings:
        raise NothingUsable("none of these pictures could be read as a film")
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
    return 0
