"""The transport operator on one grid: apply, smooth, restrict, prolong (numba, one thread, fixed order).

Arrays carry one layer of ghosts around the grid, whose conductances are zero: no branches. The
operator is extensive, (A x)_i = sum over faces of g (x_i - x_neighbour) + q_i x_i, with g = D area /
distance in mm3/day and q = volume times a rate in mm3/day; so one code serves boxes, octants of a
mirror and spherical shells.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]

__all__ = [
    "apply",
    "dot",
    "faces",
    "line",
    "operate",
    "prolong",
    "remainder",
    "resist",
    "restrict",
    "restrict_faces",
    "restrict_residual",
    "smooth",
    "start",
    "turn",
    "update",
]


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def start(
    b: Floats, gx: Floats, gy: Floats, gz: Floats, q: Floats, scale: float, d: Floats, x: Floats
) -> None:
    """Take the first Chebyshev step from x = 0: d = x = scale b / diagonal."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            gw, ge, gs, gn, g, qq = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j], q[i, j]
            bb, dd, o = b[i, j], d[i, j], x[i, j]
            for k in range(1, nz - 1):
                step = scale * bb[k] / (gw[k] + ge[k] + gs[k] + gn[k] + (g[k] + g[k + 1]) + qq[k])
                dd[k] = step
                o[k] = step


@njit(cache=True, nogil=True, error_model="numpy")
def smooth(
    x: Floats, b: Floats, gx: Floats, gy: Floats, gz: Floats, q: Floats,
    d: Floats, keep: float, gain: float, out: Floats,
) -> None:  # fmt: skip
    """Take one Chebyshev step: d = keep d + gain (b - A x) / diagonal, out = x + d."""
    nx, ny, nz = x.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            c, w, e, s, n = x[i, j], x[i - 1, j], x[i + 1, j], x[i, j - 1], x[i, j + 1]
            gw, ge, gs, gn, g, qq = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j], q[i, j]
            bb, dd, o = b[i, j], d[i, j], out[i, j]
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
                diagonal = gw[k] + ge[k] + gs[k] + gn[k] + (g[k] + g[k + 1]) + qq[k]
                step = keep * dd[k] + gain * r / diagonal
                dd[k] = step
                o[k] = v + step


@njit(cache=True, nogil=True, error_model="numpy")
def restrict(fine: Floats, first: int, last: int, coarse: Floats) -> None:
    """Sum the eight children of the coarse cells in rows `first` to `last` (what is extensive is summed)."""
    ny, nz = coarse.shape[1:]
    for i in range(first, last):
        for j in range(1, ny - 1):
            o = coarse[i, j]
            f00, f01 = fine[2 * i - 1, 2 * j - 1], fine[2 * i - 1, 2 * j]
            f10, f11 = fine[2 * i, 2 * j - 1], fine[2 * i, 2 * j]
            for k in range(1, nz - 1):
                m = 2 * k
                left = (f00[m - 1] + f01[m - 1]) + (f10[m - 1] + f11[m - 1])
                o[k] = left + ((f00[m] + f01[m]) + (f10[m] + f11[m]))


@njit(cache=True, nogil=True, error_model="numpy")
def restrict_residual(
    x: Floats, b: Floats, gx: Floats, gy: Floats, gz: Floats, q: Floats,
    first: int, last: int, coarse: Floats,
) -> None:  # fmt: skip
    """Restrict b - A x without writing it down on the fine grid."""
    ny, nz = coarse.shape[1:]
    row = np.zeros(x.shape[2], x.dtype)
    for i in range(first, last):
        for j in range(1, ny - 1):
            row[:] = 0.0
            for m in range(2):
                for n in range(2):
                    a, c = 2 * i - 1 + m, 2 * j - 1 + n
                    v, w, e, s, t = x[a, c], x[a - 1, c], x[a + 1, c], x[a, c - 1], x[a, c + 1]
                    gw, ge, gs, gn, g = gx[a, c], gx[a + 1, c], gy[a, c], gy[a, c + 1], gz[a, c]
                    bb, qq = b[a, c], q[a, c]
                    for k in range(1, x.shape[2] - 1):
                        row[k] += bb[k] - (
                            gw[k] * (v[k] - w[k])
                            + ge[k] * (v[k] - e[k])
                            + gs[k] * (v[k] - s[k])
                            + gn[k] * (v[k] - t[k])
                            + g[k] * (v[k] - v[k - 1])
                            + g[k + 1] * (v[k] - v[k + 1])
                            + qq[k] * v[k]
                        )
            o = coarse[i, j]
            for k in range(1, nz - 1):
                o[k] = row[2 * k - 1] + row[2 * k]


@njit(cache=True, nogil=True, error_model="numpy")
def prolong(coarse: Floats, first: int, last: int, fine: Floats) -> None:
    """Add each coarse value in rows `first` to `last` to its eight children."""
    ny, nz = coarse.shape[1:]
    for i in range(first, last):
        for j in range(1, ny - 1):
            c = coarse[i, j]
            f00, f01 = fine[2 * i - 1, 2 * j - 1], fine[2 * i - 1, 2 * j]
            f10, f11 = fine[2 * i, 2 * j - 1], fine[2 * i, 2 * j]
            for k in range(1, nz - 1):
                v = c[k]
                f00[2 * k - 1] += v
                f00[2 * k] += v
                f01[2 * k - 1] += v
                f01[2 * k] += v
                f10[2 * k - 1] += v
                f10[2 * k] += v
                f11[2 * k - 1] += v
                f11[2 * k] += v


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def resist(d: Floats, phi: Floats, rate: Floats, ahead: float, out: Floats) -> None:
    """Write the resistivity (day/mm2) of cells of diffusivity d with mineral in the way (Bruggeman).

    The share of mineral is `phi` and what `rate` adds in `ahead`; the ghosts keep their infinity.
    """
    nx, ny, nz = d.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            dd, ff, rr, o = d[i, j], phi[i, j], rate[i, j], out[i, j]
            for k in range(1, nz - 1):
                free = 1.0 - min(max(ff[k] + ahead * rr[k], 0.0), 0.9)
                o[k] = 1.0 / (dd[k] * (free * math.sqrt(free)))


@njit(cache=True, nogil=True, error_model="numpy")
def faces(resistance: Floats, scale: Floats, gx: Floats, gy: Floats, gz: Floats) -> None:
    """Write harmonic face conductances (mm3/day) from the resistivity (infinite in the ghosts).

    `scale`, (n + 2,): area over distance (mm) of the faces along x; along y and z the cells are cubes
    of the same scale[1]. A face to a ghost conducts nothing.
    """
    nx, ny, nz = resistance.shape
    side = 2.0 * scale[1]
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            c, w, s = resistance[i, j], resistance[i - 1, j], resistance[i, j - 1]
            ox, oy, oz = gx[i, j], gy[i, j], gz[i, j]
            along = 2.0 * scale[i]
            for k in range(1, nz - 1):
                ox[k] = along / (c[k] + w[k])
                oy[k] = side / (c[k] + s[k])
                oz[k] = side / (c[k] + c[k - 1])


@njit(cache=True, nogil=True, error_model="numpy")
def operate(x: Floats, resistance: Floats, scale: Floats, q: Floats, out: Floats) -> float:
    """Write A x into `out`, conductances made on the way from the resistivity; return x A x.

    Three double arrays less to hold than with conductances, and no slower: memory is what it waits for.
    """
    nx, ny, nz = x.shape
    side = 2.0 * scale[1]
    total = 0.0
    for i in range(1, nx - 1):
        below, above = 2.0 * scale[i], 2.0 * scale[i + 1]
        for j in range(1, ny - 1):
            c, w, e, s, n = x[i, j], x[i - 1, j], x[i + 1, j], x[i, j - 1], x[i, j + 1]
            rc, rw, re = resistance[i, j], resistance[i - 1, j], resistance[i + 1, j]
            rs, rn, qq, o = resistance[i, j - 1], resistance[i, j + 1], q[i, j], out[i, j]
            for k in range(1, nz - 1):
                v, r = c[k], rc[k]
                o[k] = (
                    below / (r + rw[k]) * (v - w[k])
                    + above / (r + re[k]) * (v - e[k])
                    + side / (r + rs[k]) * (v - s[k])
                    + side / (r + rn[k]) * (v - n[k])
                    + side / (r + rc[k - 1]) * (v - c[k - 1])
                    + side / (r + rc[k + 1]) * (v - c[k + 1])
                    + qq[k] * v
                )
            total += _row(c, o)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _row(u: Floats, v: Floats) -> float:
    """Return the inner product of two rows without their ghosts: four partial sums, a fixed order."""
    n = u.shape[0]
    last = n - 1 - (n - 2) % 4
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    for k in range(1, last, 4):
        s0 += u[k] * v[k]
        s1 += u[k + 1] * v[k + 1]
        s2 += u[k + 2] * v[k + 2]
        s3 += u[k + 3] * v[k + 3]
    for k in range(last, n - 1):
        s0 += u[k] * v[k]
    return (s0 + s1) + (s2 + s3)


@njit(cache=True, nogil=True, error_model="numpy")
def dot(a: Floats, b: Floats) -> float:
    """Return the inner product over the interior."""
    nx, ny, _ = a.shape
    total = 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            total += _row(a[i, j], b[i, j])
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def turn(z: Floats, size: float, keep: float, d: Floats) -> None:
    """Turn the direction of the conjugate gradients: d = size z + keep d; a keep of 0 forgets d."""
    nx, ny, nz = d.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            zz, dd = z[i, j], d[i, j]
            if keep == 0.0:
                for k in range(1, nz - 1):
                    dd[k] = size * zz[k]
            else:
                for k in range(1, nz - 1):
                    dd[k] = size * zz[k] + keep * dd[k]


@njit(cache=True, nogil=True, error_model="numpy")
def remainder(w: Floats, shrink: float, r: Floats, b: Floats) -> float:
    """Begin the conjugate gradients: r -= w, b = shrink r; return r r."""
    nx, ny, nz = r.shape
    total = 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            rr, ww, bb = r[i, j], w[i, j], b[i, j]
            for k in range(1, nz - 1):
                left = rr[k] - ww[k]
                rr[k] = left
                bb[k] = shrink * left
            total += _row(rr, rr)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def update(d: Floats, w: Floats, step: float, shrink: float, x: Floats, r: Floats, b: Floats) -> float:
    """Take a step of the conjugate gradients: x += step d, r -= step w, b = shrink r; return r r."""
    nx, ny, nz = x.shape
    total = 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            xx, rr, dd, ww, bb = x[i, j], r[i, j], d[i, j], w[i, j], b[i, j]
            for k in range(1, nz - 1):
                xx[k] += step * dd[k]
                left = rr[k] - step * ww[k]
                rr[k] = left
                bb[k] = shrink * left
            total += _row(rr, rr)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def line(resistance: Floats, scale: Floats, q: Floats, b: Floats, x: Floats, spare: Floats) -> None:
    """Solve A x = b exactly on a line of cells (Thomas): shells, slabs, wells."""
    n = x.shape[0] - 2
    r, ratio, value = resistance[:, 1, 1], spare[:, 1, 1], x[:, 1, 1]
    before, g = 0.0, 0.0
    for i in range(1, n + 1):
        after = 2.0 * scale[i + 1] / (r[i] + r[i + 1])
        pivot = g + after + q[i, 1, 1] - g * before
        value[i] = (b[i, 1, 1] + (g * value[i - 1] if i > 1 else 0.0)) / pivot
        before = after / pivot
        ratio[i] = before
        g = after
    for i in range(n - 1, 0, -1):
        value[i] += ratio[i] * value[i + 1]
