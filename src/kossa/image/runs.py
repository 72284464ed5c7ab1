"""Numba kernels: threshold, block skip, run extraction and union-find; a volume is read once.

A run is a stretch of voxels along x at or above the threshold. Every slice is first reduced to the
maxima of short chunks by a loop that the compiler turns into vector code; only chunks that reach the
threshold are looked at voxel by voxel. Runs are joined with two parent arrays: 2-D pieces inside one
slice, and 3-D objects through slices. Unions keep the smaller index, so roots are first runs in
raster order, and pieces and objects are numbered in that order.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["connect", "inside", "labels", "reduce_objects", "reduce_pieces", "scan"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

CHUNK = 128  # pixels a chunk; 64-128 were measured fastest (reference page ct.md, section 4)
PART = 16  # pixels of a chunk looked at one by one only where one of them reaches the level
Z, Y, X0, X1, PEAK = 0, 1, 2, 3, 4  # rows of a run table


@njit(cache=True, nogil=True)
def _chunk_maxima(flat: npt.NDArray[np.int16], out: npt.NDArray[np.int16]) -> None:
    """Write the maximum of every chunk of one flattened slice; apart so that it vectorises."""
    for c in range(out.size):
        begin = c * CHUNK
        block = flat[begin : begin + CHUNK]
        m = block[0]
        for i in range(block.size):
            if block[i] > m:  # noqa: PLR1730  max() does not vectorise here
                m = block[i]
        out[c] = m


@njit(cache=True, nogil=True)
def _reaches(part: npt.NDArray[np.int16], level: int) -> bool:
    """Whether any of a few pixels reaches the level; without an early end, so that it vectorises."""
    m = np.int16(-32768)
    for i in range(part.size):
        if part[i] > m:  # noqa: PLR1730  as above
            m = part[i]
    return bool(m >= level)


@njit(cache=True, nogil=True)
def _root(parent: Ints, i: int) -> int:
    """Return the root of `i`, halving the path on the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _union(parent: Ints, a: int, b: int) -> None:
    """Join the sets of `a` and `b` under the smaller root."""
    a = _root(parent, a)
    b = _root(parent, b)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@njit(cache=True, nogil=True)
def _join_rows(
    table: Ints, owner: Ints, parent: Ints, a: int, a_end: int, b: int, b_end: int, reach: int
) -> None:
    """Join runs a..a_end with runs b..b_end of another row where they come within `reach` along x.

    Reach 0: they share a column; reach 1: corners touch too. Both rows are in rising x.
    """
    while a < a_end and b < b_end:
        near = table[X0, a] < table[X1, b] + reach and table[X0, b] < table[X1, a] + reach
        if near and (owner.size == 0 or owner[a] == owner[b]):
            _union(parent, a, b)
        if table[X1, a] < table[X1, b]:
            a += 1
        else:
            b += 1


@njit(cache=True, nogil=True)
def _scan_row(
    row: npt.NDArray[np.int16],
    skip: npt.NDArray[np.bool_],
    masked: bool,
    maxima: npt.NDArray[np.int16],
    z: int,
    y: int,
    level: int,
    table: Ints,
    sums: Longs,
    n: int,
) -> int:
    """Append the runs of one row; return the new number of runs."""
    width = row.size
    first = y * width
    x = 0
    while x < width:
        c = (first + x) // CHUNK
        end = min(width, (c + 1) * CHUNK - first)
        if maxima[c] < level:
            x = end
        while x < end:
            stop = min(end, x + PART)
            if not _reaches(row[x:stop], level):
                x = stop
                continue
            while x < stop and (row[x] < level or (masked and skip[x])):
                x += 1
            if x < stop:
                begin, total, peak = x, 0, row[x]
                while x < width and row[x] >= level and not (masked and skip[x]):
                    total += row[x]
                    peak = max(peak, row[x])
                    x += 1
                table[Z, n], table[Y, n], table[X0, n], table[X1, n] = z, y, begin, x
                table[PEAK, n] = peak
                sums[n] = total
                n += 1
    return n


@njit(cache=True, nogil=True)
def _scan_slice(
    image: npt.NDArray[np.int16],
    skip: npt.NDArray[np.bool_],
    maxima: npt.NDArray[np.int16],
    z: int,
    level: int,
    table: Ints,
    sums: Longs,
    n: int,
) -> int:
    """Append the runs of one slice; return the new number of runs."""
    height, width = image.shape
    masked = skip.size > 0
    none = np.zeros(1, np.bool_)
    _chunk_maxima(image.reshape(height * width), maxima)
    for y in range(height):
        live = False
        for c in range(y * width // CHUNK, (y * width + width - 1) // CHUNK + 1):
            live = live or maxima[c] >= level
        if live:
            unseen = skip[y] if masked else none
            n = _scan_row(image[y], unseen, masked, maxima, z, y, level, table, sums, n)
    return n


@njit(cache=True, nogil=True)
def _join_within(table: Ints, owner: Ints, parent: Ints, rows: Ints, reach: int) -> None:
    """Join the runs of one slice."""
    for y in range(1, rows.size - 1):
        if rows[y] > rows[y - 1] and rows[y + 1] > rows[y]:
            _join_rows(table, owner, parent, rows[y - 1], rows[y], rows[y], rows[y + 1], reach)


@njit(cache=True, nogil=True)
def _join_slices(table: Ints, owner: Ints, whole: Ints, before: Ints, rows: Ints, touch: bool) -> None:
    """Join the runs of one slice with those of the slice before it."""
    height = rows.size - 1
    near = 1 if touch else 0
    for y in range(height):
        if rows[y] == rows[y + 1]:
            continue
        for yy in range(max(0, y - near), min(height, y + near + 1)):
            if before[yy] < before[yy + 1]:
                _join_rows(table, owner, whole, before[yy], before[yy + 1], rows[y], rows[y + 1], near)


@njit(cache=True, nogil=True)
def _wider(array: Ints, used: int, size: int) -> Ints:
    """Return a (k, size) copy of a table whose first `used` columns hold something."""
    out = np.empty((array.shape[0], size), array.dtype)
    out[:, :used] = array[:, :used]
    return out


@njit(cache=True, nogil=True)
def scan(
    hu: npt.NDArray[np.int16], levels: Ints, z0: int, z1: int, exclude: npt.NDArray[np.bool_]
) -> tuple[Ints, Longs]:
    """Return the runs of slices z0..z1 in raster order: table (5, n) of z, y, x0, x1, peak; sums (n,).

    `levels` (Z,) is the smallest value that counts in each slice; `exclude` (Z, Y, X) may be empty.
    """
    height, width = hu.shape[1], hu.shape[2]
    room = height * ((width + 1) // 2)  # more runs a slice cannot have
    maxima = np.empty((height * width + CHUNK - 1) // CHUNK, np.int16)
    table = np.empty((5, room), np.int32)
    sums = np.empty((1, room), np.int64)
    nothing = np.zeros((0, 0), np.bool_)
    n = 0
    for z in range(z0, z1):
        if n + room > table.shape[1]:
            size = 2 * table.shape[1] + room
            table, sums = _wider(table, n, size), _wider(sums, n, size)
        skip = exclude[z] if exclude.size > 0 else nothing
        n = _scan_slice(hu[z], skip, maxima, z, levels[z], table, sums[0], n)
    return table[:, :n].copy(), sums[0, :n].copy()


@njit(cache=True, nogil=True)
def _offsets(table: Ints, begin: int, end: int, rows: Ints) -> None:
    """Write where the runs of each row start among the runs begin..end of one slice."""
    y = 0
    for r in range(begin, end):
        while y <= table[Y, r]:
            rows[y] = r
            y += 1
    rows[y:] = end


@njit(cache=True, nogil=True)
def _drop_small(
    table: Ints,
    owner: Ints,
    origin: Ints,
    piece: Ints,
    begin: int,
    end: int,
    minimum: int,
    pixels: Ints,
    moved: Ints,
) -> int:
    """Move the runs of pieces of at least `minimum` pixels together; return the new end of the slice."""
    pixels[: end - begin] = 0
    for r in range(begin, end):
        piece[r] = _root(piece, r)  # flat from here on: rows below move up over it
        pixels[piece[r] - begin] += table[X1, r] - table[X0, r]
    kept = begin
    for r in range(begin, end):
        root = piece[r]
        if pixels[root - begin] >= minimum:
            moved[r - begin] = kept
            table[:, kept] = table[:, r]
            origin[kept] = origin[r]
            if owner.size > 0:
                owner[kept] = owner[r]
            piece[kept] = moved[root - begin]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def connect(
    runs: Ints,
    owners: Ints,
    height: int,
    corners: bool,
    minimum: int,
    touch: bool,
    apart: npt.NDArray[np.bool_],
) -> tuple[Ints, Ints, Ints]:
    """Join runs in raster order to pieces and objects.

    Runs of different `owners` (n,) stay apart; it may be empty. `corners` makes pieces 8-connected (else
    4); pieces under `minimum` pixels are left out; `touch` joins slices by touching voxels (26-connected),
    else by shared columns; nothing joins slice z to z - 1 where `apart[z]`. Returns for the runs that
    stay: their number in `runs`, and their parents in pieces and objects.
    """
    total = runs.shape[1]
    table = runs.copy()
    owner = owners.copy()
    origin = np.arange(total).astype(np.int32)
    piece = np.empty(total, np.int32)
    whole = np.empty(total, np.int32)
    pixels = np.empty(total, np.int32)
    moved = np.empty(total, np.int32)
    rows = np.zeros(height + 1, np.int32)
    before = np.zeros(height + 1, np.int32)
    n = 0
    read = 0
    z_before = -2
    while read < total:
        z = table[Z, read]
        begin = n
        while read < total and table[Z, read] == z:
            if n < read:
                table[:, n] = table[:, read]
                if owner.size > 0:
                    owner[n] = owner[read]
            origin[n] = read
            piece[n] = n
            n += 1
            read += 1
        _offsets(table, begin, n, rows)
        _join_within(table, owner, piece, rows, 1 if corners else 0)
        if minimum > 1:
            n = _drop_small(table, owner, origin, piece, begin, n, minimum, pixels, moved)
            _offsets(table, begin, n, rows)
        whole[begin:n] = piece[begin:n]
        if not corners:
            _join_within(table, owner, whole, rows, 1)
        if z == z_before + 1 and not apart[z]:
            _join_slices(table, owner, whole, before, rows, touch)
        before[:] = rows
        z_before = z
    return origin[:n].copy(), piece[:n].copy(), whole[:n].copy()


@njit(cache=True, nogil=True)
def labels(parent: Ints) -> tuple[Ints, int]:
    """Return for every run the number of its set, counted from 0 in the order of first runs."""
    label = np.empty(parent.size, np.int32)
    n = 0
    for r in range(parent.size):
        root = _root(parent, r)
        if root == r:
            label[r] = n
            n += 1
        else:
            label[r] = label[root]
    return label, n


@njit(cache=True, nogil=True)
def reduce_pieces(
    table: Ints, sums: Longs, label: Ints, whole: Ints, n: int
) -> tuple[Ints, Ints, Longs, Ints, Ints]:
    """Return slice, pixels, sum, peak and object of each of `n` pieces."""
    z = np.empty(n, np.int32)
    pixels = np.zeros(n, np.int32)
    total = np.zeros(n, np.int64)
    peak = np.full(n, np.iinfo(np.int32).min, np.int32)
    owner = np.empty(n, np.int32)
    for r in range(label.size):
        k = label[r]
        z[k] = table[Z, r]
        owner[k] = whole[r]
        pixels[k] += table[X1, r] - table[X0, r]
        total[k] += sums[r]
        peak[k] = max(peak[k], table[PEAK, r])
    return z, pixels, total, peak, owner


@njit(cache=True, nogil=True)
def reduce_objects(
    table: Ints, sums: Longs, label: Ints, n: int
) -> tuple[Longs, Longs, Ints, Ints, npt.NDArray[np.float64]]:
    """Return voxels, sum, peak, half-open box and mean place [z, y, x] of each of `n` objects."""
    voxels = np.zeros(n, np.int64)
    total = np.zeros(n, np.int64)
    peak = np.full(n, np.iinfo(np.int32).min, np.int32)
    box = np.zeros((n, 2, 3), np.int32)
    box[:, 0, :] = np.iinfo(np.int32).max
    centre = np.zeros((n, 3), np.float64)
    for r in range(label.size):
        k = label[r]
        z, y, x0, x1 = table[Z, r], table[Y, r], table[X0, r], table[X1, r]
        length = x1 - x0
        voxels[k] += length
        total[k] += sums[r]
        peak[k] = max(peak[k], table[PEAK, r])
        box[k, 0, 0] = min(box[k, 0, 0], z)
        box[k, 0, 1] = min(box[k, 0, 1], y)
        box[k, 0, 2] = min(box[k, 0, 2], x0)
        box[k, 1, 0] = max(box[k, 1, 0], z + 1)
        box[k, 1, 1] = max(box[k, 1, 1], y + 1)
        box[k, 1, 2] = max(box[k, 1, 2], x1)
        centre[k, 0] += length * z
        centre[k, 1] += length * y
        centre[k, 2] += length * 0.5 * (x0 + x1 - 1)
    for k in range(n):
        centre[k] /= voxels[k]
    return voxels, total, peak, box, centre


@njit(cache=True, nogil=True)
def inside(table: tuple[Ints, Ints, Ints, Ints], label: Ints, mask: npt.NDArray[np.bool_], n: int) -> Longs:
    """Return how many voxels of each of `n` objects lie where `mask` is true; `table` is z, y, x0, x1."""
    z, y, x0, x1 = table
    out = np.zeros(n, np.int64)
    for r in range(label.size):
        row = mask[z[r], y[r]]
        for x in range(x0[r], x1[r]):
            out[label[r]] += row[x]
    return out


@njit(cache=True, nogil=True)
def sums(hu: npt.NDArray[np.int16], z: Ints, y: Ints, x0: Ints, x1: Ints) -> Longs:
    """Return the sum of `hu` over each run."""
    out = np.zeros(z.size, np.int64)
    for r in range(z.size):
        row = hu[z[r], y[r]]
        for x in range(x0[r], x1[r]):
            out[r] += row[x]
    return out
