"""What is too dense for calcium: metal in the body and letters of lead on the film."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.kernels.smooth import gaussian

__all__ = ["places_of", "steps_among", "too_dense"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
EIGHT = np.ones((3, 3), bool)

WIDEST_MM = 12.0  # plates are narrower, the bones of a forearm as wide; judgement
# steel of 1 mm and titanium of 3 mm take off 0.9 to 1.2 of the beam's logarithm at 60 keV, calcium of 10 mm
# some 0.3 to 0.6 (NIST, Hubbell and Seltzer); a limb with its bone 1.3 to 3.3
DENSE, FOOT = (
    0.4,
    0.12,
)  # of the film's range from air to bone, that metal stands out by, and its foot; judgement
RANGE = (0.5, 97.0)  # percentiles that pass for air and bone
BLUR_MM, GROW_MM, REACH_MM = 0.2, 1.0, 3.0  # its halo is taken with it; judgement
SMALLEST_MM2, MOST = 0.5, 0.1  # of a part, and of the film that metal and letters take; judgement
RIDGE = 0.5  # of its height over the limb's model, by which metal stands out on both sides; judgement
SHARP_MM = 1.5  # within which metal would win its height, at the slope of its border; judgement


def too_dense(image: Image, hidden: Mask, pixel_mm: float) -> Mask:
    """Return the narrow things (y, x) that stand out further than calcium can; dense is bright."""
    none = np.zeros(image.shape, bool)
    seen = image[~hidden]
    if not seen.size:
        return none
    low, high = (float(v) for v in np.percentile(seen, RANGE))
    size = max(3, round(WIDEST_MM / pixel_mm) | 1)
    if high <= low or size >= min(image.shape):
        return none
    level = gaussian(np.where(hidden, low, image).astype(np.float32), BLUR_MM / pixel_mm)
    opened = ndi.maximum_filter(ndi.minimum_filter(level, size), size)
    stands = level - opened
    core = stands > DENSE * (high - low)
    if not SMALLEST_MM2 <= core.sum() * pixel_mm**2 <= MOST * core.size * pixel_mm**2:
        return none
    core = _sharp(core, level, stands, pixel_mm)
    if not core.any():
        return none
    near = ndi.binary_dilation(core, EIGHT, iterations=max(1, round(REACH_MM / pixel_mm)))
    foot = ndi.binary_propagation(core, EIGHT, mask=near & (stands > FOOT * (high - low)))
    grown: Mask = ndi.binary_dilation(foot, EIGHT, iterations=max(1, round(GROW_MM / pixel_mm)))
    return grown


def _sharp(core: Mask, level: Image, stands: Image, pixel_mm: float) -> Mask:
    """Return the parts of `core` at whose border most of their height is won within a short way."""
    parts, count = ndi.label(core, EIGHT)
    gy, gx = np.gradient(level)
    steep = np.hypot(gy, gx) / pixel_mm
    border = ndi.binary_dilation(core, EIGHT) & ~ndi.binary_erosion(core, EIGHT)
    owner = np.where(border, ndi.maximum_filter(parts, 3), 0)
    index = np.arange(1, count + 1)
    gain = np.asarray(ndi.median(steep, owner, index)) * SHARP_MM
    height = np.asarray(ndi.median(stands, parts, index))
    large = np.bincount(parts.ravel(), minlength=count + 1)[1:] * pixel_mm**2 >= SMALLEST_MM2
    kept = np.concatenate([[False], (gain >= height) & large])
    sharp: Mask = kept[parts]
    return sharp


def steps_among(metal: Mask, rise: Image, film: Image, corner: tuple[int, int], pixel_mm: float) -> Mask:
    """Return the parts of `metal` (y, x), at `corner` of the film, that are steps and no ridges.

    `rise` is the height that made them metal. What is narrow and dense stands out on both of its sides; the
    wall of a bone that lies elsewhere than the shaft's has bone on one.
    """
    size = max(3, round(WIDEST_MM / pixel_mm) | 1)
    low = [max(0, c - size) for c in corner]
    high = [c + s + size for c, s in zip(corner, metal.shape, strict=True)]
    near = film[low[0] : high[0], low[1] : high[1]]
    opened = ndi.maximum_filter(ndi.minimum_filter(near, size), size)
    y, x = corner[0] - low[0], corner[1] - low[1]
    stands = (near - opened)[y : y + metal.shape[0], x : x + metal.shape[1]]
    parts, count = ndi.label(metal, EIGHT)
    index = np.arange(1, count + 1)
    height = np.asarray(ndi.median(rise, parts, index))
    flat = np.asarray(ndi.median(stands, parts, index)) < RIDGE * height
    steps: Mask = np.concatenate([[False], flat])[parts]
    return steps


def places_of(dense: Mask) -> list[tuple[int, int]]:
    """Return the middle (y, x) of each part, the largest first."""
    parts, count = ndi.label(dense, EIGHT)
    sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    centres = ndi.center_of_mass(dense, parts, range(1, count + 1)) if count else []
    order = np.argsort(-sizes, kind="stable")
    return [(round(centres[k][0]), round(centres[k][1])) for k in order]
