"""Crystals: from the run's parameters to the constants of the law, and what the growth gate asks for.

The law itself stands in `kernels/deposit.py`; here are its constants in the units of a voxel, the
pyrophosphate that just closes the gate (p*), and the dimensionless groups that decide a run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from kossa.process.kernels.deposit import IONS_OCP, LN10, MOLAR, Law

__all__ = ["closing_ppi", "gate_index", "groups", "make_law", "resting_ppi", "shortest_length", "sigma"]

# mm/day of crystal front per mol OCP/m2/s: 4 Ca per formula, 31.8e-6 m3 per mol Ca, 86400 s, 1000 mm/m
FRONT = 4.0 * 31.8e-6 * 86400.0 * 1e3
# Dissolution of apatite in acid, Kinec_v3.dat (Ea 43 kJ/mol, 37 C): mol/m2/s per unit of the acid term, 5 Ca
ARRHENIUS = math.exp(-43000.0 / (8.314462618 * 310.15))
DISSOLVING = 5.0 * 31.8e-6 * 86400.0 * 1e3 * ARRHENIUS


def sigma(si_ocp: float) -> float:
    """Return the supersaturation per ion of octacalcium phosphate."""
    return LN10 * si_ocp / IONS_OCP


def make_law(p: Mapping[str, float], u_max: float, *, smooth: bool = False) -> Law:
    """Return the law's constants from a run's parameters (by name, units of law.toml)."""
    return Law(
        b_debris=p["barrier_debris"],
        b_live=p["barrier_debris"] * p["barrier_ratio"],
        j0=p["nucleation_rate"],
        s_live=p["living_sites"],
        k_p=p["ppi_half"],
        sigma_c=p["gate"],
        growth=p["growth_constant"] * FRONT,
        k_protein=p["protein_half"],
        cap=p["nuclei_cap"],
        phi_max=p["mineral_cap"] * MOLAR,
        k_loss=p["nuclei_loss"],
        tau_debris=p["debris_days"],
        k_resorb=p["resorption"],
        dissolution=DISSOLVING,
        smooth=smooth,
        u_max=u_max,
    )


def closing_ppi(si_ocp: float, p: Mapping[str, float]) -> float:
    """Return p* (umol/L): pyrophosphate that just closes the gate at this index; infinite where none does."""
    x = max(sigma(si_ocp), 0.0) / p["gate"]
    return p["ppi_half"] * x / (1.0 - x) if x < 1.0 else math.inf


def resting_ppi(p: Mapping[str, float], plasma: float) -> float:
    """Return the pyrophosphate of resting, perfused, living tissue (umol/L)."""
    k = p["exchange"]
    return (k * plasma * p["ppi_plasma_factor"] + p["ppi_release"]) / (k + p["tnap_live"])


def gate_index(p: Mapping[str, float], ppi: float) -> float:
    """Return the SI of octacalcium phosphate above which crystals grow at this pyrophosphate."""
    return IONS_OCP * p["gate"] * ppi / (p["ppi_half"] + ppi) / LN10


def shortest_length(p: Mapping[str, float], *, injured: bool) -> float:
    """Return the shortest length that the grid must resolve (mm): of perfusion, of pyrophosphate."""
    perfusion = math.sqrt(p["diffusion_ions"] / p["exchange"])
    if not injured:
        return perfusion
    inside = p["diffusion_dead"] * p["diffusion_inside"]
    reach = math.sqrt(p["diffusion_ppi"] * inside / (p["tnap_live"] + p["tnap_dead"]))
    return min(perfusion, reach)


def groups(p: Mapping[str, float], plasma_ppi: float, si_dead: float, half_mm: float) -> dict[str, float]:
    """Return the dimensionless groups that decide a run.

    `half_mm` is half of the lesion's shortest width, 0 for none.
    """
    rest = resting_ppi(p, plasma_ppi)
    square = (LN10 * si_dead) ** 2 if si_dead > 0 else 0.0
    out = {
        "gate_open_dead": sigma(si_dead) / (p["gate"] * rest / (p["ppi_half"] + rest)),
        "nucleation_barrier_debris": p["barrier_debris"] / square if square else math.inf,
        "clearance_times_births": p["debris_days"] * p["nucleation_rate"],
    }
    if half_mm > 0:
        inside = p["diffusion_dead"] * p["diffusion_inside"]
        out["inhibitor_reach"] = (
            math.sqrt(p["diffusion_ppi"] * inside / (p["tnap_live"] + p["tnap_dead"])) / half_mm
        )
        out["perfusion_number"] = half_mm * math.sqrt(p["exchange"] / p["diffusion_ions"])
        out["days_to_fill_by_supply"] = (
            p["mineral_cap"] * half_mm**2 / (3.0 * p["diffusion_ions"] * inside * 0.35)
        )
    return {name: float(f"{value:.4g}") for name, value in out.items() if math.isfinite(value)}
