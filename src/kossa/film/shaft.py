"""A limb's own shadow, taken off: bone, muscle and skin run alike along the shaft, a deposit does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.course import find_course, inverse, middle_of, sampled

__all__ = ["SEEN", "Shaft", "find_shaft"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COHERENT = 0.55  # of the gradients inside the body, from which on it is a shaft; judgement
STEEPEST = 0.35  # lean of a shaft against the picture's axis that is looked for; judgement
CALM = 90  # percentile of steepness above which gradients count alike; judgement
STEPS = (0.02, 0.004, 0.001)  # of the lean, coarse to fine
SEEN = 0.5  # share of the length along which a line of the profile has to lie in the body


@dataclass(frozen=True, eq=False)
class Shaft:
    """The shaft upright: `turned` tells that the picture was transposed, `lean` pixels a row.

    `at` (y, x) is where the straight limb's places lie on the film, `came` the way back. `profile` (x,) is
    the median along the shaft. `coherence` 0-1 is how alike the gradients run.
    """

    turned: bool
    lean: float
    at: Floats
    came: Floats
    profile: Image
    coherence: float

    def upright(self, image: npt.NDArray[np.float32]) -> Image:
        """Return an image with its shaft along the rows' direction, its edges straight."""
        view = np.ascontiguousarray(image.T) if self.turned else image
        return sampled(view, self.at)

    def back(self, image: Image) -> Image:
        """Return what was upright as the picture has it."""
        out = sampled(image, self.came)
        return np.ascontiguousarray(out.T) if self.turned else out


def _sheared(image: Image, lean: float) -> Image:
    """Shift every row by `lean` pixels a row about the middle row, linear between pixels."""
    rows, columns = image.shape
    shift = lean * (np.arange(rows) - (rows - 1) / 2)
    whole = np.floor(shift).astype(np.intp)
    part = (shift - whole).astype(np.float32)[:, None]
    at = np.arange(columns)[None] + whole[:, None]
    left = np.take_along_axis(image, np.clip(at, 0, columns - 1), axis=1)
    right = np.take_along_axis(image, np.clip(at + 1, 0, columns - 1), axis=1)
    sheared: Image = (left * (1 - part) + right * part).astype(image.dtype)
    return sheared


def _profile(image: Image, body: Mask) -> tuple[Image, float]:
    """Return the median along the shaft, and how far all of the picture lies from it."""
    hidden = np.where(body, image, np.nan)
    seen = body.mean(0) >= SEEN
    profile = np.median(image, axis=0)
    if seen.any():
        profile[seen] = middle_of(hidden[:, seen])
    off = np.abs(image - profile)[body]
    return profile.astype(np.float32), float(
        np.mean(np.minimum(off, np.percentile(off, 90)))
    ) if off.size else 0.0


def find_shaft(image: Image, body: Mask, pixel_mm: float) -> Shaft | None:
    """Return the shaft, None where the picture's gradients do not run alike (a chest, a hand)."""
    smooth = ndi.gaussian_filter(image, 2.0)
    gy, gx = np.gradient(smooth)
    steep = np.hypot(gy, gx)
    if not body.any():
        return None
    # the steepest edges (a plate of metal, a joint) tell no more than others
    calm = np.minimum(1.0, np.percentile(steep[body], CALM) / np.maximum(steep, 1e-6))
    gy, gx = gy * calm, gx * calm
    yy, xx, yx = (float((a * b)[body].sum()) for a, b in ((gy, gy), (gx, gx), (gy, gx)))
    total = yy + xx
    if total <= 0:
        return None
    coherence = float(np.hypot(xx - yy, 2 * yx) / total)
    if coherence < COHERENT:
        return None
    turned = yy > xx
    view, inside = (np.ascontiguousarray(image.T), body.T) if turned else (image, body)
    # edges tell the lean: the density itself drifts along a limb that tapers
    across = np.ascontiguousarray(gy.T if turned else gx)
    thin = max(1, view.shape[0] // 256)
    best, lean = np.inf, 0.0
    reach = STEEPEST
    for step in STEPS:
        for trial in np.arange(lean - reach, lean + reach + step / 2, step):
            small = _sheared(across[::thin], float(trial) * thin)
            mask = _sheared(inside[::thin].astype(np.float32), float(trial) * thin) > 0.5
            cost = _profile(small, mask)[1]
            if cost < best - 1e-9:
                best, lean = cost, float(trial)
        reach = step
    upright = _sheared(view, lean)
    mask = _sheared(inside.astype(np.float32), lean) > 0.99
    rows, columns = view.shape
    course = find_course(upright, mask, pixel_mm)
    at = np.arange(columns) + course + lean * (np.arange(rows) - (rows - 1) / 2)[:, None]
    mask = sampled(inside.astype(np.float32), at) > 0.99
    return Shaft(turned, lean, at, inverse(at), _profile(sampled(view, at), mask)[0], coherence)
