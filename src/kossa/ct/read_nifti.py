"""A scan that came as NIfTI: values to Hounsfield units, and what the format cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kossa.ct.geometry import Diagnosis, diagnose
from kossa.ct.hounsfield import not_hounsfield
from kossa.evidence import Notice, Refused, Severity
from kossa.evidence.volume import Volume
from kossa.intake.entry import Entry
from kossa.intake.nifti import NiftiFile, read_nifti

__all__ = ["NiftiScan", "read_nifti_scan"]

OUTSIDE_HU = -2048  # written where the file holds no number
LOW, HIGH = -32768, 32767


@dataclass(frozen=True, eq=False)
class NiftiScan:
    """The volume with its diagnosis; `why_not` says why its values are not Hounsfield units."""

    volume: Volume
    diagnosis: Diagnosis
    notices: tuple[Notice, ...]
    why_not: str | None


def read_nifti_scan(entry: Entry) -> NiftiScan:
    """Read one NIfTI file as a scan; raises `Refused` (also `no-values`)."""
    file = read_nifti(entry.read())
    header = file.header
    hu, lost = _hounsfield(file)
    grid = header.grid
    diagnosis = diagnose(
        grid.origins_mm,
        (*grid.row_direction, *grid.column_direction),
        grid.pixel_mm,
        grid.shape[1:],
        thickness_mm=[grid.single_thickness_mm] * grid.shape[0],
    )
    notices = [*diagnosis.notices]
    if lost:
        notices.append(
            Notice(
                code="not-numbers",
                severity=Severity.WARNING,
                what=f"{lost} voxels hold no number.",
                done="They are taken as outside of the scan.",
            )
        )
    if not header.unit_known:
        notices.append(
            Notice(
                code="unit-not-told",
                severity=Severity.WARNING,
                what="The file does not say in which unit its distances are.",
                done="Millimetres are taken.",
                todo="Check one known distance.",
            )
        )
    padding = OUTSIDE_HU if lost else None
    why_not = not_hounsfield(
        hu,
        padding_hu=padding,
        scaled=True,
        rescale_type=None,
        intercept=0.0,
        bits_allocated=16,
    )
    volume = Volume(
        hu,
        diagnosis.grid,
        padding_hu=padding,
        native_affine=header.affine,
        native_axes=header.axes,
    )
    return NiftiScan(volume, diagnosis, tuple(notices), why_not)


def _hounsfield(file: NiftiFile) -> tuple[np.ndarray[tuple[int, int, int], np.dtype[np.int16]], int]:
    """Return int16 HU [z, y, x] and how many voxels held no number; integers never become floats."""
    stored, header = file.stored, file.header
    out = np.empty(header.grid.shape, np.int16)
    whole = header.slope == 1 and header.intercept == int(header.intercept) and stored.dtype.kind != "f"
    lost = 0
    for k in range(out.shape[0]):
        values = stored[k]
        if whole:
            small = (
                values if values.dtype.itemsize < 4 and values.dtype.kind == "i" else values.astype(np.int64)
            )
            if header.intercept:
                small = small.astype(np.int64) + int(header.intercept)
            out[k] = np.clip(small, LOW, HIGH)
            continue
        scaled = values.astype(np.float64) * header.slope + header.intercept
        # more than the file's numbers can tell is dense, not missing
        scaled[scaled == np.inf] = HIGH
        bad = ~np.isfinite(scaled)
        lost += int(bad.sum())
        out[k] = np.clip(np.rint(np.where(bad, OUTSIDE_HU, scaled)), LOW, HIGH)
    if lost == out.size:
        raise Refused("no-values", "no voxel of the file holds a number")
    return out, lost
