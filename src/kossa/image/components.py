"""Connected objects of a thresholded volume, as runs and as one table of statistics.

`Components` is what `find` in this room returns; labels are never written as a volume.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Components"]

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
