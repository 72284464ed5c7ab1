"""`kossa ct`: the reader of computed tomography alone."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.params import GIVEN_PATH, scan_options
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("ct")
@click.argument("path", type=GIVEN_PATH)
@scan_options
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(
    *,
    path: Path,
    preset: str,
    series: int | None,
    roi: Path | None,
    mg_per_mm3_hu: float | None,
    as_json: bool,
) -> int:
    """Find and measure the calcium in one CT scan (a folder, a DICOM file, a zip or a NIfTI file)."""
    from kossa.ct import examine
    from kossa.evidence import encode

    with progress_on_stderr() as tell:
        exam = examine(
            path, preset=preset, series=series, roi=roi, mg_per_mm3_hu=mg_per_mm3_hu, progress=tell
        )
    if as_json:
        click.echo(encode(exam.reading).decode("utf-8"), nl=False)
    else:
        from kossa.report.words import reading_text

        click.echo(reading_text(exam.reading))
    return 0
