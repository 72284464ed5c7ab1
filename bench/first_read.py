"""`kossa read` of a CT folder with everything it does, up to the written report: seconds and shares.

    python -m bench.first_read [--slices 300] [--folder DIR] [--person]

The folder holds the slices of `bench.components`, or with `--person` a virtual person cut into about as
many slices (a body with bones, lungs and vessels makes more work than a cylinder). The run is a fresh
process after one that warmed the disk's and the compiler's caches, as a user's second scan is. The bar is
6 s on two cores for 512 x 512 x 300; beside it stands SimpleITK's sorted read of the same folder.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.examine import simpleitk, write

BAR_S = 6.0
TRUNK_MM = 236 * 3.0  # what a virtual person's scan covers


def folder_of(where: Path, slices: int, *, person: bool) -> Path:
    """Make the scan if it is not there; return the folder to be read."""
    where.mkdir(exist_ok=True)
    if not any(where.iterdir()):
        if person:
            from kossa.virtual import dystrophic
            from kossa.virtual import person as people

            people.write(dystrophic.PERSON, where, seed=0, slice_mm=round(TRUNK_MM / slices, 2), matrix=512)
        else:
            write(where, slices, 20.0)
    return where / "scan" if person else where


def whole(folder: Path) -> dict[str, float]:
    """Seconds of each step of one reading in this process, the report among them."""
    from kossa.report import write_report
    from kossa.workup import ReadOptions, read

    spent: dict[str, float] = {}
    stage, began = "survey", time.perf_counter()

    def tell(name: str, _done: int, _total: int) -> None:
        nonlocal stage, began
        now = time.perf_counter()
        spent[stage] = spent.get(stage, 0.0) + now - began
        stage, began = name, now

    with tempfile.TemporaryDirectory() as out:
        result = read(folder, ReadOptions(), progress=tell)
        tell("report", 0, 0)
        write_report(result, Path(out))
        tell("end", 0, 0)
    return spent


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--slices", type=int, default=300)
    options.add_argument("--folder", type=Path)
    options.add_argument("--person", action="store_true")
    options.add_argument("--once", action="store_true")
    args = options.parse_args()
    if args.once:
        print(json.dumps(whole(args.folder)))
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = folder_of(args.folder or Path(made), args.slices, person=args.person)
        command = [sys.executable, "-m", "bench.first_read", "--once", "--folder", str(folder)]
        runs: list[tuple[float, dict[str, float]]] = []
        for _ in range(4):
            began = time.perf_counter()
            told = subprocess.run(command, capture_output=True, check=True).stdout
            runs.append((time.perf_counter() - began, json.loads(told)))
        reference = min(simpleitk(folder) for _ in range(3)) if not args.person else None
    seconds, spent = min(runs[1:], key=lambda run: run[0])
    for name, took in spent.items():
        print(f"  {name:45s} {took:6.2f} s  {100 * took / seconds:4.0f} %")
    start = seconds - sum(spent.values())
    print(f"  {'starting Python, loading the libraries':45s} {start:6.2f} s  {100 * start / seconds:4.0f} %")
    beside = f"; SimpleITK's sorted read {reference:.2f} s" if reference else ""
    print(f"whole process {seconds:.2f} s (bar {BAR_S:g} s){beside}")
    return 0 if seconds <= BAR_S else 1


if __name__ == "__main__":
    sys.exit(main())
