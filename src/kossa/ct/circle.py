"""A circle in a slice as a vessel: even inside, an edge around, calcium on the rim. Numba kernels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["Rule", "circles"]

Floats = npt.NDArray[np.float64]
Plane = npt.NDArray[np.float32]

EDGE_HU, EDGE_SD = 25.0, 1.5  # judgement: blood against fat or lung is 100 HU and more, against muscle little
RIM_BONE = 0.4  # ct_volumes.md rule 11: less than this share of the rim lies in bone
RIGHT_COST = 0.03  # judgement, per mm: what lies right of the spine is rather the caval vein
AHEAD_COST, AHEAD_FREE_MM = 0.012, 8.0  # judgement: the aorta lies on the spine, bowel before it
MIDDLE_MM, MIDDLE_SD = 5.0, 2.5  # judgement: the smallest aorta holds an even disc of this radius
DIRECTIONS = 24
NONE = -1e9

# cell mm, noise of a cell, calcium's level, lowest and highest inside (HU), bonus an eighth of rim with
# calcium, spine's middle and front in cells, least coverage
Rule = tuple[float, float, float, float, float, float, float, float, float]


@njit(cache=True, nogil=True)
def _at(plane: npt.NDArray[np.float32], y: float, x: float) -> float:
    """Return a bilinear sample, with the edge repeated."""
    ny, nx = plane.shape
    y = min(max(y, 0.0), ny - 1.001)
    x = min(max(x, 0.0), nx - 1.001)
    j, i = int(y), int(x)
    fy, fx = y - j, x - i
    top = plane[j, i] * (1 - fx) + plane[j, i + 1] * fx
    low = plane[j + 1, i] * (1 - fx) + plane[j + 1, i + 1] * fx
    return float(top * (1 - fy) + low * fy)


@njit(cache=True, nogil=True)
def judge_circle(
    plane: npt.NDArray[np.float32],
    bone: npt.NDArray[np.float32],
    calcium: npt.NDArray[np.float32],
    y: float,
    x: float,
    radius: float,
    cell: float,
    sigma: float,
    calcium_hu: float,
    low: float,
    high: float,
    bonus: float,
) -> tuple[float, float, float]:
    """Return score, rim coverage and mean inside of one circle (score -1: cannot be a vessel)."""
    total, square, n = 0.0, 0.0, 0
    for k in range(12):
        a = k * (2 * np.pi / 12)
        for share in (0.3, 0.65):
            v = min(
                _at(plane, y + share * radius / cell * np.sin(a), x + share * radius / cell * np.cos(a)),
                calcium_hu,
            )
            total += v
            square += v * v
            n += 1
    mean = total / n
    sd = np.sqrt(max(0.0, square / n - mean * mean))
    if mean < low or mean > high:
        return -1.0, 0.0, mean
    limit = max(EDGE_HU, EDGE_SD * sigma)
    covered, positive, stony = 0, 0, 0
    eighths = np.zeros(8, np.int64)
    for k in range(DIRECTIONS):
        a = k * (2 * np.pi / DIRECTIONS)
        s, c = np.sin(a), np.cos(a)
        outer = (radius + 3.0) / cell
        beyond = _at(plane, y + outer * s, x + outer * c)
        stone = 0.0
        for d in (-1.5, 0.0, 1.5):
            stone = max(stone, _at(calcium, y + (radius + d) / cell * s, x + (radius + d) / cell * c))
        if stone > 0.5:
            eighths[k * 8 // DIRECTIONS] = 1
        if abs(beyond - mean) > limit or stone > 0.5:
            covered += 1
        if mean - beyond > limit or stone > 0.5:
            positive += 1
        if _at(bone, y + (radius - 1.0) / cell * s, x + (radius - 1.0) / cell * c) > 0.5:
            stony += 1
    if stony > RIM_BONE * DIRECTIONS:
        return -1.0, 0.0, mean
    even = min(1.0, max(0.0, 2.0 - sd / max(sigma, 8.0)))
    coverage = covered / DIRECTIONS
    return coverage + even + 0.3 * positive / DIRECTIONS + bonus * eighths.sum(), coverage, mean


@njit(cache=True, nogil=True)
def even_middle(
    plane: npt.NDArray[np.float32],
    j: int,
    i: int,
    cell: float,
    sigma: float,
    calcium_hu: float,
    low: float,
    high: float,
) -> bool:
    """Return whether the inner 5 mm around a cell may be blood: no circle is tried around anything else."""
    reach = max(1, int(MIDDLE_MM / cell))
    ny, nx = plane.shape
    if j < reach or i < reach or j >= ny - reach or i >= nx - reach:
        return False
    total, square, n = 0.0, 0.0, 0
    for y in range(j - reach, j + reach + 1):
        for x in range(i - reach, i + reach + 1):
            v = min(plane[y, x], calcium_hu)
            total += v
            square += v * v
            n += 1
    mean = total / n
    spread = max(0.0, square / n - mean * mean)
    limit = MIDDLE_SD * max(sigma, 8.0)
    return low - 10 <= mean <= high + 10 and spread <= limit * limit


@njit(cache=True, nogil=True)
def circles(
    plane: Plane,
    bone: Plane,
    calcium: Plane,
    box: tuple[int, int, int, int],
    radii: Floats,
    rule: Rule,
    stride: int,
) -> Floats:
    """Return (n, 6) score, y, x, radius mm, coverage and level of the best circle around each centre.

    `box` is first and last row, first and last column. Score = coverage of the rim + evenness inside +
    0.3 x share of the rim that the inside is brighter than (ct_volumes.md rule 11), with bonus and costs.
    """
    cell, sigma, calcium_hu, low, high, bonus, spine_x, front_y, least = rule
    ny, nx = plane.shape
    out = np.empty(((box[1] - box[0]) // stride + 1) * ((box[3] - box[2]) // stride + 1) * 6).reshape(-1, 6)
    n = 0
    for j in range(max(0, box[0]), min(ny - 1, box[1]) + 1, stride):
        for i in range(max(0, box[2]), min(nx - 1, box[3]) + 1, stride):
            if bone[j, i] > 0.5 or not even_middle(plane, j, i, cell, sigma, calcium_hu, low, high):
                continue
            out[n, 0] = NONE
            for radius in radii:
                score, coverage, mean = judge_circle(
                    plane,
                    bone,
                    calcium,
                    float(j),
                    float(i),
                    radius,
                    cell,
                    sigma,
                    calcium_hu,
                    low,
                    high,
                    bonus,
                )
                if score < 0 or coverage < least:
                    continue
                score -= RIGHT_COST * max(0.0, spine_x - i) * cell
                score -= AHEAD_COST * max(0.0, (front_y - j) * cell - radius - AHEAD_FREE_MM)
                if score > out[n, 0]:
                    out[n] = np.array([score, float(j), float(i), radius, coverage, mean])
            if out[n, 0] > NONE:
                n += 1
    return out[:n]
