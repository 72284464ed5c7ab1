"""Candidates on a mammogram: small bright spots, measured against the noise of the film round them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.breast import Breast
from kossa.film.kernels.smooth import gaussian
from kossa.film.kernels.spots import block_moments, line_share, maxima, raise_to_z

__all__ = ["Spots", "find_spots"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

SCALES_MM = (0.12, 0.192, 0.307, 0.49)  # each 1.6 times the one before; films_and_sections.md 2.2
SMALLEST_PX = 0.6  # same
WINDOW_MM = 6.0  # of the local noise; same
CLIP = 2.5  # deviations at which the band is clipped, so that a cluster does not raise its own noise; same
CLIPPED_SD = 1.05  # what clipping takes from a normal deviation; same
QUIET = 0.15  # least deviation, grey levels of 255; same
CANDIDATE = 2.5  # z; same
ROUND = 0.4  # smaller over larger curvature of a spot, less for a line; same
NEAR_MM, FAR_MM = 0.5, 1.5  # where a line through a spot is looked for on both sides; judgement
DIRECTIONS = 16


@dataclass(frozen=True, eq=False)
class Spots:
    """Candidates: (n,) `y`, `x` pixels, `z`, `band` of the largest z, `round` and `line` 0-1."""

    y: Floats
    x: Floats
    z: Floats
    band: npt.NDArray[np.uint8]
    round: Floats
    line: Floats

    def __len__(self) -> int:
        return int(self.y.size)

    def where(self, keep: npt.NDArray[np.bool_]) -> Spots:
        """Return those that are kept."""
        return Spots(
            self.y[keep], self.x[keep], self.z[keep], self.band[keep], self.round[keep], self.line[keep]
        )


def _local(count: Floats, first: Floats, second: Floats, sigma: float) -> tuple[Image, Image]:
    """Return mean and deviation of the window round every block."""
    weight = ndi.gaussian_filter(count, sigma, mode="constant")
    weight = np.maximum(weight, 1e-6)
    mean = ndi.gaussian_filter(first, sigma, mode="constant") / weight
    square = ndi.gaussian_filter(second, sigma, mode="constant") / weight
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return mean.astype(np.float32), deviation.astype(np.float32)


def _noise(fine: Image, broad: Image, breast: Breast, sigma: float) -> tuple[Image, Image]:
    """Return the local mean and deviation of a band, spots and edges clipped away."""
    huge = np.full(breast.inside.shape, 3e38, np.float32)
    mean, deviation = _local(*block_moments(fine, broad, breast.inside, -huge, huge, breast.size), sigma)
    low, high = mean - CLIP * deviation, mean + CLIP * deviation
    mean, deviation = _local(*block_moments(fine, broad, breast.inside, low, high, breast.size), sigma)
    return mean, np.maximum(deviation * np.float32(CLIPPED_SD), np.float32(QUIET))


def find_spots(image: Image, pixel_mm: float, breast: Breast) -> tuple[Spots, Image]:
    """Return spots, and the map of z (very low outside the breast), of an image (y, x).

    Grey levels of 255, bright = dense.
    Bands are differences of Gaussians; each is set against its own local noise, the largest z counts.
    A spot is a maximum that curves down in both directions alike; lines and edges are not.
    """
    sigma = WINDOW_MM / (breast.size * pixel_mm)
    z = np.full(image.shape, -1e9, np.float32)
    band = np.zeros(image.shape, np.uint8)
    scales = [max(s / pixel_mm, SMALLEST_PX * 1.6**k) for k, s in enumerate(SCALES_MM)]
    fine = gaussian(image, scales[0])
    levels = [fine]
    for number, (before, scale) in enumerate(pairwise(scales)):
        broad = gaussian(fine, float(np.sqrt(scale**2 - before**2)))
        mean, deviation = _noise(fine, broad, breast, sigma)
        raise_to_z(z, band, number, fine, broad, breast.inside, mean, deviation, breast.size)
        levels.append(broad)
        fine = broad
    at, told = maxima(z, levels[1], CANDIDATE)
    bright = told[:, 2] < 0
    roundness = np.where(bright, told[:, 1] / np.minimum(told[:, 2], -1e-9), 0.0)
    y, x = at[:, 0].astype(float), at[:, 1].astype(float)
    line = line_share(levels[1], levels[2], y, x, NEAR_MM / pixel_mm, FAR_MM / pixel_mm, DIRECTIONS)
    spots = Spots(y, x, told[:, 0], band[at[:, 0], at[:, 1]], roundness, line)
    return spots.where(bright & (roundness >= ROUND)), z
