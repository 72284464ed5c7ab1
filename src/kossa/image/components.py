"""Connected objects of a thresholded volume, as runs and as one table of statistics.

`Components` is what `find` in this room returns; labels are never written as a volume.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kossa.evidence import WrongCall
from kossa.image import runs

__all__ = ["Components", "find", "lowest_counted", "regroup", "voxels_inside"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Connectivity = Literal[4, 8]
Across = Literal["touch", "overlap"]


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
    run_sum: Longs
    run_peak: Ints
    piece: Ints
    object: Ints
    piece_z: Ints
    piece_pixels: Ints
    piece_sum: Longs
    piece_peak: Ints
    piece_object: Ints
    voxels: Longs
    total: Longs
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


def find(
    hu: npt.NDArray[np.int16],
    threshold: npt.ArrayLike,
    *,
    inclusive: bool = True,
    piece_connectivity: Connectivity = 8,
    across: Across = "touch",
    exclude: npt.NDArray[np.bool_] | None = None,
    min_piece_pixels: int = 1,
    apart: Sequence[int] = (),
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
    apart
        Slices that do not touch the one before them, because slices between are missing.
    threads
        Slabs of slices read at once; the result is the same to the byte.

    Raises `WrongCall` where `hu` is not a 3-D int16 array or `exclude` has another shape.
    """
    if hu.dtype != np.int16 or hu.ndim != 3:
        raise WrongCall(f"components are found in 3-D int16 arrays, not {hu.ndim}-D {hu.dtype}")
    if exclude is not None and exclude.shape != hu.shape:
        raise WrongCall(f"the mask has shape {exclude.shape}, the volume {hu.shape}")
    slices, height = hu.shape[:2]
    levels = lowest_counted(threshold, slices, inclusive=inclusive)
    skip = np.zeros((0, 0, 0), np.bool_) if exclude is None else np.ascontiguousarray(exclude, np.bool_)
    volume = np.ascontiguousarray(hu)
    edges = [slices * k // max(1, threads) for k in range(max(1, threads) + 1)]

    def work(k: int) -> tuple[Ints, Longs]:
        return runs.scan(volume, levels, edges[k], edges[k + 1], skip)

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            slabs = list(pool.map(work, range(threads)))
        table = np.concatenate([slab[0] for slab in slabs], axis=1)
        sums = np.concatenate([slab[1] for slab in slabs])
    else:
        table, sums = work(0)
    borders = _borders(apart, slices)
    origin, piece, whole = runs.connect(
        table,
        np.zeros(0, np.int32),
        height,
        piece_connectivity == 8,
        min_piece_pixels,
        across == "touch",
        borders,
    )
    if origin.size < sums.size:
        table, sums = table[:, origin], sums[origin]
    return _tabulate(table, sums, piece, whole)


def regroup(
    components: Components,
    *,
    piece_connectivity: Connectivity = 8,
    across: Across = "touch",
    only: npt.NDArray[np.bool_] | None = None,
    min_piece_pixels: int = 1,
    apart: Sequence[int] = (),
) -> tuple[Components, Ints]:
    """Join the runs of `components` anew by another rule; parameters are those of `find`.

    `only` tells which runs are used; runs of different objects are never joined, so a rule can split
    objects only. Returns the new table and, for each of its objects, the object of `components` it is of.
    """
    table = np.stack([components.z, components.y, components.x0, components.x1, components.run_peak])
    sums, owner = components.run_sum, components.object
    if only is not None:
        table, sums, owner = table[:, only], sums[only], owner[only]
    height = int(table[1].max(initial=0)) + 1
    borders = _borders(apart, int(table[0].max(initial=0)) + 1)
    origin, piece, whole = runs.connect(
        table,
        np.ascontiguousarray(owner, np.int32),
        height,
        piece_connectivity == 8,
        min_piece_pixels,
        across == "touch",
        borders,
    )
    out = _tabulate(table[:, origin], sums[origin], piece, whole)
    parent = np.zeros(len(out), np.int32)
    parent[out.object] = owner[origin]
    return out, parent


def voxels_inside(components: Components, mask: npt.NDArray[np.bool_]) -> Longs:
    """Return (n,) how many voxels of each object lie where `mask` (Z, Y, X) is true."""
    c = components
    return runs.inside((c.z, c.y, c.x0, c.x1), c.object, mask, len(c))


def _borders(apart: Sequence[int], slices: int) -> npt.NDArray[np.bool_]:
    """Return for each slice whether it stands apart from the one before."""
    out = np.zeros(slices, np.bool_)
    out[[z for z in apart if z < slices]] = True
    return out


def _tabulate(table: Ints, sums: Longs, piece_parent: Ints, object_parent: Ints) -> Components:
    """Number pieces and objects, and reduce their statistics over runs."""
    piece, pieces = runs.labels(piece_parent)
    whole, objects = runs.labels(object_parent)
    z, y, x0, x1, peak = table
    return Components(
        z,
        y,
        x0,
        x1,
        sums,
        peak,
        piece,
        whole,
        *runs.reduce_pieces(table, sums, piece, whole, pieces),
        *runs.reduce_objects(table, sums, whole, objects),
    )
