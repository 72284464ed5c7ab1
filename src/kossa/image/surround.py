"""What lies around each object: the region that holds its blur, and a ring of background outside it.

Region O of an object in slice z is what lies within `grow_mm` in the plane of its voxels in slices
z - `slices` ... z + `slices`; ring B lies outside a guard band around O. Voxels that belong to another
solid object, or to that object's own region, are in neither. Nothing is written as a volume: each object
is worked on in a small crop that is painted from the runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.image.beneath import BLANK_HU, SOFT_HU, TINY, fill_slice
from kossa.image.components import Components
from kossa.image.crops import FAR, distance, paint, row_offsets, stretch

__all__ = ["AIR_HU", "FAT_HU", "HOST_ANY", "HOST_OPEN", "Margins", "Surroundings", "surround"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

AIR_HU = -200  # fat lies above, lung below
FAT_HU = -30  # fat lies below, soft tissue above (ct.md 3.9: fat is -150 to -30)
HOST_ANY, HOST_OPEN = -32768, -32767  # no lower limit; not known, told from the ring
A_PART, MOST = (
    0.05,
    0.5,
)  # shares of a ring at which something lighter counts, and at which it hosts; judgement
FEWEST, SOME = 20, 0.2  # voxels that tell of a tissue, and their share of a ring that is its own; judgement
NORMAL_MAD = 1.4826  # standard deviation of a normal law over its median absolute deviation
FIELDS = 14
(
    REGION_MM,
    REGION_MM2,
    REGION_SUM,
    REGION_N,
    RING_N,
    MEAN,
    SD,
    MEDIAN,
    UPPER,
    JITTER,
    FILL,
    FILL_ON,
    RIM_N,
    HOSTED,
) = range(FIELDS)


@dataclass(frozen=True, slots=True)
class Margins:
    """How far O and B reach: `grow`, `guard` and `ring` in mm within the slice, and O in slices."""

    grow_mm: float
    guard_mm: float
    ring_mm: float
    slices: int


@dataclass(frozen=True, eq=False)
class Surroundings:
    """One entry an object asked for, (n,) arrays.

    `region_mm` and `region_mm2` are the sums of slice weights and of their squares over O, `region_sum`
    that of weight x HU, `region_n` the voxels. Of the ring: `ring_n`, `ring_mean`, `ring_sd`,
    `ring_median`, `ring_upper` (80th percentile), and `ring_jitter`, the robust standard deviation of
    differences between neighbours in a row. Ring figures are NaN where no voxel is left for it.
    `fill_mean` is the mean over O, by slice weight, of what `image.beneath` puts there, and `rim_n` the
    pixels it rests on; NaN and 0 where the ring is plain. `hosted` is 1 where the ring's figures are of
    the one tissue that holds the object, and others are its neighbours: then `fill_mean` is that of a host
    which ends with the object, and `fill_on` of one which goes on around it; else both are equal.
    """

    region_mm: Floats
    region_mm2: Floats
    region_sum: Floats
    region_n: Floats
    ring_n: Floats
    ring_mean: Floats
    ring_sd: Floats
    ring_median: Floats
    ring_upper: Floats
    ring_jitter: Floats
    fill_mean: Floats
    fill_on: Floats
    rim_n: Floats
    hosted: Floats


@njit(cache=True, nogil=True)
def _at_rank(counts: Ints, rank: int) -> int:
    """Return the place in a histogram where the value of that rank (from 0) lies."""
    passed = 0
    for i in range(counts.size):
        passed += counts[i]
        if passed > rank:
            return i
    return counts.size - 1


@njit(cache=True, nogil=True)
def _histogram(values: npt.NDArray[np.integer]) -> tuple[Ints, int]:
    """Return counts of whole numbers and the number that the first of them stands for."""
    low, high = int(values[0]), int(values[0])
    for v in values:
        low, high = min(low, int(v)), max(high, int(v))
    counts = np.zeros(high - low + 1, np.int32)
    for v in values:
        counts[int(v) - low] += 1
    return counts, low


@njit(cache=True, nogil=True)
def _spread(values: Ints) -> float:
    """Return the median absolute deviation, as that of a normal law."""
    counts, _ = _histogram(values)
    middle = _at_rank(counts, values.size // 2)
    folded = np.zeros(counts.size, np.int32)
    for i in range(counts.size):
        folded[abs(i - middle)] += counts[i]
    return NORMAL_MAD * _at_rank(folded, values.size // 2)


@njit(cache=True, nogil=True)
def _summary(ring: npt.NDArray[np.int16], steps: Ints, out: Floats) -> None:
    """Write the ring's figures; ranks come from histograms, which cost less than sorting."""
    out[RING_N] = ring.size
    if ring.size == 0:
        out[MEAN:FILL] = np.nan
        return
    counts, low = _histogram(ring)
    out[MEAN] = ring.mean()
    out[SD] = ring.std()
    out[MEDIAN] = low + _at_rank(counts, ring.size // 2)
    out[UPPER] = low + _at_rank(counts, min(ring.size - 1, int(0.8 * ring.size)))
    out[JITTER] = _spread(steps) if steps.size else np.nan


@njit(cache=True, nogil=True)
def _take(
    image: npt.NDArray[np.int16], near: Floats, away: Floats, squares: tuple[float, float, float],
    weight: float, out: Floats, ring: npt.NDArray[np.int16], steps: Ints,
    counts: tuple[int, int],
) -> tuple[int, int]:  # fmt: skip
    """Add one slice's crop to the region's sums, and its ring voxels and neighbour steps to the lists.

    All distances are squared.
    """
    n, pairs = counts
    grow, inner, reach = squares
    for y in range(image.shape[0]):
        before = False
        for x in range(image.shape[1]):
            value, d = image[y, x], near[y, x]
            inside = value > BLANK_HU and inner < d <= reach and away[y, x] > grow
            if inside:
                ring[n] = value
                n += 1
                if before:
                    steps[pairs] = np.int32(value) - np.int32(ring[n - 2])
                    pairs += 1
            elif value > BLANK_HU and d <= grow and d <= away[y, x]:
                out[REGION_N] += 1
                out[REGION_MM] += weight
                out[REGION_MM2] += weight * weight
                out[REGION_SUM] += weight * value
            before = inside
    return n, pairs


@njit(cache=True, nogil=True)
def _host(ring: npt.NDArray[np.int16], told: int) -> int:
    """Return the HU below which a ring is not of the tissue that holds the object, `HOST_ANY` where all is.

    Where nothing is `told`, lung or air that makes up a part of the ring is a neighbour, and the host where
    it makes up most of it. A wall or a node is soft tissue, also where none of it is left around.
    """
    limit = AIR_HU if told == HOST_OPEN else told
    lighter = (ring < limit).sum() / max(1, ring.size)
    if lighter < A_PART or (told == HOST_OPEN and lighter > MOST):
        return HOST_ANY
    return limit if told == FAT_HU or (ring >= limit).sum() >= FEWEST else HOST_ANY


@njit(cache=True, nogil=True)
def _ring_figures(ring: npt.NDArray[np.int16], steps: Ints, light: int, out: Floats) -> float:
    """Write the figures of the host's part of the ring; return the HU from which the fill starts.

    Where too little of the host is left around, the ring's figures are of all of it, and the host is soft.
    """
    held = ring[ring >= light]
    few = light > HOST_ANY and held.size < max(FEWEST, SOME * ring.size)
    _summary(ring if few else held, steps, out)
    if few:
        return SOFT_HU
    return float(out[MEDIAN] if light > HOST_ANY else out[MEAN])


@njit(cache=True, nogil=True)
def _one(
    hu: npt.NDArray[np.int16], runs: tuple[Ints, Ints, Ints], rows: Ints, box: Ints, own: int, solid: Bools,
    told: int, weights: Floats, apart: Bools, pixel: tuple[float, float],
    margins: tuple[float, float, float, int], plain_sd: float, level: float, out: Floats,
) -> None:  # fmt: skip
    """Fill `out` for one object: ring and region first, then what would lie under it, if that is uneven."""
    slices, height, width = hu.shape
    dy, dx = pixel
    inner = margins[0] + margins[1]
    reach = inner + margins[2]
    squares = (margins[0] ** 2 + TINY, inner**2 + TINY, reach**2 + TINY)
    pad_y, pad_x = int(reach / dy) + 1, int(reach / dx) + 1
    top, bottom = max(0, box[0, 1] - pad_y), min(height, box[1, 1] + pad_y)
    left, right = max(0, box[0, 2] - pad_x), min(width, box[1, 2] + pad_x)
    first, last = stretch(box[0, 0], box[1, 0], margins[3], slices, apart)
    shape = (bottom - top, right - left)
    mine, others = np.empty(shape, np.bool_), np.empty(shape, np.bool_)
    near, away, room = np.empty(shape), np.empty(shape), np.empty(shape)
    ring = np.empty((last - first) * shape[0] * shape[1], np.int16)
    steps = np.empty(ring.size, np.int32)
    counts = (0, 0)
    light = HOST_ANY
    start = 0.0
    for turn in range(2):
        for z in range(first, last):
            begin, end = stretch(z, z + 1, margins[3], slices, apart)
            met = paint(runs, rows, height, begin, end, (top, left), own, solid, mine, others)
            distance(mine, dy, dx, reach, room, near)
            away[:] = FAR
            if met:
                distance(others, dy, dx, reach, room, away)
            if turn == 0:
                crop = hu[z, top:bottom, left:right]
                counts = _take(crop, near, away, squares, weights[z], out, ring, steps, counts)
            elif (near <= squares[0]).any():
                ends, goes_on, rim = fill_slice(
                    hu[z], (top, left), near, away, squares, pixel, start, light > HOST_ANY, level, room
                )
                out[FILL] += weights[z] * ends
                out[FILL_ON] += weights[z] * goes_on
                out[RIM_N] += rim
        if turn == 0:
            light = _host(ring[: counts[0]], told)
            out[HOSTED] = light > HOST_ANY
            start = _ring_figures(ring[: counts[0]], steps[: counts[1]], light, out)
            if light == HOST_ANY and not out[SD] > plain_sd:
                out[FILL : FILL_ON + 1] = np.nan
                break
    if out[REGION_MM] > 0:
        out[FILL : FILL_ON + 1] /= out[REGION_MM]


@njit(cache=True, nogil=True)
def _all(
    hu: npt.NDArray[np.int16], runs: tuple[Ints, Ints, Ints], rows: Ints, boxes: Ints, objects: Ints,
    solid: Bools, hosts: Ints, weights: Floats, apart: Bools, pixel: tuple[float, float],
    margins: tuple[float, float, float, int], plain_sd: float, level: float,
) -> Floats:  # fmt: skip
    out = np.zeros((objects.size, FIELDS))
    for i in range(objects.size):
        k = objects[i]
        _one(
            hu, runs, rows, boxes[k], k, solid, hosts[k], weights, apart, pixel, margins, plain_sd,
            level, out[i],
        )  # fmt: skip
    return out


def surround(
    hu: npt.NDArray[np.int16],
    components: Components,
    objects: npt.ArrayLike,
    margins: Margins,
    *,
    solid: Bools,
    weights_mm: Floats,
    pixel_mm: tuple[float, float],
    apart: Bools | None = None,
    plain_sd: float = 0.0,
    level_hu: float = 130.0,
    hosts_hu: Ints | None = None,
) -> Surroundings:
    """Measure the region and the ring of each of `objects`.

    `solid` (of all objects) tells which others keep regions and rings away from themselves; noise should
    not, or the background would lose its upper half. `weights_mm` is (Z,); `pixel_mm` (dy, dx); `apart`
    (Z,) is true where slices before are missing, which no region crosses. Where the ring deviates by more
    than `plain_sd`, what lies under the object is filled in as well. `level_hu` is that of the objects'
    outline. `hosts_hu` (of all objects) is the HU below which nothing holds the object: `FAT_HU` for a wall
    or a node, `AIR_HU` for an organ, `HOST_ANY` in lung or fat, `HOST_OPEN` where that is not known.
    """
    slices, height = hu.shape[:2]
    rows = row_offsets(components.z, components.y, slices, height)
    borders = np.zeros(slices + 1, np.bool_)
    if apart is not None:
        borders[:slices] = apart
    table = _all(
        np.ascontiguousarray(hu),
        (components.x0, components.x1, components.object),
        rows,
        components.box,
        np.ascontiguousarray(objects, np.int32),
        np.ascontiguousarray(solid, np.bool_),
        np.full(len(components), HOST_OPEN, np.int32)
        if hosts_hu is None
        else np.ascontiguousarray(hosts_hu, np.int32),
        np.ascontiguousarray(weights_mm, np.float64),
        borders,
        (float(pixel_mm[0]), float(pixel_mm[1])),
        (margins.grow_mm, margins.guard_mm, margins.ring_mm, margins.slices),
        plain_sd,
        level_hu,
    )
    return Surroundings(*np.ascontiguousarray(table.T))
