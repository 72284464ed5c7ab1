"""Saturation indices of the calcium phosphates: SI = log10(IAP / Ksp) per formula unit as written.

Numerical error is nothing here, the database is everything: six databases put the same fluid up to
0.4 apart in apatite and octacalcium phosphate. `spread` tells it, and it belongs beside every
absolute index that is shown. Differences between two fluids do not suffer from it.

Data: `phases.csv`, the solubility products with their sources.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from kossa.chemistry.speciation import TIGHT, Fluid, Solution, log_constant, speciate, species
from kossa.evidence.errors import OutsideDomain

__all__ = ["Phase", "phases", "saturation", "saturation_of", "tissue_ph_reaching"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Phase:
    """One solid: its dissolution reaction as counts of ions, and how sure its constant is."""

    name: str
    long_name: str
    reaction: str
    log_k_25: float
    delta_h_kj: float
    calcium: float
    phosphate: float
    hydrogen_phosphate: float
    hydrogen: float
    hydroxide: float
    water: float
    ions: float
    spread: float
    source: str
    grade: str


@cache
def phases() -> dict[str, Phase]:
    """Return the solids by short name: HAP, OCP, DCPD, DCPA, TCP, ACP1, ACP2, ACPm."""
    text = files("kossa.chemistry").joinpath("data", "phases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        r["name"]: Phase(
            r["name"], r["long_name"], r["reaction"], float(r["log_k_25"]), float(r["delta_h_kj"]),
            float(r["Ca"]), float(r["PO4"]), float(r["HPO4"]), float(r["H"]), float(r["OH"]), float(r["H2O"]),
            float(r["ions"]), float(r["database_spread_si"]), r["source"], r["grade"],
        )
        for r in rows
    }  # fmt: skip


def phase(name: str) -> Phase:
    """Return one solid; raises `OutsideDomain` with the known names."""
    table = phases()
    if name not in table:
        raise OutsideDomain(f"no solid called {name!r}; known: {', '.join(table)}")
    return table[name]


@cache
def _aqueous(name: str, temperature_c: float) -> float:
    row = next(r for r in species() if r["name"] == name)
    return log_constant(float(row["log_k_25"]), float(row["delta_h_kj"]), temperature_c)


def saturation_of(solution: Solution, name: str) -> Floats:
    """Return the SI of one solid for every state; minus infinity where calcium or phosphate is absent."""
    solid = phase(name)
    warmth = solution.fluid.temperature_c
    log_water = np.log10(solution.water_activity)
    log_hpo4 = solution.log_phosphate - solution.ph + _aqueous("HPO4-2", warmth)
    log_oh = _aqueous("OH-", warmth) + log_water + solution.ph
    log_iap = (
        solid.calcium * solution.log_calcium
        + solid.phosphate * solution.log_phosphate
        + solid.hydrogen_phosphate * log_hpo4
        - solid.hydrogen * solution.ph
        + solid.hydroxide * log_oh
        + solid.water * log_water
    )
    index = log_iap - log_constant(solid.log_k_25, solid.delta_h_kj, warmth)
    absent = (np.asarray(solution.fluid.calcium) == 0) | (np.asarray(solution.fluid.phosphate) == 0)
    return np.where(absent, -np.inf, index)


def saturation(
    fluid: Fluid, names: tuple[str, ...] = ("HAP", "OCP", "DCPD", "ACP2"), *, tol: float = TIGHT
) -> dict[str, Floats]:
    """Return the SI of several solids for every state of `fluid`. Raises as `speciate` does."""
    solution = speciate(fluid, tol=tol)
    return {name: saturation_of(solution, name) for name in names}


def tissue_ph_reaching(
    fluid: Fluid, index: float, name: str = "OCP"
) -> tuple[float | None, float | None, float | None]:
    """Return the pH at which this serum, moved into tissue, reaches SI = `index`: value, low, high.

    The fluid's totals are kept (its total ultrafilterable calcium, where the free one was given) and
    only the pH is moved between 6.0 and 8.5, where the index of OCP and apatite rises with pH. `low`
    and `high` are the same at the index plus and minus what the databases differ by; None means "not
    within 6.0 to 8.5".
    """
    solid = phase(name)
    if fluid.free_calcium:
        bound = _total_calcium(fluid)
        fluid = replace(fluid, calcium=bound, free_calcium=False)
    grid = np.linspace(6.0, 8.5, 251)
    values = saturation(replace(fluid, ph=grid), (name,))[name]

    def crossing(level: float) -> float | None:
        above = np.flatnonzero(values >= level)
        if above.size == 0:
            return None
        first = int(above[0])
        if first == 0:
            return float(grid[0])
        return float(np.interp(level, values[first - 1 : first + 1], grid[first - 1 : first + 1]))

    return crossing(index), crossing(index - solid.spread), crossing(index + solid.spread)


def _total_calcium(fluid: Fluid) -> float:
    """Return the total (ultrafilterable) calcium, mmol/kg, that a free calcium implies."""
    from kossa.chemistry.speciation import distribution  # noqa: PLC0415 - only this needs the full list

    solution = speciate(fluid)
    amounts = distribution(solution)
    total = amounts["Ca"].copy()
    for row in species():
        if int(row["Ca"]):
            total = total + amounts[row["name"]]
    return float(np.asarray(total) * 1e3)
