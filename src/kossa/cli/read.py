"""`kossa read`: a folder or a file in, one report out."""

from __future__ import annotations

from pathlib import Path

import click

from kossa.cli.params import GIVEN_PATH, Finite, scan_options
from kossa.cli.screen import progress_on_stderr

__all__ = ["command"]


@click.command("read")
@click.argument("path", type=GIVEN_PATH)
@click.option("-o", "--out", type=GIVEN_PATH, help="Where to write; NAME-kossa beside you else.")
@scan_options
@click.option("--person", help="Read this person (p1, p2, ...) where the folder holds more than one.")
@click.option("--age", type=Finite(0, 130), help="Age in years, where the files do not tell or err.")
@click.option("--sex", type=click.Choice(["F", "M", "U"]), help="Sex, where the files do not tell or err.")
@click.option(
    "--setting",
    type=click.Choice(["clinic", "radiology", "inpatient", "dialysis", "unknown"]),
    help="Where the person is seen.",
)
@click.option("--strict", is_flag=True, help="Exit with 6 where anything was left out.")
@click.option("--json", "as_json", is_flag=True, help="Print workup.json on stdout.")
def command(
    *,
    path: Path,
    out: Path | None,
    preset: str,
    series: int | None,
    roi: Path | None,
    mg_per_mm3_hu: float | None,
    person: str | None,
    age: float | None,
    sex: str | None,
    setting: str | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Read a folder (or one file) of evidence about one person and write a report."""
    from kossa.evidence import Setting, Sex, WrongCall, encode
    from kossa.evidence.atomic import check_writable
    from kossa.report import write_report
    from kossa.workup import ReadOptions, read

    options = ReadOptions(
        preset=preset,
        series=series,
        roi=roi,
        mg_per_mm3_hu=mg_per_mm3_hu,
        person=person,
        age_years=age,
        sex=Sex(sex) if sex else None,
        setting=Setting(setting) if setting else None,
        strict=strict,
    )
    target = out if out is not None else Path(f"{path.resolve().stem}-kossa")
    if target.resolve() == path.resolve():
        raise WrongCall(f"the report would lie in {path} itself among the evidence; choose another -o")
    check_writable(target, folder=True)
    with progress_on_stderr() as tell:
        result = read(path, options, progress=tell)
        report = write_report(result, target, progress=tell)
    if result.sentence:
        click.echo(f"kossa: {result.sentence}", err=True)
    if as_json:
        click.echo(encode(result.workup).decode("utf-8"), nl=False)
    else:
        click.echo(str(report))
    return result.exit_code
