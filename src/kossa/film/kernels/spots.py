"""Small bright spots against the local noise of a band: moments by block, the map of z, its maxima."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["block_moments", "line_share", "maxima", "raise_to_z", "rises", "top_sums"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def block_moments(
    fine: Image, broad: Image, mask: npt.NDArray[np.bool_], low: Image, high: Image, size: int
) -> tuple[Floats, Floats, Floats]:
    """Return count, sum and sum of squares of the band `fine - broad` inside `mask`, by block.

    `mask`, `low` and `high` have one value a block of `size` pixels; values of the band are clipped to
    [low, high] of their block. Blocks at the far edges may be cut short.
    """
    rows, columns = mask.shape
    count = np.zeros((rows, columns))
    first = np.zeros((rows, columns))
    second = np.zeros((rows, columns))
    height, width = fine.shape
    for i in range(rows):
        for y in range(i * size, min(height, (i + 1) * size)):
            for j in range(columns):
                if not mask[i, j]:
                    continue
                stop = min(width, (j + 1) * size)
                a, b = low[i, j], high[i, j]
                s, q = np.float32(0), np.float32(0)
                for x in range(j * size, stop):
                    value = min(max(fine[y, x] - broad[y, x], a), b)
                    s += value
                    q += value * value
                count[i, j] += stop - j * size
                first[i, j] += s
                second[i, j] += q
    return count, first, second


@njit(cache=True, nogil=True)
def raise_to_z(
    z: Image,
    band: npt.NDArray[np.uint8],
    number: int,
    fine: Image,
    broad: Image,
    mask: npt.NDArray[np.bool_],
    mean: Image,
    deviation: Image,
    size: int,
) -> None:
    """Raise `z` (y, x) where this band lies more deviations above its local mean, and note its `number`.

    Blocks outside `mask` are left as they are.
    """
    rows, columns = mask.shape
    height, width = fine.shape
    for i in range(rows):
        for y in range(i * size, min(height, (i + 1) * size)):
            for j in range(columns):
                if not mask[i, j]:
                    continue
                centre = mean[i, j]
                scale = np.float32(1) / deviation[i, j]
                for x in range(j * size, min(width, (j + 1) * size)):
                    value = (fine[y, x] - broad[y, x] - centre) * scale
                    if value > z[y, x]:
                        z[y, x] = value
                        band[y, x] = number


@njit(cache=True, nogil=True)
def maxima(z: Image, smooth: Image, floor: float) -> tuple[npt.NDArray[np.int32], Floats]:
    """Return the places (n, 2) [y, x] of 3 x 3 maxima of `z` at or above `floor`, and (n, 3) figures.

    Figures: z, and the smaller and larger curvature (negative on a spot) of `smooth` there, by second
    differences; the outermost pixels are left out.
    """
    height, width = z.shape
    places = []
    figures = []
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            value = z[y, x]
            if value < floor:
                continue
            highest = True
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    other = z[y + dy, x + dx]
                    # of equal neighbours the first in reading order stands
                    if other > value or (other == value and (dy < 0 or (dy == 0 and dx < 0))):
                        highest = False
            if not highest:
                continue
            c = smooth[y, x]
            yy = smooth[y + 1, x] - 2 * c + smooth[y - 1, x]
            xx = smooth[y, x + 1] - 2 * c + smooth[y, x - 1]
            yx = (
                smooth[y + 1, x + 1] - smooth[y + 1, x - 1] - smooth[y - 1, x + 1] + smooth[y - 1, x - 1]
            ) / 4
            half = np.sqrt(((yy - xx) / 2) ** 2 + yx * yx)
            middle = (yy + xx) / 2
            places.append((y, x))
            figures.append((value, middle + half, middle - half))
    at = np.empty((len(places), 2), np.int32)
    told = np.empty((len(places), 3))
    for k in range(len(places)):
        at[k, 0], at[k, 1] = places[k]
        told[k, 0], told[k, 1], told[k, 2] = figures[k]
    return at, told


@njit(cache=True, nogil=True)
def rises(fine: Image, broad: Image, mean: Image, at: npt.NDArray[np.int32], size: int) -> Floats:
    """Return (n,) the highest value of the band over its local mean, in the 3 x 3 pixels round each place.

    `mean` has one value a block of `size` pixels; places (n, 2) [y, x] lie off the outermost pixels.
    """
    rows, columns = mean.shape
    out = np.empty(at.shape[0])
    for k in range(at.shape[0]):
        y, x = at[k, 0], at[k, 1]
        best = -np.inf
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                best = max(best, fine[y + dy, x + dx] - broad[y + dy, x + dx])
        out[k] = best - mean[min(y // size, rows - 1), min(x // size, columns - 1)]
    return out


@njit(cache=True, nogil=True)
def _sample(fine: Image, broad: Image, y: float, x: float) -> float:
    """Return the band at a place between pixels, bilinear; 0 outside."""
    height, width = fine.shape
    y0, x0 = int(np.floor(y)), int(np.floor(x))
    if y0 < 0 or x0 < 0 or y0 + 1 >= height or x0 + 1 >= width:
        return 0.0
    fy, fx = y - y0, x - x0
    total = 0.0
    for i in range(2):
        for j in range(2):
            weight = (fy if i else 1 - fy) * (fx if j else 1 - fx)
            total += weight * (fine[y0 + i, x0 + j] - broad[y0 + i, x0 + j])
    return total


@njit(cache=True, nogil=True)
def line_share(
    fine: Image, broad: Image, y: Floats, x: Floats, near: float, far: float, directions: int
) -> Floats:
    """Return (n,) how much of a spot's height in the band goes on as a line through it, 0 to about 1.

    Along each direction the band is averaged from `near` to `far` pixels on both sides; the weaker side
    counts, and the best direction.
    """
    out = np.zeros(y.size)
    steps = max(2, int(far - near) + 1)
    for k in range(y.size):
        peak = fine[int(y[k]), int(x[k])] - broad[int(y[k]), int(x[k])]
        if peak <= 0:
            continue
        best = 0.0
        for d in range(directions):
            angle = np.pi * d / directions
            dy, dx = np.sin(angle), np.cos(angle)
            ahead, behind = 0.0, 0.0
            for s in range(steps):
                reach = near + (far - near) * s / (steps - 1)
                ahead += _sample(fine, broad, y[k] + reach * dy, x[k] + reach * dx)
                behind += _sample(fine, broad, y[k] - reach * dy, x[k] - reach * dx)
            best = max(best, min(ahead, behind) / steps)
        out[k] = best / peak
    return out


@njit(cache=True, nogil=True)
def top_sums(
    y: Floats, x: Floats, weight: Floats, reach: float, apart: float, count: int
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return (n,) the sum of the `count` largest weights within `reach` of each place, and their number.

    Places are (y, x) sorted by y. Of places nearer than `apart` to a heavier one that counts, only the
    heavier counts.
    """
    n = y.size
    out = np.zeros(n)
    inside = np.zeros(n, np.int32)
    taken = np.empty(count)
    ty = np.empty(count)
    tx = np.empty(count)
    first = 0
    for i in range(n):
        while y[first] < y[i] - reach:
            first += 1
        near = []
        for j in range(first, n):
            if y[j] > y[i] + reach:
                break
            if (y[j] - y[i]) ** 2 + (x[j] - x[i]) ** 2 <= reach * reach:
                near.append((-weight[j], j))
        inside[i] = len(near)
        near.sort()
        got = 0
        for negative, j in near:
            clear = True
            for k in range(got):
                if (y[j] - ty[k]) ** 2 + (x[j] - tx[k]) ** 2 < apart * apart:
                    clear = False
                    break
            if clear:
                taken[got], ty[got], tx[got] = -negative, y[j], x[j]
                got += 1
                if got == count:
                    break
        for k in range(got):
            out[i] += taken[k]
    return out, inside
