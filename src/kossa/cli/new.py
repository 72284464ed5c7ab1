"""`kossa new`: a commented case.toml to fill in by hand."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.params import GIVEN_PATH

__all__ = ["command"]


@click.command("new")
@click.argument("folder", type=GIVEN_PATH)
def command(*, folder: Path) -> int:
    """Write a commented case.toml into FOLDER; fill it in and run `kossa read FOLDER`."""
    from kossa.evidence import WrongCall
    from kossa.evidence.atomic import folder_for, write_bytes
    from kossa.history.case_template import CASE_TOML

    target = folder / "case.toml"
    if target.exists():
        raise WrongCall(f"{target} is there already and was left as it is; choose another folder")
    folder_for(folder)
    write_bytes(target, CASE_TOML.encode("utf-8"))
    click.echo(str(target))
    return 0
