"""Connected objects of a thresholded volume, as runs and as one table of statistics.

`Components` is what `find` in this room returns; labels are never written as a volume.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kossa.evidence import WrongCall
from kossa.image import runs

__all__ = ["Components", "find", "lowest_counted"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """Runs of voxels along x, the 2-D piece and the 3-D object that each belongs to.

    Runs, (r,): `z`, `y`, `x0`, `x1` (half-open), `run_sum` of HU, `run_peak`, `piece`, `object`.
    Pieces, (p,): the 2-D components inside one slice: `piece_z`, `piece_pixels`, `piece_sum`,
    `piece_peak`, `piece_object`.
    Objects, (n,): 3-D components: `voxels`, `total` (sum of HU), `peak`, `box` (n, 2, 3) half-open
    [z, y, x], `centre` (n, 3) mean voxel place [z, y, x].
    """

    z: Ints
    y: Ints
    x0: Ints
    x1: Ints
    run_sum: npt.NDArray[np.int64]
    run_peak: Ints
    piece: Ints
    object: Ints
    piece_z: Ints
    piece_pixels: Ints
    piece_sum: npt.NDArray[np.int64]
    piece_peak: Ints
    piece_object: Ints
    voxels: npt.NDArray[np.int64]
    total: npt.NDArray[np.int64]
    peak: Ints
    box: Ints
    centre: Floats

    def __len__(self) -> int:
        return int(self.voxels.size)


def lowest_counted(threshold: npt.ArrayLike, slices: int, *, inclusive: bool = True) -> Ints:
    """Return for each slice the smallest whole number that lies at (or above) `threshold`.

    `threshold` is one number or one a slice; with `inclusive` false a value has to lie above it. For
    arrays in stored units give (threshold - intercept) / slope of each slice.
    """
    level = np.broadcast_to(np.asarray(threshold, dtype=np.float64), (slices,))
    whole = np.ceil(level) if inclusive else np.floor(level) + 1
    return np.ascontiguousarray(np.clip(whole, -(2**15), 2**15), dtype=np.int32)


def _merge(slabs: list[runs.Slab], *, touch: bool) -> runs.Slab:
    """Put slabs of slices together, joining objects over their borders."""
    if len(slabs) == 1:
        return slabs[0]
    offsets = np.cumsum([0] + [slab[1].size for slab in slabs]).astype(np.int32)
    table = np.concatenate([slab[0] for slab in slabs], axis=1)
    sums = np.concatenate([slab[1] for slab in slabs])
    piece = np.concatenate([slab[2] + o for slab, o in zip(slabs, offsets, strict=False)])
    whole = np.concatenate([slab[3] + o for slab, o in zip(slabs, offsets, strict=False)])
    for k in range(1, len(slabs)):
        last, first = slabs[k - 1][5] + offsets[k - 1], slabs[k][4] + offsets[k]
        runs.stitch(table, whole, last, first, touch)
    return table, sums, piece, whole, slabs[0][4], slabs[-1][5]


def find(
    hu: npt.NDArray[np.int16],
    threshold: npt.ArrayLike,
    *,
    inclusive: bool = True,
    piece_connectivity: Literal[4, 8] = 8,
    across: Literal["touch", "overlap"] = "touch",
    exclude: npt.NDArray[np.bool_] | None = None,
    min_piece_pixels: int = 1,
    threads: int = 1,
) -> Components:
    """Find what is bright in a volume, as 2-D pieces inside each slice and as 3-D objects.

    Parameters
    ----------
    hu
        int16 [z, y, x], in HU or in stored units.
    threshold
        One number, or one a slice, in the units of `hu`; counted at it, or above it only where
        `inclusive` is false.
    piece_connectivity
        4 or 8 neighbours inside a slice. Objects are joined by 8 in a slice at all times.
    across
        How objects go on in the next slice: `touch` (26-connected) or `overlap` (a shared column).
    exclude
        bool [z, y, x]; voxels where it is true do not count.
    min_piece_pixels
        Pieces with fewer pixels are dropped before objects are joined.
    threads
        Slabs of slices worked on at once; the result is the same to the byte.

    Raises `WrongCall` where `hu` is not a 3-D int16 array or `exclude` has another shape.
    """
    if hu.dtype != np.int16 or hu.ndim != 3:
        raise WrongCall(f"components are found in 3-D int16 arrays, not {hu.ndim}-D {hu.dtype}")
    if exclude is not None and exclude.shape != hu.shape:
        raise WrongCall(f"the mask has shape {exclude.shape}, the volume {hu.shape}")
    slices = hu.shape[0]
    levels = lowest_counted(threshold, slices, inclusive=inclusive)
    skip = np.zeros((0, 0, 0), np.bool_) if exclude is None else np.ascontiguousarray(exclude, np.bool_)
    volume = np.ascontiguousarray(hu)
    edges = np.linspace(0, slices, max(1, min(threads, slices)) + 1).astype(int)

    def work(k: int) -> runs.Slab:
        return runs.extract(
            volume,
            levels,
            int(edges[k]),
            int(edges[k + 1]),
            skip,
            piece_connectivity == 8,
            min_piece_pixels,
            across == "touch",
        )

    if edges.size == 2:
        slabs = [work(0)]
    else:
        with ThreadPoolExecutor(edges.size - 1) as pool:
            slabs = list(pool.map(work, range(edges.size - 1)))
    return _tabulate(_merge(slabs, touch=across == "touch"))


def _tabulate(slab: runs.Slab) -> Components:
    """Number pieces and objects, and reduce their statistics over runs."""
    table, sums, piece_parent, object_parent, _, _ = slab
    piece, pieces = runs.roots_to_labels(piece_parent)
    whole, objects = runs.roots_to_labels(object_parent)
    z, pixels, total, peak, owner = runs.reduce_pieces(table, sums, piece, whole, pieces)
    return Components(
        table[0],
        table[1],
        table[2],
        table[3],
        sums,
        table[4],
        piece,
        whole,
        z,
        pixels,
        total,
        peak,
        owner,
        *runs.reduce_objects(table, sums, whole, objects),
    )
