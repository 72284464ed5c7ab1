"""The deposits as a NIfTI label map in the scan's own geometry, to lie on top of it in a viewer.

A scan that came as NIfTI gets its affine back bit for bit. DICOM gets the affine of its positions,
shear included. Slices that are not even have no affine: each even block gets a map of its own.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import nibabel as nib
import numpy as np
import numpy.typing as npt

from kossa.evidence.geometry import EVEN_MM, EVEN_RELATIVE, Grid
from kossa.evidence.volume import Examination

__all__ = ["even_blocks", "label_maps", "ras_affine"]

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def ras_affine(grid: Grid, first: int = 0, last: int | None = None) -> npt.NDArray[np.float64]:
    """Return the NIfTI affine (voxel x, y, z to RAS mm) of slices `first` to `last`, both included.

    Those slices must be even. A single slice takes its told thickness, or 1 mm, as the third step.
    """
    last = grid.shape[0] - 1 if last is None else last
    m = np.eye(4)
    m[:3, 0] = grid.row_direction * grid.pixel_mm[1]
    m[:3, 1] = grid.column_direction * grid.pixel_mm[0]
    if last > first:
        m[:3, 2] = (grid.origins_mm[last] - grid.origins_mm[first]) / (last - first)
    else:
        m[:3, 2] = grid.normal * (grid.single_thickness_mm or 1.0)
    m[:3, 3] = grid.origins_mm[first]
    return np.asarray(LPS_TO_RAS @ m, np.float64)


def even_blocks(grid: Grid) -> list[tuple[int, int]]:
    """Return (first, last) of the longest stretches of evenly spaced slices, in order."""
    gaps = grid.gaps_mm
    if gaps.size == 0 or grid.even:
        return [(0, grid.shape[0] - 1)]
    blocks = []
    first = 0
    for k in range(1, gaps.size):
        slack = max(EVEN_MM, EVEN_RELATIVE * gaps[first])
        if abs(gaps[k] - gaps[first]) > slack:
            blocks.append((first, k))
            first = k
    # a slice that two blocks share belongs to the first; the last block takes what is left
    blocks.append((first, gaps.size))
    owned: list[tuple[int, int]] = []
    for start, end in blocks:
        begin = owned[-1][1] + 1 if owned else start
        if begin <= end:
            owned.append((begin, end))
    return owned


def label_maps(exam: Examination, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the map's name and file (or one a block, `-1`, `-2` before the ending of `name`).

    Voxel values are 1 + the place of the deposit in the reading.
    """
    volume = exam.volume
    labels = exam.runs.paint(volume.hu.shape)
    kind = np.uint16 if labels.max(initial=0) < np.iinfo(np.uint16).max else np.int32
    if volume.native_affine is not None:
        yield name, _file(volume.to_file_order(labels).astype(kind), volume.native_affine)
        return
    blocks = even_blocks(volume.grid)
    stem = name.removesuffix(".nii.gz")
    for number, (first, last) in enumerate(blocks, 1):
        part = labels[first : last + 1].transpose(2, 1, 0).astype(kind)
        block = name if len(blocks) == 1 else f"{stem}-{number}.nii.gz"
        yield block, _file(part, ras_affine(volume.grid, first, last))


def _file(labels: npt.NDArray[np.generic], affine: npt.NDArray[np.float64]) -> bytes:
    image = nib.Nifti1Image(labels, None)
    image.header.set_data_dtype(labels.dtype)
    image.header.set_intent("label", name="kossa deposits")
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, code=1)
    image.set_qform(None, code=0)
    # no clock in the gzip header: same input, same bytes
    return gzip.compress(image.to_bytes(), compresslevel=6, mtime=0)
