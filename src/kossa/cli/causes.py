"""`kossa causes`: what is known of the conditions that bring calcium into soft tissue."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("causes")
@click.argument("name", required=False)
def command(*, name: str | None) -> int:
    """List the conditions that kossa knows, or tell all that is known of one."""
    from kossa.conditions import load
    from kossa.conditions.describe import cause, causes

    known = load()
    click.echo(cause(known, name) if name else causes(known), nl=False)
    return 0
