"""The labelled scans that the rules are checked on: where they lie, what is to be found, what must not be.

Truth coordinates are voxels [z, y, x] in the order of slices by position.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KOSSA_SHARED", ROOT.parent / "shared")).resolve() / "data"


@dataclass(frozen=True)
class Mark:
    """A labelled place; `role` is hit, hard, either, reject or physiological."""

    name: str
    z: float
    y: float
    x: float
    role: str
    site: str | None = None
    reach_px: float = 4.0


@dataclass(frozen=True)
class Scan:
    """One labelled scan."""

    name: str
    volume: Volume
    contrast_agent: str | None
    marks: tuple[Mark, ...]


def load(folder: Path, pattern: str = "*") -> tuple[Volume, str | None]:
    """Read all slices of one series, sorted by position along the normal."""
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
