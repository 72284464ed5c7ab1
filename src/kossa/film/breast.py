"""The breast on a mammogram: where it lies, and where the pectoral muscle lies in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.kernels.smooth import block_mean

__all__ = ["Breast", "find_breast"]

BLOCK_MM = 0.8  # films_and_sections.md 2.2
LEVEL = 0.1  # share of the way from the 2nd to the 99th percentile; same
OPENING = 3  # same
RIM_MM = 1.6  # taken off all round: skin line and film edge; same
FLAT = 1e-6  # a picture whose percentiles lie closer holds nothing
PADDED = 0.1  # share of dark pixels from which on a block holds the film's edge; judgement
PECTORAL_SHARE = 0.45  # of the breast's width that the muscle may take at the top; judgement
PECTORAL_MIN_MM2 = 150.0  # a smaller corner is not told from bright tissue; judgement

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Breast:
    """Masks with one value a block of `size` pixels, (rows, columns).

    `inside` has its rim taken off and is where marks are looked for; `whole` is with its rim;
    `pectoral` is the part of `whole` taken for muscle. `chest_left` tells on which side of the picture the
    chest lies.
    """

    size: int
    inside: Mask
    whole: Mask
    pectoral: Mask
    chest_left: bool

    def holds(self, y: float, x: float) -> bool:
        """Say whether a pixel lies inside."""
        return bool(self.inside[self._block(y, x)])

    def in_pectoral(self, y: float, x: float) -> bool:
        """Say whether a pixel lies in the pectoral muscle."""
        return bool(self.pectoral[self._block(y, x)])

    def _block(self, y: float, x: float) -> tuple[int, int]:
        rows, columns = self.inside.shape
        return min(int(y) // self.size, rows - 1), min(int(x) // self.size, columns - 1)


def find_breast(image: npt.NDArray[np.float32], pixel_mm: float) -> Breast | None:
    """Return where the breast lies on `image` (bright = dense), None where nothing stands out."""
    size = max(1, round(BLOCK_MM / pixel_mm))
    blocks = block_mean(image, size)
    if min(blocks.shape) < 12:  # some 10 mm: nothing that could be told from a corner
        return None
    smooth = ndi.gaussian_filter(blocks, 1.0)
    low, high = np.percentile(smooth, [2, 99])
    if high - low < FLAT * max(1.0, abs(high)):
        return None
    bright = ndi.binary_opening(smooth > low + LEVEL * (high - low), iterations=OPENING)
    parts, count = ndi.label(bright)
    if not count:
        return None
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    whole = ndi.binary_fill_holes(parts == sizes.argmax())
    assert whole is not None
    dark = block_mean((image < low + LEVEL / 2 * (high - low)).astype(np.float32), size) > PADDED
    inside = whole & ~dark  # blocks that the film's edge runs through
    inside[[0, -1], :] = False
    inside[:, [0, -1]] = False
    inside = ndi.binary_erosion(inside, iterations=max(1, round(RIM_MM / (size * pixel_mm))))
    if not inside.any():
        return None
    columns = whole.sum(0)
    chest_left = bool(columns[: columns.size // 2].sum() >= columns[columns.size // 2 :].sum())
    pectoral = _pectoral(smooth, whole, size * pixel_mm, chest_left=chest_left)
    return Breast(size, inside, whole, pectoral, chest_left)


def _pectoral(smooth: npt.NDArray[np.float32], whole: Mask, block_mm: float, *, chest_left: bool) -> Mask:
    """Return the muscle: the bright corner at the chest's top, cut off by the best straight line.

    Of all lines from the top edge to the chest side the one with the largest step across it is taken;
    none where that step is less than the spread of the tissue below it.
    """
    none = np.zeros_like(whole)
    view = smooth if chest_left else smooth[:, ::-1]
    there = whole if chest_left else whole[:, ::-1]
    rows, columns = np.nonzero(there)
    top, left = int(rows.min()), int(columns.min())
    tall, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    best, mask = 0.0, none
    y, x = np.indices(view.shape)
    for across in np.linspace(0.15, PECTORAL_SHARE * 1.5, 8) * wide:
        for down in np.linspace(0.25, 0.9, 8) * tall:
            depth = 1 - (x - left) / across - (y - top) / down
            slope = np.hypot(1 / across, 1 / down)
            near = np.abs(depth) / slope < 6
            inner, outer = there & near & (depth > 0), there & near & (depth < 0)
            if inner.sum() < 20 or outer.sum() < 20:
                continue
            a, b = view[inner], view[outer]
            step = (a.mean() - b.mean()) / (a.std() + b.std() + 1e-6)
            if step > best:
                best, mask = float(step), there & (depth > 0)
    if best < 1.0 or mask.sum() * block_mm**2 < PECTORAL_MIN_MM2:
        return none
    return mask if chest_left else mask[:, ::-1]
