"""Local statistics of slices that the readers share: moments in windows, and how noise correlates.

Plain Gaussian and box filters and distances are scipy's (`scipy.ndimage`); these two would cost several
passes there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["neighbour_differences", "window_moments"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@njit(cache=True, nogil=True)
def window_moments(image: npt.NDArray[np.int16], size: int, step: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of `size` x `size` windows whose corners lie `step` apart.

    `image` is int16 (Y, X); the result is (rows, columns) with the window of [i, j] beginning at pixel
    [i * step, j * step]; windows lie inside the image. The deviation is that of the sample (n - 1).
    """
    height, width = image.shape
    rows = max(0, (height - size) // step + 1)
    columns = max(0, (width - size) // step + 1)
    mean = np.empty((rows, columns))
    deviation = np.empty((rows, columns))
    n = size * size
    total = np.empty(width, np.int64)
    square = np.empty(width, np.int64)
    for i in range(rows):
        total[:] = 0
        square[:] = 0
        for y in range(i * step, i * step + size):
            for x in range(width):
                value = np.int64(image[y, x])
                total[x] += value
                square[x] += value * value
        for j in range(columns):
            first = np.int64(0)
            second = np.int64(0)
            for x in range(j * step, j * step + size):
                first += total[x]
                second += square[x]
            mean[i, j] = first / n
            deviation[i, j] = np.sqrt(max(0.0, (second - first * first / n) / (n - 1)))
    return mean, deviation


@njit(cache=True, nogil=True)
def neighbour_differences(
    image: npt.NDArray[np.int16], above: npt.NDArray[np.int16], corners: Ints, size: int
) -> Floats:
    """Return the sum of squared differences to the neighbour in the next slice, row and column.

    Summed over windows of `size` whose corners are `corners` (n, 2) [y, x]; `above` is the next slice. The
    result is (3,) in the order z, y, x. Every window adds size * (size - 1) pairs in a row and a column, and
    size * size pairs across slices, from which the mean difference of the window is taken out.
    """
    out = np.zeros(3)
    for w in range(corners.shape[0]):
        y0, x0 = corners[w]
        shift = 0.0
        across = 0.0
        for y in range(y0, y0 + size):
            for x in range(x0, x0 + size):
                value = float(image[y, x])
                step = above[y, x] - value
                shift += step
                across += step * step
                if y + 1 < y0 + size:
                    out[1] += (image[y + 1, x] - value) ** 2
                if x + 1 < x0 + size:
                    out[2] += (image[y, x + 1] - value) ** 2
        out[0] += across - shift * shift / (size * size)
    return out
