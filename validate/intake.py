"""The bars of intake: the hostile set, many files, long scans, a large record.

    python -m validate.intake [nasty] [files] [slices] [bundle]

Each part prints its figures; without a name all parts run. The hostile set and the bundle need KOSSA_SHARED.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.intake_survey import main as bench_survey
from tests.promises.nasty import Run, make_set, reader, sound
from tests.promises.test_nasty import expected, right_code

from kossa.intake.survey import survey
from validate.scans import SHARED

IRRELEVANT = 100_000
BUNDLE_MB = 50


def nasty() -> None:
    """Every case of the hostile set through `kossa read`, alone and beside a sound scan."""
    files, cases = make_set(SHARED)
    with tempfile.TemporaryDirectory() as place, reader(Path(place)) as calls:
        calls.read(sound(SHARED))
        alone = calls.read(sound(SHARED))
        (own,) = alone.readings("sound")
        for where in ("alone", "beside a sound scan"):
            wrong, other, runs = [], [], []
            for case in cases:
                if where != "alone" and case.reason == "two-people":
                    continue
                extra = {} if where == "alone" else sound(SHARED)
                run = calls.read({name: files[name] for name in case.files} | extra)
                runs.append((run, case.name))
                rows = run.rows(case.files)
                said = {row["outcome"] for row in rows}
                if case.outcome == "rejected" and {row["reason"] for row in rows} != {case.reason}:
                    other.append(f"{case.name}: {rows[0]['reason']}, proposed {case.reason}")
                code = right_code(case, said) if where == "alone" else 0
                same = where == "alone" or run.readings("sound")[0]["scores"] == own["scores"]
                if not said <= expected(case, run) or run.code != code or not same:
                    wrong.append(f"{case.name}: {sorted(said)}, expected {case.outcome}; exit {run.code}")
            slowest = max(runs, key=lambda r: r[0].seconds)
            largest = max(runs, key=lambda r: r[0].peak_kb)
            print(f"hostile set {where}: {len(runs) - len(wrong)} of {len(runs)} cases right")
            print(f"  slowest {slowest[0].seconds:.1f} s ({slowest[1]})")
            print(f"  largest {_beyond(largest[0], alone):+.0f} MB beyond the sound scan ({largest[1]})")
            print("".join(f"  wrong: {line}\n" for line in wrong), end="")
            print("".join(f"  another word for the reason: {line}\n" for line in other), end="")


def _beyond(run: Run, alone: Run) -> float:
    return (run.peak_kb - alone.peak_kb) / 1024


def files() -> None:
    """A hundred thousand files that are no evidence."""
    with tempfile.TemporaryDirectory() as place:
        for number in range(IRRELEVANT):
            if number % 1000 == 0:
                folder = Path(place, str(number))
                folder.mkdir()
            Path(folder, f"{number}.bak").write_bytes(b"\x07\x01 no evidence here " * 40)
        began, used = time.perf_counter(), time.process_time()
        found = survey(Path(place))
        seconds, used = time.perf_counter() - began, time.process_time() - used
        print(
            f"{IRRELEVANT:,} irrelevant files: {seconds:.1f} s ({used:.1f} s of work), "
            f"{len(found.entries)} listed"
        )
        print(f"  {found.notices[0].what}")


def slices() -> None:
    """Three hundred slices, and the pace of irrelevant files, against plain reading."""
    bench_survey()


LARGE = """
import resource, sys, time
from pathlib import Path
from kossa.intake.people import people
from kossa.intake.survey import survey
began = time.perf_counter()
found = survey(Path(sys.argv[1]))
people(found)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
seconds, work = time.perf_counter() - began, time.process_time()
print(f"  parsed, person found: {seconds:.1f} s ({work:.1f} s of work), peak {peak:.0f} MB")
"""


def bundle() -> None:
    """A FHIR record of 50 MB."""
    one = json.loads((SHARED / "fhir" / "r4_synthea_jordan_cruickshank.json").read_bytes())
    size = len(json.dumps(one, indent=1))
    entries = one["entry"] * -(-(BUNDLE_MB << 20) // size)
    data = json.dumps(one | {"entry": entries}, indent=1).encode()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "record.json")
        path.write_bytes(data)
        print(f"a FHIR bundle of {len(data) / 1e6:.0f} MB, {len(entries):,} entries")
        sys.stdout.flush()
        subprocess.run([sys.executable, "-c", LARGE, str(path)], check=True)


PARTS = {"nasty": nasty, "files": files, "slices": slices, "bundle": bundle}


def main() -> int:
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
