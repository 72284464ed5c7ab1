"""`kossa blood`: the reader of laboratory results alone."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.outcome import exit_code
from kossa.cli.params import GIVEN_PATH, Finite
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("blood")
@click.argument("path", type=GIVEN_PATH)
@click.option("--age", type=Finite(0, 130), help="Age in years, where the files do not tell.")
@click.option("--sex", type=click.Choice(["F", "M", "U"]), help="Sex, where the files do not tell.")
@click.option("--units", type=click.Choice(["si", "conventional"]), default="si", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(*, path: Path, age: float | None, sex: str | None, units: str, as_json: bool) -> int:
    """Read laboratory results (FHIR, CSV, case.toml), with ranges, derived values and what is doubtful."""
    from kossa.blood import examine
    from kossa.evidence import Person, Sex, encode
    from kossa.report.lab_text import blood_text

    person = Person(age_years=age, sex=Sex(sex or "U")) if age is not None or sex else None
    with progress_on_stderr() as tell:
        found = examine(path, person, progress=tell)
    if as_json:
        click.echo(encode(found).decode("utf-8"), nl=False)
    else:
        click.echo(blood_text(found, conventional=units == "conventional"), nl=False)
    return exit_code(found.files)
