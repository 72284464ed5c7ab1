"""`kossa compare`: dystrophic and metastatic calcification side by side."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("compare")
def command() -> int:
    """Put dystrophic and metastatic calcification side by side, with sources."""
    from kossa.conditions import load
    from kossa.conditions.compare import table

    click.echo(table(load()), nl=False)
    return 0
