"""How long the survey takes, against plainly reading the same files: `python -m bench.intake_survey`."""

from __future__ import annotations

import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kossa.intake.people import people
from kossa.intake.survey import survey

SLICES, IRRELEVANT, REPEATS = 300, 20_000, 5


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of some runs."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def element(tag: int, vr: bytes, value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    length = struct.pack("<HI", 0, len(value)) if vr == b"OW" else struct.pack("<H", len(value))
    return head + length + value


def ct_slice(number: int, pixels: bytes) -> bytes:
    """A slice of 512 x 512 with the number of elements that scanners write (some 120)."""
    uid = b"1.2.840.10008.5.1.4.1.1.2"
    body = element(0x00080016, b"UI", uid + b"\0") + element(0x00080018, b"UI", b"1.2.3.%d" % number)
    body += element(0x00080060, b"CS", b"CT")
    body += b"".join(element(0x00090010 + n, b"LO", b"vendor's own, of usual length") for n in range(80))
    body += element(0x00100020, b"LO", b"BENCH") + element(0x00180060, b"DS", b"120")
    body += element(0x0020000D, b"UI", b"1.2") + element(0x0020000E, b"UI", b"1.3")
    body += element(0x00200032, b"DS", b"0\\0\\%d" % number) + element(0x00200037, b"DS", b"1\\0\\0\\0\\1\\0")
    body += element(0x00280002, b"US", b"\1\0") + element(0x00280004, b"CS", b"MONOCHROME2")
    body += element(0x00280010, b"US", b"\0\2") + element(0x00280011, b"US", b"\0\2")
    body += element(0x00280030, b"DS", b"0.7\\0.7")
    body += element(0x00280100, b"US", b"\x10\0") + element(0x00280101, b"US", b"\x10\0")
    body += element(0x00280102, b"US", b"\x0f\0") + element(0x00280103, b"US", b"\0\0")
    body += element(0x00281052, b"DS", b"-1024") + element(0x00281053, b"DS", b"1")
    meta = element(0x00020010, b"UI", b"1.2.840.10008.1.2.1\0")
    head = bytes(128) + b"DICM" + element(0x00020000, b"UL", struct.pack("<I", len(meta))) + meta
    return head + body + element(0x7FE00010, b"OW", pixels)


def read_all(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        path.read_bytes()


def open_all(folder: Path) -> None:
    for path in folder.iterdir():
        handle = os.open(path, os.O_RDONLY)
        os.read(handle, 4096)
        os.close(handle)


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        scan, other = Path(place, "scan"), Path(place, "other")
        scan.mkdir()
        other.mkdir()
        for number in range(SLICES):
            Path(scan, f"{number:03}").write_bytes(ct_slice(number, os.urandom(512 * 512 * 2)))
        plain, looked = best(lambda: read_all(scan)), best(lambda: people(survey(scan)))
        print(
            f"{SLICES} slices of 512 KB: survey and people {looked * 1e3:.0f} ms, "
            f"{looked / plain:.1f} x reading all bytes"
        )
        for number in range(IRRELEVANT):
            Path(other, f"{number}.txt.bak").write_bytes(b"\x07\x01\x02 no evidence here " * 40)
        plain, looked = best(lambda: open_all(other)), best(lambda: survey(other))
        print(
            f"{IRRELEVANT} irrelevant files: survey {looked:.2f} s, {looked / plain:.1f} x opening each; "
            f"100,000 at this pace: {looked * 1e5 / IRRELEVANT:.1f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
