"""Distances and shapes of binary grids: what opening, closing, filling and hulls are made of.

Grids are [z, y, x] with their own spacing in mm. The border of a grid is not a border of a body:
distances are to voxels inside of the grid only, so nothing is near because the picture ends.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import ndimage

__all__ = [
    "FAR_MM",
    "close",
    "convex_fill",
    "distance",
    "erode",
    "fill_holes",
    "grow",
    "label_slices",
    "largest_of",
    "open_up",
    "sums_of",
]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

FAR_MM = 1e4  # "nothing of the other kind in this grid"


@njit(cache=True, nogil=True)
def _along_row(mask: Mask, step: float, out: Floats) -> None:
    """Write the squared distance along x to the nearest False voxel of each row."""
    nz, ny, nx = mask.shape
    for z in range(nz):
        for y in range(ny):
            run = FAR_MM
            for x in range(nx):
                run = run + step if mask[z, y, x] else 0.0
                out[z, y, x] = run
            run = FAR_MM
            for x in range(nx - 1, -1, -1):
                run = run + step if mask[z, y, x] else 0.0
                near = min(run, out[z, y, x], FAR_MM)
                out[z, y, x] = near * near


@njit(cache=True, nogil=True)
def _envelope(f: Floats, place: Floats, v: npt.NDArray[np.int32], edge: Floats, out: Floats) -> None:
    """Lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012), at uneven places too."""
    n = f.size
    k = 0
    v[0] = 0
    edge[0] = -1e30
    edge[1] = 1e30
    for q in range(1, n):
        s = 0.0
        while True:
            p = v[k]
            s = ((f[q] + place[q] ** 2) - (f[p] + place[p] ** 2)) / (2.0 * (place[q] - place[p]))
            if s > edge[k]:
                break
            k -= 1
        k += 1
        v[k] = q
        edge[k] = s
        edge[k + 1] = 1e30
    k = 0
    for q in range(n):
        while edge[k + 1] < place[q]:
            k += 1
        out[q] = (place[q] - place[v[k]]) ** 2 + f[v[k]]


@njit(cache=True, nogil=True)
def _down_columns(squared: Floats, places: Floats) -> None:
    """Carry squared distances along y."""
    nz, ny, nx = squared.shape
    f, out = np.empty(ny, np.float32), np.empty(ny, np.float32)
    v, edge = np.empty(ny, np.int32), np.empty(ny + 1, np.float32)
    for z in range(nz):
        for x in range(nx):
            lively = False
            for y in range(ny):
                f[y] = squared[z, y, x]
                lively = lively or f[y] > 0
            if not lively:
                continue
            _envelope(f, places, v, edge, out)
            for y in range(ny):
                squared[z, y, x] = out[y]


@njit(cache=True, nogil=True)
def _through_slices(squared: Floats, places: Floats) -> None:
    """Carry squared distances along z."""
    nz, ny, nx = squared.shape
    f, out = np.empty(nz, np.float32), np.empty(nz, np.float32)
    v, edge = np.empty(nz, np.int32), np.empty(nz + 1, np.float32)
    for y in range(ny):
        for x in range(nx):
            lively = False
            for z in range(nz):
                f[z] = squared[z, y, x]
                lively = lively or f[z] > 0
            if not lively:
                continue
            _envelope(f, places, v, edge, out)
            for z in range(nz):
                squared[z, y, x] = out[z]


def distance(mask: Mask, pixel_mm: tuple[float, float], heights_mm: npt.ArrayLike | None = None) -> Floats:
    """Return for each True voxel the distance in mm to the nearest False one (0 on False ones).

    Without `heights_mm` each slice is alone; with it, (Z,) rising places of the slices, distances go
    through slices. `FAR_MM` or more where a grid holds no False voxel.
    """
    squared = np.empty(mask.shape, np.float32)
    _along_row(mask, pixel_mm[1], squared)
    _down_columns(squared, (np.arange(mask.shape[1]) * pixel_mm[0]).astype(np.float32))
    if heights_mm is not None and mask.shape[0] > 1:
        places = np.asarray(heights_mm, np.float32)
        _through_slices(squared, places - places[0])
    return np.sqrt(squared, out=squared)


@njit(cache=True, nogil=True)
def _row_gaps(mask: Mask, out: npt.NDArray[np.uint8]) -> None:
    """Write how many cells the nearest True lies away in each row, 255 for that many or more."""
    nz, ny, nx = mask.shape
    for z in range(nz):
        for y in range(ny):
            run = 255
            for x in range(nx):
                run = 0 if mask[z, y, x] else min(run + 1, 255)
                out[z, y, x] = run
            run = 255
            for x in range(nx - 1, -1, -1):
                run = 0 if mask[z, y, x] else min(run + 1, 255)
                out[z, y, x] = min(out[z, y, x], np.uint8(run))


@njit(cache=True, nogil=True)
def _reach_row(gaps: npt.NDArray[np.uint8], limit: int, out: npt.NDArray[np.uint8]) -> None:
    """Mark cells of one row that lie within `limit` cells of a True one; apart so that it vectorises."""
    bound = np.uint8(limit)
    for x in range(out.size):
        out[x] |= np.uint8(gaps[x] <= bound)


@njit(cache=True, nogil=True)
def _reach(
    gaps: npt.NDArray[np.uint8],
    places: npt.NDArray[np.float64],
    mm: float,
    py: float,
    px: float,
    out: npt.NDArray[np.uint8],
) -> None:
    """Mark cells within `mm` of a True one, through slices at `places` (all apart where it is empty)."""
    nz, ny, _ = gaps.shape
    for z in range(nz):
        for other in range(nz):
            dz = 0.0
            if other != z:
                if places.size == 0:
                    continue
                dz = abs(places[other] - places[z])
                if dz > mm:
                    continue
            flat = mm * mm - dz * dz
            reach = int(np.sqrt(flat) / py + 1e-6)
            for dy in range(-reach, reach + 1):
                limit = min(254, int(np.sqrt(max(0.0, flat - (dy * py) ** 2)) / px + 1e-6))
                for y in range(max(0, -dy), min(ny, ny - dy)):
                    _reach_row(gaps[other, y + dy], limit, out[z, y])


def grow(
    mask: Mask, mm: float, pixel_mm: tuple[float, float], heights_mm: npt.ArrayLike | None = None
) -> Mask:
    """Return voxels in the mask or at most `mm` away from it."""
    gaps = np.empty(mask.shape, np.uint8)
    _row_gaps(mask, gaps)
    out = np.zeros(mask.shape, np.uint8)
    places = np.zeros(0) if heights_mm is None else np.asarray(heights_mm, np.float64)
    _reach(gaps, places, mm, pixel_mm[0], pixel_mm[1], out)
    return out.view(np.bool_)


def erode(
    mask: Mask, mm: float, pixel_mm: tuple[float, float], heights_mm: npt.ArrayLike | None = None
) -> Mask:
    """Return voxels more than `mm` inside of the mask."""
    return ~grow(~mask, mm, pixel_mm, heights_mm)


def open_up(
    mask: Mask, mm: float, pixel_mm: tuple[float, float], heights_mm: npt.ArrayLike | None = None
) -> Mask:
    """Return the mask without its parts thinner than twice `mm`."""
    core = erode(mask, mm, pixel_mm, heights_mm)
    return grow(core, mm, pixel_mm, heights_mm) & mask


def close(
    mask: Mask, mm: float, pixel_mm: tuple[float, float], heights_mm: npt.ArrayLike | None = None
) -> Mask:
    """Return the mask with gaps narrower than twice `mm` bridged."""
    return erode(grow(mask, mm, pixel_mm, heights_mm), mm, pixel_mm, heights_mm) | mask


@njit(cache=True, nogil=True)
def sums_of(
    labels: npt.NDArray[np.int32], count: int, cell: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return (count + 1, 4): the sum of `cell` (Z,) over each label, and its mean slice, row and column."""
    out = np.zeros((count + 1, 4))
    number = np.zeros(count + 1)
    for z in range(labels.shape[0]):
        for y in range(labels.shape[1]):
            for x in range(labels.shape[2]):
                k = labels[z, y, x]
                if k > 0:
                    number[k] += 1
                    out[k, 0] += cell[z]
                    out[k, 1] += z
                    out[k, 2] += y
                    out[k, 3] += x
    for k in range(1, count + 1):
        if number[k] > 0:
            out[k, 1:] /= number[k]
    return out


@njit(cache=True, nogil=True)
def largest_of(values: Floats, labels: npt.NDArray[np.int32], count: int) -> Floats:
    """Return (count + 1,) the largest value on each label, 0 where there is none."""
    out = np.zeros(count + 1, np.float32)
    flat, names = values.ravel(), labels.ravel()
    for i in range(flat.size):
        out[names[i]] = max(out[names[i]], flat[i])
    return out


_IN_SLICE = np.zeros((3, 3, 3), np.bool_)
_IN_SLICE[1, 1, :] = True
_IN_SLICE[1, :, 1] = True
_IN_SLICE_8 = np.zeros((3, 3, 3), np.bool_)
_IN_SLICE_8[1] = True


def label_slices(mask: Mask, *, corners: bool = False) -> tuple[npt.NDArray[np.int32], int]:
    """Label the 2-D pieces of every slice with numbers of their own; return labels and count."""
    labels, count = ndimage.label(mask, _IN_SLICE_8 if corners else _IN_SLICE)
    return labels, int(count)


def fill_holes(
    mask: Mask, largest_mm2: float | None = None, pixel_mm: tuple[float, float] = (1.0, 1.0)
) -> Mask:
    """Fill what a slice encloses, where it is at most `largest_mm2`; the border encloses nothing."""
    labels, count = label_slices(~mask)
    opened = np.zeros(count + 1, np.bool_)
    for side in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        opened[np.unique(side)] = True
    if largest_mm2 is not None:
        area = np.bincount(labels.ravel(), minlength=count + 1) * pixel_mm[0] * pixel_mm[1]
        opened |= area > largest_mm2
    opened[0] = False
    return np.asarray(~opened[labels])


@njit(cache=True, nogil=True)
def _convex_side(edge: npt.NDArray[np.int64], top: int, bottom: int, nothing: int) -> None:
    """Make the left edge of rows top..bottom convex, in place; rows without a cell hold `nothing`."""
    chain = np.empty(bottom - top + 1, np.int64)
    n = 0
    for y in range(top, bottom + 1):
        if edge[y] == nothing:
            continue
        while n >= 2:
            y1, y2 = chain[n - 2], chain[n - 1]
            if (edge[y2] - edge[y1]) * (y - y1) < (edge[y] - edge[y1]) * (y2 - y1):
                break
            n -= 1
        chain[n] = y
        n += 1
    for k in range(n - 1):
        y1, y2 = chain[k], chain[k + 1]
        for y in range(y1 + 1, y2):
            edge[y] = int(np.ceil(edge[y1] + (edge[y2] - edge[y1]) * (y - y1) / (y2 - y1)))


@njit(cache=True, nogil=True)
def convex_fill(mask: Mask) -> Mask:
    """Return the filled convex hull of a 2-D mask."""
    ny, nx = mask.shape
    out = np.zeros((ny, nx), np.bool_)
    left, right = np.full(ny, nx), np.full(ny, nx)  # the right edge is kept mirrored
    top, bottom = ny, -1
    for y in range(ny):
        for x in range(nx):
            if mask[y, x]:
                left[y] = min(left[y], x)
                right[y] = min(right[y], -x)
                top = min(top, y)
                bottom = y
    if bottom < 0:
        return out
    _convex_side(left, top, bottom, nx)
    _convex_side(right, top, bottom, nx)
    for y in range(top, bottom + 1):
        out[y, left[y] : 1 - right[y]] = True
    return out
