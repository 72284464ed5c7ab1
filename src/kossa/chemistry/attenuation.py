"""X-ray attenuation of tissue and mineral, and HU per mg of hydroxyapatite by tube voltage.

Data: `attenuation_cm2_per_g.csv` (total mass attenuation with coherent scatter, 15-150 keV, computed
with xraylib 4.3.0; ICRU-44 compositions) and `hu_per_mg_ha.csv` (energy-integrating detector behind
water, spectra of spekpy 2.5.4).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from kossa.evidence.errors import OutsideDomain

__all__ = ["hu_per_mg_cm3", "mass_attenuation_cm2_per_g", "materials"]

Floats = npt.NDArray[np.float64]


@cache
def _table(name: str) -> dict[str, Floats]:
    text = files("kossa.chemistry").joinpath("data", name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}


def materials() -> tuple[str, ...]:
    """Return the names of the materials in the table."""
    return tuple(name for name in _table("attenuation_cm2_per_g.csv") if name != "E_keV")


def mass_attenuation_cm2_per_g(material: str, energy_kev: npt.ArrayLike) -> Floats:
    """Return mu/rho in cm2/g at `energy_kev` (15-150), log-log between the table's rows.

    Raises `OutsideDomain` outside the table and for an unknown material.
    """
    table = _table("attenuation_cm2_per_g.csv")
    if material not in materials():
        raise OutsideDomain(f"no attenuation for {material!r}; known: {', '.join(materials())}")
    energy = np.asarray(energy_kev, dtype=np.float64)
    if not ((energy >= table["E_keV"][0]) & (energy <= table["E_keV"][-1])).all():
        raise OutsideDomain("attenuation is tabulated from 15 to 150 keV")
    return np.exp(np.interp(np.log(energy), np.log(table["E_keV"]), np.log(table[material])))


def hu_per_mg_cm3(kvp: float, *, water_cm: float = 20.0) -> float:
    """Return HU per mg/cm3 of hydroxyapatite that displaces water, behind `water_cm` (0-20) of water.

    Linear between the table's voltages (70-140 kV) and between its two thicknesses; raises
    `OutsideDomain` beyond them.
    """
    table = _table("hu_per_mg_ha.csv")
    if not (table["kVp"].min() <= kvp <= table["kVp"].max()):
        raise OutsideDomain(f"no HU per mg at {kvp:g} kV; tabulated from 70 to 140 kV")
    if not 0 <= water_cm <= table["water_cm"].max():
        raise OutsideDomain(f"no HU per mg behind {water_cm:g} cm of water; tabulated from 0 to 20 cm")
    slopes = []
    depths = np.unique(table["water_cm"])
    for depth in depths:
        rows = table["water_cm"] == depth
        slopes.append(np.interp(kvp, table["kVp"][rows], table["HU_per_mg_cm3_displacing"][rows]))
    return float(np.interp(water_cm, depths, slopes))
