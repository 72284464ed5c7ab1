"""Bars of the blood room: `python -m validate.blood` prints each with its figure.

Reference page 8, rows 1 to 6; the hostile tables and records; the speed and memory of a large record.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from kossa.blood import examine
from kossa.evidence import KossaError
from kossa.evidence.words_reading import BloodReading

SHARED = Path(os.environ.get("KOSSA_SHARED", Path(__file__).parents[1].parent / "shared")) / "data"
REL = 1e-4  # expected_labs.csv prints six digits


@dataclass(frozen=True)
class Row:
    """One expected result; `fault` says what differs, empty where it is read as expected."""

    file: str
    place: str
    analyte: str
    fault: str


def _fault(expected: dict[str, str], reading: BloodReading) -> str:
    place = f"entry {expected['entry_index']}"
    found = [r for r in reading.results if r.source.place == place and r.analyte == expected["analyte"]]
    if len(found) != 1:
        return f"{len(found)} results"
    one = found[0]
    value = one.value if one.value is not None else one.bound
    if expected["value_as_given"] and (
        value is None or abs(value - float(expected["value_as_given"])) > 1e-9
    ):
        return f"value {value}"
    if expected["unit_as_given"] and one.unit is None:
        return "no unit"
    if expected["si_value"] and one.bound is None:
        wanted = float(expected["si_value"])
        if one.value_si is None or abs(one.value_si / wanted - 1) > REL:
            return f"SI {one.value_si}"
    if (one.status or "") != expected["status"]:
        return f"status {one.status}"
    return ""


def fhir_rows(data: Path) -> list[Row]:
    """Return every row of expected_labs.csv with what is wrong about it."""
    text = (data / "fhir" / "expected_labs.csv").read_text(encoding="utf-8")
    expected = list(csv.DictReader(text.splitlines()))
    readings = {f: examine(data / "fhir" / f) for f in sorted({e["file"] for e in expected})}
    return [Row(e["file"], e["entry_index"], e["analyte"], _fault(e, readings[e["file"]])) for e in expected]


def zero_ranges(data: Path) -> tuple[int, int, int]:
    """Return ranges of 0 to 0 on known tests, those that were used, and findings called high by one."""
    met = used = high = 0
    for name in ("stu3_smart_8888801.json", "stu3_smart_8888804.json"):
        expected = (data / "fhir" / "expected_labs.csv").read_text(encoding="utf-8").splitlines()
        met += sum(r["file"] == name and r["ref_high_as_given"] == "0" for r in csv.DictReader(expected))
        reading = examine(data / "fhir" / name)
        own = [r for r in reading.results if r.range is not None and "own" in r.range.source]
        used += sum(r.range.low == 0 and r.range.high == 0 for r in own)
        high += sum(r.flag == "high" and r.range in [o.range for o in own if o.range.high == 0] for r in own)
    return met, used, high


def nasty(data: Path) -> list[tuple[str, str, str]]:
    """Return (file, expected, met) of the hostile files of this room."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        maker = [sys.executable, data / "nasty" / "make_nasty.py", folder]
        subprocess.run(maker, check=True, capture_output=True)
        text = (data / "nasty" / "expected.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            if row["file"].split("/")[0] not in ("fhir", "labs", "names"):
                continue
            try:
                file = examine(Path(folder) / row["file"]).files[0]
                met = f"{file.outcome} {file.reason or ''}".strip()
            except KossaError as error:
                met = f"rejected ({error})"
            out.append((row["file"], f"{row['outcome']} {row['reason']}", met))
    return out


def large(data: Path, megabytes: int = 50) -> tuple[float, float, float, int]:
    """Return (MB, seconds, seconds of the plain json module, MB of memory) of one large record.

    Seconds are the processor's: the clock on the wall also counts what other programs do.
    """
    record = json.loads((data / "fhir" / "r4_synthea_jordan_cruickshank.json").read_text(encoding="utf-8"))
    entries = record["entry"]
    with tempfile.TemporaryDirectory() as folder:
        size = len(json.dumps(entries))
        record["entry"] = entries * max(1, megabytes * 1_000_000 // size)
        path = Path(folder) / "large.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        start = time.process_time()
        json.loads(path.read_bytes())
        plain = time.process_time() - start
        code = (
            "import resource, sys, time; from pathlib import Path; from kossa.blood import examine; "
            "t = time.process_time(); r = examine(Path(sys.argv[1])); "
            "used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024; "
            "print(time.process_time() - t, used, len(r.results))"
        )
        done = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True)
        seconds, memory, _ = done.stdout.split()
        return path.stat().st_size / 1e6, float(seconds), plain, int(memory)


def main() -> None:
    """Print every bar."""
    rows = fhir_rows(SHARED)
    wrong = [r for r in rows if r.fault]
    print(f"fhir results read as expected: {len(rows) - len(wrong)} of {len(rows)}")
    for row in wrong:
        print("  ", row)
    met, used, high = zero_ranges(SHARED)
    print(f"ranges of 0 to 0: {met - used} of {met} ignored, {high} called high by one")
    for file, expected, got in nasty(SHARED):
        print(f"nasty {file}: expected {expected}; met {got}")
    size, seconds, plain, memory = large(SHARED)
    ratio = f"{seconds / plain:.1f} x json.loads"
    print(f"record of {size:.0f} MB: {seconds:.1f} s of processor time ({ratio}), {memory} MB used")


if __name__ == "__main__":
    main()
