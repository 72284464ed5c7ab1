"""How dusty a film is: bright specks where no breast lies, as a rate per cm2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.breast import Breast
from kossa.film.kernels.smooth import block_mean, gaussian

__all__ = ["Dust", "dust_outside"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

COARSEST_MM = 0.25  # on coarser pixels a speck is not seen; judgement
NEAR_PX, FAR_PX = 0.6, 0.96  # of the band, as in the finest of the detector; films_and_sections.md 2.2
SPECK = 12.0  # deviations over the ground; twice and a half those of a spot in the breast; judgement
QUIET = 0.15  # least deviation, grey levels of 255; films_and_sections.md 2.2
LARGEST_MM2 = 0.3  # larger things are letters and tape; judgement
BORDER_MM, FLANK_BLOCKS = 8.0, 4  # kept off the picture's edge, and off breast and labels; judgement
BRIGHT = 0.1  # share of the range from which on a block shows breast or label; same, 2.2
EVEN = 0.14  # a block whose values spread less is padding, not film; judgement
LEAST_CM2 = 5.0  # of bare film; less tells no rate; judgement


@dataclass(frozen=True, slots=True)
class Dust:
    """Specks counted on `cm2` of bare film."""

    specks: int
    cm2: float

    @property
    def rate(self) -> float:
        """Return specks a cm2."""
        return self.specks / self.cm2


def dust_outside(image: Image, pixel_mm: float, breast: Breast) -> Dust | None:
    """Count specks on the bare film of an image (y, x), None where too little of it is seen."""
    if pixel_mm > COARSEST_MM:
        return None
    bare = _bare(image, pixel_mm, breast)
    size = breast.size
    cm2 = float(bare.sum()) * (size * pixel_mm) ** 2 / 100
    if cm2 < LEAST_CM2:
        return None
    mask = np.repeat(np.repeat(bare, size, 0), size, 1)
    part = image[: mask.shape[0], : mask.shape[1]]
    near = gaussian(part, NEAR_PX)
    band = near - gaussian(near, float(np.sqrt(FAR_PX**2 - NEAR_PX**2)))
    some = band[::3, ::3][mask[::3, ::3]]
    middle = float(np.median(some))
    spread = max(1.4826 * float(np.median(np.abs(some - middle))), QUIET)
    parts, count = ndi.label(mask & (band > middle + SPECK * spread))
    areas = np.bincount(parts.ravel(), minlength=count + 1)[1:] * pixel_mm**2
    return Dust(int((areas <= LARGEST_MM2).sum()), cm2)


def _bare(image: Image, pixel_mm: float, breast: Breast) -> Mask:
    """Return which blocks show film and nothing on it."""
    size = breast.size
    mean = block_mean(image, size)
    spread = block_mean(image * image, size) - mean * mean
    low, high = np.percentile(mean, [2, 99])
    lit = mean > low + BRIGHT * (high - low)
    lit |= breast.whole
    bare: Mask = ~ndi.binary_dilation(lit, iterations=FLANK_BLOCKS)
    bare &= ndi.binary_erosion(spread > EVEN**2, iterations=1)
    edge = max(1, round(BORDER_MM / (size * pixel_mm)))
    bare[:edge] = bare[-edge:] = False
    bare[:, :edge] = bare[:, -edge:] = False
    return bare
