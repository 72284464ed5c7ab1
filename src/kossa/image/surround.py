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

from kossa.image.components import Components
from kossa.image.inpaint import CLOSED, UNKNOWN, fill

__all__ = ["AIR_HU", "FAT_HU", "HOST_ANY", "HOST_OPEN", "Margins", "Surroundings", "surround"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FAR = 1.0e6
TINY = 1e-9  # mm2: a distance that equals a margin counts as within it
BLANK_HU = -1500  # padding lies below, air above (ct.md 0.4)
AIR_HU = -200  # fat lies above, lung below
FAT_HU = -30  # fat lies below, soft tissue above (ct.md 3.9: fat is -150 to -30)
HOST_ANY, HOST_OPEN = -32768, -32767  # no lower limit; not known, told from the ring
A_PART, MOST = (
    0.05,
    0.5,
)  # shares of a ring at which something lighter counts, and at which it hosts; judgement
FEWEST = 20  # voxels that tell of a tissue; judgement
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
    RIM_N,
    HOSTED,
    EDGE,
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
    `fill_mean` is the mean over O, by slice weight, of what `image.inpaint` puts there, and `rim_n` the
    pixels it rests on; NaN and 0 where the ring is plain. `hosted` is 1 where the ring's figures are of
    the one tissue that holds the object, and others are its neighbours; `edge` sums weight x HU over the
    pixels where it is open which of the two a pixel is of.
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
    rim_n: Floats
    hosted: Floats
    edge: Floats


@njit(cache=True, nogil=True)
def _row_offsets(z: Ints, y: Ints, slices: int, height: int) -> Ints:
    """Return where the runs of row (z, y) start, at z * height + y."""
    out = np.zeros(slices * height + 1, np.int32)
    for r in range(z.size):
        out[z[r] * height + y[r] + 1] += 1
    for i in range(1, out.size):
        out[i] += out[i - 1]
    return out


@njit(cache=True, nogil=True)
def _distance(mask: Bools, dy: float, dx: float, reach: float, column: Floats, out: Floats) -> None:
    """Write the squared distance in mm2 to the nearest true pixel, exact up to `reach`, `FAR` beyond.

    `column` is room for the squared distance along columns. All inner loops run along rows, without a
    branch that would keep them from becoming vector code.
    """
    height, width = mask.shape
    for x in range(width):
        column[0, x] = 0.0 if mask[0, x] else FAR
    for y in range(1, height):
        for x in range(width):
            column[y, x] = 0.0 if mask[y, x] else column[y - 1, x] + dy
    for y in range(height - 2, -1, -1):
        for x in range(width):
            column[y, x] = min(column[y, x], column[y + 1, x] + dy)
    steps = min(width - 1, int(reach / dx) + 1)
    for y in range(height):
        for x in range(width):
            column[y, x] *= column[y, x]
            out[y, x] = column[y, x]
        for k in range(1, steps + 1):
            side = (k * dx) ** 2
            for x in range(width - k):
                out[y, x] = min(out[y, x], column[y, x + k] + side)
            for x in range(k, width):
                out[y, x] = min(out[y, x], column[y, x - k] + side)


@njit(cache=True, nogil=True)
def _paint(
    runs: tuple[Ints, Ints, Ints], rows: Ints, height: int, z0: int, z1: int, origin: tuple[int, int],
    own: int, solid: Bools, mine: Bools, others: Bools,
) -> bool:  # fmt: skip
    """Paint the object's runs of slices z0..z1 into `mine`, other solid ones into `others`.

    Returns whether there were any others.
    """
    x0, x1, owner = runs
    top, left = origin
    mine[:] = False
    others[:] = False
    met = False
    for z in range(z0, z1):
        for y in range(mine.shape[0]):
            row = z * height + top + y
            for r in range(rows[row], rows[row + 1]):
                k = owner[r]
                if k != own and not solid[k]:
                    continue
                begin, end = max(0, x0[r] - left), min(mine.shape[1], x1[r] - left)
                if begin >= end:
                    continue
                if k == own:
                    mine[y, begin:end] = True
                else:
                    others[y, begin:end] = True
                    met = True
    return met


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
def _stretch(first: int, last: int, spread: int, slices: int, apart: Bools) -> tuple[int, int]:
    """Widen the half-open range of slices by `spread` on both sides, not over missing slices."""
    for _ in range(spread):
        if first > 0 and not apart[first]:
            first -= 1
        if last < slices and not apart[last]:
            last += 1
    return first, last


@njit(cache=True, nogil=True)
def _beside(state: npt.NDArray[np.int8], y: int, x: int) -> bool:
    """Whether one of the four neighbours is closed."""
    height, width = state.shape
    return bool(
        (y > 0 and state[y - 1, x] == CLOSED)
        or (y + 1 < height and state[y + 1, x] == CLOSED)
        or (x > 0 and state[y, x - 1] == CLOSED)
        or (x + 1 < width and state[y, x + 1] == CLOSED)
    )


@njit(cache=True, nogil=True)
def _fill_slice(
    image: npt.NDArray[np.int16], near: Floats, away: Floats, squares: tuple[float, float, float],
    hosted: bool, rimmed: bool, weight: float, out: Floats, room: Floats,
) -> None:  # fmt: skip
    """Add to the fill what one slice's crop would show under O; all distances are squared.

    Where the object is `hosted` by one of several tissues, its own place is that tissue, and around it what
    lies next; `rimmed`, the host goes on around it as far as the pixels show it.
    """
    grow, inner, _ = squares
    host = out[MEDIAN] if hosted else out[MEAN]  # the mean of one of two tissues holds what is part of both
    state = np.zeros(image.shape, np.int8)
    some = False
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            if hosted and near[y, x] <= TINY:
                state[y, x] = CLOSED
            elif near[y, x] <= inner or away[y, x] <= grow or image[y, x] <= BLANK_HU:
                state[y, x] = UNKNOWN
            some = some or near[y, x] <= grow
    if not some:
        return
    out[RIM_N] += fill(image, state, host, room)
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            if near[y, x] <= grow and near[y, x] <= away[y, x] and image[y, x] > BLANK_HU:
                if rimmed:
                    seen = max(room[y, x], min(host, float(image[y, x])))
                    out[EDGE] += weight * (seen - room[y, x])
                    room[y, x] = seen
                out[FILL] += weight * room[y, x]
                if hosted and near[y, x] > TINY and _beside(state, y, x):
                    out[EDGE] += weight * abs(room[y, x] - host)


@njit(cache=True, nogil=True)
def _host(ring: npt.NDArray[np.int16], told: int) -> int:
    """Return the HU below which a ring is not of the tissue that holds the object, `HOST_ANY` where all is.

    Where nothing is `told`, lung or air that makes up a part of the ring is a neighbour, and the host where
    it makes up most of it.
    """
    limit = AIR_HU if told == HOST_OPEN else told
    lighter = (ring < limit).sum() / max(1, ring.size)
    if lighter < A_PART or (told == HOST_OPEN and lighter > MOST):
        return HOST_ANY
    return limit if (ring >= limit).sum() >= FEWEST else HOST_ANY


@njit(cache=True, nogil=True)
def _one(
    hu: npt.NDArray[np.int16], runs: tuple[Ints, Ints, Ints], rows: Ints, box: Ints, own: int, solid: Bools,
    told: int, weights: Floats, apart: Bools, pixel: tuple[float, float],
    margins: tuple[float, float, float, int], plain_sd: float, out: Floats,
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
    first, last = _stretch(box[0, 0], box[1, 0], margins[3], slices, apart)
    shape = (bottom - top, right - left)
    mine, others = np.empty(shape, np.bool_), np.empty(shape, np.bool_)
    near, away, room = np.empty(shape), np.empty(shape), np.empty(shape)
    ring = np.empty((last - first) * shape[0] * shape[1], np.int16)
    steps = np.empty(ring.size, np.int32)
    counts = (0, 0)
    light = HOST_ANY
    for turn in range(2):
        for z in range(first, last):
            begin, end = _stretch(z, z + 1, margins[3], slices, apart)
            met = _paint(runs, rows, height, begin, end, (top, left), own, solid, mine, others)
            _distance(mine, dy, dx, reach, room, near)
            away[:] = FAR
            if met:
                _distance(others, dy, dx, reach, room, away)
            crop = hu[z, top:bottom, left:right]
            if turn == 0:
                counts = _take(crop, near, away, squares, weights[z], out, ring, steps, counts)
            else:
                _fill_slice(
                    crop, near, away, squares, light > HOST_ANY, light == AIR_HU, weights[z], out, room
                )
        if turn == 0:
            light = _host(ring[: counts[0]], told)
            out[HOSTED] = light > HOST_ANY
            around = ring[: counts[0]]
            _summary(around[around >= light], steps[: counts[1]], out)
            if light == HOST_ANY and not out[SD] > plain_sd:
                out[FILL] = np.nan
                break
    if out[REGION_MM] > 0:
        out[FILL] /= out[REGION_MM]


@njit(cache=True, nogil=True)
def _all(
    hu: npt.NDArray[np.int16], runs: tuple[Ints, Ints, Ints], rows: Ints, boxes: Ints, objects: Ints,
    solid: Bools, hosts: Ints, weights: Floats, apart: Bools, pixel: tuple[float, float],
    margins: tuple[float, float, float, int], plain_sd: float,
) -> Floats:  # fmt: skip
    out = np.zeros((objects.size, FIELDS))
    for i in range(objects.size):
        k = objects[i]
        _one(
            hu, runs, rows, boxes[k], k, solid, hosts[k], weights, apart, pixel, margins, plain_sd, out[i]
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
    hosts_hu: Ints | None = None,
) -> Surroundings:
    """Measure the region and the ring of each of `objects`.

    `solid` (of all objects) tells which others keep regions and rings away from themselves; noise should
    not, or the background would lose its upper half. `weights_mm` is (Z,); `pixel_mm` (dy, dx); `apart`
    (Z,) is true where slices before are missing, which no region crosses. Where the ring deviates by more
    than `plain_sd`, what lies under the object is filled in as well. `hosts_hu` (of all objects) is
    the HU below which nothing holds the object: `FAT_HU` for a vessel's wall, `AIR_HU` for an organ,
    `HOST_ANY` in lung or fat, `HOST_OPEN` where that is not known.
    """
    slices, height = hu.shape[:2]
    rows = _row_offsets(components.z, components.y, slices, height)
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
    )
    return Surroundings(*np.ascontiguousarray(table.T))
