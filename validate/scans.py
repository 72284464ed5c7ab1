"""The labelled scans that CT is checked on: where they lie, what is to be found, what must not be called.

Truth coordinates are voxels [z, y, x] in the order of slices by position.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")).resolve() / "data"

VOLUMES = {
    "tumour_mineral_leg": "site_muscle",
    "phleboliths_hip": "site_pelvic_vein",
    "femoral_artery_thigh": "site_femoral_artery",
    "negative_thigh": None,
    "abdomen_vascular": None,
}
SLICES = (
    "A046441_19001111-045.dcm",
    "A056642_19001229-053.dcm",
    "A062055_19001127-136.dcm",
    "A072894_19010103-40.dcm",
)
WORDS = {
    "splenic": "site_splenic_artery",
    "aortic wall": "site_aorta_abdominal",
    "coronary": "site_coronary",
    "ascending": "site_aorta_ascending",
    "descending": "site_aorta_descending",
    "abdominal aorta": "site_aorta_abdominal",
    "choroid": "site_physio_choroid_plexus",
    "pineal": "site_physio_pineal",
    "visceral": "site_visceral_artery",
}
# looked at by eye on the same scans and not in the truth files (ct_volumes.md, truth corrections)
SEEN = {
    "tumour_mineral_leg": ((37, 102, 91), (30, 79, 64), (36, 99, 81)),
    "femoral_artery_thigh": ((6, 123, 113),),
    "abdomen_vascular": ((8, 308, 271), (11, 311, 258)),
}
# hits that no threshold at 130 HU can separate: below it, or inside of the skull's outline
HARD = {"left cavernous carotid wall", "right supraclinoid carotid wall, faint"}


@dataclass(frozen=True)
class Mark:
    """A labelled place; `role` is hit, hard, either or reject."""

    name: str
    z: float
    y: float
    x: float
    role: str
    site: str | None = None


@dataclass(frozen=True)
class Labelled:
    """One labelled scan: where it lies and its marks."""

    name: str
    path: Path
    marks: tuple[Mark, ...]
    seen: tuple[tuple[int, int, int], ...] = ()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _site(words: str) -> str | None:
    return next((site for part, site in WORDS.items() if part in words), None)


def labelled() -> list[Labelled]:
    """Return all labelled scans."""
    out = []
    for name, site in VOLUMES.items():
        folder = SHARED / "ct_volumes" / name
        marks = tuple(
            Mark(r["what"], float(r["z"]), float(r["y"]), float(r["x"]), r["role"], _site(r["what"]) or site)
            for r in _rows(folder / "truth.csv")
        )
        out.append(Labelled(name, folder / "dicom", marks, SEEN.get(name, ())))
    head = SHARED / "ct" / "ge_head_tilt_varspacing"
    out.append(
        Labelled(
            "ge_head",
            head / "dicom",
            _flat(_rows(head / "truth.csv"), "slice_index_0based_by_InstanceNumber"),
        )
    )
    rows = _rows(SHARED / "ct" / "sbu_slices" / "truth.csv")
    for name in SLICES:
        mine = [r for r in rows if r["file"] == name and r["x_vox"]]
        out.append(Labelled(name[:7], SHARED / "ct" / "sbu_slices" / name, _flat(mine, None)))
    qrm = SHARED / "ct" / "qrm_canon_large_rep1"
    inserts = tuple(
        Mark(
            r["insert"],
            float(r["z_vox_in_this_folder_sorted_by_z"]),
            float(r["y_vox"]),
            float(r["x_vox"]),
            "hit" if r["position_source"] == "measured" else "either",
        )
        for r in _rows(qrm / "truth.csv")
    )
    out.append(Labelled("qrm", qrm / "dicom", inserts))
    return out


def _flat(rows: list[dict[str, str]], slice_column: str | None) -> tuple[Mark, ...]:
    out = []
    for r in rows:
        real = r["kind"] == "calcification"
        role = "hard" if r["label"] in HARD else "hit" if real else "reject"
        z = float(r[slice_column]) if slice_column else 0.0
        out.append(
            Mark(
                r["label"], z, float(r["y_vox"]), float(r["x_vox"]), role, _site(r["label"]) if real else None
            )
        )
    return tuple(out)


def load(folder: Path, pattern: str = "*") -> tuple[Volume, str | None]:
    """Read all slices of one series with pydicom alone, sorted by position along the normal."""
    slices = [pydicom.dcmread(p) for p in sorted(folder.glob(pattern)) if p.is_file()]
    row, column = np.split(np.array(slices[0].ImageOrientationPatient, float), 2)
    normal = np.cross(row, column)
    slices.sort(key=lambda s: float(np.array(s.ImagePositionPatient, float) @ normal))
    hu = np.stack([s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices]).round()
    first = slices[0]
    grid = Grid(
        shape=hu.shape,
        pixel_mm=tuple(float(v) for v in first.PixelSpacing),
        row_direction=row,
        column_direction=column,
        origins_mm=np.array([s.ImagePositionPatient for s in slices], float),
        single_thickness_mm=float(first.SliceThickness) if len(slices) == 1 else None,
    )
    agent = first.get("ContrastBolusAgent")
    return Volume(hu=hu.astype(np.int16), grid=grid, kvp=float(first.KVP)), str(agent) if agent else None
