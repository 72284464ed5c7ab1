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

__all__ = ["Circle", "discs", "find_aorta", "find_ascending", "rim_gap_mm"]

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
ROUGH_SCORE = 0.3  # judgement: a circle two cells off scores this much less
LEAST_COVERAGE = 0.6  # judgement: more than half of a rim must be seen
ASCENDING_COVERAGE = 0.35  # judgement: without contrast its rim fades into the heart
ENHANCED_HU = (100.0, 600.0)  # ct.md 3.8 and arterial phases
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
def _even_middle(
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
    reach = max(1, int(5.0 / cell))
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
    limit = 2.5 * max(sigma, 8.0)
    return low - 10 <= mean <= high + 10 and spread <= limit * limit


@njit(cache=True, nogil=True)
def _best_circle(
    plane: npt.NDArray[np.float32],
    bone: npt.NDArray[np.float32],
    calcium: npt.NDArray[np.float32],
    box: tuple[float, float, float, float],
    radii: Floats,
    cell: float,
    sigma: float,
    calcium_hu: float,
    low: float,
    high: float,
    bonus: float,
    spine_x: float,
    least: float,
    stride: int,
) -> tuple[float, float, float, float, float, float]:
    """Return score, y, x, radius, coverage and level of the best circle with its centre in the box."""
    best = (-1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ny, nx = plane.shape
    for j in range(max(0, int(box[0])), min(ny, int(box[1]) + 1), stride):
        for i in range(max(0, int(box[2])), min(nx, int(box[3]) + 1), stride):
            if bone[j, i] > 0.5 or not _even_middle(plane, j, i, cell, sigma, calcium_hu, low, high):
                continue
            for radius in radii:
                score, coverage, mean = _judge_circle(
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
                if i < spine_x:
                    score -= RIGHT_COST * (spine_x - i) * cell
                if score > best[0] and coverage >= least:
                    best = (score, float(j), float(i), radius, coverage, mean)
    return best


@dataclass(frozen=True, eq=False)
class _Hunt:
    """What is sought: slices, boxes (n, 4) of centres in coarse y0, y1, x0, x1, radii, and what counts."""

    slices: npt.NDArray[np.intp]
    boxes: Floats
    radii_mm: tuple[float, float]
    levels_hu: tuple[float, float]
    calcium_hu: float
    bonus: float
    spine_x: Floats
    coverage: float


def _search(scan: Scan, skeleton: Skeleton, calcium: Mask, hunt: _Hunt, boxes: Floats) -> Floats:
    """Return (n, 6) the best circle of each slice."""
    c = scan.coarse
    wide = np.arange(hunt.radii_mm[0], hunt.radii_mm[1] + 0.1, 3.0)
    sigma = scan.sigma_hu / max(1.0, np.sqrt(np.prod(c.block)) / 2)
    out = np.zeros((hunt.slices.size, 6))
    for k, z in enumerate(hunt.slices):
        planes = (c.mean[z], skeleton.filled[z].astype(np.float32), calcium[z].astype(np.float32))
        rest = (
            c.pixel_mm[1],
            sigma,
            hunt.calcium_hu,
            *hunt.levels_hu,
            hunt.bonus,
            hunt.spine_x[k],
            hunt.coverage,
        )
        rough = _best_circle(*planes, tuple(boxes[k]), wide, *rest, 2)
        out[k] = rough
        if rough[0] > LEAST_SCORE - ROUGH_SCORE:
            box = (rough[1] - 2.0, rough[1] + 2.0, rough[2] - 2.0, rough[2] + 2.0)
            near = np.clip(rough[3] + np.array([-3.0, -1.5, 0.0, 1.5, 3.0]), *hunt.radii_mm)
            out[k] = max(rough, _best_circle(*planes, box, np.unique(near), *rest, 1))
    return out


def _settle(scan: Scan, skeleton: Skeleton, calcium: Mask, hunt: _Hunt) -> Circle:
    """Search every slice, then again near the running median of the first answers."""
    count = scan.coarse.mean.shape[0]
    there = np.zeros(count, np.bool_)
    columns = [np.zeros(count) for _ in range(6)]
    found = _search(scan, skeleton, calcium, hunt, hunt.boxes)
    good = found[:, 0] > LEAST_SCORE
    if hunt.slices.size > 2 and good.any():
        reach = STEADY_MM / scan.coarse.pixel_mm[1]
        size = min(15, 2 * (int(good.sum()) // 2) + 1)
        y, x = (
            np.interp(
                hunt.slices,
                hunt.slices[good],
                ndimage.median_filter(found[good, i], size=size, mode="nearest"),
            )
            for i in (1, 2)
        )
        near = np.stack([y - reach, y + reach, x - reach, x + reach], axis=1)
        near[:, [0, 2]] = np.maximum(near[:, [0, 2]], hunt.boxes[:, [0, 2]])
        near[:, [1, 3]] = np.minimum(near[:, [1, 3]], hunt.boxes[:, [1, 3]])
        found = _search(scan, skeleton, calcium, hunt, near)
        good = found[:, 0] > LEAST_SCORE
    there[hunt.slices] = good
    for column, values in zip(columns, found.T, strict=True):
        column[hunt.slices] = values
    return Circle(there, columns[1], columns[2], columns[3], columns[0], columns[4], columns[5])


def _levels(blood: Blood) -> tuple[float, float]:
    """Return what the inside of a vessel may read."""
    return (BLOOD_HU[0], BLOOD_HU[1]) if not blood.enhanced else ENHANCED_HU


def find_aorta(
    scan: Scan, skeleton: Skeleton, trunk: Trunk, blood: Blood, calcium: Mask, calcium_hu: float, where: Mask
) -> Circle:
    """Find the descending or abdominal aorta beside and in front of the spine, in the slices of `where`."""
    dy, dx = scan.coarse.pixel_mm
    slices = np.flatnonzero(trunk.spine & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    edges = [y - AHEAD_MM[0] / dy, y - AHEAD_MM[1] / dy, x + ASIDE_MM[0] / dx, x + ASIDE_MM[1] / dx]
    hunt = _Hunt(
        slices,
        np.stack(edges, axis=1),
        RADIUS_MM,
        _levels(blood),
        calcium_hu,
        DESCENDING_BONUS,
        x,
        LEAST_COVERAGE,
    )
    return _settle(scan, skeleton, calcium, hunt)


def find_ascending(
    scan: Scan, skeleton: Skeleton, trunk: Trunk, blood: Blood, calcium: Mask, calcium_hu: float, where: Mask
) -> Circle:
    """Find the ascending aorta between the lungs, helped by calcium on its rim."""
    dy, dx = scan.coarse.pixel_mm
    slices = np.flatnonzero(trunk.spine & trunk.lung & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    reach = ASCENDING_ASIDE_MM / dx
    edges = [y - ASCENDING_AHEAD_MM[0] / dy, y - ASCENDING_AHEAD_MM[1] / dy, x - reach, x + reach]
    hunt = _Hunt(
        slices,
        np.stack(edges, axis=1),
        ASCENDING_MM,
        _levels(blood),
        calcium_hu,
        EIGHTH_BONUS,
        x - 1e3,
        ASCENDING_COVERAGE,
    )
    return _settle(scan, skeleton, calcium, hunt)


def rim_gap_mm(circle: Circle, scan: Scan, z: int, y: Floats, x: Floats) -> Floats:
    """Return how far places (coarse y, x of slice z) lie from the rim; large where there is no circle."""
    if not circle.there[z]:
        return np.full(np.shape(y), 1e3)
    c = scan.coarse
    away = np.hypot((y - circle.y[z]) * c.pixel_mm[0], (x - circle.x[z]) * c.pixel_mm[1])
    return np.asarray(np.abs(away - circle.radius_mm[z]))


def discs(circle: Circle, scan: Scan, more_mm: float, least: float) -> Mask:
    """Return coarse cells inside circles of at least a score, grown by `more_mm`."""
    c = scan.coarse
    out = np.zeros(c.mean.shape, np.bool_)
    lines, columns = np.arange(out.shape[1])[:, None], np.arange(out.shape[2])[None]
    for z in np.flatnonzero(circle.there & (circle.score >= least)):
        away = np.hypot((lines - circle.y[z]) * c.pixel_mm[0], (columns - circle.x[z]) * c.pixel_mm[1])
        out[z] = away <= circle.radius_mm[z] + more_mm
    return out
