"""What a slice would show under an object and its blur: the ground that its excess is counted from.

In plain or slowly changing tissue it is what Laplace's equation fills in from the rim (`image.inpaint`).
Where one tissue holds the object and a lighter one begins beside it (a vessel's wall in fat, a node in
lung), two readings bracket the truth. With l what lies beyond, h the host and t the brightest HU nearby:

    the host ends with the object:   l + (h - l) (HU - l) / (t - l), as both have the same blurred edge
    the host goes on around it:      HU less the blur of the object, between l and h

The blur outside the outline is that of an edge between h and t with a Gaussian of `BLUR_MM`, which passes
the outline's HU at the outline.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.image.inpaint import CLOSED, UNKNOWN, fill

__all__ = ["BLANK_HU", "SOFT_HU", "TINY", "fill_slice"]

Floats = npt.NDArray[np.float64]

TINY = 1e-9  # mm2: a distance that equals a margin counts as within it
BLANK_HU = -1500  # padding lies below, air above (ct.md 0.4)
SOFT_HU = 40.0  # blood and soft tissue without contrast (ct.md 3.9); judgement within 30 to 60
BLUR_MM = 0.65  # one SD of a soft kernel: half of `GROW_MM` in ct.mass; judgement
EDGE_MM, BLUR_REACH_MM = (
    1.0,
    2.0,
)  # where the object is as bright as at its edge, and whence it blurs; judgement
LOGISTIC = 1.702  # a logistic curve of this steepness is within 0.01 of the normal law
FAINTEST = 0.01  # of an edge's height: an outline lower on its flank tells nothing of its blur; judgement


@njit(cache=True, nogil=True)
def _top(hu: npt.NDArray[np.int16], y: int, x: int, reach: tuple[int, int]) -> float:
    """Return the largest value of a slice within `reach` rows and columns."""
    top = hu[y, x]
    for j in range(max(0, y - reach[0]), min(hu.shape[0], y + reach[0] + 1)):
        for i in range(max(0, x - reach[1]), min(hu.shape[1], x + reach[1] + 1)):
            top = max(top, hu[j, i])
    return float(top)


@njit(cache=True, nogil=True)
def _tail(height: float, level: float, away_mm: float) -> float:
    """Return what is left of an edge of `height` at a distance outside of where it passes `level`."""
    if height <= level or level <= 0:
        return 0.0
    share = max(FAINTEST, level / height)
    odds = share / (1 - share) * math.exp(-LOGISTIC * away_mm / BLUR_MM)
    return height * odds / (1 + odds)


@njit(cache=True, nogil=True)
def _reach(mm: float, pixel: tuple[float, float]) -> tuple[int, int]:
    """Return a length in whole rows and columns, at least one."""
    return max(1, round(mm / pixel[0])), max(1, round(mm / pixel[1]))


@njit(cache=True, nogil=True)
def _held(
    hu: npt.NDArray[np.int16], at: tuple[int, int], near: float, beyond: float, host: float, level: float,
    reach: tuple[int, int, int, int],
) -> tuple[float, float]:  # fmt: skip
    """Return both readings of a pixel whose host is brighter than what lies beyond."""
    y, x = at
    value = float(hu[y, x])
    top = max(host, _top(hu, y, x, reach[:2]))
    share = min(1.0, max(0.0, (value - beyond) / (top - beyond)))
    blur = 0.0
    if near > TINY:
        blur = _tail(_top(hu, y, x, reach[2:]) - host, level - host, math.sqrt(near))
    return beyond + share * (host - beyond), max(beyond, min(host, value - blur))


@njit(cache=True, nogil=True)
def fill_slice(
    hu: npt.NDArray[np.int16], origin: tuple[int, int], near: Floats, away: Floats,
    squares: tuple[float, float, float],
    pixel: tuple[float, float], start: float, hosted: bool, level: float, room: Floats,
) -> tuple[float, float, int]:  # fmt: skip
    """Return both sums of HU under the object's region in one slice `hu`, and the pixels they rest on.

    `near` and `away` are squared distances in mm2 to the object and to others, of the crop that begins at
    `origin`; `squares` those of region, guard and ring. `start` is the HU of the host where the object is
    `hosted`, else of the ring; `level` that of the outline; `room` has the crop's shape. Both sums are equal
    where nothing is hosted.
    """
    height, width = near.shape
    reach = (*_reach(EDGE_MM, pixel), *_reach(BLUR_REACH_MM, pixel))
    image = hu[origin[0] : origin[0] + height, origin[1] : origin[1] + width]
    state = np.zeros(near.shape, np.int8)
    inside = np.zeros(near.shape, np.int8)
    for y in range(height):
        for x in range(width):
            if hosted and near[y, x] <= TINY:
                state[y, x] = CLOSED
                inside[y, x] = UNKNOWN
            elif near[y, x] <= squares[1] or away[y, x] <= squares[0] or image[y, x] <= BLANK_HU:
                state[y, x] = UNKNOWN
    rim = fill(image, state, start, room)
    beyond = room
    if hosted:
        beyond = np.empty(near.shape)
        fill(room, inside, start, beyond)
    ends, goes_on = 0.0, 0.0
    for y in range(height):
        for x in range(width):
            if near[y, x] > squares[0] or near[y, x] > away[y, x] or image[y, x] <= BLANK_HU:
                continue
            low = high = beyond[y, x]
            if hosted and start > low:
                at = (origin[0] + y, origin[1] + x)
                low, high = _held(hu, at, near[y, x], low, start, level, reach)
            ends += low
            goes_on += high
    return ends, goes_on, rim
