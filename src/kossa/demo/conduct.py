"""`run`: two virtual persons made, read cold like any other folder, truth laid beside reading."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kossa.demo.bars import Bar, bars, picture_bars, three_standard_errors_mg
from kossa.demo.match import Comparison, compare
from kossa.demo.page import Case, index_page
from kossa.demo.pictures import PictureComparison, compare_pictures
from kossa.evidence import CannotFinish, CtReading, Record, Truth, encode
from kossa.evidence.atomic import folder_for, write_bytes
from kossa.evidence.progress import Progress, one_at_a_time, silent
from kossa.process import compare as compare_processes
from kossa.report import write_report
from kossa.report.simulation import write_comparison
from kossa.virtual import dystrophic, metastatic, papers, person, pictures
from kossa.virtual.files import SCAN, TRUTH, refuse_foreign
from kossa.virtual.person import VirtualPerson
from kossa.workup import ReadOptions, read

__all__ = ["PEOPLE", "DemoResult", "run"]

SIMULATED_SIZE, SIMULATED_YEARS = 16, 1.0  # small enough for seconds; `kossa simulate comparison` for more
PEOPLE: tuple[VirtualPerson, ...] = (dystrophic.PERSON, metastatic.PERSON)


class _Written(Record, frozen=True, kw_only=True):
    """What stands in comparison.json."""

    schema: str = "kossa/demo/1"
    seed: int
    bars: tuple[Bar, ...]
    people: tuple[Comparison, ...]
    pictures: tuple[PictureComparison | None, ...] = ()


@dataclass(frozen=True, eq=False)
class DemoResult:
    """Where the page lies, and what it shows."""

    page: Path
    comparison: Path
    people: tuple[Comparison, ...]
    bars: tuple[Bar, ...]


def run(
    out: Path,
    *,
    seed: int = 0,
    progress: Progress = silent,
    people: tuple[VirtualPerson, ...] = PEOPLE,
    slice_mm: float = 3.0,
    matrix: int = person.MATRIX,
    simulate: bool = True,
) -> DemoResult:
    """Make, read and compare virtual people; write `out/index.html`, `comparison.json`, a folder each.

    The readers are given `out/KEY/scan` (the scan, results and a letter) and nothing else; `simulate` adds
    the page on which the same chemistry grows both kinds, on a small grid. Raises `WrongCall` where
    `out/KEY/scan` holds something that was not made here, and `CannotFinish` where `out` cannot be
    written or a scan that was made here is not read at all.
    """
    folder_for(out)
    truths = _make(out, people, seed, progress, slice_mm=slice_mm, matrix=matrix)
    for number, who in enumerate(people):
        truths[number] = _beside(out / who.key, who, truths[number], seed)
    tell = one_at_a_time(progress)
    with ThreadPoolExecutor(max_workers=2) as pool:
        # scans are read side by side; the simulation grows as soon as a place is free
        reading = [
            pool.submit(_read, out, one, truth, tell) for one, truth in zip(people, truths, strict=True)
        ]
        grown = pool.submit(_simulate, out) if simulate else None
        cases = [one.result() for one in reading]
        process = grown.result() if grown is not None else None
    compared = tuple(case.comparison for case in cases)
    shown = tuple(case.pictures for case in cases)
    judged = (*bars(compared, [case.three_se_mg for case in cases]), *picture_bars(shown))
    table = out / "comparison.json"
    write_bytes(table, encode(_Written(seed=seed, bars=judged, people=compared, pictures=shown)))
    page = out / "index.html"
    write_bytes(page, index_page(cases, judged, process=process).encode("utf-8"))
    return DemoResult(page, table, compared, judged)


def _beside(folder: Path, who: VirtualPerson, truth: Truth, seed: int) -> Truth:
    """Write results, letter, film and section beside the scan; return the truth with the pictures in it."""
    papers.write(folder / SCAN, who.key, who.patient)
    shown = pictures.write(folder / SCAN, who.key, who.patient, seed=seed)
    whole = msgspec.structs.replace(truth, pictures=shown)
    write_bytes(folder / TRUTH, encode(whole))
    return whole


def _simulate(out: Path) -> str:
    """Grow the four cases on a small grid; return the page's address beside the index."""
    comparison, fields = compare_processes(size=SIMULATED_SIZE, years=SIMULATED_YEARS, threads=1)
    page = write_comparison(comparison, fields, out / "process")
    return page.relative_to(out).as_posix()


def _make(
    out: Path,
    people: tuple[VirtualPerson, ...],
    seed: int,
    progress: Progress,
    *,
    slice_mm: float,
    matrix: int,
) -> list[Truth]:
    """Make the people side by side: their kernels leave the interpreter free for each other."""
    for who in people:
        refuse_foreign(out / who.key)
    tell = one_at_a_time(progress)

    def one(who: VirtualPerson) -> Truth:
        folder = folder_for(out / who.key)
        return person.write(who, folder, seed=seed, slice_mm=slice_mm, matrix=matrix, progress=tell)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(one, people))


def _read(out: Path, who: VirtualPerson, truth: Truth, progress: Progress) -> Case:
    folder = out / who.key

    def tell(stage: str, done: int, total: int) -> None:
        progress(f"person {who.key}: {stage}", done, total)

    result = read(folder / SCAN, ReadOptions(), progress=tell)
    write_report(result, folder, progress=tell)
    if not result.examinations:
        raise CannotFinish(f"the virtual scan {folder / SCAN} was made but not read: {result.sentence}")
    reading = result.examinations[0].reading
    compared = compare(who.key, truth, reading)
    seen = compare_pictures(truth.pictures, result.workup)
    return Case(who.key, who.note, compared, result, _three_se(truth, compared, reading), seen)


def _three_se(truth: Truth, compared: Comparison, reading: CtReading) -> float:
    """Return 3 SE of ct.md 3.6 with the factor the reading assumed, at the noise that was put in."""
    gap, pixel, _ = reading.geometry.spacing_mm
    factor = compared.factor_assumed or truth.factor_mg_per_mm3_hu
    return three_standard_errors_mg(truth.noise_hu or 0.0, factor, pixel, gap or 0.0)
