"""Slices whose rows run front to back, as of somebody who lies on the side: rows and columns change places.

The rules read slices whose rows run from right to left or back. Others are transposed for them, and what
was found is carried back to the scan's own rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume
from kossa.image import runs
from kossa.image.components import Components

__all__ = ["carried_back", "is_transposed", "transpose", "transposed"]

AXIAL_COSINE = 0.7  # as in ct.frame
T = TypeVar("T", bound=np.generic)
Ints = npt.NDArray[np.int32]


def is_transposed(grid: Grid) -> bool:
    """Return whether slices are axial and their rows run along the patient's front to back."""
    return bool(
        abs(grid.row_direction[1]) > AXIAL_COSINE
        and abs(grid.column_direction[0]) > AXIAL_COSINE
        and abs(grid.normal[2]) > AXIAL_COSINE
    )


def transpose(array: npt.NDArray[T]) -> npt.NDArray[T]:
    """Return [z, y, x] with rows and columns changed; slices turn round, as the normal does."""
    return np.ascontiguousarray(array.swapaxes(1, 2)[::-1])


def transposed(volume: Volume) -> Volume:
    """Return the same scan with rows and columns changed."""
    grid = volume.grid
    nz, ny, nx = grid.shape
    changed = replace(
        grid,
        shape=(nz, nx, ny),
        pixel_mm=(grid.pixel_mm[1], grid.pixel_mm[0]),
        row_direction=grid.column_direction,
        column_direction=grid.row_direction,
        origins_mm=grid.origins_mm[::-1],
    )
    return Volume(hu=transpose(volume.hu), grid=changed, kvp=volume.kvp, padding_hu=volume.padding_hu)


def _voxels(found: Components) -> tuple[Ints, Ints, Ints, Ints]:
    """Return z, y, x and object of every voxel."""
    length = found.x1 - found.x0
    start = np.repeat(found.x0 - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    x = (start + np.arange(int(length.sum()))).astype(np.int32)
    return np.repeat(found.z, length), np.repeat(found.y, length), x, np.repeat(found.object, length)


def carried_back(found: Components, hu: npt.NDArray[np.int16]) -> Components:
    """Return objects that were found in `transpose(hu)` as runs of `hu`; they keep their numbers."""
    if not len(found):
        return found
    z, y, x, whole = _voxels(found)
    z, y, x = hu.shape[0] - 1 - z, x, y
    order = np.lexsort((x, y, z))
    z, y, x, whole = z[order], y[order], x[order], whole[order]
    goes_on = (np.diff(z) == 0) & (np.diff(y) == 0) & (np.diff(x) == 1) & (np.diff(whole) == 0)
    first = np.concatenate([[0], np.flatnonzero(~goes_on) + 1])
    last = np.concatenate([first[1:] - 1, [z.size - 1]])
    values = hu[z, y, x]
    table = np.stack(
        [z[first], y[first], x[first], x[last] + 1, np.maximum.reduceat(values, first).astype(np.int32)]
    ).astype(np.int32)
    sums = np.add.reduceat(values.astype(np.int64), first)
    owner = np.ascontiguousarray(whole[first], np.int32)
    slices = np.zeros(hu.shape[0], np.bool_)
    _, parent, _ = runs.connect(table, owner, hu.shape[1], True, 1, True, slices)
    piece, pieces = runs.labels(parent)
    pieces_of = runs.reduce_pieces(table, sums, piece, owner, pieces)
    objects_of = runs.reduce_objects(table, sums, owner, len(found))
    rz, ry, x0, x1, peak = table
    return Components(rz, ry, x0, x1, sums, peak, piece, owner, *pieces_of, *objects_of)
