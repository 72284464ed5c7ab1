"""`kossa demo`: two virtual people, made, read cold, truth beside reading."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.params import GIVEN_PATH, SEED
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("demo")
@click.option("-o", "--out", type=GIVEN_PATH, default=Path("build/demo"), show_default=True)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Another seed makes other people.")
def command(*, out: Path, seed: int) -> int:
    """Make two virtual people (A dystrophic, B metastatic), read them cold, show truth beside reading."""
    from kossa.demo import run
    from kossa.evidence.atomic import check_writable

    check_writable(out, folder=True)

    with progress_on_stderr() as tell:
        result = run(out, seed=seed, progress=tell)
    click.echo(str(result.page))
    return 0
