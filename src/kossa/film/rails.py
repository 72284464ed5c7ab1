"""Two parallel lines: the walls of a calcified artery, told from one line and from scattered marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Rails", "find_rails"]

Floats = npt.NDArray[np.float64]

APART_MM = (0.7, 6.5)  # from wall to wall: arteries of the breast to those of a limb; judgement
LENGTH_MM = 6.0  # shorter pieces show no course; judgement
EMPTY = 0.2  # share of all points that may lie in the middle third between the walls; judgement
WALL = 0.22  # how far points of a wall scatter about it, as a share of the distance; judgement
BALANCE = 0.25  # share of points on the weaker wall; judgement
TOGETHER = 0.45  # share of the length along which both walls are seen; judgement
ORDER = 4  # of the polynomial that follows the course; judgement
STEPS = 24


@dataclass(frozen=True, slots=True)
class Rails:
    """Walls `apart_mm` apart, both seen along `share` of `length_mm`.

    `off_mm` is how far half of their points lie off the middle of their wall; `middle` is the share of points
    between the walls.
    """

    apart_mm: float
    length_mm: float
    share: float
    off_mm: float
    middle: float


def find_rails(points: Floats) -> Rails | None:
    """Return the two walls that points (n, 2) in mm lie on, None where they do not.

    The course is a polynomial over the main axis, fitted to both walls at once: each point belongs to
    the wall that it is nearer to, and courses and distance are refined in turn.
    """
    if len(points) < 30:
        return None
    centred = points - points.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along, across = centred @ axes[0], centred @ axes[1]
    length = float(np.ptp(np.percentile(along, [1, 99])))
    if length < LENGTH_MM:
        return None
    starts = (_fit(along, across, length, start) for start in (0.0, 0.5, -0.5))
    return max((r for r in starts if r is not None), key=lambda r: r.share, default=None)


def _fit(along: Floats, across: Floats, length: float, start: float) -> Rails | None:
    """Alternate between fitting the course and giving points to walls; `start` shifts the first course."""
    scaled = along / (length / 2)
    basis = np.vander(np.clip(scaled, -1.2, 1.2), ORDER + 1)
    course = basis @ np.linalg.lstsq(basis, across, rcond=None)[0]
    rest = across - course - start
    for _ in range(STEPS):
        side = np.where(rest >= 0, 0.5, -0.5)
        if abs(side.sum()) >= len(side) / 2 * 0.98:
            return None
        full = np.column_stack([basis, side])
        solved = np.linalg.lstsq(full, across, rcond=None)[0]
        rest = across - basis @ solved[:-1]
    apart = float(solved[-1])
    if not APART_MM[0] <= apart <= APART_MM[1]:
        return None
    upper = rest >= 0
    off = np.abs(np.abs(rest) - apart / 2)
    middle = float((np.abs(rest) < apart / 6).mean())
    if middle > EMPTY or np.median(off) > WALL * apart:
        return None
    if not BALANCE <= upper.mean() <= 1 - BALANCE:
        return None
    bins = np.clip(((scaled + 1) / 2 * STEPS).astype(int), 0, STEPS - 1)
    both = np.intersect1d(bins[upper], bins[~upper]).size / STEPS
    if both < TOGETHER or length < 2.5 * apart:
        return None
    return Rails(apart, length, both, float(np.median(off)), middle)
