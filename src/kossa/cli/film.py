"""`kossa film`: the reader of mammograms and radiographs alone."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("film")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--kind", type=click.Choice(["mammogram", "radiograph"]), help="What it is, if the file does not tell."
)
@click.option("--spacing-mm", type=float, help="Millimetres a pixel, where the file does not tell.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(*, path: Path, kind: str | None, spacing_mm: float | None, as_json: bool) -> int:
    """Find and describe calcium on one mammogram or radiograph; a radiologist must read the film."""
    from kossa.evidence import encode
    from kossa.film import examine
    from kossa.report.film_text import film_text

    with progress_on_stderr() as tell:
        exam = examine(path, kind=kind, spacing_mm=spacing_mm, progress=tell)
    if as_json:
        click.echo(encode(exam.reading).decode("utf-8"), nl=False)
    else:
        click.echo(film_text(exam.reading), nl=False)
    return 0
