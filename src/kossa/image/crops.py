"""Small crops around objects, painted from their runs, and distances inside them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["FAR", "distance", "paint", "row_offsets", "stretch"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FAR = 1.0e6


@njit(cache=True, nogil=True)
def row_offsets(z: Ints, y: Ints, slices: int, height: int) -> Ints:
    """Return where the runs of row (z, y) start, at z * height + y."""
    out = np.zeros(slices * height + 1, np.int32)
    for r in range(z.size):
        out[z[r] * height + y[r] + 1] += 1
    for i in range(1, out.size):
        out[i] += out[i - 1]
    return out


@njit(cache=True, nogil=True)
def distance(mask: Bools, dy: float, dx: float, reach: float, column: Floats, out: Floats) -> None:
    """Write the squared distance in mm2 to the nearest true pixel, exact up to `reach`, `FAR` beyond.

    `column` is room for the squared distance along columns. All inner loops run along rows, without a
    branch that would keep them from becoming vector code.
    """
    height, width = mask.shape
    for x in range(width):
        column[0, x] = 0.0 if mask[0, x] else FAR
    for y in range(1, height):
        for x in range(width):
            column[y, x] = 0.0 if mask[y, x] else column[y - 1, x] + dy
    for y in range(height - 2, -1, -1):
        for x in range(width):
            column[y, x] = min(column[y, x], column[y + 1, x] + dy)
    steps = min(width - 1, int(reach / dx) + 1)
    for y in range(height):
        for x in range(width):
            column[y, x] *= column[y, x]
            out[y, x] = column[y, x]
        for k in range(1, steps + 1):
            side = (k * dx) ** 2
            for x in range(width - k):
                out[y, x] = min(out[y, x], column[y, x + k] + side)
            for x in range(k, width):
                out[y, x] = min(out[y, x], column[y, x - k] + side)


@njit(cache=True, nogil=True)
def paint(
    runs: tuple[Ints, Ints, Ints], rows: Ints, height: int, z0: int, z1: int, origin: tuple[int, int],
    own: int, solid: Bools, mine: Bools, others: Bools,
) -> bool:  # fmt: skip
    """Paint the object's runs of slices z0..z1 into `mine`, other solid ones into `others`.

    Returns whether there were any others.
    """
    x0, x1, owner = runs
    top, left = origin
    mine[:] = False
    others[:] = False
    met = False
    for z in range(z0, z1):
        for y in range(mine.shape[0]):
            row = z * height + top + y
            for r in range(rows[row], rows[row + 1]):
                k = owner[r]
                if k != own and not solid[k]:
                    continue
                begin, end = max(0, x0[r] - left), min(mine.shape[1], x1[r] - left)
                if begin >= end:
                    continue
                if k == own:
                    mine[y, begin:end] = True
                else:
                    others[y, begin:end] = True
                    met = True
    return met


@njit(cache=True, nogil=True)
def stretch(first: int, last: int, spread: int, slices: int, apart: Bools) -> tuple[int, int]:
    """Widen the half-open range of slices by `spread` on both sides, not over missing slices."""
    for _ in range(spread):
        if first > 0 and not apart[first]:
            first -= 1
        if last < slices and not apart[last]:
            last += 1
    return first, last
