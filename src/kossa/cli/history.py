"""`kossa history`: the reader of words alone."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.outcome import exit_code
from kossa.cli.params import GIVEN_PATH
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("history")
@click.argument("path", type=GIVEN_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON on stdout.")
def command(*, path: Path, as_json: bool) -> int:
    """Read letters, reports, records and case forms: what they say, and what was not understood."""
    from kossa.evidence import encode
    from kossa.history import examine
    from kossa.report.lab_text import history_text

    with progress_on_stderr() as tell:
        found = examine(path, progress=tell)
    if as_json:
        click.echo(encode(found).decode("utf-8"), nl=False)
    else:
        click.echo(history_text(found), nl=False)
    return exit_code(found.files)
