"""Objects cut out of larger ones: a core that stands apart from bone at a higher level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.image import runs
from kossa.image.components import Components

__all__ = ["holders", "recut"]

Ints = npt.NDArray[np.int32]


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


def recut(
    found: Components, inner: Components, cores: npt.NDArray[np.intp], hu: npt.NDArray[np.int16]
) -> tuple[Components, Ints]:
    """Take objects `cores` of `inner` out of the objects of `found` that hold them.

    They become the last objects, in the order of `cores`; what is left keeps its number. Returns the new
    components and, for each core, its number.
    """
    if cores.size == 0:
        return found, np.zeros(0, np.int32)
    shape = hu.shape
    outer = _keys(found, shape[2], shape[1])
    chosen = np.flatnonzero(np.isin(inner.object, cores))
    rows: dict[int, list[int]] = {}
    for r in chosen:
        key = (int(inner.z[r]) * shape[1] + int(inner.y[r])) * shape[2] + int(inner.x0[r])
        rows.setdefault(int(np.searchsorted(outer, key, side="right")) - 1, []).append(int(r))
    pieces = found.piece_pixels.size
    number = {int(core): len(found) + k for k, core in enumerate(cores)}
    new_piece = {int(p): pieces + k for k, p in enumerate(np.unique(inner.piece[chosen]))}
    table: list[tuple[int, int, int, int, int, int]] = []
    for r, inside in rows.items():
        z, y, at = int(found.z[r]), int(found.y[r]), int(found.x0[r])
        for k in sorted(inside, key=lambda i: int(inner.x0[i])):
            if inner.x0[k] > at:
                table.append((z, y, at, int(inner.x0[k]), int(found.piece[r]), int(found.object[r])))
            table.append(
                (
                    z,
                    y,
                    int(inner.x0[k]),
                    int(inner.x1[k]),
                    new_piece[int(inner.piece[k])],
                    number[int(inner.object[k])],
                )
            )
            at = int(inner.x1[k])
        if at < found.x1[r]:
            table.append((z, y, at, int(found.x1[r]), int(found.piece[r]), int(found.object[r])))
    kept = np.ones(found.z.size, np.bool_)
    kept[list(rows)] = False
    more = np.array(table, np.int32).reshape(-1, 6)
    sums = np.array([int(hu[z, y, a:b].sum(dtype=np.int64)) for z, y, a, b, _, _ in table], np.int64)
    peaks = np.array([int(hu[z, y, a:b].max()) for z, y, a, b, _, _ in table], np.int32)
    columns = [
        np.concatenate([old[kept], new])
        for old, new in zip(
            (found.z, found.y, found.x0, found.x1, found.run_peak, found.piece, found.object, found.run_sum),
            (*more[:, :4].T, peaks, more[:, 4], more[:, 5], sums),
            strict=True,
        )
    ]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    z, y, x0, x1, peak, piece, whole, total = (c[order] for c in columns)
    cut = _reduce(np.stack([z, y, x0, x1, peak]).astype(np.int32), total, piece, whole)
    return cut, np.array([number[int(core)] for core in cores], np.int32)


def _reduce(table: Ints, total: npt.NDArray[np.int64], piece: Ints, whole: Ints) -> Components:
    """Number pieces without gaps and reduce all statistics anew."""
    names, label = np.unique(piece, return_inverse=True)
    label = label.astype(np.int32)
    piece_z, pixels, piece_sum, piece_peak, owner = runs.reduce_pieces(table, total, label, whole, names.size)
    voxels, sums, peak, box, centre = runs.reduce_objects(table, total, whole, int(whole.max()) + 1)
    return Components(
        table[0],
        table[1],
        table[2],
        table[3],
        total,
        table[4],
        label,
        whole,
        piece_z,
        pixels,
        piece_sum,
        piece_peak,
        owner,
        voxels,
        sums,
        peak,
        box,
        centre,
    )
