"""Objects cut out of larger ones: a core that stands apart from bone at a higher level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.image import runs
from kossa.image.components import Components

__all__ = ["holders", "recut"]

Ints = npt.NDArray[np.int32]
Part = tuple[int, int, int, int, int, int]  # z, y, x0, x1, piece, object


def _keys(found: Components, width: int, height: int) -> npt.NDArray[np.int64]:
    return (found.z.astype(np.int64) * height + found.y) * width + found.x0


def holders(found: Components, inner: Components, shape: tuple[int, int, int]) -> Ints:
    """Return for every object of `inner` (cut at a higher level) the object of `found` that holds it."""
    if not len(inner):
        return np.zeros(0, np.int32)
    first = np.zeros(len(inner), np.int64)
    first[inner.object[::-1]] = np.arange(inner.object.size - 1, -1, -1)
    outer = _keys(found, shape[2], shape[1])
    place = _keys(inner, shape[2], shape[1])[first]
    return np.asarray(found.object[np.searchsorted(outer, place, side="right") - 1], np.int32)


def _parts(
    found: Components, inner: Components, rows: dict[int, list[int]], first: dict[int, int]
) -> list[Part]:
    """Return what runs `rows` of `found` fall into: runs of cores, and what is left between them.

    `first` gives the new object of each core; a core's pieces are numbered after those of `found`.
    """
    pieces = found.piece_pixels.size
    out: list[Part] = []
    for r, inside in rows.items():
        z, y, at, end = (int(v[r]) for v in (found.z, found.y, found.x0, found.x1))
        piece, whole = int(found.piece[r]), int(found.object[r])
        for k in sorted(inside, key=lambda i: int(inner.x0[i])):
            x0, x1 = int(inner.x0[k]), int(inner.x1[k])
            if x0 > at:
                out.append((z, y, at, x0, piece, whole))
            out.append((z, y, x0, x1, pieces + int(inner.piece[k]), first[int(inner.object[k])]))
            at = x1
        if at < end:
            out.append((z, y, at, end, piece, whole))
    return out


def recut(
    found: Components, inner: Components, cores: npt.NDArray[np.intp], hu: npt.NDArray[np.int16]
) -> tuple[Components, Ints]:
    """Take objects `cores` of `inner` out of the objects of `found` that hold them.

    They become the last objects, in the order of `cores`; what is left keeps its number. Returns the new
    components and, for each core, its number.
    """
    numbers = np.arange(len(found), len(found) + cores.size, dtype=np.int32)
    if cores.size == 0:
        return found, numbers
    height, width = hu.shape[1:]
    chosen = np.flatnonzero(np.isin(inner.object, cores))
    holder = (
        np.searchsorted(_keys(found, width, height), _keys(inner, width, height)[chosen], side="right") - 1
    )
    rows: dict[int, list[int]] = {}
    for r, k in zip(holder.tolist(), chosen.tolist(), strict=True):
        rows.setdefault(r, []).append(k)
    parts = _parts(found, inner, rows, dict(zip(cores.tolist(), numbers.tolist(), strict=True)))
    kept = np.ones(found.z.size, np.bool_)
    kept[list(rows)] = False
    more = np.array(parts, np.int32).T
    values = [hu[z, y, x0:x1] for z, y, x0, x1, _, _ in parts]
    peaks = np.array([int(v.max()) for v in values], np.int32)
    sums = np.array([int(v.sum(dtype=np.int64)) for v in values], np.int64)
    old = (found.z, found.y, found.x0, found.x1, found.run_peak, found.piece, found.object)
    new = (*more[:4], peaks, more[4], more[5])
    columns = np.stack([np.concatenate([a[kept], b]) for a, b in zip(old, new, strict=True)]).astype(np.int32)
    order = np.lexsort(columns[2::-1])
    columns = np.ascontiguousarray(columns[:, order])
    total = np.concatenate([found.run_sum[kept], sums])[order]
    return _reduce(columns[:5], total, columns[5], columns[6]), numbers


def _reduce(table: Ints, total: npt.NDArray[np.int64], piece: Ints, whole: Ints) -> Components:
    """Number pieces without gaps and reduce all statistics anew."""
    names, where = np.unique(piece, return_inverse=True)
    label = where.astype(np.int32)
    pieces = runs.reduce_pieces(table, total, label, whole, names.size)
    objects = runs.reduce_objects(table, total, whole, int(whole.max()) + 1)
    z, y, x0, x1, peak = table
    return Components(z, y, x0, x1, total, peak, label, whole, *pieces, *objects)
