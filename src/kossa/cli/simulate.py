"""`kossa simulate`: grow deposits in 3-D, or show that none grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kossa.cli.params import GIVEN_PATH, NUMBER, SEED
from kossa.cli.screen import progress_on_stderr

if TYPE_CHECKING:
    from kossa.process.serum import Serum

__all__ = ["command"]


@click.command("simulate")
@click.argument("scenario", required=False)
@click.option("-o", "--out", type=GIVEN_PATH, help="Where to write; SCENARIO-kossa beside you else.")
@click.option("--serum", help="ckd, phpt, vitd_toxicity, malignancy or normal, where the scenario takes one.")
@click.option("--years", type=NUMBER, metavar="YEARS", help="How long; the scenario's own time else.")
@click.option("--size", type=int, metavar="VOXELS", help="Voxels an edge; the smallest allowed else.")
@click.option("--seed", type=SEED, help="Draw one of the population; without it the medians are run.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter with its unit.")
@click.option("--labs", type=GIVEN_PATH, help="Take the serum from these results.")
@click.option("--list", "listing", is_flag=True, help="List the scenarios.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON on stdout.")
def command(
    *,
    scenario: str | None,
    out: Path | None,
    serum: str | None,
    years: float | None,
    size: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    labs: Path | None,
    listing: bool,
    as_json: bool,
) -> int:
    """Grow the deposits of SCENARIO in 3-D, or of the four cases of `comparison` side by side."""
    import time

    from kossa.evidence import WrongCall, encode
    from kossa.evidence.atomic import check_writable

    if listing:
        return _list(as_json=as_json)
    if scenario is None:
        raise WrongCall("name a scenario, or see them with `kossa simulate --list`")
    target = out if out is not None else Path(f"{scenario}-kossa")
    check_writable(target, folder=True)
    began = time.perf_counter()
    if scenario == "comparison":
        from kossa.process import compare
        from kossa.report.simulation import write_comparison

        if serum or seed is not None or settings or labs is not None:
            raise WrongCall("comparison runs its four cases as they are: it takes --size, --years and --json")
        with progress_on_stderr() as tell:
            found, fields = compare(
                size=size,
                years=10.0 if years is None else years,
                progress=lambda stage, share: tell(stage, round(100 * share), 100),
            )
            page = write_comparison(found, fields, target, seconds=time.perf_counter() - began)
        click.echo(encode(found).decode("utf-8") if as_json else str(page), nl=not as_json)
        return 0
    from kossa.process import grow
    from kossa.report.simulation import write_outcome

    own = None if labs is None else _own_serum(labs, uraemic=serum == "ckd")
    with progress_on_stderr() as tell, _words_of_the_call():
        grown = grow(
            scenario,
            serum=own if own is not None else serum,
            years=years,
            size=size,
            seed=seed,
            overrides=_overrides(settings),
            progress=lambda days, end: tell("growing, days", round(days), round(end)),
        )
        page = write_outcome(grown.outcome, grown.fields, target, seconds=time.perf_counter() - began)
    click.echo(encode(grown.outcome).decode("utf-8") if as_json else str(page), nl=not as_json)
    return 0


@contextmanager
def _words_of_the_call() -> Iterator[None]:
    """A scenario, serum or parameter that there is not is a wrong call."""
    from kossa.evidence import UnknownTerm, WrongCall

    try:
        yield
    except UnknownTerm as unknown:
        raise WrongCall(str(unknown)) from None


def _list(*, as_json: bool) -> int:
    import json

    from kossa.process import scenarios

    rows = [
        {"id": s.id, "condition": s.condition, "title": s.title, "kind": s.kind, "serums": list(s.serums)}
        for s in scenarios()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            click.echo(f"{row['id']:<22} {row['kind']:<12} {row['title']}  [{', '.join(row['serums'])}]")
    return 0


def _overrides(settings: tuple[str, ...]) -> dict[str, str | float]:
    from kossa.evidence import WrongCall

    out: dict[str, str | float] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise WrongCall(f"--set {setting}: write NAME=VALUE with the unit, such as tnap_dead=300/d")
        out[name.strip()] = value.strip()
    return out


def _own_serum(labs: Path, *, uraemic: bool) -> Serum:
    from kossa.blood import examine
    from kossa.workup.serum import serum_of

    return serum_of(examine(labs).results, uraemic=uraemic)
