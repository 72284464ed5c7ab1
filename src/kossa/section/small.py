"""A small copy of the picture, gathered while it is read: for what is coarse, and for pictures of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["Small"]

Singles = npt.NDArray[np.float32]

SIDE = 1024  # pixels of the longer side at the most (judgement: one screen)


class Small:
    """Means over squares of `factor` pixels: `colour` in stored values, shares of `tissue` and `mineral`."""

    def __init__(self, height: int, width: int) -> None:
        self.factor = max(1, -(-max(height, width) // SIDE))
        shape = (-(-height // self.factor), -(-width // self.factor))
        self._sums = np.zeros((*shape, 3), np.float32)
        self._tissue = np.zeros(shape, np.float32)
        self._mineral = np.zeros(shape, np.float32)
        self._count = np.zeros(shape, np.float32)

    def add(
        self,
        pixels: npt.NDArray[Any],
        tissue: npt.NDArray[np.bool_],
        mineral: npt.NDArray[np.int16],
        first: int,
    ) -> None:
        """Add rows of the picture, from row `first` on."""
        _add(
            pixels, tissue, mineral, first, self.factor, self._sums, self._tissue, self._mineral, self._count
        )

    @property
    def colour(self) -> Singles:
        """Mean stored values; white where nothing was read."""
        seen = self._count > 0
        out = np.full(self._sums.shape, np.nan, np.float32)
        out[seen] = self._sums[seen] / self._count[seen][:, None]
        return out

    @property
    def tissue(self) -> Singles:
        """Share of tissue in each square."""
        return np.asarray(self._tissue / np.maximum(self._count, 1.0))

    @property
    def mineral(self) -> Singles:
        """Share of mineral in each square."""
        return np.asarray(self._mineral / np.maximum(self._count, 1.0))

    def picture(self, white: float) -> npt.NDArray[np.uint8]:
        """Return the small copy as 8-bit red, green, blue; `white` is the stored value that becomes 255."""
        colour = np.nan_to_num(self.colour, nan=white)
        return np.asarray(np.clip(np.rint(colour * (255.0 / white)), 0, 255), np.uint8)


@njit(cache=True, nogil=True)
def _add(
    pixels: npt.NDArray[Any],
    tissue: npt.NDArray[np.bool_],
    mineral: npt.NDArray[np.int16],
    first: int,
    factor: int,
    sums: Singles,
    tissues: Singles,
    minerals: Singles,
    count: Singles,
) -> None:
    for i in range(pixels.shape[0]):
        y = (first + i) // factor
        for j in range(pixels.shape[1]):
            x = j // factor
            for c in range(3):
                sums[y, x, c] += pixels[i, j, c]
            tissues[y, x] += tissue[i, j]
            minerals[y, x] += mineral[i, j] >= 0
            count[y, x] += 1
