"""`kossa section`: the reader of stained sections alone, one picture or many."""

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

    from kossa.evidence import SectionReading

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
@click.option("-o", "--out", type=GIVEN_PATH, help="Write a table and a sheet of all pictures.")
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

    One picture is told in words; several, or a folder of them, as a table, a row a picture. What a picture
    cannot say stands in NAME.toml beside it: stain, um_per_px, site, side, control = "acid".
    """
    from kossa.evidence import FileKind, NothingUsable, Stain, WrongCall
    from kossa.evidence.atomic import folder_for, together, write_bytes
    from kossa.image.sheet import contact_sheet
    from kossa.report.section_text import section_text
    from kossa.section.outline import geojson as outlines
    from kossa.section.overlay import cell, overlay_png
    from kossa.section.reading import examine
    from kossa.section.row import csv_row
    from kossa.section.told import check_given

    check_given(um_per_px)
    check_paths(paths)
    paths = expanded(paths, frozenset({FileKind.SECTION, FileKind.PICTURE}))
    if len(paths) > 1 and (geojson or overlay):
        raise WrongCall("--geojson and --overlay take one picture; for several use -o OUT")
    check_targets(paths, out, geojson=geojson, overlay=overlay)
    told = Stain(stain) if stain else None
    cells: list[tuple[npt.NDArray[np.uint8], str]] = []

    def one(number: int, path: Path) -> tuple[SectionReading, bool]:
        exam = examine(path, stain=told, um_per_px=um_per_px, progress=tell, acid=acid)
        if geojson:
            write_bytes(geojson, outlines(exam))
        if overlay:
            write_bytes(overlay, overlay_png(exam))
        if out:
            # the outlines are not kept: a sheet of hundreds fits in memory
            cells.append(cell(number, exam))
        return exam.reading, any(notice.code == "cancelled" for notice in exam.reading.notices)

    with progress_on_stderr() as tell:
        cuts = read_each(paths, one, word="picture")
    readings = [cut.found for cut in cuts if cut.found is not None]
    if not readings:
        raise NothingUsable("none of these pictures could be read as a section")
    rows = [cut.row(csv_row(cut.found) if cut.found else {}) for cut in cuts]
    if out:
        with together(folder_for(out)) as files:
            files.put("sections.csv", as_csv(rows))
            files.put("sections.png", contact_sheet(cells))
            files.put("run.json", which_is_which(paths))
    if as_json:
        print_json(readings, alone=len(paths) == 1)
    elif len(paths) == 1:
        click.echo(section_text(readings[0]), nl=False)
    else:
        click.echo(as_csv(rows).decode("utf-8"), nl=False)
    cut_short = any(notice.code == "cancelled" for notice in readings[-1].notices)
    if cut_short:
        click.echo("kossa: interrupted; what was read until then is given, marked as partial", err=True)
    return 130 if cut_short or any(cut.why == INTERRUPTED for cut in cuts) else 0
