"""How steep the edges of a mark are: calcium ends within the system's blur, glandular tissue fades out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.film.breast import Breast
from kossa.film.kernels.smooth import gaussian

__all__ = ["slope", "usual_slope"]

Image = npt.NDArray[np.float32]

SMOOTH_MM, SMOOTH_PX = 0.15, 0.6  # twice the blur of screen and film, and no less than this; judgement
STEP_MM = 0.2  # slopes are told in grey levels per 0.2 mm
TILE_PX, TILES = 48, 60  # of the film that the usual slope is measured on; judgement


def slope(image: Image, pixel_mm: float) -> Image:
    """Return the steepness (y, x) of an image, smoothed, in grey levels per 0.2 mm."""
    smooth = gaussian(image, max(SMOOTH_MM / pixel_mm, SMOOTH_PX))
    gy, gx = np.gradient(smooth)
    steep: Image = np.hypot(gy, gx).astype(np.float32) * np.float32(STEP_MM / pixel_mm)
    return steep


def usual_slope(image: Image, pixel_mm: float, breast: Breast) -> float:
    """Return the median steepness of the breast, on tiles spread over it; noise and texture make it up."""
    rows, columns = np.nonzero(breast.inside)
    if not rows.size:
        return 1.0
    some = np.linspace(0, rows.size - 1, min(TILES, rows.size)).astype(int)
    medians = []
    for k in some:
        y, x = int(rows[k]) * breast.size, int(columns[k]) * breast.size
        tile = image[max(0, y - TILE_PX // 2) : y + TILE_PX // 2, max(0, x - TILE_PX // 2) : x + TILE_PX // 2]
        if min(tile.shape) >= 8:
            medians.append(float(np.median(slope(tile, pixel_mm))))
    return max(float(np.median(medians)), 1e-3) if medians else 1.0
