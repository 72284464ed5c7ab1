"""`Shape`: signed distance of a part of the body on the voxels of a box around it (mm, inside < 0).

Distances are true for tubes and first-order for ellipsoids (Quilez's bound |p/r| (|p/r| - 1) / |p/r2|),
which is exact enough within the few millimetres where edges and walls are painted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.interpolate import PchipInterpolator

from kossa.virtual.body.frame import Frame

__all__ = [
    "EDGE",
    "FAR",
    "WIDE_EDGE",
    "Shape",
    "add_segments",
    "curve",
    "ellipsoid",
    "rotation",
    "sweep",
    "united",
]

Floats = npt.NDArray[np.float64]
Distance = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]
FAR = 30.0  # what a distance reads where it was not computed, mm
EDGE = 5.0  # distances are computed this far outside of a shape, mm
WIDE_EDGE = 12.0  # and this far outside of one that is to be grown or joined with a wide fillet
RIBBON_EDGE = 4.5  # flat shapes are never grown by more


@dataclass(eq=False)
class Shape:
    """`box` is [[z0, y0, x0], [z1, y1, x1]]; `d` float32 is the distance on those voxels."""

    frame: Frame
    box: npt.NDArray[np.int64]
    d: npt.NDArray[np.float32]

    @classmethod
    def empty(cls, frame: Frame, low: npt.ArrayLike, high: npt.ArrayLike, *, edge: float = EDGE) -> Shape:
        """Return nothing, in the box between two reference corners and `edge` mm more."""
        box = frame.box(np.asarray(low) - edge, np.asarray(high) + edge)
        return cls(frame, box, np.full(box[1] - box[0], FAR, np.float32))

    def copy(self) -> Shape:
        """Return a copy with a distance array of its own."""
        return Shape(self.frame, self.box, self.d.copy())

    def grown(self, mm: float) -> Shape:
        """Return the same shape, larger by `mm` all round (smaller where negative)."""
        return Shape(self.frame, self.box, self.d - np.float32(mm))

    def seen_from(self, other: Shape) -> npt.NDArray[np.float32]:
        """Return this shape's distance on the voxels of `other`; far where it was not computed."""
        out = np.full(other.d.shape, FAR, np.float32)
        low = np.maximum(self.box[0], other.box[0])
        high = np.minimum(self.box[1], other.box[1])
        if (low < high).all():
            to = tuple(slice(a, b) for a, b in zip(low - other.box[0], high - other.box[0], strict=True))
            at = tuple(slice(a, b) for a, b in zip(low - self.box[0], high - self.box[0], strict=True))
            out[to] = self.d[at]
        return out

    def cut(self, other: Shape, gap: float = 0.0) -> Shape:
        """Take `other`, grown by `gap`, away from this shape."""
        np.maximum(self.d, gap - other.seen_from(self), out=self.d)
        return self

    def keep(self, other: Shape, grow: float = 0.0) -> Shape:
        """Keep only what lies in `other`, grown by `grow`."""
        np.maximum(self.d, other.seen_from(self) - grow, out=self.d)
        return self

    def join(self, other: Shape, *, blend: float = 0.0) -> Shape:
        """Add `other`, with `blend` mm of fillet where the surfaces meet; in place where it has room."""
        low, high = np.minimum(self.box[0], other.box[0]), np.maximum(self.box[1], other.box[1])
        if (low < self.box[0]).any() or (high > self.box[1]).any():
            wider = Shape(self.frame, np.stack([low, high]), np.full(high - low, FAR, np.float32))
            _join(wider.d, self.d, self.box[0] - low, 0.0)
            self.box, self.d = wider.box, wider.d
        _join(self.d, other.d, other.box[0] - self.box[0], blend)
        return self

    def half_space(self, normal: tuple[float, float, float], offset: float) -> Shape:
        """Keep only reference points with normal . p < offset; `normal` has unit length."""
        _half_space(self.d, self.box[0], self.frame.from_voxel, np.array(normal), offset)
        return self


def united(pieces: Iterable[Shape], *, blend: float = 0.0) -> Shape:
    """Return the union of pieces (at least one), with fillets of `blend` mm; the first is used up."""
    whole, *others = pieces
    for piece in others:
        whole.join(piece, blend=blend)
    return whole


def curve(knots: npt.ArrayLike, step: float) -> Floats:
    """Return (n, c) smooth rows through `knots` (m, c), whose first three columns are a place.

    The curve has no overshoot; other columns (radii, directions) run along.
    """
    points = np.asarray(knots, dtype=np.float64)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))])
    count = max(2, int(np.ceil(length[-1] / step)) + 1)
    return np.asarray(PchipInterpolator(length, points)(np.linspace(0, length[-1], count)))


def rotation(x_deg: float = 0.0, y_deg: float = 0.0, z_deg: float = 0.0) -> Floats:
    """Return the matrix that turns about z, then y, then x."""
    a, b, c = np.radians([x_deg, y_deg, z_deg])
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(rx @ ry @ rz)


def ellipsoid(
    frame: Frame,
    centre: npt.ArrayLike,
    radii: npt.ArrayLike,
    turn: Floats | None = None,
    *,
    edge: float = EDGE,
) -> Shape:
    """Return an ellipsoid; columns of `turn` are the directions of its half axes.

    Distances hold up to `edge` mm outside: as far as it is grown, or half of the fillet it is joined with.
    """
    c, r = np.asarray(centre, dtype=np.float64), np.asarray(radii, dtype=np.float64)
    axes = np.eye(3) if turn is None else turn
    reach = np.sqrt((axes**2) @ (r**2))
    shape = Shape.empty(frame, c - reach, c + reach, edge=edge)
    _ellipsoid(shape.d, shape.box[0], frame.from_voxel, c, r, np.ascontiguousarray(axes.T), edge)
    return shape


def sweep(
    frame: Frame,
    knots: npt.ArrayLike,
    *,
    up: npt.ArrayLike | None = None,
    step: float = 5.0,
    smooth: bool = True,
    edge: float = EDGE,
) -> Shape:
    """Return a tube through `knots`: rows (x, y, z, radius), or (x, y, z, wide, thick) with `up`.

    `up` (3,) or (m, 3) is the direction of the thick half axis; the wide one is across path and `up`.
    Distances hold up to `edge` mm outside of a round tube.
    """
    rows = np.asarray(knots, dtype=np.float64)
    flat = up is not None
    if flat:
        ups = np.broadcast_to(np.asarray(up, dtype=np.float64), (len(rows), 3))
        rows = np.column_stack([rows, ups])
    if smooth and len(rows) > 2:
        rows = curve(rows, step)
    radius = rows[:, 3:5].max(axis=1) if flat else rows[:, 3]
    shape = Shape.empty(frame, (rows[:, :3] - radius[:, None]).min(0), (rows[:, :3] + radius[:, None]).max(0))
    to_voxel = np.linalg.inv(np.vstack([frame.from_voxel, [0, 0, 0, 1]]))
    if flat:
        forward = np.gradient(rows[:, :3], axis=0)
        forward /= np.linalg.norm(forward, axis=1, keepdims=True)
        wide = np.cross(forward, rows[:, 5:8])
        wide /= np.linalg.norm(wide, axis=1, keepdims=True)
        rows = np.column_stack([rows[:, :5], wide, np.cross(wide, forward)])
        _ribbon(shape.d, shape.box[0], frame.from_voxel, to_voxel, np.ascontiguousarray(rows))
    else:
        add_segments(shape, np.column_stack([rows[:-1], rows[1:]]), edge=edge)
    return shape


def add_segments(shape: Shape, segments: Floats, *, edge: float = EDGE) -> None:
    """Join round cones (n, 8) to a shape: place and radius of one end, then of the other.

    The distance is computed up to `edge` mm outside.
    """
    m = shape.frame.from_voxel
    to_voxel = np.linalg.inv(np.vstack([m, [0, 0, 0, 1]]))
    _tube(shape.d, shape.box[0], m, to_voxel, np.ascontiguousarray(segments), edge)


@njit(cache=True, nogil=True, fastmath=True)
def _join(d: Distance, other: Distance, at: Index, blend: float) -> None:
    reach = np.float32(blend)
    for k in range(other.shape[0]):
        for j in range(other.shape[1]):
            row = d[k + at[0], j + at[1]]
            for i in range(other.shape[2]):
                a, b = row[i + at[2]], other[k, j, i]
                new = min(a, b)
                gap = reach - abs(a - b)
                if gap > 0:
                    new -= gap * gap / (np.float32(4) * reach)
                row[i + at[2]] = new


@njit(cache=True, nogil=True)
def _half_space(d: Distance, low: Index, m: Floats, normal: Floats, offset: float) -> None:
    for k in range(d.shape[0]):
        for j in range(d.shape[1]):
            iz, iy = k + low[0], j + low[1]
            x0 = m[0, 3] + m[0, 1] * iy + m[0, 2] * iz
            y0 = m[1, 3] + m[1, 1] * iy + m[1, 2] * iz
            z = m[2, 3] + m[2, 2] * iz
            for i in range(d.shape[2]):
                ix = i + low[2]
                s = normal[0] * (x0 + m[0, 0] * ix) + normal[1] * (y0 + m[1, 0] * ix) + normal[2] * z - offset
                d[k, j, i] = max(d[k, j, i], s)


@njit(cache=True, nogil=True, fastmath=True)
def _ellipsoid(d: Distance, low: Index, m: Floats, c: Floats, r: Floats, axes: Floats, edge: float) -> None:
    small = min(r[0], r[1], r[2])
    far = (1.0 + edge / small) ** 2
    for k in range(d.shape[0]):
        iz = k + low[0]
        z = m[2, 3] + m[2, 2] * iz - c[2]
        for j in range(d.shape[1]):
            iy = j + low[1]
            x0 = m[0, 3] + m[0, 1] * iy + m[0, 2] * iz - c[0]
            y0 = m[1, 3] + m[1, 1] * iy + m[1, 2] * iz - c[1]
            for i in range(d.shape[2]):
                ix = i + low[2]
                x, y = x0 + m[0, 0] * ix, y0 + m[1, 0] * ix
                u = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) / r[0]
                v = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) / r[1]
                w = (axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z) / r[2]
                q = u * u + v * v + w * w
                if q < far:
                    k0 = np.sqrt(q)
                    k1 = np.sqrt((u / r[0]) ** 2 + (v / r[1]) ** 2 + (w / r[2]) ** 2)
                    s = k0 * (k0 - 1.0) / k1 if k1 > 1e-9 else -small
                    d[k, j, i] = min(d[k, j, i], s)


@njit(cache=True, nogil=True)
def _reach(
    shape: tuple[int, int, int], low: Index, w: Floats, p: Floats, q: Floats, pad: float
) -> tuple[Index, Index]:
    """Return the part of a patch that lies within `pad` of the segment from p to q."""
    first, last = np.empty(3, np.int64), np.empty(3, np.int64)
    for a in range(3):  # voxel axes: column, row, slice
        spread = pad * (abs(w[a, 0]) + abs(w[a, 1]) + abs(w[a, 2]))
        u = w[a, 0] * p[0] + w[a, 1] * p[1] + w[a, 2] * p[2] + w[a, 3]
        v = w[a, 0] * q[0] + w[a, 1] * q[1] + w[a, 2] * q[2] + w[a, 3]
        axis = 2 - a
        first[axis] = max(0, int(np.floor(min(u, v) - spread)) - low[axis])
        last[axis] = min(shape[axis], int(np.ceil(max(u, v) + spread)) + 1 - low[axis])
    return first, last


@njit(cache=True, nogil=True, fastmath=True)
def _tube(d: Distance, low: Index, m: Floats, w: Floats, segments: Floats, edge: float) -> None:
    for n in range(segments.shape[0]):
        p, q = segments[n, :4], segments[n, 4:]
        ax, ay, az = q[0] - p[0], q[1] - p[1], q[2] - p[2]
        length2 = ax * ax + ay * ay + az * az + 1e-12
        pad = max(p[3], q[3]) + edge
        pad2 = pad * pad
        first, last = _reach(d.shape, low, w, p, q, pad)
        for k in range(first[0], last[0]):
            iz = k + low[0]
            z = m[2, 3] + m[2, 2] * iz - p[2]
            for j in range(first[1], last[1]):
                iy = j + low[1]
                x0 = m[0, 3] + m[0, 1] * iy + m[0, 2] * iz - p[0]
                y0 = m[1, 3] + m[1, 1] * iy + m[1, 2] * iz - p[1]
                for i in range(first[2], last[2]):
                    ix = i + low[2]
                    x, y = x0 + m[0, 0] * ix, y0 + m[1, 0] * ix
                    t = min(1.0, max(0.0, (x * ax + y * ay + z * az) / length2))
                    u, v, s = x - t * ax, y - t * ay, z - t * az
                    s = u * u + v * v + s * s
                    if s > pad2:
                        continue
                    s = np.sqrt(s) - (p[3] + t * (q[3] - p[3]))
                    d[k, j, i] = min(d[k, j, i], s)


@njit(cache=True, nogil=True, fastmath=True)
def _ribbon(d: Distance, low: Index, m: Floats, w: Floats, rows: Floats) -> None:
    """Rows: place, wide, thick, direction of wide (3), direction of thick (3)."""
    for n in range(rows.shape[0] - 1):
        p, q = rows[n], rows[n + 1]
        ax, ay, az = q[0] - p[0], q[1] - p[1], q[2] - p[2]
        length2 = ax * ax + ay * ay + az * az + 1e-12
        length = np.sqrt(length2)
        pad = max(p[3], q[3], p[4], q[4]) + RIBBON_EDGE
        pad2 = pad * pad
        first, last = _reach(d.shape, low, w, p, q, pad)
        for k in range(first[0], last[0]):
            iz = k + low[0]
            z = m[2, 3] + m[2, 2] * iz - p[2]
            for j in range(first[1], last[1]):
                iy = j + low[1]
                x0 = m[0, 3] + m[0, 1] * iy + m[0, 2] * iz - p[0]
                y0 = m[1, 3] + m[1, 1] * iy + m[1, 2] * iz - p[1]
                for i in range(first[2], last[2]):
                    ix = i + low[2]
                    x, y = x0 + m[0, 0] * ix, y0 + m[1, 0] * ix
                    t = min(1.0, max(0.0, (x * ax + y * ay + z * az) / length2))
                    u, v, s = x - t * ax, y - t * ay, z - t * az
                    if u * u + v * v + s * s > pad2:
                        continue
                    e = 1.0 - t
                    r1, r2 = e * p[3] + t * q[3], e * p[4] + t * q[4]
                    c2 = u * (e * p[8] + t * q[8]) + v * (e * p[9] + t * q[9]) + s * (e * p[10] + t * q[10])
                    if abs(c2) > r2 + RIBBON_EDGE:
                        continue
                    c1 = u * (e * p[5] + t * q[5]) + v * (e * p[6] + t * q[6]) + s * (e * p[7] + t * q[7])
                    c1, c2 = c1 / r1, c2 / r2
                    r3 = min(r1, r2)
                    c3 = (u * ax + v * ay + s * az) / length / r3
                    g = c1 * c1 + c2 * c2 + c3 * c3
                    k0 = np.sqrt(g)
                    k1 = np.sqrt((c1 / r1) ** 2 + (c2 / r2) ** 2 + (c3 / r3) ** 2)
                    s = k0 * (k0 - 1.0) / k1 if k1 > 1e-9 else -r3
                    d[k, j, i] = min(d[k, j, i], s)
