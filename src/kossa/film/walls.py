"""The two walls of a calcified artery, followed along one course through gaps on a radiograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

__all__ = ["Walls", "follow_walls"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

STEP_MM, ACROSS_MM = 0.5, 0.2  # of the strip, along and across; judgement
HALF_MM, REACH_MM = 14.0, 160.0  # of the strip, across and along from the marks; judgement
ALONG_MM = 1.5  # of smoothing along a wall, short against how arteries wind; judgement
WALL_MM, ROUND_MM = 0.45, 1.2  # of a wall, and of what lies round it; judgement
APART = range(3, 17)  # steps across from the middle to a wall: 1.2 to 6.4 mm from wall to wall; judgement
MOST, LEAST = 6.0, -2.0  # times the noise that a wall counts for at a step; judgement
BEND = 1.0  # what a step aside costs; judgement
NEAR_MM = 5.0  # over which a wall is judged; judgement
SEEN = 2.2  # times the noise from which on a wall is seen; judgement
GAP_MM, LONG_MM, BOTH = (
    14.0,
    14.0,
    0.7,
)  # between pieces; least length with both walls, and its share; judgement
FILLED = 0.8  # middle over walls, of a band that is no tube; judgement
BESIDE_MM = 1.6  # from a wall outwards to the ground; judgement


@dataclass(frozen=True, eq=False)
class Walls:
    """Walls `apart_mm` apart, both seen along `share` of `length_mm`.

    `middle` (n, 2) is y and x of the course in pixels, `places` of both walls where both are seen.
    """

    apart_mm: float
    length_mm: float
    share: float
    middle: Floats
    places: Floats


def follow_walls(image: Image, clear: Mask, marks: npt.NDArray[np.intp], pixel_mm: float) -> Walls | None:
    """Return the walls that marks (n, 2) lie on, None where there are no two.

    `clear` (y, x) is soft tissue away from edges of bone and skin. Each distance from wall to wall has a best
    course (dynamic programming over the strip along the marks); the distance with the most of both is kept.
    """
    strip = _strip(image, clear, marks, pixel_mm)
    if strip is None:
        return None
    level, seen, at_y, at_x, own = strip
    ridge = _ridge(level, seen)
    if ridge is None:
        return None
    best = None
    for half, course in zip(APART, _courses(ridge), strict=True):
        walls = _told(level, ridge, course, half, own)
        if walls is not None and (best is None or walls[0] > best[0]):
            best = *walls, half, course
    if best is None:
        return None
    _, both, first, last, half, course = best
    steps = np.arange(first, last + 1)
    middle = course[steps]
    on = steps[both[steps]]
    places = [np.stack([at_y[on, course[on] + s], at_x[on, course[on] + s]], axis=1) for s in (-half, half)]
    return Walls(
        apart_mm=2 * half * ACROSS_MM,
        length_mm=(last - first) * STEP_MM,
        share=float(both[steps].mean()),
        middle=np.stack([at_y[steps, middle], at_x[steps, middle]], axis=1),
        places=np.concatenate(places),
    )


def _strip(
    image: Image, clear: Mask, marks: npt.NDArray[np.intp], pixel_mm: float
) -> tuple[Image, Mask, Floats, Floats, Mask] | None:
    """Return levels, what is clear, y and x (along, across) of the strip, and the steps that marks lie on."""
    centre = marks.mean(0)
    _, spread, axes = np.linalg.svd(marks - centre, full_matrices=False)
    if len(marks) < 3 or spread[0] <= 0:
        return None
    along = np.arange(-REACH_MM, REACH_MM + STEP_MM, STEP_MM) / pixel_mm
    across = np.arange(-HALF_MM, HALF_MM + ACROSS_MM, ACROSS_MM) / pixel_mm
    at = (marks - centre) @ axes[0]
    at_y = centre[0] + along[:, None] * axes[0, 0] + across * axes[1, 0]
    at_x = centre[1] + along[:, None] * axes[0, 1] + across * axes[1, 1]
    seen = ndi.map_coordinates(clear.astype(np.float32), [at_y, at_x], order=1, cval=0.0) > 0.99
    rows = np.flatnonzero(seen.any(1))
    if not rows.size:
        return None
    kept = slice(rows[0], rows[-1] + 1)
    level = ndi.map_coordinates(image, [at_y[kept], at_x[kept]], order=1, mode="nearest")
    own = (along[kept] >= at.min()) & (along[kept] <= at.max())
    return level.astype(np.float32), seen[kept], at_y[kept], at_x[kept], own


def _ridge(level: Image, seen: Mask) -> Image | None:
    """Return how far each place stands out as a line along the strip, in times of the noise."""
    smooth = ndi.gaussian_filter1d(level, ALONG_MM / STEP_MM, axis=0)
    lines = ndi.gaussian_filter1d(smooth, WALL_MM / ACROSS_MM, axis=1)
    lines -= ndi.gaussian_filter1d(smooth, ROUND_MM / ACROSS_MM, axis=1)
    inside = ndi.binary_erosion(seen, np.ones((1, 2 * round(ROUND_MM / ACROSS_MM) + 1), bool))
    if inside.sum() < inside.shape[1]:
        return None
    noise = 1.4826 * float(np.median(np.abs(lines[inside]))) + 1e-6
    ridge: Image = np.where(inside, np.clip(lines / noise, LEAST, MOST), 0).astype(np.float32)
    return ridge


def _courses(ridge: Image) -> npt.NDArray[np.intp]:
    """Return the best middle (half distance, along) between two walls, for each of `APART`."""
    steps, width = ridge.shape
    edge = max(APART) + round(BESIDE_MM / ACROSS_MM)
    wide = np.pad(ridge, ((0, 0), (edge, edge)))
    pair = np.stack(
        [wide[:, edge - h : edge - h + width] + wide[:, edge + h : edge + h + width] for h in APART]
    )
    pair -= np.maximum(ridge, 0)
    pair[:, :, :edge] = pair[:, :, width - edge :] = -1e3
    came = np.zeros(pair.shape, np.int8)
    total = pair[:, 0].copy()
    for k in range(1, steps):
        left = np.pad(total[:, :-1], ((0, 0), (1, 0)), constant_values=-1e9) - BEND
        right = np.pad(total[:, 1:], ((0, 0), (0, 1)), constant_values=-1e9) - BEND
        best = np.maximum(total, np.maximum(left, right))
        came[:, k] = np.where(best == total, 0, np.where(best == left, -1, 1))
        total = best + pair[:, k]
    course = np.empty((len(APART), steps), np.intp)
    course[:, -1] = total.argmax(1)
    number = np.arange(len(APART))
    for k in range(steps - 1, 0, -1):
        course[:, k - 1] = course[:, k] + came[number, k, course[:, k]]
    return course


def _told(
    level: Image, ridge: Image, course: npt.NDArray[np.intp], half: int, own: Mask
) -> tuple[float, Mask, int, int] | None:
    """Return how much of both walls is seen, where, and its first and last step; None for too little."""
    steps = np.arange(len(course))
    size = round(NEAR_MM / STEP_MM) | 1
    walls = [ndi.uniform_filter1d(ridge[steps, course + s], size, mode="nearest") for s in (-half, half)]
    weaker = np.minimum(*walls)
    both = weaker >= SEEN
    far = round(GAP_MM / STEP_MM)
    runs, _ = ndi.label(ndi.binary_closing(np.pad(both, far), np.ones(far, bool))[far:-far])
    mine = np.unique(runs[own & (runs > 0)])
    if not mine.size:
        return None
    score = [float(np.clip(weaker[runs == k], 0, MOST).sum()) for k in mine]
    run = np.flatnonzero(runs == mine[int(np.argmax(score))])
    first, last = int(run[0]), int(run[-1])
    inside = steps[first : last + 1][both[first : last + 1]]
    if inside.size * STEP_MM < LONG_MM or both[first : last + 1].mean() < BOTH:
        return None
    beside = half + round(BESIDE_MM / ACROSS_MM)
    ground = np.mean([level[inside, course[inside] + s].mean() for s in (-beside, beside)])
    wall = np.mean([level[inside, course[inside] + s].mean() for s in (-half, half)]) - ground
    if wall <= 0 or float(level[inside, course[inside]].mean() - ground) > FILLED * wall:
        return None
    return max(score), both, first, last
