"""Sources, sinks and sums over the tissue, one pass each and nothing held between (numba)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]

__all__ = ["Mixture", "compose", "deliver", "extrapolate", "gap", "supply", "tally", "transport"]


class Mixture(NamedTuple):
    """A substance that blood brings and tissue makes and breaks, 1/day and amount/day.

    Broken down at `exchanged` x exchange + `always` + `dead` x dead share; made at `brought` x exchange +
    `by_live` x living share + `by_dead` x dead share.
    """

    exchanged: float
    always: float
    dead: float
    brought: float
    by_live: float
    by_dead: float


@njit(cache=True, nogil=True, error_model="numpy")
def transport(m: Mixture, volume: Floats, exchange: Floats, alive: Floats, q: Floats, b: Floats) -> None:
    """Write the diagonal rate and the source of a mixture, both times the volume of the cell."""
    nx, ny, nz = q.shape
    for i in range(1, nx - 1):
        size = volume[i]
        for j in range(1, ny - 1):
            ee, aa, qq, bb = exchange[i, j], alive[i, j], q[i, j], b[i, j]
            for k in range(1, nz - 1):
                dead = 1.0 - aa[k]
                qq[k] = size * (m.exchanged * ee[k] + m.always + m.dead * dead)
                bb[k] = size * (m.brought * ee[k] + m.by_live * aa[k] + m.by_dead * dead)


@njit(cache=True, nogil=True, error_model="numpy")
def compose(
    volume: Floats, exchange: Floats, slope: Floats, rate: Floats, u: Floats,
    q: Floats, b: Floats, delivered: Floats,
) -> None:  # fmt: skip
    """Write Newton's system at the deficit u: its diagonal, its source, and the flux at a deficit of 0."""
    nx, ny, nz = u.shape
    for i in range(1, nx - 1):
        size = volume[i]
        for j in range(1, ny - 1):
            ee, ss, rr, uu = exchange[i, j], slope[i, j], rate[i, j], u[i, j]
            qq, bb, dd = q[i, j], b[i, j], delivered[i, j]
            for k in range(1, nz - 1):
                flux = rr[k] + ss[k] * uu[k]
                dd[k] = flux
                qq[k] = size * (ee[k] + ss[k])
                bb[k] = size * flux


@njit(cache=True, nogil=True, error_model="numpy")
def deliver(slope: Floats, u: Floats, delivered: Floats) -> None:
    """Take from the flux at a deficit of 0 what the deficit u holds back."""
    nx, ny, nz = u.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            ss, uu, dd = slope[i, j], u[i, j], delivered[i, j]
            for k in range(1, nz - 1):
                dd[k] -= ss[k] * uu[k]


@njit(cache=True, nogil=True, error_model="numpy")
def extrapolate(ahead: float, u: Floats, kept: Floats) -> None:
    """Go on from `kept` through u by `ahead` of their difference; `kept` becomes the u that was."""
    nx, ny, nz = u.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            uu, kk = u[i, j], kept[i, j]
            for k in range(1, nz - 1):
                now = uu[k]
                uu[k] = now + ahead * (now - kk[k])
                kk[k] = now


@njit(cache=True, nogil=True, error_model="numpy")
def gap(rate: Floats, delivered: Floats) -> tuple[float, float]:
    """Return the largest |rate| and the largest |rate - delivered|."""
    nx, ny, nz = rate.shape
    size, off = 0.0, 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            rr, dd = rate[i, j], delivered[i, j]
            for k in range(1, nz - 1):
                size = max(size, abs(rr[k]))
                off = max(off, abs(rr[k] - dd[k]))
    return size, off


@njit(cache=True, nogil=True, error_model="numpy")
def tally(
    volume: Floats, delivered: Floats, rate: Floats, nuclei: Floats, nuclei_end: Floats
) -> tuple[float, float, float, float]:
    """Return the flux delivered, the nuclei gained, the space that is active and the nuclei at the end."""
    nx, ny, nz = rate.shape
    flux, births, active, seeds = 0.0, 0.0, 0.0, 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            dd, rr, nn, ee = delivered[i, j], rate[i, j], nuclei[i, j], nuclei_end[i, j]
            f, n, a, e = 0.0, 0.0, 0.0, 0.0
            for k in range(1, nz - 1):
                f += dd[k]
                n += ee[k] - nn[k]
                a += 1.0 if rr[k] != 0.0 else 0.0
                e += ee[k]
            flux += volume[i] * f
            births += volume[i] * n
            active += volume[i] * a
            seeds += volume[i] * e
    return flux, births, active, seeds


@njit(cache=True, nogil=True, error_model="numpy")
def supply(volume: Floats, exchange: Floats, u: Floats) -> float:
    """Return the calcium that the blood gives, nmol/day."""
    nx, ny, nz = u.shape
    total = 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            ee, uu = exchange[i, j], u[i, j]
            here = 0.0
            for k in range(1, nz - 1):
                here += ee[k] * uu[k]
            total += volume[i] * here
    return total
