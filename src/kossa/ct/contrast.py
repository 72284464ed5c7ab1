"""Whether contrast medium was given, how bright the blood is, and from where on calcium is told from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.morphology import close, fill_holes, grow, label_slices

__all__ = ["Blood", "find_contrast", "threshold_above"]

Mask = npt.NDArray[np.bool_]

LEVEL_HU = (105.0, 450.0)  # ct.md 3.8
BONE_HU = 300.0  # rule 3: high-threshold bone, closed, filled, grown 4 mm
ARTERIAL_HU = (BONE_HU, 700.0)  # judgement: blood in an arterial phase
ARTERIAL_Z_MM = 8.0  # judgement: above and below
ARTERIAL_MM2 = 400.0  # judgement: an aorta of 23 mm; a calibration rod of 20 mm stays below
GATE_MM2 = 700.0  # ct.md 3.8: 81-272 mm2 without contrast, 1448-2287 mm2 with it
# judgement: organs just above the lower level show as patches (smaller ones are noise); together in a slice
# they measured 0-215 mm2 without contrast at pixels of 0.7-1.6 mm, 600 with a rod, 1693-3544 with contrast
PATCH_MM2, PATCHES_MM2 = 60.0, 1000.0
TRUNK_MM2, LEAST_PATCHES_MM2 = 60_000.0, 500.0  # judgement: where less of a trunk is seen, less in proportion
COLUMN_MM, COLUMN_SHARE = 18.0, 0.6  # judgement: from the middle of a vertebra to beyond its end plates
SD_FACTOR, SD_OFFSET_HU = 2.2, 5.0  # ct.md 3.8
SD_CAP_HU = 40.0  # ct_volumes.md rule 3
SKIN_MM = 8.0  # ct.md 3.8
BONE_CLOSE_MM = (
    10.0  # rule 3 has 6 mm in one slice; through slices, spongy bone and discs lie up to 10 mm from plates
)
BONE_FILL_MM2, BONE_GROW_MM = 5000.0, 4.0
SHELL_MM = (
    10.0  # judgement: marrow's cortex lies within it; the even region ends some cells before the cortex
)
CORTEX_HU, CORTEX_SHARE = 80.0, 0.6  # judgement: so much brighter, in so many of 24 directions
DISC_MM2 = (120.0, 1300.0)  # rule 3: round discs that may be a lumen
DISC_SD = 1.8  # rule 3, in sigma
DISC_FILL = 0.62  # judgement: share of its enclosing circle that a round disc fills
ABOVE_LUMEN_HU = 100.0  # ct.md 3.8: lumen + 100 HU predicted best
ABOVE_LUMEN_SD = 4.0  # ct.md 3.8


@dataclass(frozen=True, eq=False)
class Blood:
    """`pool` are coarse cells of even, bright tissue; `agent` is what the header names.

    `lumen_hu` is None without contrast.
    """

    enhanced: bool
    reason: str
    lumen_hu: float | None
    pool: Mask
    area_mm2: float
    agent: str | None = None


def threshold_above(lumen_hu: float, sigma_hu: float) -> float:
    """Return the level from which on calcium is told from enhanced blood."""
    return lumen_hu + max(ABOVE_LUMEN_HU, ABOVE_LUMEN_SD * sigma_hu)


def _spread(scan: Scan) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return mean and SD over boxes of 3 x 3 cells, about 6 mm."""
    c = scan.coarse
    size = (1, 3, 3)
    mean = ndimage.uniform_filter(c.mean, size, mode="nearest")
    square = ndimage.uniform_filter(c.variance + c.mean * c.mean, size, mode="nearest")
    return mean, np.sqrt(np.maximum(square - mean * mean, 0))


def _bright_bone(scan: Scan) -> Mask:
    c = scan.coarse
    hard = c.mean + np.sqrt(c.variance) >= BONE_HU
    solid = fill_holes(close(hard, BONE_CLOSE_MM, c.pixel_mm, c.heights_mm), BONE_FILL_MM2, c.pixel_mm)
    return grow(solid, BONE_GROW_MM, c.pixel_mm, c.heights_mm)


def _marrow(scan: Scan, region: Mask, where: tuple[slice, ...], level: float) -> bool:
    """Return whether a region is shut in by something brighter: marrow is by its cortex, blood is not."""
    c = scan.coarse
    z = where[0].start
    reach = int(SHELL_MM / min(c.pixel_mm)) + 1
    y, x = (slice(max(0, s.start - reach), s.stop + reach) for s in where[1:])
    inside = np.zeros((1, *c.mean[z, y, x].shape), np.bool_)
    dy, dx = where[1].start - y.start, where[2].start - x.start
    inside[0, dy : dy + region.shape[1], dx : dx + region.shape[2]] = region[0]
    shell = grow(inside, SHELL_MM, c.pixel_mm)[0] & ~inside[0]
    top = c.mean[z, y, x] + np.sqrt(c.variance[z, y, x])
    lines, columns = np.nonzero(shell)
    middle = np.argwhere(inside[0]).mean(axis=0)
    sector = ((np.arctan2(lines - middle[0], columns - middle[1]) + np.pi) / (2 * np.pi) * 24).astype(
        int
    ) % 24
    bright = np.zeros(24, np.bool_)
    bright[sector[top[shell] >= level + CORTEX_HU]] = True
    return bool(bright.mean() >= CORTEX_SHARE)


def _without_marrow(scan: Scan, pool: Mask, mean: npt.NDArray[np.float32]) -> Mask:
    """Return the pool without large regions that are marrow."""
    labels, count = label_slices(pool)
    area = np.bincount(labels.ravel(), minlength=count + 1) * scan.coarse.cell_mm2
    out = pool.copy()
    for number, where in enumerate(ndimage.find_objects(labels), 1):
        if where is None or area[number] < DISC_MM2[0]:
            continue
        region = labels[where] == number
        if _marrow(scan, region, where, float(np.median(mean[where][region]))):
            out[where] &= ~region
    return out


def _off_columns(scan: Scan, pool: Mask, bone: Mask) -> Mask:
    """Return the pool without regions that have hard bone right above or below: those are bone as well.

    Thick slices and coarse pixels leave marrow without a visible cortex in some slices, but not in all
    slices of one vertebra, knee or hip; above and below blood there is blood.
    """
    c = scan.coarse
    if scan.single or not pool.any():
        return pool
    reach = int(np.ceil(COLUMN_MM / c.gap_mm))
    column = ndimage.maximum_filter1d(bone, 2 * reach + 1, axis=0, mode="nearest")
    labels, count = label_slices(pool)
    cells = np.bincount(labels.ravel(), minlength=count + 1)
    held = np.bincount(labels[column], minlength=count + 1)
    stands = (held >= COLUMN_SHARE * cells) & (cells * c.cell_mm2 >= PATCH_MM2)
    stands[0] = False
    return np.asarray(pool & ~stands[labels])


def _patches_mm2(labels: npt.NDArray[np.int32], area_mm2: npt.NDArray[np.floating]) -> float:
    """Return how much of a slice its patches cover, in the best slice that has a neighbour alike."""
    numbers = [np.unique(plane[plane > 0]) for plane in labels]
    total = np.array([area_mm2[n][area_mm2[n] >= PATCH_MM2].sum() for n in numbers])
    return float(np.minimum(total[1:], total[:-1]).max()) if total.size > 1 else float(total[0])


def _arterial(scan: Scan, body: Body, mean: npt.NDArray[np.float32], even: Mask) -> Mask:
    """Return large even regions as bright as blood of an arterial phase, which would count as bone.

    They go on through slices, as the end plate of a vertebra (even and as bright in its one slice) does not.
    """
    pool = (mean >= ARTERIAL_HU[0]) & (mean <= ARTERIAL_HU[1]) & even & (body.depth_mm >= SKIN_MM)
    reach = round(ARTERIAL_Z_MM / scan.coarse.gap_mm)
    if scan.single or not pool.any():
        return pool & False
    pool = np.asarray(ndimage.minimum_filter1d(pool, 2 * reach + 1, axis=0, mode="nearest"))
    pool = _without_marrow(scan, pool, mean)
    labels, count = label_slices(pool)
    large = np.bincount(labels.ravel(), minlength=count + 1) * scan.coarse.cell_mm2 >= ARTERIAL_MM2
    large[0] = False
    return np.asarray(large[labels])


def _lumen(
    pool: Mask,
    labels: npt.NDArray[np.int32],
    mean: npt.NDArray[np.float32],
    sd: npt.NDArray[np.float32],
    scan: Scan,
) -> float | None:
    """Return the weighted median level of the round, even discs of the pool."""
    cell = scan.coarse.cell_mm2
    area = np.bincount(labels.ravel()) * cell
    levels, weights = [], []
    for number, where in enumerate(ndimage.find_objects(labels), 1):
        if where is None or not DISC_MM2[0] <= area[number] <= DISC_MM2[1]:
            continue
        one = labels[where] == number
        across = max(one.shape[1] * scan.coarse.pixel_mm[0], one.shape[2] * scan.coarse.pixel_mm[1])
        if area[number] < DISC_FILL * np.pi / 4 * across**2:
            continue
        if np.median(sd[where][one]) > DISC_SD * scan.sigma_hu + SD_OFFSET_HU:
            continue
        levels.append(float(np.median(mean[where][one])))
        weights.append(area[number])
    if not levels:
        return float(np.median(mean[pool])) if pool.any() else None
    order = np.argsort(levels)
    heap = np.cumsum(np.array(weights)[order])
    return levels[int(order[int(np.searchsorted(heap, heap[-1] / 2))])]


def find_contrast(scan: Scan, body: Body, agent: str | None) -> Blood:
    """Decide from even bright tissue outside of bone; the tag alone decides nothing."""
    mean, sd = _spread(scan)
    tissue = body.mask & (mean > 0) & (mean < 100)
    quiet = float(np.percentile(sd[tissue], 30)) if tissue.any() else scan.sigma_hu
    even = sd < min(SD_FACTOR * quiet + SD_OFFSET_HU, max(SD_CAP_HU, DISC_SD * scan.sigma_hu))
    pool = (mean >= LEVEL_HU[0]) & (mean <= LEVEL_HU[1]) & even & (body.depth_mm >= SKIN_MM)
    if pool.any():
        bone = _bright_bone(scan)
        pool = _off_columns(scan, _without_marrow(scan, pool & ~bone, mean), bone)
    pool |= _arterial(scan, body, mean, even)
    labels, count = label_slices(pool)
    area = np.bincount(labels.ravel(), minlength=count + 1) * scan.coarse.cell_mm2
    largest = float(area[1:].max()) if count else 0.0
    patches = _patches_mm2(labels, area)
    section = float(body.mask.sum(axis=(1, 2)).max()) * scan.coarse.cell_mm2
    limit = max(LEAST_PATCHES_MM2, PATCHES_MM2 * min(1.0, section / TRUNK_MM2))
    told = f"; the header names a contrast agent ({agent})" if agent else ""
    bounds = f"{LEVEL_HU[0]:.0f}-{LEVEL_HU[1]:.0f}"
    sizes = (
        f"even regions of {bounds} HU outside of bone have up to {largest:.0f} mm2 (limit {GATE_MM2:.0f}),"
        f" in one slice together {patches:.0f} mm2 (limit {limit:.0f})"
    )
    if largest < GATE_MM2 and patches < limit:
        return Blood(False, f"{sizes}{told}", None, pool & False, largest, agent)
    lumen = _lumen(pool, labels, mean, sd, scan)
    return Blood(True, f"{sizes}; blood reads about {lumen:.0f} HU{told}", lumen, pool, largest, agent)
