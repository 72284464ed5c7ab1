"""The aorta as a circle in every slice: an even disc with an edge, beside and in front of the spine.

Descending and abdominal aorta are sought everywhere in the trunk, the ascending aorta only between
lungs. A circle is a landmark for calcium on its rim, never a finding of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import ndimage

from kossa.ct.contrast import Blood
from kossa.ct.frame import Scan
from kossa.ct.skeleton import Skeleton
from kossa.ct.trunk import Trunk

__all__ = ["Circle", "find_aorta", "find_ascending", "rim_gap_mm"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RADIUS_MM = (9.0, 20.0)  # ct_volumes.md rule 11
ASCENDING_MM = (12.0, 23.0)  # rule 11
ASIDE_MM = (-20.0, 58.0)  # rule 11: to the patient's left of the spine
AHEAD_MM = (75.0, -5.0)  # rule 11: in front of the vertebral centre
ASCENDING_ASIDE_MM = 40.0  # rule 11
ASCENDING_AHEAD_MM = (150.0, 45.0)  # judgement: between the breastbone and the descending aorta
LEAST_SCORE = 1.6  # rule 11
STEADY_MM = 15.0  # rule 11: within 15 mm of the median centre
EDGE_HU, EDGE_SD = 25.0, 1.5  # judgement: blood against fat or lung is 100 HU and more, against muscle little
RIM_BONE = 0.4  # rule 11: less than this share of the rim lies in bone
BLOOD_HU = (5.0, 90.0)  # judgement: blood without contrast, anaemia and noise included
EIGHTH_BONUS = 0.15  # rule 11
DESCENDING_BONUS = 0.1  # judgement: calcium on the rim tells the aorta from the caval vein beside it
RIGHT_COST = 0.015  # judgement, per mm: what lies right of the spine is rather the caval vein
LEAST_COVERAGE = 0.6  # judgement: more than half of a rim must be seen
DIRECTIONS = 24


@dataclass(frozen=True, eq=False)
class Circle:
    """Per coarse slice (Z,): whether a circle is there, its centre in coarse y and x, radius in mm, score."""

    there: Mask
    y: Floats
    x: Floats
    radius_mm: Floats
    score: Floats
    coverage: Floats
    level_hu: Floats


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
    return top * (1 - fy) + low * fy


@njit(cache=True, nogil=True)
def _judge_circle(
    plane: npt.NDArray[np.float32],
    bone: npt.NDArray[np.float32],
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
        bright = beyond
        for d in (-2.0, 0.0, 2.0):
            bright = max(bright, _at(plane, y + (radius + d) / cell * s, x + (radius + d) / cell * c))
        calcium = bright >= calcium_hu and _at(bone, y + radius / cell * s, x + radius / cell * c) < 0.5
        if calcium:
            eighths[k * 8 // DIRECTIONS] = 1
        if abs(beyond - mean) > limit or calcium:
            covered += 1
        if mean - beyond > limit or calcium:
            positive += 1
        if _at(bone, y + (radius - 1.0) / cell * s, x + (radius - 1.0) / cell * c) > 0.5:
            stony += 1
    if stony > RIM_BONE * DIRECTIONS:
        return -1.0, 0.0, mean
    even = min(1.0, max(0.0, 2.0 - sd / max(sigma, 8.0)))
    coverage = covered / DIRECTIONS
    return coverage + even + 0.3 * positive / DIRECTIONS + bonus * eighths.sum(), coverage, mean


@njit(cache=True, nogil=True)
def _best_circle(
    plane: npt.NDArray[np.float32],
    bone: npt.NDArray[np.float32],
    box: tuple[float, float, float, float],
    radii: Floats,
    cell: float,
    sigma: float,
    calcium_hu: float,
    low: float,
    high: float,
    bonus: float,
    spine_x: float,
) -> tuple[float, float, float, float, float, float]:
    """Return score, y, x, radius, coverage and level of the best circle with its centre in the box."""
    best = (-1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ny, nx = plane.shape
    for j in range(max(0, int(box[0])), min(ny, int(box[1]) + 1)):
        for i in range(max(0, int(box[2])), min(nx, int(box[3]) + 1)):
            v = plane[j, i]
            if bone[j, i] > 0.5 or v < low - 60 or v > high + 60:
                continue
            for radius in radii:
                score, coverage, mean = _judge_circle(
                    plane, bone, float(j), float(i), radius, cell, sigma, calcium_hu, low, high, bonus
                )
                if i < spine_x:
                    score -= RIGHT_COST * (spine_x - i) * cell
                if score > best[0] and coverage >= LEAST_COVERAGE:
                    best = (score, float(j), float(i), radius, coverage, mean)
    return best


def _levels(blood: Blood) -> tuple[float, float]:
    """Return what the inside of a vessel may read."""
    return (BLOOD_HU[0], BLOOD_HU[1]) if not blood.enhanced else (100.0, 600.0)


def _search(
    scan: Scan,
    skeleton: Skeleton,
    slices: npt.NDArray[np.intp],
    boxes: npt.NDArray[np.float64],
    radii_mm: tuple[float, float],
    levels: tuple[float, float],
    calcium_hu: float,
    bonus: float,
    spine_x: Floats,
) -> npt.NDArray[np.float64]:
    """Return (n, 6) the best circle of each slice."""
    c = scan.coarse
    cell = c.pixel_mm[1]
    radii = np.arange(radii_mm[0], radii_mm[1] + 0.1, 1.5)
    sigma = scan.sigma_hu / max(1.0, np.sqrt(np.prod(c.block)) / 2)
    out = np.zeros((slices.size, 6))
    for k, z in enumerate(slices):
        bone = skeleton.filled[z].astype(np.float32)
        out[k] = _best_circle(
            c.mean[z],
            bone,
            tuple(boxes[k]),
            radii,
            cell,
            sigma,
            calcium_hu,
            levels[0],
            levels[1],
            bonus,
            spine_x[k],
        )
    return out


def _settle(
    scan: Scan,
    skeleton: Skeleton,
    slices: npt.NDArray[np.intp],
    boxes: npt.NDArray[np.float64],
    radii_mm: tuple[float, float],
    blood: Blood,
    calcium_hu: float,
    bonus: float,
    spine_x: Floats,
) -> Circle:
    """Search every slice, then again near the running median of the first answers."""
    count = scan.coarse.mean.shape[0]
    there = np.zeros(count, np.bool_)
    columns = [np.zeros(count) for _ in range(6)]
    levels = _levels(blood)
    found = _search(scan, skeleton, slices, boxes, radii_mm, levels, calcium_hu, bonus, spine_x)
    good = found[:, 0] > LEAST_SCORE
    if slices.size > 2 and good.any():
        reach = STEADY_MM / scan.coarse.pixel_mm[1]
        size = min(15, 2 * (int(good.sum()) // 2) + 1)
        middle = [
            np.interp(slices, slices[good], ndimage.median_filter(found[good, i], size=size, mode="nearest"))
            for i in (1, 2)
        ]
        near = np.stack([middle[0] - reach, middle[0] + reach, middle[1] - reach, middle[1] + reach], axis=1)
        near[:, [0, 2]] = np.maximum(near[:, [0, 2]], boxes[:, [0, 2]])
        near[:, [1, 3]] = np.minimum(near[:, [1, 3]], boxes[:, [1, 3]])
        found = _search(scan, skeleton, slices, near, radii_mm, levels, calcium_hu, bonus, spine_x)
        good = found[:, 0] > LEAST_SCORE
    there[slices] = good
    for column, values in zip(columns, found.T, strict=True):
        column[slices] = values
    return Circle(there, columns[1], columns[2], columns[3], columns[0], columns[4], columns[5])


def find_aorta(
    scan: Scan, skeleton: Skeleton, trunk: Trunk, blood: Blood, calcium_hu: float, where: Mask
) -> Circle:
    """Find the descending or abdominal aorta beside and in front of the spine, in the slices of `where`."""
    c = scan.coarse
    slices = np.flatnonzero(trunk.spine & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    boxes = np.stack(
        [
            y - AHEAD_MM[0] / c.pixel_mm[0],
            y - AHEAD_MM[1] / c.pixel_mm[0],
            x + ASIDE_MM[0] / c.pixel_mm[1],
            x + ASIDE_MM[1] / c.pixel_mm[1],
        ],
        axis=1,
    )
    return _settle(scan, skeleton, slices, boxes, RADIUS_MM, blood, calcium_hu, DESCENDING_BONUS, x)


def find_ascending(
    scan: Scan, skeleton: Skeleton, trunk: Trunk, blood: Blood, calcium_hu: float, where: Mask
) -> Circle:
    """Find the ascending aorta between the lungs, helped by calcium on its rim."""
    c = scan.coarse
    slices = np.flatnonzero(trunk.spine & trunk.lung & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    reach = ASCENDING_ASIDE_MM / c.pixel_mm[1]
    boxes = np.stack(
        [
            y - ASCENDING_AHEAD_MM[0] / c.pixel_mm[0],
            y - ASCENDING_AHEAD_MM[1] / c.pixel_mm[0],
            x - reach,
            x + reach,
        ],
        axis=1,
    )
    return _settle(scan, skeleton, slices, boxes, ASCENDING_MM, blood, calcium_hu, EIGHTH_BONUS, x - 1e3)


def rim_gap_mm(circle: Circle, scan: Scan, z: int, y: Floats, x: Floats) -> Floats:
    """Return how far places (coarse y, x of slice z) lie from the rim; large where there is no circle."""
    if not circle.there[z]:
        return np.full(np.shape(y), 1e3)
    c = scan.coarse
    away = np.hypot((y - circle.y[z]) * c.pixel_mm[0], (x - circle.x[z]) * c.pixel_mm[1])
    return np.asarray(np.abs(away - circle.radius_mm[z]))
