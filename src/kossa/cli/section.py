"""`kossa section`: the reader of stained sections alone, one picture or many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kossa.cli.params import GIVEN_PATH, NUMBER
from kossa.cli.screen import progress_on_stderr
from kossa.cli.table import Row, as_csv

if TYPE_CHECKING:
    from kossa.section.reading import SectionExamination

__all__ = ["command"]


@click.command("section")
@click.argument("paths", nargs=-1, required=True, type=GIVEN_PATH)
@click.option(
    "--stain",
    type=click.Choice(["von_kossa", "alizarin_red", "h_and_e"]),
    help="The stain, where it is known; else it is recognised, or asked for.",
)
@click.option(
    "--um-per-px", type=NUMBER, metavar="UM", help="Micrometres a pixel, where the file does not tell."
)
@click.option("--acid", is_flag=True, help="The section was treated with acid as a control.")
@click.option("--geojson", type=GIVEN_PATH, help="Write the outlines here (one picture).")
@click.option("--overlay", type=GIVEN_PATH, help="Write the picture with marks here (one picture).")
@click.option("-o", "--out", type=GIVEN_PATH, help="For several pictures: a CSV and a contact sheet.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(
    *,
    paths: tuple[Path, ...],
    stain: str | None,
    um_per_px: float | None,
    acid: bool,
    geojson: Path | None,
    overlay: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Measure the mineralised share of stained sections.

    One picture is told in words; several are told as a table, a row a picture.
    """
    from kossa.evidence import NothingUsable, Stain, WrongCall, encode
    from kossa.evidence.atomic import folder_for, write_bytes
    from kossa.report.section_text import section_text
    from kossa.section.outline import geojson as outlines
    from kossa.section.overlay import contact_sheet, overlay_png
    from kossa.section.reading import examine
    from kossa.section.row import csv_row

    if len(paths) > 1 and (geojson or overlay):
        raise WrongCall("--geojson and --overlay take one picture; for several use -o OUT")
    told = Stain(stain) if stain else None
    with progress_on_stderr() as tell:
        exams = list(
            _exams(
                paths, lambda path: examine(path, stain=told, um_per_px=um_per_px, progress=tell, acid=acid)
            )
        )
    if not exams:
        raise NothingUsable("none of these pictures could be read as a section")
    if geojson:
        write_bytes(geojson, outlines(exams[0]))
    if overlay:
        write_bytes(overlay, overlay_png(exams[0]))
    rows: list[Row] = [{"number": n, **csv_row(e.reading)} for n, e in enumerate(exams, 1)]
    if out:
        folder_for(out)
        write_bytes(out / "sections.csv", as_csv(rows))
        write_bytes(out / "sections.png", contact_sheet(exams))
    if as_json:
        for exam in exams:
            click.echo(encode(exam.reading).decode("utf-8"), nl=False)
    elif len(paths) == 1:
        click.echo(section_text(exams[0].reading), nl=False)
    else:
        click.echo(as_csv(rows).decode("utf-8"), nl=False)
    return 130 if any(e.reading.partial for e in exams) and exams[-1].reading.read_share < 1 else 0


def _exams(
    paths: tuple[Path, ...], examine: Callable[[Path], SectionExamination]
) -> Iterator[SectionExamination]:
    """Yield the pictures that can be read; one bad picture of many is told, and the rest goes on."""
    from kossa.evidence import NothingUsable, Refused

    for number, path in enumerate(paths, 1):
        try:
            exam = examine(path)
        except (NothingUsable, Refused) as unusable:
            if len(paths) == 1:
                raise
            click.echo(f"kossa: picture {number}: {unusable}", err=True)
            continue
        yield exam
        if exam.reading.partial:
            return
