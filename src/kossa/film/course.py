"""The course of a limb's edges along its shaft: skin and bone taper, bow and part, each in its own way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

__all__ = ["find_course", "inverse", "middle_of", "sampled"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NODE_MM = 6.0  # between places across the limb that may move on their own; judgement
SMOOTH_MM = (2.4, 2.4, 1.2, 1.2, 0.6, 0.6, 0.6)  # of the rounds, coarse to fine; judgement
ROWS_MM = 1.0  # rows are taken together by; judgement
SEEN = 0.35  # of a column's length that has to lie in the body; judgement
FAR = 2.5  # robust deviations from which on a pixel counts less; judgement
STIFF = 0.004  # weight of neighbours moving alike, as a share of what a mean node is told; judgement
STEEPEST = 0.5  # change of the shift across the limb, pixels a pixel, that cannot fold; judgement
USUAL = 80  # percentile of steepness from which on edges count alike; judgement
MOVES, LEVELS = 3, 2  # powers of the place along the limb, of the shift and of density


def sampled(image: Image, at: Floats) -> Image:
    """Return every row of `image` (y, x) at the places `at` (y, x) in pixels, linear between them."""
    whole = np.floor(at).astype(np.intp)
    part = (at - whole).astype(np.float32)
    last = image.shape[1] - 1
    left = np.take_along_axis(image, np.clip(whole, 0, last), axis=1)
    right = np.take_along_axis(image, np.clip(whole + 1, 0, last), axis=1)
    out: Image = (left * (1 - part) + right * part).astype(image.dtype)
    return out


def inverse(at: Floats) -> Floats:
    """Return the places of the upright picture that each pixel of the film came to, `at` grows along x."""
    x = np.arange(at.shape[1], dtype=float)
    return np.stack([np.interp(x, row, x, left=-1.0, right=float(x.size)) for row in at])


def middle_of(columns: Image) -> Image:
    """Return the median of what is not NaN in each column; every column holds something."""
    ordered = np.sort(columns, axis=0)  # NaN goes last
    count = np.isfinite(columns).sum(0)
    at = np.arange(columns.shape[1])
    middle: Image = (ordered[(count - 1) // 2, at] + ordered[count // 2, at]) / 2
    return middle


def find_course(upright: Image, inside: Mask, pixel_mm: float) -> Floats:
    """Return the shift (y, x) in pixels at which each place of a straight limb is found on `upright`.

    Gauss-Newton on rows against their own median: the shift is a cubic along the limb at places across
    it, linear between them, and density may drift with it; what does not follow (a deposit) counts little.
    """
    step = max(1, round(ROWS_MM / pixel_mm))
    rows, columns = upright.shape
    if rows // step < 2 * MOVES or columns * pixel_mm < 2 * NODE_MM:
        return np.zeros(upright.shape)
    small = _row_means(upright, step)
    mask = _row_means(inside.astype(np.float32), step) > 0.99
    hats = _hats(columns, max(3, round(columns * pixel_mm / NODE_MM) + 1))
    s = np.linspace(-1.0, 1.0, mask.shape[0])
    basis = np.stack([s, s**2 - 1 / 3, s**3, s, s**2 - 1 / 3])
    x = np.arange(columns, dtype=float)
    moves = np.zeros((MOVES, hats.shape[0]))
    for smooth in SMOOTH_MM:
        at = x + basis[:MOVES].T @ (moves @ hats)
        blurred = ndi.gaussian_filter1d(small, smooth / pixel_mm, axis=1)
        got = _round(sampled(blurred, at), sampled(mask.astype(np.float32), at) > 0.99, basis, hats)
        if got is None:
            return np.zeros(upright.shape)
        moves = _unfolded(moves + got, basis, hats)
    every = (np.arange(rows) - (rows - 1) / 2) / max((mask.shape[0] - 1) * step / 2, 1)
    whole = np.stack([every, every**2 - 1 / 3, every**3])
    return np.asarray(whole.T @ (moves @ hats))


def _row_means(image: Image, step: int) -> Image:
    rows = image.shape[0] // step
    start = (image.shape[0] - rows * step) // 2
    means: Image = image[start : start + rows * step].reshape(rows, step, -1).mean(1)
    return means


def _hats(columns: int, nodes: int) -> Floats:
    """Return the hat functions (node, x) of even places across the picture."""
    place = np.linspace(0, columns - 1, nodes)
    gap = place[1] - place[0]
    return np.asarray(np.maximum(0, 1 - np.abs(np.arange(columns) - place[:, None]) / gap))


def _round(image: Image, mask: Mask, basis: Floats, hats: Floats) -> Floats | None:
    """Return how much further each node moves (power, node), None where nothing is seen."""
    seen = mask.mean(0) >= SEEN
    if seen.sum() < 8:
        return None
    profile = np.zeros(image.shape[1], np.float32)
    profile[seen] = middle_of(np.where(mask, image, np.nan)[:, seen])
    slope = np.gradient(profile).astype(float)
    slope[~seen | np.roll(~seen, 1) | np.roll(~seen, -1)] = 0
    off = np.where(mask, image - profile, 0).astype(float)
    spread = 1.4826 * float(np.median(np.abs(off[:, seen][mask[:, seen]]))) + 1e-6
    spread = np.maximum(spread, 0.5 * np.abs(slope) * 4)  # at an edge a misfit is a shift
    used = np.where(mask & seen, 1 / np.maximum(1.0, np.abs(off) / (FAR * spread)) ** 2, 0.0)
    # every edge tells of its place alike: skin is far steeper than bone, and would drown it
    usual = float(np.percentile(np.abs(slope[seen]), USUAL)) + 1e-6
    used *= 1 / np.maximum(1.0, np.abs(slope) / usual) ** 2
    kinds = basis.shape[0]
    factor = np.where(np.arange(kinds)[:, None] < MOVES, slope, 1.0)  # (kind, x)
    nodes = hats.shape[0]
    normal = np.empty((kinds, nodes, kinds, nodes))
    told = np.einsum("kyl,yx->klx", basis[:, :, None] * basis.T[None], used)
    for k in range(kinds):
        for m in range(kinds):
            normal[k, :, m, :] = (hats * (told[k, m] * factor[k] * factor[m])) @ hats.T
    right = -(basis @ (used * off) * factor) @ hats.T
    return _solved(normal, right)[:MOVES]


def _solved(normal: Floats, right: Floats) -> Floats:
    """Solve with neighbours that move alike, and stay where nothing tells."""
    kinds, nodes = right.shape
    difference = np.diff(np.eye(nodes), axis=0)
    for k in range(kinds):
        mean = float(np.trace(normal[k, :, k, :])) / nodes + 1e-9
        normal[k, :, k, :] += STIFF * mean * (difference.T @ difference + 1e-3 * np.eye(nodes))
    size = kinds * nodes
    return np.asarray(np.linalg.solve(normal.reshape(size, size), right.ravel()).reshape(kinds, nodes))


def _unfolded(moves: Floats, basis: Floats, hats: Floats) -> Floats:
    """Return `moves`, made smaller where places would change their order."""
    steepest = float(np.abs(np.diff(basis[:MOVES].T @ (moves @ hats), axis=1)).max())
    return moves if steepest <= STEEPEST else moves * (STEEPEST / steepest)
