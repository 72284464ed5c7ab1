"""A label map from elsewhere, laid on the scan's grid where it fits exactly, with the names of its labels.

A mask never leaves its grid: one that does not fit is refused with the misfit in millimetres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.ct.roi_names import label_names
from kossa.evidence import Notice, Refused, Severity, WrongCall
from kossa.evidence.geometry import Grid
from kossa.evidence.vocabulary import SegmentSite, segment_sites
from kossa.intake.budget import DEFAULT
from kossa.intake.files import read_file
from kossa.intake.nifti import read_nifti
from kossa.intake.safe_text import safe

__all__ = ["Regions", "read_roi"]

FIT_MM = 0.1  # farthest that a voxel of the map may lie from the scan's: rounding in a header (judgement)


@dataclass(frozen=True, eq=False)
class Regions:
    """`labels` (slices, rows, columns) on the scan's grid, 0 outside; names and sites by label.

    A label without a known site narrows and names, and places nothing.
    """

    labels: npt.NDArray[np.int32]
    names: Mapping[int, str]
    sites: Mapping[int, SegmentSite]
    notices: tuple[Notice, ...] = field(default=())


def read_roi(path: Path, grid: Grid) -> Regions:
    """Read a NIfTI label map that was made on this scan.

    Names come from a table of the same name beside the file (.json, .tsv, .csv), from the header as
    TotalSegmentator writes them, or for a map of one label from the file's name.

    Raises
    ------
    WrongCall
        There is no such file.
    Refused
        `geometry-mismatch` with the misfit in mm, `not-labels`, `empty-mask`, and the codes of
        `intake.nifti.read_nifti`.
    """
    if not path.is_file():
        raise WrongCall(f"There is no label map {safe(str(path), limit=None)}; check the path.")
    file = read_nifti(read_file(path, DEFAULT))
    whole = _whole(file.stored, file.header.slope, file.header.intercept)
    labels = _laid(whole, file.header.grid, grid)
    present = sorted(set().union(*(np.unique(one).tolist() for one in labels)) - {0})
    if not present:
        raise Refused("empty-mask", "the label map is empty: no voxel of it is marked")
    names = label_names(path, file.header.extensions, present)
    known = segment_sites()
    sites = {label: known[name] for label, name in names.items() if name in known}
    return Regions(labels, names, sites, _notices(present, names, sites))


def _whole(stored: npt.NDArray[Any], slope: float, intercept: float) -> npt.NDArray[np.int32]:
    """Return label values; anything but whole numbers from 0 on is refused."""
    values = stored
    if slope != 1 or intercept != 0:
        values = stored.astype(np.float64) * slope + intercept
    if values.dtype.kind == "f" and not (np.isfinite(values) & (values == np.rint(values))).all():
        raise Refused("not-labels", "the label map holds values that are not whole numbers")
    if values.min() < 0 or values.max() > np.iinfo(np.int32).max:
        raise Refused("not-labels", "the label map holds values below 0 or too large to be labels")
    return values.astype(np.int32)


def _laid(labels: npt.NDArray[np.int32], of_map: Grid, scan: Grid) -> npt.NDArray[np.int32]:
    """Turn a map [z, y, x] on its grid to the scan's axes; raises `Refused` where it does not fit."""
    step = np.diff(of_map.origins_mm[:2], axis=0)[0] if of_map.shape[0] > 1 else of_map.normal
    vectors = [
        step,
        of_map.column_direction * of_map.pixel_mm[0],
        of_map.row_direction * of_map.pixel_mm[1],
    ]
    order = _order([v / np.linalg.norm(v) for v in vectors], _directions(scan))
    turned = labels.transpose(order)
    steps = [vectors[axis] for axis in order]
    if turned.shape != scan.shape:
        raise Refused(
            "geometry-mismatch",
            f"the label map has {_size(turned.shape)} voxels and the scan {_size(scan.shape)}:"
            " make it on this very series",
        )
    origin = of_map.origins_mm[0].copy()
    flips = []
    for axis, (vector, direction) in enumerate(zip(steps, _directions(scan), strict=True)):
        against = float(vector @ direction) < 0
        flips.append(slice(None, None, -1 if against else 1))
        if against:
            origin += vector * (turned.shape[axis] - 1)
            steps[axis] = -vector
    misfit = _misfit(scan, origin, steps)
    if misfit > FIT_MM:
        raise Refused(
            "geometry-mismatch",
            f"the label map lies up to {misfit:.1f} mm from the scan: make it on this very series",
        )
    return np.ascontiguousarray(turned[tuple(flips)])


def _directions(grid: Grid) -> list[npt.NDArray[np.float64]]:
    """Return the directions of z, y, x of the scan; z along the step from slice to slice."""
    step = grid.origins_mm[-1] - grid.origins_mm[0] if grid.shape[0] > 1 else grid.normal
    return [step / np.linalg.norm(step), grid.column_direction, grid.row_direction]


def _order(
    vectors: list[npt.NDArray[np.float64]], directions: list[npt.NDArray[np.float64]]
) -> tuple[int, int, int]:
    """Return for z, y, x of the scan the axis of the map that runs closest to it."""
    best = max(
        permutations(range(3)),
        key=lambda way: sum(abs(float(vectors[a] @ d)) for a, d in zip(way, directions, strict=True)),
    )
    return (best[0], best[1], best[2])


def _misfit(scan: Grid, origin: npt.NDArray[np.float64], steps: list[npt.NDArray[np.float64]]) -> float:
    """Return the largest distance in mm between corners of a slice in the map and in the scan."""
    slices, rows, columns = scan.shape
    worst = 0.0
    for y in (0, rows - 1):
        for x in (0, columns - 1):
            z = np.arange(slices)
            mine = origin + z[:, None] * steps[0] + y * steps[1] + x * steps[2]
            theirs = scan.to_mm(np.stack([z, np.full(slices, y), np.full(slices, x)], axis=-1))
            worst = max(worst, float(np.linalg.norm(mine - theirs, axis=1).max()))
    return worst


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)


def _notices(
    present: list[int], names: Mapping[int, str], sites: Mapping[int, SegmentSite]
) -> tuple[Notice, ...]:
    unnamed = [label for label in present if label not in names]
    foreign = [names[label] for label in present if label in names and label not in sites]
    notices = []
    if unnamed and len(present) > 1:
        notices.append(
            Notice(
                code="labels-unnamed",
                severity=Severity.INFO,
                what=f"{len(unnamed)} of {len(present)} labels of the map have no name.",
                done="They narrow the reading and name no place.",
                todo="Put a table NAME.tsv with the columns index and name beside the map.",
            )
        )
    if foreign:
        shown = ", ".join(safe(name) for name in foreign[:8])
        notices.append(
            Notice(
                code="labels-unknown",
                severity=Severity.INFO,
                what=f"{len(foreign)} names of the map are not known as places: {shown}.",
                done="These labels narrow the reading and name no place.",
            )
        )
    return tuple(notices)
