"""A ring whose wall has gaps: points on a circle, told from lines that cross and from a filled mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Ring", "find_ring"]

OFF = 0.12  # how far half of the points lie off the circle, as a share of its radius; judgement
FARTHEST = 0.25  # the same of nine tenths of them; judgement
ROUND_ABOUT = 0.6  # share of the way round on which points are seen; judgement
STEPS = 36


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle of this radius, seen on this share of its way round."""

    radius: float
    share: float


def find_ring(points: npt.NDArray[np.float64]) -> Ring | None:
    """Return the circle that points (n, 2) lie on, in their unit, None where they do not.

    Least squares on x2 + y2 (Kasa), once more without the points that lie farthest off.
    """
    kept = points
    for _ in range(2):
        if len(kept) < STEPS // 2:
            return None
        solved, _, rank, _ = np.linalg.lstsq(
            np.column_stack([kept, np.ones(len(kept))]), (kept**2).sum(1), rcond=None
        )
        centre = solved[:2] / 2
        square = float(solved[2] + (centre**2).sum())
        if rank < 3 or square <= 0:
            return None
        radius = float(np.sqrt(square))
        off = np.abs(np.hypot(*(points - centre).T) - radius)
        kept = points[off <= np.percentile(off, 90)]
    if np.median(off) > OFF * radius or np.percentile(off, 90) > FARTHEST * radius:
        return None
    near = points[off <= FARTHEST * radius] - centre
    bins = ((np.arctan2(near[:, 0], near[:, 1]) / (2 * np.pi) + 0.5) * STEPS).astype(int) % STEPS
    share = np.unique(bins).size / STEPS
    return Ring(radius, share) if share >= ROUND_ABOUT else None
