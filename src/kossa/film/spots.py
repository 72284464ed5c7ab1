"""Candidates on a mammogram: small bright spots, measured against the noise of the film round them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.breast import Breast
from kossa.film.kernels.smooth import gaussian
from kossa.film.kernels.spots import block_moments, line_share, maxima, raise_to_z, rises

__all__ = ["Spots", "find_spots"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

SCALES_MM = (0.12, 0.192, 0.307, 0.49)  # each 1.6 times the one before; films_and_sections.md 2.2
SMALLEST_PX = 0.6  # same
WINDOW_MM = 6.0  # of the local noise; same
CLOSE_MM = 2.4  # of a second window: where tissue is uneven, noise near a spot counts if it is the larger;
# chosen on made groups of seeds 901 (MIAS films) and 903 (P00173), better in both
CLIP = 2.5  # deviations at which the band is clipped, so that a cluster does not raise its own noise; same
CLIPPED_SD = 1.05  # what clipping takes from a normal deviation; same
QUIET = 0.15  # least deviation, grey levels of 255; same
CANDIDATE = 2.5  # z; same
ROUND = 0.4  # smaller over larger curvature of a spot, less for a line; same
NEAR_MM, FAR_MM = 0.3, 0.6  # where a line through a spot is looked for on both sides; seeds as for CLOSE_MM
DIRECTIONS = 16
RIM_PX = 3  # judgement
OUTSIDE = -1e8  # z below this lies outside the breast


@dataclass(frozen=True, eq=False)
class Spots:
    """Candidates: (n,) `y`, `x` pixels, `z`, `band` of the largest z, `round` and `line` 0-1.

    `rise` (n, 3) is the height in each band over the larger of wide and close noise; `crisp` tells how far
    the pixel stands over its eight neighbours, in heights of the finest band.
    """

    y: Floats
    x: Floats
    z: Floats
    band: npt.NDArray[np.uint8]
    round: Floats
    line: Floats
    rise: Floats
    crisp: Floats

    def __len__(self) -> int:
        return int(self.y.size)

    def where(self, keep: npt.NDArray[np.bool_]) -> Spots:
        """Return those that are kept."""
        return Spots(
            self.y[keep],
            self.x[keep],
            self.z[keep],
            self.band[keep],
            self.round[keep],
            self.line[keep],
            self.rise[keep],
            self.crisp[keep],
        )


def _local(count: Floats, first: Floats, second: Floats, sigma: float) -> tuple[Image, Image]:
    """Return mean and deviation of the window round every block."""
    weight = ndi.gaussian_filter(count, sigma, mode="constant")
    weight = np.maximum(weight, 1e-6)
    mean = ndi.gaussian_filter(first, sigma, mode="constant") / weight
    square = ndi.gaussian_filter(second, sigma, mode="constant") / weight
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return mean.astype(np.float32), deviation.astype(np.float32)


def _noise(fine: Image, broad: Image, breast: Breast, pixel_mm: float) -> tuple[Image, Image, Image]:
    """Return local mean and deviation of a band, spots and edges clipped away, and the closer deviation."""
    sigma = WINDOW_MM / (breast.size * pixel_mm)
    huge = np.full(breast.inside.shape, 3e38, np.float32)
    mean, deviation = _local(*block_moments(fine, broad, breast.inside, -huge, huge, breast.size), sigma)
    low, high = mean - CLIP * deviation, mean + CLIP * deviation
    clipped = block_moments(fine, broad, breast.inside, low, high, breast.size)
    mean, deviation = _local(*clipped, sigma)
    _, close = _local(*clipped, CLOSE_MM / (breast.size * pixel_mm))
    wide = np.maximum(deviation * np.float32(CLIPPED_SD), np.float32(QUIET))
    return mean, wide, np.maximum(close * np.float32(CLIPPED_SD), wide)


def find_spots(image: Image, pixel_mm: float, breast: Breast) -> tuple[Spots, Image]:
    """Return spots, and the map of z (very low outside the breast), of an image (y, x).

    Grey levels of 255, bright = dense.
    Bands are differences of Gaussians; each is set against its own local noise, the largest z counts.
    A spot is a maximum that curves down in both directions alike; lines and edges are not.
    """
    z = np.full(image.shape, 10 * OUTSIDE, np.float32)
    band = np.zeros(image.shape, np.uint8)
    scales = [max(s / pixel_mm, SMALLEST_PX * 1.6**k) for k, s in enumerate(SCALES_MM)]
    levels = [gaussian(image, scales[0])]
    noises = []
    for number, (before, scale) in enumerate(pairwise(scales)):
        fine = levels[-1]
        broad = gaussian(fine, float(np.sqrt(scale**2 - before**2)))
        mean, deviation, closer = _noise(fine, broad, breast, pixel_mm)
        raise_to_z(z, band, number, fine, broad, breast.inside, mean, deviation, breast.size)
        levels.append(broad)
        noises.append((mean, closer))
    at, told = maxima(z, levels[1], CANDIDATE)
    bright = told[:, 2] < 0
    roundness = np.where(bright, told[:, 1] / np.minimum(told[:, 2], -1e-9), 0.0)
    keep = bright & (roundness >= ROUND) & _off_the_rim(z, at)
    at, told, roundness = at[keep], told[keep], roundness[keep]
    y, x = at[:, 0].astype(float), at[:, 1].astype(float)
    line = line_share(levels[0], levels[1], y, x, NEAR_MM / pixel_mm, FAR_MM / pixel_mm, DIRECTIONS)
    heights = [
        rises(fine, broad, mean, at, breast.size)
        for (fine, broad), (mean, _) in zip(pairwise(levels), noises, strict=True)
    ]
    block = tuple(np.minimum(at // breast.size, np.array(breast.inside.shape) - 1).T)
    rise = np.column_stack([h / closer[block] for h, (_, closer) in zip(heights, noises, strict=True)])
    crisp = _over_neighbours(image, at) / np.maximum(heights[0], QUIET)
    return Spots(y, x, told[:, 0], band[at[:, 0], at[:, 1]], roundness, line, rise, crisp), z


def _off_the_rim(z: Image, at: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Say which places lie RIM_PX inside the breast: nearer to its rim the top may lie outside."""
    last = np.array(z.shape) - 1
    keep = np.ones(len(at), bool)
    for step in ((RIM_PX, 0), (-RIM_PX, 0), (0, RIM_PX), (0, -RIM_PX)):
        y, x = np.clip(at + step, 0, last).T
        keep &= z[y, x] > OUTSIDE
    return keep


def _over_neighbours(image: Image, at: npt.NDArray[np.int32]) -> Floats:
    """Return how far each place stands over the mean of its eight neighbours."""
    y, x = at[:, 0], at[:, 1]
    total = sum(image[y + dy, x + dx].astype(float) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
    return np.asarray((9 * image[y, x].astype(float) - total) / 8)
