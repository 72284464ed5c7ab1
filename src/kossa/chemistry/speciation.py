"""Aqueous speciation of a body fluid at fixed pH: which ion is free, which is bound to which.

Unknowns are the free molalities of Ca, Mg, Na, K, PO4, CO3 and citrate; chloride closes the charge and
enters the ionic strength only. Each balance is linear in its own unknown (no species holds two of one
kind), so a Gauss-Seidel sweep stays positive and converges for every state.

Data: `aqueous_species.csv`, log K at 25 C and heats of reaction from minteq.v4.dat (PHREEQC, USGS, public
domain), with that database's activity laws: Davies for bare ions, extended Debye-Huckel for complexes,
and the bare limiting law for charged citrate species (their `-gamma 0 0`).
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.evidence.errors import OutsideDomain

__all__ = ["FAST", "TIGHT", "Fluid", "Solution", "distribution", "log_constant", "speciate", "species"]

Floats = npt.NDArray[np.float64]

TIGHT = 1e-6  # relative change of the free ions at which the solver stops: differs from PHREEQC by < 1e-4 SI
FAST = 1e-3  # the same for maps and simulations: differs by < 1e-3 SI
BODY_C = 37.0
GAS_KJ = 8.314462618e-3  # kJ/(mol K), CODATA 2018
LN10 = math.log(10.0)
TRACE = 1e-12  # mol/kg: what stands for nothing, so that logarithms exist
PH_DOMAIN = (4.0, 9.0)
IONIC_DOMAIN = 0.5  # mol/kg: the Davies law is not used beyond
TEMPERATURE_DOMAIN = (15.0, 45.0)  # van 't Hoff from 25 C with constant heats
# Debye-Huckel A and B at two temperatures, as PHREEQC 3.8.6 prints them (DH_A, DH_B)
_DEBYE = {25.0: (0.510016, 0.328490), 37.0: (0.521134, 0.330447)}


@dataclass(frozen=True, eq=False)
class Fluid:
    """What a fluid holds in all, mmol per kg of water; scalars or arrays that broadcast.

    `dic` is total inorganic carbon (what a chemistry panel calls total CO2), `ph` the negative
    logarithm of the activity of H+. With `free_calcium` the field `calcium` is the free molality (as an
    ion-selective electrode tells it) and not a total.
    """

    calcium: npt.ArrayLike
    phosphate: npt.ArrayLike
    ph: npt.ArrayLike = 7.40
    magnesium: npt.ArrayLike = 0.55
    dic: npt.ArrayLike = 25.0
    sodium: npt.ArrayLike = 140.0
    potassium: npt.ArrayLike = 4.2
    citrate: npt.ArrayLike = 0.0
    temperature_c: float = BODY_C
    free_calcium: bool = False


@dataclass(frozen=True, eq=False)
class Solution:
    """Free molalities (mol/kg) and what the saturation needs, each of the fluid's shape."""

    fluid: Fluid
    calcium: Floats
    magnesium: Floats
    sodium: Floats
    potassium: Floats
    phosphate: Floats
    carbonate: Floats
    citrate: Floats
    ionic_strength: Floats
    water_activity: Floats
    log_calcium: Floats
    log_phosphate: Floats
    ph: Floats


@cache
def species() -> tuple[dict[str, str], ...]:
    """Return the rows of the table of complexes, in the order of the kernel."""
    text = files("kossa.chemistry").joinpath("data", "aqueous_species.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def log_constant(log_k_25: float, delta_h_kj: float, temperature_c: float) -> float:
    """Return log10 K at a temperature by van 't Hoff with a constant heat of reaction."""
    shift = 1.0 / 298.15 - 1.0 / (temperature_c + 273.15)
    return float(log_k_25 + delta_h_kj / (GAS_KJ * LN10) * shift)


def _debye(temperature_c: float) -> tuple[float, float]:
    """Return A and B at a temperature, linear between (and a little beyond) PHREEQC's two rows."""
    (t0, low), (t1, high) = _DEBYE.items()
    w = (temperature_c - t0) / (t1 - t0)
    return low[0] + w * (high[0] - low[0]), low[1] + w * (high[1] - low[1])


@cache
def _constants(temperature_c: float) -> Floats:
    rows = [log_constant(float(r["log_k_25"]), float(r["delta_h_kj"]), temperature_c) for r in species()]
    return np.array(10.0 ** np.array(rows))


# Rows of the table, so that the kernel reads like the balances. A test holds them against the file.
(HPO4, H2PO4, H3PO4, CAPO4, CAHPO4, CAH2PO4, MGPO4, MGHPO4, MGH2PO4, NAHPO4, KHPO4) = range(11)
(HCO3, H2CO3, CAHCO3, CACO3, MGHCO3, MGCO3, NAHCO3, NACO3, CAOH, MGOH, OH) = range(11, 22)
(HCIT, H2CIT, H3CIT, CACIT, CAHCIT, CAH2CIT, MGCIT, MGHCIT, MGH2CIT, NACIT, NAHCIT, KCIT) = range(22, 34)


@njit(cache=True, nogil=True)
def _conditional(  # noqa: PLR0915 - one line a species, as in the table
    K: Floats, A: float, B: float, strength: float, h: float, water: float, citrate: bool, k: Floats
) -> float:
    """Fill `k`, (34,): constants between molalities at this ionic strength; return log10 gamma at z = 1."""
    root = np.sqrt(strength)
    davies = -A * (root / (1.0 + root) - 0.3 * strength)
    g1 = np.exp(LN10 * davies)  # bare ions: charge z has g1 ** (z * z)
    g2 = g1 * g1 * g1 * g1
    g3 = g2 * g2 * g1
    x = LN10 * A * root  # one over gamma of a complex of charge 1, by ion size
    i40 = np.exp(x / (1.0 + B * 4.0 * root))
    i50 = np.exp(x / (1.0 + B * 5.0 * root))
    i54 = np.exp(x / (1.0 + B * 5.4 * root))
    i60 = np.exp(x / (1.0 + B * 6.0 * root))
    h2 = h * h
    calcium = g2 * g3
    k[HPO4] = K[HPO4] * g3 * h * i50 * i50 * i50 * i50
    k[H2PO4] = K[H2PO4] * g3 * h2 * i54
    k[H3PO4] = K[H3PO4] * g3 * h2 * h
    k[CAPO4] = K[CAPO4] * calcium * i54
    k[CAHPO4] = K[CAHPO4] * calcium * h
    k[CAH2PO4] = K[CAH2PO4] * calcium * h2 * i54
    k[MGPO4] = K[MGPO4] * calcium * i54
    k[MGHPO4] = K[MGHPO4] * calcium * h
    k[MGH2PO4] = K[MGH2PO4] * calcium * h2 * i54
    k[NAHPO4] = K[NAHPO4] * g1 * g3 * h * i54
    k[KHPO4] = K[KHPO4] * g1 * g3 * h * i54
    k[HCO3] = K[HCO3] * g2 * h * i54
    k[H2CO3] = K[H2CO3] * g2 * h2
    k[CAHCO3] = K[CAHCO3] * g2 * g2 * h * i60
    k[CACO3] = K[CACO3] * g2 * g2
    k[MGHCO3] = K[MGHCO3] * g2 * g2 * h * i40
    k[MGCO3] = K[MGCO3] * g2 * g2
    k[NAHCO3] = K[NAHCO3] * g1 * g2 * h
    k[NACO3] = K[NACO3] * g1 * g2 * i54
    hydroxyl = g2 * water / h
    k[CAOH] = K[CAOH] * hydroxyl * i60
    k[MGOH] = K[MGOH] * hydroxyl * np.exp(x / (1.0 + B * 6.5 * root))
    k[OH] = K[OH] * water / h * np.exp(x / (1.0 + B * 3.5 * root))
    if citrate:
        lim = np.exp(x)
        lim4 = lim * lim * lim * lim
        k[HCIT] = K[HCIT] * g3 * h * lim4
        k[H2CIT] = K[H2CIT] * g3 * h2 * lim
        k[H3CIT] = K[H3CIT] * g3 * h2 * h
        k[CACIT] = K[CACIT] * calcium * lim
        k[CAHCIT] = K[CAHCIT] * calcium * h
        k[CAH2CIT] = K[CAH2CIT] * calcium * h2 * lim
        k[MGCIT] = K[MGCIT] * calcium * lim
        k[MGHCIT] = K[MGHCIT] * calcium * h
        k[MGH2CIT] = K[MGH2CIT] * calcium * h2 * lim
        k[NACIT] = K[NACIT] * g1 * g3 * lim4
        k[NAHCIT] = K[NAHCIT] * g1 * g3 * h * lim
        k[KCIT] = K[KCIT] * g1 * g3 * lim4
    return float(davies)


@njit(cache=True, nogil=True)
def _sweep(k: Floats, total: Floats, free: Floats, hold_calcium: bool) -> float:
    """Solve each balance once with the newest others; return the largest relative change.

    `total` and `free`, (7,): Ca, Mg, Na, K, PO4, CO3, citrate.
    """
    ca, mg, na, p, c, cit = free[0], free[1], free[2], free[4], free[5], free[6]
    change: float = 0.0
    if not hold_calcium:
        s = 1.0 + k[CAOH] + p * (k[CAPO4] + k[CAHPO4] + k[CAH2PO4]) + c * (k[CAHCO3] + k[CACO3])
        s += cit * (k[CACIT] + k[CAHCIT] + k[CAH2CIT])
        free[0] = total[0] / s
        change = abs(free[0] - ca) / free[0]
        ca = free[0]
    s = 1.0 + k[MGOH] + p * (k[MGPO4] + k[MGHPO4] + k[MGH2PO4]) + c * (k[MGHCO3] + k[MGCO3])
    s += cit * (k[MGCIT] + k[MGHCIT] + k[MGH2CIT])
    mg = free[1] = total[1] / s
    s = 1.0 + p * k[NAHPO4] + c * (k[NAHCO3] + k[NACO3]) + cit * (k[NACIT] + k[NAHCIT])
    na = free[2] = total[2] / s
    free[3] = total[3] / (1.0 + p * k[KHPO4] + cit * k[KCIT])
    s = 1.0 + k[HPO4] + k[H2PO4] + k[H3PO4] + ca * (k[CAPO4] + k[CAHPO4] + k[CAH2PO4])
    s += mg * (k[MGPO4] + k[MGHPO4] + k[MGH2PO4]) + na * k[NAHPO4] + free[3] * k[KHPO4]
    free[4] = total[4] / s
    change = max(change, abs(free[4] - p) / free[4])
    s = 1.0 + k[HCO3] + k[H2CO3] + ca * (k[CAHCO3] + k[CACO3]) + mg * (k[MGHCO3] + k[MGCO3])
    s += na * (k[NAHCO3] + k[NACO3])
    free[5] = total[5] / s
    change = max(change, abs(free[5] - c) / free[5])
    if total[6] > TRACE:
        s = 1.0 + k[HCIT] + k[H2CIT] + k[H3CIT] + ca * (k[CACIT] + k[CAHCIT] + k[CAH2CIT])
        s += mg * (k[MGCIT] + k[MGHCIT] + k[MGH2CIT]) + na * (k[NACIT] + k[NAHCIT]) + free[3] * k[KCIT]
        free[6] = total[6] / s
        change = max(change, abs(free[6] - cit) / free[6])
    return float(change)


@njit(cache=True, nogil=True)
def _strength(k: Floats, f: Floats, h: float, g1: float) -> tuple[float, float]:
    """Return the ionic strength and the sum of all solutes, chloride closing the charge (mol/kg)."""
    ca, mg, na, kk, p, c, cit = f[0], f[1], f[2], f[3], f[4], f[5], f[6]
    plus = h / g1 + na + kk + ca * (k[CAOH] + c * k[CAHCO3] + p * k[CAH2PO4] + cit * k[CAH2CIT])
    plus += mg * (k[MGOH] + c * k[MGHCO3] + p * k[MGH2PO4] + cit * k[MGH2CIT])
    minus = k[OH] + c * (k[HCO3] + na * k[NACO3])
    minus += p * (k[H2PO4] + ca * k[CAPO4] + mg * k[MGPO4] + na * k[NAHPO4] + kk * k[KHPO4])
    minus += cit * (k[H2CIT] + ca * k[CACIT] + mg * k[MGCIT] + na * k[NAHCIT])
    minus2 = c + p * k[HPO4] + cit * (k[HCIT] + na * k[NACIT] + kk * k[KCIT])
    neutral = c * (k[H2CO3] + ca * k[CACO3] + mg * k[MGCO3] + na * k[NAHCO3])
    neutral += p * (k[H3PO4] + ca * k[CAHPO4] + mg * k[MGHPO4])
    neutral += cit * (k[H3CIT] + ca * k[CAHCIT] + mg * k[MGHCIT])
    excess = plus + 2.0 * (ca + mg) - minus - 2.0 * minus2 - 3.0 * (p + cit)
    chloride = abs(excess)
    strength = 0.5 * (plus + minus + chloride + 4.0 * (ca + mg + minus2) + 9.0 * (p + cit))
    return strength, plus + minus + minus2 + neutral + ca + mg + p + cit + chloride


@njit(cache=True, nogil=True)
def _solve(
    K: Floats, A: float, B: float, total: Floats, ph: float, hold: bool, tol: float, k: Floats, free: Floats
) -> tuple[float, float, float]:
    """Fill `free`, (7,); return the ionic strength, the water activity and log10 gamma at z = 1."""
    h = np.exp(-LN10 * ph)
    strength, water = 0.16, 0.995  # plasma, where the search starts
    free[:] = total
    free[4] = total[4] * 1e-5  # PO4-3 and CO3-2 are traces of their totals at body pH
    free[5] = total[5] * 1e-3
    citrate = total[6] > TRACE
    k[:] = 0.0
    davies, inner = 0.0, max(tol, 0.02)  # no need to solve exactly at a strength that is still a guess
    for _ in range(50):
        davies = _conditional(K, A, B, strength, h, water, citrate, k)
        for _ in range(60):
            if _sweep(k, total, free, hold) < inner:
                break
        new, solutes = _strength(k, free, h, np.exp(LN10 * davies))
        done = abs(new - strength) < tol * new and inner == tol
        inner = tol
        strength, water = new, 1.0 - 0.017 * solutes
        if done:
            break
    return strength, water, davies


@njit(cache=True, nogil=True)
def _batch(
    K: Floats, A: float, B: float, totals: Floats, ph: Floats, hold: bool, tol: float, out: Floats
) -> None:
    """Fill `out`, (n, 11): the seven free molalities, I, a_w, log a(Ca), log a(PO4)."""
    k = np.empty(34)
    free = np.empty(7)
    for i in range(ph.size):
        strength, water, davies = _solve(K, A, B, totals[i], ph[i], hold, tol, k, free)
        out[i, :7] = free
        out[i, 7] = strength
        out[i, 8] = water
        out[i, 9] = np.log10(free[0]) + 4.0 * davies
        out[i, 10] = np.log10(free[4]) + 9.0 * davies


def speciate(fluid: Fluid, *, tol: float = TIGHT) -> Solution:
    """Return the free ions of every state of `fluid`.

    `tol` is `TIGHT` for a person's blood, `FAST` for maps. Raises `OutsideDomain` for a pH outside
    4-9, a negative or missing amount, a temperature outside 15-45 C, and where the ionic strength found
    exceeds 0.5 mol/kg.
    """
    names = ("calcium", "magnesium", "sodium", "potassium", "phosphate", "dic", "citrate")
    arrays = np.broadcast_arrays(*(np.asarray(getattr(fluid, n), dtype=np.float64) for n in (*names, "ph")))
    _check(fluid, dict(zip((*names, "ph"), arrays, strict=True)))
    shape = arrays[0].shape
    totals = np.stack([np.maximum(a.ravel() * 1e-3, TRACE) for a in arrays[:-1]], axis=1)
    if not np.any(arrays[6]):
        totals[:, 6] = 0.0
    ph = np.ascontiguousarray(arrays[-1].ravel())
    out = np.empty((ph.size, 11))
    a, b = _debye(fluid.temperature_c)
    _batch(_constants(fluid.temperature_c), a, b, totals, ph, fluid.free_calcium, tol, out)
    if ph.size and out[:, 7].max() > IONIC_DOMAIN:
        raise OutsideDomain(
            f"ionic strength {out[:, 7].max():.2f} mol/kg: the activity laws hold to {IONIC_DOMAIN}"
        )
    columns = (out[:, i].reshape(shape) for i in range(11))
    return Solution(fluid, *columns, arrays[-1])  # type: ignore[call-arg] # eleven columns


def _check(fluid: Fluid, arrays: dict[str, Floats]) -> None:
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise OutsideDomain(f"{name} holds a value that is not a number")
        if name == "ph":
            if values.size and (values.min() < PH_DOMAIN[0] or values.max() > PH_DOMAIN[1]):
                raise OutsideDomain(
                    f"pH {values.min():g} to {values.max():g}: the chemistry holds from 4 to 9"
                )
        elif values.size and values.min() < 0:
            raise OutsideDomain(f"{name} is {values.min():g} mmol/kg: an amount cannot be negative")
    low, high = TEMPERATURE_DOMAIN
    if not low <= fluid.temperature_c <= high:
        raise OutsideDomain(f"{fluid.temperature_c:g} C: the chemistry holds from {low:g} to {high:g} C")


def distribution(solution: Solution) -> dict[str, Floats]:
    """Return the molality (mol/kg) of every species, free ions and complexes, by name.

    Made from the table row by row, apart from the solver's kernel, so that it can be held against it.
    """
    fluid = solution.fluid
    a, b = _debye(fluid.temperature_c)
    root = np.sqrt(solution.ionic_strength)
    davies = -a * (root / (1.0 + root) - 0.3 * solution.ionic_strength)
    free = {
        "Ca": (2, solution.calcium),
        "Mg": (2, solution.magnesium),
        "Na": (1, solution.sodium),
        "K": (1, solution.potassium),
        "PO4": (3, solution.phosphate),
        "CO3": (2, solution.carbonate),
        "Cit": (3, solution.citrate),
    }
    out = {name: molality for name, (_, molality) in free.items()}
    for row, constant in zip(species(), _constants(fluid.temperature_c), strict=True):
        z, size = int(row["charge"]), row["ion_size_angstrom"]
        denominator = 1.0 if size == "limiting" else 1.0 + b * float(size) * root
        molality = constant * 10.0 ** (-float(row["H"]) * solution.ph + a * z * z * root / denominator)
        molality = molality * solution.water_activity ** float(row["H2O"])
        for name, (charge, amount) in free.items():
            if int(row[name]):
                molality = molality * amount * 10.0 ** (charge * charge * davies)
        out[row["name"]] = molality
    return out
