"""The transport operator on one grid: apply, smooth, restrict, prolong (numba, one thread, fixed order).

Arrays carry one layer of ghosts around the grid, whose conductances are zero: no branches. The
operator is extensive, (A x)_i = sum over faces of g (x_i - x_neighbour) + q_i x_i, with g = D area /
distance in mm3/day and q = volume times a rate in mm3/day; so one code serves boxes, octants of a
mirror and spherical shells.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]

__all__ = [
    "apply",
    "dot",
    "faces",
    "invert_diagonal",
    "line",
    "prolong",
    "restrict",
    "restrict_faces",
    "smooth",
    "start",
    "update",
]


@njit(cache=True, nogil=True)
def apply(x: Floats, gx: Floats, gy: Floats, gz: Floats, q: Floats, out: Floats) -> None:
    """Write A x into `out`; gx[i] is the face below cell i."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            c, w, e, s, n = x[i, j], x[i - 1, j], x[i + 1, j], x[i, j - 1], x[i, j + 1]
            gw, ge, gs, gn, g, qq = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j], q[i, j]
            o = out[i, j]
            for k in range(1, nz - 1):
                v = c[k]
                o[k] = (
                    gw[k] * (v - w[k])
                    + ge[k] * (v - e[k])
                    + gs[k] * (v - s[k])
                    + gn[k] * (v - n[k])
                    + g[k] * (v - c[k - 1])
                    + g[k + 1] * (v - c[k + 1])
                    + qq[k] * v
                )


@njit(cache=True, nogil=True)
def start(b: Floats, inverse: Floats, scale: float, d: Floats, x: Floats) -> None:
    """Take the first Chebyshev step from x = 0: d = x = scale b / diagonal."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            bb, v, dd, o = b[i, j], inverse[i, j], d[i, j], x[i, j]
            for k in range(1, nz - 1):
                step = scale * bb[k] * v[k]
                dd[k] = step
                o[k] = step


@njit(cache=True, nogil=True)
def smooth(
    x: Floats, b: Floats, gx: Floats, gy: Floats, gz: Floats, q: Floats, inverse: Floats,
    d: Floats, keep: float, gain: float, out: Floats,
) -> None:  # fmt: skip
    """Take one Chebyshev step: d = keep d + gain (b - A x) / diagonal, out = x + d."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            c, w, e, s, n = x[i, j], x[i - 1, j], x[i + 1, j], x[i, j - 1], x[i, j + 1]
            gw, ge, gs, gn, g, qq = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j], q[i, j]
            bb, iv, dd, o = b[i, j], inverse[i, j], d[i, j], out[i, j]
            for k in range(1, nz - 1):
                v = c[k]
                r = bb[k] - (
                    gw[k] * (v - w[k])
                    + ge[k] * (v - e[k])
                    + gs[k] * (v - s[k])
                    + gn[k] * (v - n[k])
                    + g[k] * (v - c[k - 1])
                    + g[k + 1] * (v - c[k + 1])
                    + qq[k] * v
                )
                step = keep * dd[k] + gain * iv[k] * r
                dd[k] = step
                o[k] = v + step


@njit(cache=True, nogil=True)
def invert_diagonal(gx: Floats, gy: Floats, gz: Floats, q: Floats, inverse: Floats) -> None:
    """Write 1 / diagonal of A into `inverse`."""
    nx, ny, nz = q.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                total = gx[i, j, k] + gx[i + 1, j, k] + gy[i, j, k] + gy[i, j + 1, k]
                inverse[i, j, k] = 1.0 / (total + gz[i, j, k] + gz[i, j, k + 1] + q[i, j, k])


@njit(cache=True, nogil=True)
def restrict(fine: Floats, coarse: Floats) -> None:
    """Sum the eight children of each coarse cell (what is extensive is summed)."""
    nx, ny, nz = coarse.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            o = coarse[i, j]
            f00, f01 = fine[2 * i - 1, 2 * j - 1], fine[2 * i - 1, 2 * j]
            f10, f11 = fine[2 * i, 2 * j - 1], fine[2 * i, 2 * j]
            for k in range(1, nz - 1):
                m = 2 * k
                left = (f00[m - 1] + f01[m - 1]) + (f10[m - 1] + f11[m - 1])
                o[k] = left + ((f00[m] + f01[m]) + (f10[m] + f11[m]))


@njit(cache=True, nogil=True)
def prolong(coarse: Floats, fine: Floats) -> None:
    """Add each coarse value to its eight children."""
    nx, ny, nz = fine.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            c, f = coarse[(i + 1) // 2, (j + 1) // 2], fine[i, j]
            for k in range(1, (nz - 2) // 2 + 1):
                v = c[k]
                f[2 * k - 1] += v
                f[2 * k] += v


@njit(cache=True, nogil=True)
def restrict_faces(fine: Floats, coarse: Floats, axis: int) -> None:
    """Rediscretise: four faces side by side, twice the distance, so half of their sum."""
    nx, ny, nz = coarse.shape
    for i in range(1, nx):
        for j in range(1, ny):
            for k in range(1, nz):
                a, b, c = 2 * i - 1, 2 * j - 1, 2 * k - 1
                total = 0.0
                for u in range(2):
                    for v in range(2):
                        if axis == 0 and j < ny - 1 and k < nz - 1:
                            total += fine[a, b + u, c + v]
                        elif axis == 1 and i < nx - 1 and k < nz - 1:
                            total += fine[a + u, b, c + v]
                        elif axis == 2 and i < nx - 1 and j < ny - 1:
                            total += fine[a + u, b + v, c]
                coarse[i, j, k] = 0.5 * total


@njit(cache=True, nogil=True)
def faces(d: Floats, scale: Floats, gx: Floats, gy: Floats, gz: Floats) -> None:
    """Write harmonic face conductances from the diffusivity `d` (mm2/day, zero in the ghosts).

    `scale`, (n + 2,): area over distance (mm) of the faces along x; along y and z the cells are cubes
    of the same scale[1]. A face to a ghost conducts nothing.
    """
    nx, ny, nz = d.shape
    side = scale[1]
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                c = d[i, j, k]
                w, s, b = d[i - 1, j, k], d[i, j - 1, k], d[i, j, k - 1]
                gx[i, j, k] = scale[i] * 2.0 * c * w / (c + w) if w > 0.0 else 0.0
                gy[i, j, k] = side * 2.0 * c * s / (c + s) if s > 0.0 else 0.0
                gz[i, j, k] = side * 2.0 * c * b / (c + b) if b > 0.0 else 0.0


@njit(cache=True, nogil=True)
def dot(a: Floats, b: Floats) -> float:
    """Return the inner product over the interior, in a fixed order with four partial sums a row."""
    nx, ny, nz = a.shape
    total = 0.0
    last = nz - 1 - (nz - 2) % 4
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            u, v = a[i, j], b[i, j]
            s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
            for k in range(1, last, 4):
                s0 += u[k] * v[k]
                s1 += u[k + 1] * v[k + 1]
                s2 += u[k + 2] * v[k + 2]
                s3 += u[k + 3] * v[k + 3]
            for k in range(last, nz - 1):
                s0 += u[k] * v[k]
            total += (s0 + s1) + (s2 + s3)
    return total


@njit(cache=True, nogil=True)
def update(x: Floats, r: Floats, d: Floats, w: Floats, step: float) -> None:
    """Take a step of the conjugate gradients: x += step d, r -= step w."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            xx, rr, dd, ww = x[i, j], r[i, j], d[i, j], w[i, j]
            for k in range(1, nz - 1):
                xx[k] += step * dd[k]
                rr[k] -= step * ww[k]


@njit(cache=True, nogil=True)
def line(gx: Floats, q: Floats, b: Floats, x: Floats, spare: Floats) -> None:
    """Solve A x = b exactly on a line of cells (Thomas): shells, slabs, wells."""
    n = x.shape[0] - 2
    ratio, value = spare[:, 1, 1], x[:, 1, 1]
    before = 0.0
    for i in range(1, n + 1):
        pivot = gx[i, 1, 1] + gx[i + 1, 1, 1] + q[i, 1, 1] - gx[i, 1, 1] * before
        value[i] = (b[i, 1, 1] + (gx[i, 1, 1] * value[i - 1] if i > 1 else 0.0)) / pivot
        before = gx[i + 1, 1, 1] / pivot
        ratio[i] = before
    for i in range(n - 1, 0, -1):
        value[i] += ratio[i] * value[i + 1]
