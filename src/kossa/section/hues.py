"""Glass and flat pale tissue told apart: by their hues, and by which is the brighter where they meet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

__all__ = ["sorts"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_SHARE = 0.01  # of the squares that a sort of its own has (judgement)
APART, APART_SD = 0.012, 4.0  # density and spreads between the hues of two sorts of flat squares (judgement)
PAIRS, PAIR_CELLS = 6, 6.0  # squares of each sort that tell which is the brighter, and how far from the
# other sort they lie, in squares (judgement)
STEP = 0.004  # density between them at the least: a third of their hues' difference (judgement)
DARKEST = 0.25  # of the brightest square: what is darker is a frame or a deposit and has no hue (judgement)
SORTS = 3  # hues that are taken off one after the other: ink, dense tissue, pale tissue


def sorts(cells: Floats, places: Floats) -> tuple[Mask, Mask, float]:
    """Return which flat squares (n,) are glass, which are the tissue nearest to its hue, and its density.

    The density is 0 where all that is bright has one hue.
    """
    bright = cells.mean(axis=1)
    glass, tissue, step = bright >= DARKEST * bright.max(), np.zeros(len(cells), np.bool_), 0.0
    for _ in range(SORTS):
        found = _brighter(cells[glass], places[glass])
        if found is None:
            break
        at = np.flatnonzero(glass)
        tissue = np.zeros(len(cells), np.bool_)
        tissue[at[~found[0]]] = True
        glass, step = glass & ~tissue, found[1]
    return glass, tissue, step


def _brighter(cells: Floats, places: Floats) -> tuple[Mask, float] | None:
    """Return which flat squares (n,) are glass where they have two hues, and how much darker the others are.

    None where they have one hue. Pale tissue may be flat, and in the middle of a field brighter than glass
    in a corner; beside one another glass is the brighter of the two. `places` (n, 2): in sides of a square.
    """
    lit = np.log10(np.maximum(cells, 0.5))
    hue = lit - lit.mean(axis=1, keepdims=True)
    hue = hue - np.median(hue, axis=0)
    along = hue @ np.linalg.svd(hue, full_matrices=False)[2][0]
    first = along > _parting(along)
    if min(first.sum(), (~first).sum()) < max(4.0, LEAST_SHARE * first.size):
        return None
    gap = abs(float(np.median(along[first]) - np.median(along[~first])))
    spread = max(_deviation(along[first]), _deviation(along[~first]))
    if gap < max(APART, APART_SD * spread):
        return None
    step = _step(lit.mean(axis=1), places, first)
    if step is None or abs(step) < STEP:
        return None
    return np.asarray(first if step > 0 else ~first), abs(step)


def _step(lit: Floats, places: Floats, first: Mask) -> float | None:
    """Return by how much `first` squares are brighter than the others near them, in density.

    The light itself is taken off as a plane and a bowl. None where too few lie near one another.
    """
    near = np.zeros(first.size, np.bool_)
    for one in (first, ~first):
        far, _ = cKDTree(places[one]).query(places[~one], distance_upper_bound=PAIR_CELLS)
        near[~one] = np.isfinite(far)
    if min((near & first).sum(), (near & ~first).sum()) < PAIRS:
        return None
    at = (places - places.mean(axis=0)) / max(float(np.ptp(places, axis=0).max()), 1.0)
    terms = np.column_stack([np.ones(first.size), at, (at**2).sum(axis=1), first])[near]
    return float(np.linalg.lstsq(terms, lit[near], rcond=None)[0][-1])


def _parting(values: Floats) -> float:
    """Return the value that parts two groups best (least variance within them: Otsu 1979)."""
    ordered = np.sort(values)
    count = np.arange(1, ordered.size)
    left = ordered.cumsum()[:-1]
    right = ordered.sum() - left
    between = left**2 / count + right**2 / (ordered.size - count)
    at = int(np.argmax(between)) if between.size else 0
    return float(ordered[at])


def _deviation(values: Floats) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))
