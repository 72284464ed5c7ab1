"""The bars on reading CT, with their figures, on the reference scans.

    python -m validate.ct_read

Prints one line a bar: what was measured, the bar, met or not. Exit code 1 where one is not met.
"""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom

from kossa.ct.read import ScanRead, read_volume
from kossa.evidence import NothingUsable
from kossa.intake.survey import survey

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")).resolve() / "data"
QRM = SHARED / "ct/qrm_canon_large_rep1/dicom"
GE = SHARED / "ct/ge_head_tilt_varspacing"

Change = Callable[[list[pydicom.Dataset]], list[pydicom.Dataset]]


def read(folder: Path) -> ScanRead:
    return read_volume(survey(folder))


def codes(found: ScanRead) -> set[str]:
    return {notice.code for notice in found.notices}


def altered(folder: Path, change: Change) -> Path:
    """Write a changed copy of the QRM scan, shuffled and under random names."""
    files = sorted((pydicom.dcmread(p) for p in QRM.iterdir()), key=lambda d: d.ImagePositionPatient[2])
    files = change(files)
    draw = random.Random(5)
    draw.shuffle(files)
    folder.mkdir()
    for one in files:
        one.save_as(folder / f"{draw.getrandbits(32):08x}")
    return folder


def renumbered(files: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for one in files:
        del one.InstanceNumber
        del one.SliceLocation
    return files


def with_duplicate(files: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    twin = pydicom.filereader.dcmread(files[14].filename)
    twin.SOPInstanceUID += ".1"
    twin.file_meta.MediaStorageSOPInstanceUID = twin.SOPInstanceUID
    return [*files, twin]


def without(*gone: int) -> Change:
    return lambda files: [one for k, one in enumerate(files) if k not in gone]


def sheared(files: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for k, one in enumerate(files):
        x, y, z = one.ImagePositionPatient
        one.ImagePositionPatient = [x, y + k * 3 * np.tan(np.radians(12)), z]
    return files


def overlapping(files: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for k, one in enumerate(files):
        x, y, _ = one.ImagePositionPatient
        one.ImagePositionPatient = [x, y, 600 + 1.5 * k]
    return files


def conflict(files: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    files[3].ImagePositionPatient = files[4].ImagePositionPatient
    return files


Bar = tuple[str, str, str, bool]  # what, measured, bar, met


def ge_head() -> list[Bar]:
    found = read(GE / "dicom")
    rows = list(csv.DictReader((GE / "geometry.csv").read_text().splitlines()))
    told = np.array([float(r["gap_to_previous_along_normal_mm"]) for r in rows[1:]])
    worst = float(np.abs(np.array(found.geometry.gaps_mm) - told).max())
    tilt = found.geometry.tilt_deg
    sentence = next(n.what for n in found.notices if n.code == "uneven-slices")
    classes = sentence.count(" x ")
    own = codes(found) & {"uneven-slices", "gantry-tilt"}
    return [
        ("ge_head: gaps against geometry.csv", f"{worst:.5f} mm", "<= 0.002 mm", worst <= 0.002),
        ("ge_head: tilt", f"{tilt:.4f} deg", "18.50 +- 0.02", abs(tilt - 18.5) <= 0.02),
        ("ge_head: spacings named", f"{classes}: {sentence}", "3", classes == 3),
        ("ge_head: notices", ", ".join(sorted(codes(found))), "uneven and tilt", len(own) == 2),
        (
            "ge_head: slices missing",
            str(found.geometry.missing_after),
            "none",
            not found.geometry.missing_after,
        ),
    ]


def qrm_copies(place: Path) -> list[Bar]:
    whole = read(QRM)
    same = read(altered(place / "shuffled", renumbered))
    equal = np.array_equal(same.volume.hu, whole.volume.hu) and np.array_equal(
        same.volume.grid.origins_mm, whole.volume.grid.origins_mm
    )
    twice = read(altered(place / "twice", with_duplicate))
    gapped = read(altered(place / "gapped", without(8)))
    both = read(altered(place / "two", without(8, 20, 21)))
    lean = read(altered(place / "sheared", sheared))
    over = read(altered(place / "overlap", overlapping))
    try:
        read(altered(place / "conflict", conflict))
        refused = "read"
    except NothingUsable as told:
        refused = str(told)
    once = np.array_equal(twice.volume.hu, whole.volume.hu) and "duplicate" in codes(twice)
    return [
        ("qrm: shuffled, renamed, no InstanceNumber", f"identical: {equal}", "identical", equal),
        ("qrm: a slice twice under a new UID", f"dropped and told: {once}", "dropped", once),
        gone("qrm: one slice gone", gapped, (7,)),
        gone("qrm: three slices gone", both, (7, 18)),
        (
            "qrm: sheared by 12 deg",
            f"tilt {lean.geometry.tilt_deg:.3f}, gap {lean.geometry.spacing_mm[0]:.4f} mm",
            "12.00 +- 0.02, 3.000, told",
            abs(lean.geometry.tilt_deg - 12) < 0.02
            and abs(lean.geometry.spacing_mm[0] - 3) < 1e-3
            and "gantry-tilt" in codes(lean),
        ),
        (
            "qrm: every 1.5 mm, 3 mm thick",
            f"gap {over.geometry.spacing_mm[0]:.3f} mm, {sorted(codes(over))}",
            "gap 1.5, told",
            over.geometry.spacing_mm[0] == 1.5 and "overlapping-slices" in codes(over),
        ),
        ("qrm: two slices at one place", refused[:90], "refused by name", "same place" in refused),
    ]


def gone(what: str, found: ScanRead, expected: tuple[int, ...]) -> Bar:
    after = found.geometry.missing_after
    return (what, f"holes after {after}", f"after {expected}", after == expected)


def exactness() -> list[Bar]:
    """Every reference slice against pydicom: stored values to HU by plain arithmetic."""
    checked, wrong = 0, 0
    folders = [QRM, GE / "dicom", *sorted((SHARED / "ct_volumes").glob("*/dicom"))]
    for folder in folders:
        found = read(folder)
        slices = [pydicom.dcmread(p) for p in folder.iterdir()]
        row = np.array(slices[0].ImageOrientationPatient, float)
        normal = np.cross(row[:3], row[3:])
        slices.sort(key=lambda s: float(np.array(s.ImagePositionPatient, float) @ normal))
        for mine, one in zip(found.volume.hu, slices, strict=True):
            hu = one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept)
            if (padding := one.get("PixelPaddingValue")) is not None:
                hu = np.where(one.pixel_array == padding, found.volume.padding_hu, hu)
            checked += 1
            wrong += not np.array_equal(mine, hu)
    return [
        ("all reference volumes: HU against pydicom", f"{wrong} of {checked} slices differ", "0", wrong == 0)
    ]


def nasty(place: Path) -> list[Bar]:
    """Files that break readers, each alone: outcome as expected.csv says, at the level of this room."""
    spec = importlib.util.spec_from_file_location("make_nasty", SHARED / "nasty/make_nasty.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.build()
    right, wrong = 0, []
    for path, outcome, reason, _ in maker.ROWS:
        if path.split("/")[0] not in ("dicom", "nifti") and not path.startswith("series_"):
            continue
        folder = place / str(right + len(wrong))
        folder.mkdir()
        stem = path.removesuffix("*.dcm")
        for name, data in maker.FILES.items():
            if name == path or (path.endswith("*.dcm") and name.startswith(stem)):
                (folder / Path(name).name).write_bytes(data)
        met = survey(folder)
        with contextlib.suppress(NothingUsable):
            read_volume(met)
        got = {(e.outcome.outcome.value, e.outcome.reason) for e in met.entries if e.outcome}
        fits = {o for o, _ in got} == {outcome} and (outcome == "accepted" or {r for _, r in got} == {reason})
        right += fits
        wrong += [] if fits else [f"{path}: {got}"]
        shutil.rmtree(folder)
    return [("nasty dicom, series, nifti", f"{right} as expected; {wrong}", "all", not wrong)]


def main() -> int:
    if not SHARED.is_dir():
        print("no reference data: set KOSSA_SHARED")
        return 1
    with tempfile.TemporaryDirectory() as place:
        bars = [*ge_head(), *qrm_copies(Path(place)), *exactness(), *nasty(Path(place))]
    for what, measured, bar, met in bars:
        print(f"{'met    ' if met else 'NOT MET'} {what}: {measured}  [bar: {bar}]")
    return 0 if all(met for *_, met in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
