"""`kossa diagnose`: cases told in words and numbers; which kind, which cause, what next."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from kossa.cli.params import GIVEN_PATH
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("diagnose")
@click.argument("path", type=GIVEN_PATH)
@click.option("-o", "--out", type=GIVEN_PATH, help="Write one JSON line a case here.")
@click.option("--hide", multiple=True, help="Take this field as unknown (biopsy). May be repeated.")
@click.option("--prior", type=click.Choice(["life", "published"]), default="life", show_default=True)
@click.option("--about", help="The deposit group or site whose answer is asked for.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Ask: what if? phosphate=2.6mmol/L"
)
@click.option("--without", multiple=True, metavar="NAME", help="Ask: what if this were not known?")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a case on stdout.")
def command(
    *,
    path: Path,
    out: Path | None,
    hide: tuple[str, ...],
    prior: str,
    about: str | None,
    settings: tuple[str, ...],
    without: tuple[str, ...],
    as_json: bool,
) -> int:
    """Weigh the cases of a .toml, .json or .jsonl file (see `kossa new` for the form)."""
    import json

    from kossa.evidence.atomic import check_writable, write_bytes
    from kossa.evidence.errors import WrongCall
    from kossa.report.mind_text import case_text
    from kossa.workup.cases import answer, cases_in, changed, kinds_after

    told: Literal["life", "published"] = "published" if prior == "published" else "life"
    if out is not None:
        if out.resolve() == path.resolve():
            raise WrongCall("-o would take the place of the cases themselves; choose another name")
        check_writable(out)
    lines: list[str] = []
    stopped = False
    try:
        with progress_on_stderr() as tell:
            for number, case in enumerate(cases_in(path, _left_out), 1):
                tell("weighing cases", number, 0)
                found = answer(case, hide=hide, prior=told, about=about)
                if settings or without:
                    before = found
                    found = answer(changed(case, settings, without), hide=hide, prior=told, about=about)
                    if not as_json and out is None:
                        click.echo(kinds_after(before, found))
                elif not as_json and out is None:
                    click.echo(case_text(found.person, found.weighing, found.options, found.not_understood))
                lines.append(json.dumps(found.line(), allow_nan=False))
    except KeyboardInterrupt:
        if not lines or not (as_json or out):
            raise
        stopped = True
        click.echo(f"kossa: interrupted; {len(lines)} cases were weighed, the rest is missing", err=True)
    if as_json:
        click.echo("\n".join(lines))
    if out is not None:
        write_bytes(out, ("\n".join(lines) + "\n").encode("utf-8"))
    return 130 if stopped else 0


def _left_out(sentence: str) -> None:
    click.echo(f"kossa: left out: {sentence}", err=True)
