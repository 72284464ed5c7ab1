"""Nucleation, the growth gate, growth, dissolution and clearance in one voxel, and over all (numba).

The law, per voxel (units: mM, mm, days; nuclei per mm3; phi is the volume fraction of mineral):

    lnS   = ln10 SI_OCP,  sigma = lnS / 8                    everything 0 where SI_OCP <= 0
    J     = j0 [bed exp(-b_debris / lnS^2) + s_live live exp(-b_live / lnS^2)]
    theta = p / (k_p + p)
    gate  = max(0, 1 - sigma_c theta / sigma)                adsorbed pyrophosphate stops growth completely
            (smooth law, kept for comparison: gate = 1 - theta)
    G     = growth sigma^2 gate / (1 + live / k_protein)     mm/day
    dN/dt = J - k_loss a N / (1 + m)
    dphi^(1/3)/dt = (36 pi N)^(1/3) G/3 (1 - phi/phi_max)
    SI_HAP < 0:  G = -dissolution (1 - 10^(SI_HAP/5))        only in acid fluid

All of it is evaluated at the middle of the step (implicit midpoint: second order).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.bool_]

# Functions of one voxel are put in line: a call would count references to the table, at twice the time.

__all__ = ["Law", "Moment", "Table", "advance", "lookup", "lookup_slope", "react"]

LN10 = math.log(10.0)
MOLAR = 3.18e-5  # volume fraction of mineral per mM Ca: 31.8 cm3/mol, density 3.16 g/cm3
IONS_OCP = 8.0  # ions per formula, so sigma = lnS / 8
NEAR = 0.03  # sigma below the gate from which a voxel is looked at again (choice: 0.05 mM of calcium)


class Law(NamedTuple):
    """The constants of the law as one voxel needs them."""

    b_debris: float
    b_live: float
    j0: float  # 1/mm3/day
    s_live: float
    k_p: float  # uM
    sigma_c: float
    growth: float  # mm/day
    k_protein: float
    cap: float  # nuclei per mm3
    phi_max: float
    k_loss: float  # 1/day
    tau_debris: float  # days
    k_resorb: float  # 1/day
    dissolution: float  # mm/day far from equilibrium
    smooth: bool
    u_max: float  # mM: the deficit at which calcium or phosphate is used up


class Moment(NamedTuple):
    """A step: its length, and the pH of dead tissue at its middle."""

    dt: float
    ph_dead: float


class Table(NamedTuple):
    """Saturation of this run's fluid: SI of OCP and HAP by what is left of the ions, and pH.

    `values`, (2, fractions, pH); fractions start at `f0` in steps `df` of 1 - u/u_max, pH at `ph0`.
    """

    f0: float
    df: float
    ph0: float
    dph: float
    values: Floats


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _weights(t: float) -> tuple[float, float, float, float]:
    """Return Catmull-Rom weights at t in [0, 1)."""
    t2 = t * t
    t3 = t2 * t
    return (
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    )


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _slopes(t: float) -> tuple[float, float, float, float]:
    """Return the derivatives of the Catmull-Rom weights at t in [0, 1)."""
    t2 = t * t
    return (
        0.5 * (-3.0 * t2 + 4.0 * t - 1.0),
        0.5 * (9.0 * t2 - 10.0 * t),
        0.5 * (-9.0 * t2 + 8.0 * t + 1.0),
        0.5 * (3.0 * t2 - 2.0 * t),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def lookup(table: Table, solid: int, f: float, ph: float) -> float:
    """Return the SI of OCP (`solid` 0) or HAP (1), by cubic interpolation; held at the table's edge."""
    v = table.values  # indexed whole: a slice would cost more than the interpolation
    x = min(max((f - table.f0) / table.df, 1.0), v.shape[1] - 3.001)
    y = min(max((ph - table.ph0) / table.dph, 1.0), v.shape[2] - 3.001)
    i, j = int(x), int(y)
    a, b = _weights(x - i), _weights(y - j)
    index = 0.0
    for m in range(4):
        n = i - 1 + m
        along = b[0] * v[solid, n, j - 1] + b[1] * v[solid, n, j]
        index += a[m] * (along + b[2] * v[solid, n, j + 1] + b[3] * v[solid, n, j + 2])
    return index


@njit(cache=True, nogil=True, error_model="numpy")
def lookup_slope(table: Table, f: float, ph: float) -> float:
    """Return the slope of SI_OCP by the share f that is left."""
    v = table.values
    x = min(max((f - table.f0) / table.df, 1.0), v.shape[1] - 3.001)
    y = min(max((ph - table.ph0) / table.dph, 1.0), v.shape[2] - 3.001)
    i, j = int(x), int(y)
    a, b = _slopes(x - i), _weights(y - j)
    slope = 0.0
    for m in range(4):
        n = i - 1 + m
        along = b[0] * v[0, n, j - 1] + b[1] * v[0, n, j]
        slope += a[m] * (along + b[2] * v[0, n, j + 1] + b[3] * v[0, n, j + 2])
    return slope / table.df


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _growth(
    law: Law, table: Table, si: float, f: float, ph: float, p: float, live: float
) -> tuple[float, float]:
    """Return G (mm/day) and its slope by the deficit u."""
    if si > 0.0:
        sigma = LN10 * si / IONS_OCP
        theta = p / (law.k_p + p)
        floor = law.sigma_c * theta
        if not law.smooth and sigma <= floor:
            return 0.0, 0.0
        scale = law.growth / (1.0 + live / law.k_protein)
        dsigma = -LN10 / IONS_OCP * lookup_slope(table, f, ph) / law.u_max
        if law.smooth:
            return scale * sigma * sigma * (1.0 - theta), scale * 2.0 * sigma * (1.0 - theta) * dsigma
        return scale * sigma * (sigma - floor), scale * (2.0 * sigma - floor) * dsigma
    hap = lookup(table, 1, f, ph)
    if hap < 0.0:
        acid = 80.0 * 10.0 ** (-0.8 * ph) + 0.03 * 10.0 ** (-0.2 * ph)
        return -law.dissolution * acid * (1.0 - 10.0 ** (hap / 5.0)), 0.0
    return 0.0, 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _step(y0: float, g: float, loss: float, dt: float, top: float) -> tuple[float, float]:
    """Return y = phi^(1/3) after dt of y' = g (1 - y^3/top) - loss y, and its slope by g (midpoint)."""
    if g < 0.0:
        y1 = y0 + g * dt
        return (y1, dt) if y1 > 0.0 else (0.0, 0.0)
    y1 = y0 + dt * (g * (1.0 - y0 * y0 * y0 / top) - loss * y0)
    for _ in range(3):
        z = 0.5 * (y0 + y1)
        change = g * (1.0 - z * z * z / top) - loss * z
        y1 -= (y1 - y0 - dt * change) / (1.0 + dt * (1.5 * g * z * z / top + 0.5 * loss))
    z = 0.5 * (y0 + y1)
    slope = dt * (1.0 - z * z * z / top) / (1.0 + dt * (1.5 * g * z * z / top + 0.5 * loss))
    if y1 * y1 * y1 > top:
        return top ** (1.0 / 3.0), 0.0
    return y1, max(slope, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _mean_root(n0: float, n1: float) -> float:
    """Return the mean of N^(1/3) while N goes from n0 to n1 in a line: exact from zero nuclei on."""
    if abs(n1 - n0) < 1e-3 * (n0 + n1):
        return float(np.cbrt(0.5 * (n0 + n1)))
    return float(0.75 * (n1 * np.cbrt(n1) - n0 * np.cbrt(n0)) / (n1 - n0))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _voxel(
    law: Law, table: Table, dt: float, u: float, ph: float, p: float, live: float,
    bed: float, a: float, n: float, phi: float,
) -> tuple[float, float, float, bool]:  # fmt: skip
    """Return the uptake of calcium R (mM/day), its slope -dR/du, the nuclei at the end, and if it is awake.

    A voxel is awake that grows, dissolves, or could at another deficit.
    """
    left = 1.0 - u / law.u_max
    si = lookup(table, 0, left, ph)
    birth = 0.0
    if si > 0.0:
        square = (LN10 * si) ** 2
        if bed > 0.0:
            birth += law.j0 * bed * math.exp(-law.b_debris / square)
        if live > 0.0:
            birth += law.j0 * law.s_live * live * math.exp(-law.b_live / square)
    if n + birth * dt < 1e-12:
        return 0.0, 0.0, 0.0, abs(si) < 8.0 * NEAR
    g, dg = _growth(law, table, si, left, ph, p, live)
    taken = law.k_resorb * a
    y0 = np.cbrt(phi) if phi > 0.0 else 0.0
    y1, dy, area = y0, 0.0, 0.0
    end = n
    for _ in range(2):  # the loss of nuclei needs the mineral at mid-step: once guessed, once corrected
        z = 0.5 * (y0 + y1)
        k = law.k_loss * a / (1.0 + z * z * z / MOLAR)
        kept = math.exp(-k * dt)
        end = min(n * kept + birth * (dt if k * dt < 1e-9 else (1.0 - kept) / k), law.cap)
        if g == 0.0:
            floor = 0.0 if law.smooth else law.sigma_c * p / (law.k_p + p)
            return 0.0, 0.0, end, si < 8.0 * NEAR or LN10 * si / IONS_OCP > floor - NEAR
        area = np.cbrt(36.0 * math.pi) * _mean_root(n, end)
        y1, dy = _step(y0, area * g / 3.0, taken / 3.0, dt, law.phi_max)
    after = y1 * y1 * y1
    rate = ((after - phi) / dt + 0.5 * taken * (after + phi)) / MOLAR
    steep = -3.0 * y1 * y1 * dy * area / 3.0 * dg / (MOLAR * dt)
    if (
        g > 0.0
    ):  # where the cap flattens the uptake, the slope to where growth stops keeps Newton from cycling
        steep = max(steep, -(after - phi) / (MOLAR * dt) * dg / g)
    return rate, max(steep, 0.0), end, True


@njit(cache=True, nogil=True, error_model="numpy")
def react(
    law: Law, table: Table, moment: Moment, u: Floats, p: Floats, live: Floats, site_ph: Floats,
    debris: Floats, scaffold: Floats, a: Floats, nuclei: Floats, phi: Floats,
    whole: bool, rate: Floats, slope: Floats, nuclei_end: Floats, awake: Bytes,
) -> None:  # fmt: skip
    """Fill `rate` (mM Ca/day), `slope` (1/day, -dR/du) and `nuclei_end` at deficit u, and who is `awake`.

    `whole`: every voxel; else only those that were awake: the others take nothing up.
    """
    nx, ny, nz = u.shape
    half = 0.5 * moment.dt / law.tau_debris
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            # rows, so that the inner loop indexes in one dimension
            uu, pp, alive, ph, bed, fixed = (
                u[i, j],
                p[i, j],
                live[i, j],
                site_ph[i, j],
                debris[i, j],
                scaffold[i, j],
            )
            aa, nn, ff = a[i, j], nuclei[i, j], phi[i, j]
            rr, ss, ee, wake = rate[i, j], slope[i, j], nuclei_end[i, j], awake[i, j]
            for k in range(1, nz - 1):
                if not whole and not wake[k]:
                    rr[k] = 0.0
                    continue
                rest = bed[k]
                if rest <= 0.0 and nn[k] <= 0.0 and alive[k] * law.s_live <= 0.0:
                    rr[k] = 0.0
                    ss[k] = 0.0
                    ee[k] = 0.0
                    wake[k] = False
                    continue
                loose = rest - fixed[k]
                if loose > 0.0:
                    rest = fixed[k] + loose * math.exp(-half * aa[k])
                here = ph[k] + (1.0 - alive[k]) * (moment.ph_dead - ph[k])
                rr[k], ss[k], ee[k], wake[k] = _voxel(
                    law, table, moment.dt, uu[k], here, pp[k], alive[k], rest, aa[k], nn[k], ff[k]
                )


@njit(cache=True, nogil=True, error_model="numpy")
def advance(
    law: Law,
    dt: float,
    delivered: Floats,
    scaffold: Floats,
    a: Floats,
    volume: Floats,
    debris: Floats,
    phi: Floats,
) -> tuple[float, float]:
    """Lay down the calcium that the transport delivered (mM/day over dt), clear debris, resorb mineral.

    `volume`, (n + 2,) mm3 by index along x. Returns the calcium resorbed and the calcium that fell
    short of zero mineral (nmol).
    """
    nx, ny, nz = phi.shape
    resorbed, short = 0.0, 0.0
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                loose = debris[i, j, k] - scaffold[i, j, k]
                if loose > 0.0:
                    kept = loose * math.exp(-dt / law.tau_debris * a[i, j, k])
                    debris[i, j, k] = scaffold[i, j, k] + kept
                taken = 0.5 * law.k_resorb * a[i, j, k] * dt
                before = phi[i, j, k]
                v = (before * (1.0 - taken) + MOLAR * delivered[i, j, k] * dt) / (1.0 + taken)
                resorbed += taken * (before + v) * volume[i]
                if v < 0.0:
                    short -= v * volume[i]
                    v = 0.0
                phi[i, j, k] = v
    return resorbed / MOLAR, short / MOLAR
