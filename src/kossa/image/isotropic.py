"""Volume after linear interpolation between slices, counted without making the interpolated array.

Between two slices a straight line exceeds the threshold only where one of its ends does, so every
sample that counts belongs to a column of a thresholded voxel.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.image.components import Components

__all__ = ["isotropic_volume"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _below(at: float, a: float, b: float, first: float, step: float, level: float) -> int:
    """Count samples first + i * step in a gap from a to b, `at` mm wide, that reach `level`; not its end."""
    n = 0
    t = first
    while t < at - 1e-9:
        if a + (b - a) * t / at >= level:
            n += 1
        t += step
    return n


@njit(cache=True, nogil=True)
def _count(
    hu: npt.NDArray[np.int16], z: Ints, y: Ints, x0: Ints, x1: Ints, label: Ints, level: float,
    heights: Floats, step: float, apart: Bools, out: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    """Add the samples of every run to its label."""
    slices = hu.shape[0]
    for r in range(z.size):
        k, h = z[r], heights[z[r]]
        up = k + 1 < slices and not apart[k + 1]
        down = k > 0 and not apart[k]
        after = np.ceil((h - heights[0]) / step - 1e-9) * step + heights[0] - h
        before = 0.0
        if down:
            before = np.ceil((heights[k - 1] - heights[0]) / step - 1e-9) * step + heights[0] - heights[k - 1]
        for x in range(x0[r], x1[r]):
            value = hu[k, y[r], x]
            if up:
                out[label[r]] += _below(heights[k + 1] - h, value, hu[k + 1, y[r], x], after, step, level)
            elif after < 1e-9:
                out[label[r]] += 1  # the last plane of samples lies in this slice
            if down and hu[k - 1, y[r], x] < level:
                out[label[r]] += _below(h - heights[k - 1], hu[k - 1, y[r], x], value, before, step, level)


def isotropic_volume(
    hu: npt.NDArray[np.int16],
    components: Components,
    threshold_hu: float,
    *,
    heights_mm: Floats,
    pixel_mm: tuple[float, float],
    apart: Bools,
    objects: Bools,
) -> Floats:
    """Return the volume in mm3 of each of `objects` in planes a pixel apart, linearly interpolated.

    `objects` (n,) says which; the others get 0. Planes begin at the first slice. Nothing is interpolated
    where slices are missing (`apart`), nor beyond the first and last slice.
    """
    step = float(np.sqrt(pixel_mm[0] * pixel_mm[1]))
    counts = np.zeros(len(components), np.int64)
    c = components
    r = objects[c.object]
    _count(
        hu, c.z[r], c.y[r], c.x0[r], c.x1[r], c.object[r], float(threshold_hu),
        np.ascontiguousarray(heights_mm, np.float64), step, np.ascontiguousarray(apart, np.bool_), counts,
    )  # fmt: skip
    return np.asarray(counts * (pixel_mm[0] * pixel_mm[1] * step), np.float64)
