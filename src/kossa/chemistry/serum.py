"""Serum calcium in its parts: total, ultrafilterable, free; and the saturation of a person's serum.

Site model: Takano et al. 2012, Anal Chem Insights 7:23 (101 sera, r 0.953 against the electrode).
Bicarbonate complex: J Lab Clin Med 1984 (abstract; protein-free solution). Phosphate complex:
conditional constant of minteq.v4. Citrate: 2670 L/mol with magnesium competing. All per litre of
plasma, mmol/L unless said; per kg of plasma water is a factor 1/0.93 (proteins 7 %, unchecked).
"""

from __future__ import annotations

import math

from scipy.optimize import brentq

from kossa.chemistry.albumin import adjusted_calcium
from kossa.chemistry.saturation import phases, saturation, tissue_ph_reaching
from kossa.chemistry.speciation import Fluid
from kossa.evidence.base import Record
from kossa.evidence.errors import OutsideDomain

__all__ = ["LIFE", "FreeCalcium", "SerumSaturation", "free_calcium", "serum_fluid", "serum_saturation"]

PLASMA_WATER = 0.93  # kg water per litre plasma (recalled: unchecked)
PHOSPHATE_UF = 0.90  # ultrafilterable share of serum phosphate (recalled, 85-90 %: unchecked)
MAGNESIUM_UF = 0.70  # ultrafilterable share of serum magnesium (recalled: unchecked)
ALBUMIN = (10**2.38, 1.7e-3)  # L/mol, mol of sites per g/dL (Takano 2012)
GLOBULIN = (10**2.55, 2.6e-4)  # same
SITE_PKA = 7.55  # both proteins (Takano 2012)
BICARBONATE = 5.2  # L/mol (J Lab Clin Med 1984)
PHOSPHATE = 57.0 * 0.6  # L/mol of HPO4; 0.6 is the part not paired with sodium (minteq.v4)
PHOSPHATE_PKA = 6.78  # conditional, plasma (minteq.v4)
CITRATE = 2670.0  # L/mol, conditional (minteq.v4)
CITRATE_MAGNESIUM = CITRATE * 10**0.02  # log K 4.89 against 4.87 (minteq.v4)
FREE_MAGNESIUM = (
    0.54  # mmol/L, where none is given (judgement: 0.85 total, 70 % filterable, 90 % of that free)
)
USUAL = {
    "globulin_g_l": 30.0,
    "ph": 7.40,
    "bicarbonate": 25.0,
    "phosphate": 1.1,
    "citrate": 0.12,
}  # judgement
SD = 0.06  # mmol/L, one standard deviation of a free calcium by this model (judgement)
SD_WIDE = 0.10  # the same with albumin under 30, globulin over 45 g/L, or the pH unknown (judgement)
CO2_SOLUBILITY = 0.0307  # mmol/L per mmHg (recalled: unchecked)

# What living serum can hold (judgement: beyond the extremes of case reports); outside is refused
LIFE = {
    "total": (0.8, 6.0, "mmol/L"),
    "ionised": (0.3, 4.0, "mmol/L"),
    "albumin_g_l": (3.0, 75.0, "g/L"),
    "globulin_g_l": (3.0, 150.0, "g/L"),
    "ph": (6.6, 7.9, ""),
    "bicarbonate": (1.0, 70.0, "mmol/L"),
    "phosphate": (0.1, 12.0, "mmol/L"),
    "magnesium": (0.1, 6.0, "mmol/L"),
    "sodium": (95.0, 200.0, "mmol/L"),
    "potassium": (1.0, 12.0, "mmol/L"),
    "citrate": (0.0, 5.0, "mmol/L"),
}
# SI of octacalcium phosphate at which apatite grows even in living tissue with uraemic pyrophosphate: the
# growth gate of the simulation (process, reference set); a model's number, not a measured threshold
LIVE_TISSUE_OCP = 2.04


class FreeCalcium(Record, frozen=True, kw_only=True):
    """Serum calcium in its parts, mmol/L; `sd` is one standard deviation of `free`.

    `adjusted` is the albumin-adjusted total, shown only. `assumed` names what was not given.
    """

    free: float
    sd: float
    ultrafilterable: float
    albumin_bound: float
    globulin_bound: float
    complexed: float
    adjusted: float
    ph: float
    assumed: tuple[str, ...] = ()


class SerumSaturation(Record, frozen=True, kw_only=True):
    """How supersaturated a serum is, and at which tissue pH it becomes dangerous.

    `index` is SI by phase, `spread` what databases differ by; `tissue_ph` the pH at which octacalcium
    phosphate reaches `danger_index`, with the interval of the databases (None: not within 6.0-8.5).
    """

    index: dict[str, float]
    spread: dict[str, float]
    free_calcium: float
    calcium_source: str
    danger_index: float
    tissue_ph: float | None
    tissue_ph_low: float | None
    tissue_ph_high: float | None
    assumed: tuple[str, ...] = ()


def _alive(**values: float | None) -> None:
    """Refuse what no living serum holds, by name, value and range."""
    for name, value in values.items():
        if value is None:
            continue
        low, high, unit = LIFE[name]
        if not low <= value <= high:
            raise OutsideDomain(
                f"{name} {value:g} {unit} is outside what living serum holds "
                f"({low:g} to {high:g} {unit}): check the unit"
            )


def _or_usual(given: dict[str, float | None]) -> tuple[dict[str, float], tuple[str, ...]]:
    values = {name: USUAL[name] if value is None else value for name, value in given.items()}
    return values, tuple(
        f"{name} {USUAL[name]:g} {LIFE[name][2]}".strip() for name, v in given.items() if v is None
    )


def free_calcium(
    total: float,
    *,
    albumin_g_l: float,
    globulin_g_l: float | None = None,
    ph: float | None = None,
    bicarbonate: float | None = None,
    phosphate: float | None = None,
    citrate: float | None = None,
) -> FreeCalcium:
    """Return the parts of a total serum calcium (mmol/L), by the site model.

    What is not given is taken from `USUAL` and named in `assumed`; `sd` widens with a low albumin, a
    high globulin and an unknown pH. Raises `OutsideDomain` outside living serum.
    """
    given = {
        "globulin_g_l": globulin_g_l,
        "ph": ph,
        "bicarbonate": bicarbonate,
        "phosphate": phosphate,
        "citrate": citrate,
    }
    _alive(total=total, albumin_g_l=albumin_g_l, **given)
    value, assumed = _or_usual(given)
    hydrogen = 1.0 + math.pow(10.0, SITE_PKA - value["ph"])
    hpo4 = value["phosphate"] * 1e-3 / (1.0 + math.pow(10.0, PHOSPHATE_PKA - value["ph"]))
    magnesium = CITRATE_MAGNESIUM * FREE_MAGNESIUM * 1e-3

    def sites(c: float, protein: tuple[float, float], g_l: float) -> float:
        constant, per_g_dl = protein
        return per_g_dl * g_l / 10.0 * constant * c / (hydrogen + constant * c)

    def complexed(c: float) -> float:
        citrate_bound = value["citrate"] * 1e-3 * CITRATE * c / (1.0 + CITRATE * c + magnesium)
        return c * (BICARBONATE * value["bicarbonate"] * 1e-3 + PHOSPHATE * hpo4) + citrate_bound

    def excess(c: float) -> float:
        bound = sites(c, ALBUMIN, albumin_g_l) + sites(c, GLOBULIN, value["globulin_g_l"])
        return c + bound + complexed(c) - total * 1e-3

    free = float(brentq(excess, 0.0, total * 1e-3, xtol=1e-12))
    uncertain = albumin_g_l < 30.0 or value["globulin_g_l"] > 45.0 or ph is None
    return FreeCalcium(
        free=free * 1e3,
        sd=SD_WIDE if uncertain else SD,
        ultrafilterable=(free + complexed(free)) * 1e3,
        albumin_bound=sites(free, ALBUMIN, albumin_g_l) * 1e3,
        globulin_bound=sites(free, GLOBULIN, value["globulin_g_l"]) * 1e3,
        complexed=complexed(free) * 1e3,
        adjusted=adjusted_calcium(total, albumin_g_l),
        ph=value["ph"],
        assumed=assumed,
    )


def serum_fluid(
    free: float,
    phosphate: float,
    *,
    ph: float = 7.40,
    magnesium: float | None = None,
    bicarbonate: float | None = None,
    total_co2: float | None = None,
    pco2_mmhg: float | None = None,
    sodium: float | None = None,
    potassium: float | None = None,
    citrate: float | None = None,
) -> Fluid:
    """Return a person's serum water, free calcium held, for `saturation`.

    `free` as the electrode tells it (an activity in water: not divided by the plasma water);
    `phosphate` and `magnesium` are totals per litre of serum. Inorganic carbon is `total_co2`, else
    bicarbonate plus dissolved CO2. Raises `OutsideDomain` outside living serum.
    """
    _alive(
        ionised=free, phosphate=phosphate, ph=ph, magnesium=magnesium, bicarbonate=bicarbonate,
        sodium=sodium, potassium=potassium, citrate=citrate,
    )  # fmt: skip
    carbon = total_co2
    if carbon is None:
        hco3 = USUAL["bicarbonate"] if bicarbonate is None else bicarbonate
        pressure = hco3 / (CO2_SOLUBILITY * 10.0 ** (ph - 6.1)) if pco2_mmhg is None else pco2_mmhg
        carbon = hco3 + CO2_SOLUBILITY * pressure
    return Fluid(
        calcium=free,
        phosphate=PHOSPHATE_UF * phosphate / PLASMA_WATER,
        ph=ph,
        magnesium=MAGNESIUM_UF * (0.85 if magnesium is None else magnesium) / PLASMA_WATER,
        dic=carbon / PLASMA_WATER,
        sodium=(140.0 if sodium is None else sodium) / PLASMA_WATER,
        potassium=(4.2 if potassium is None else potassium) / PLASMA_WATER,
        citrate=(USUAL["citrate"] if citrate is None else citrate) / PLASMA_WATER,
        free_calcium=True,
    )


def serum_saturation(
    phosphate: float,
    *,
    ionised: float | None = None,
    total: float | None = None,
    albumin_g_l: float | None = None,
    globulin_g_l: float | None = None,
    ph: float | None = None,
    magnesium: float | None = None,
    bicarbonate: float | None = None,
    sodium: float | None = None,
    potassium: float | None = None,
) -> SerumSaturation:
    """Return how supersaturated this serum is; a measured ionised calcium goes before the site model.

    Needs phosphate, and either the ionised calcium or total calcium with albumin; raises
    `OutsideDomain` where these are missing or outside living serum.
    """
    assumed: tuple[str, ...] = ()
    if ionised is not None:
        free, origin = ionised, "measured"
    elif total is not None and albumin_g_l is not None:
        parts = free_calcium(
            total,
            albumin_g_l=albumin_g_l,
            globulin_g_l=globulin_g_l,
            ph=ph,
            bicarbonate=bicarbonate,
            phosphate=phosphate,
        )
        free, origin, assumed = parts.free, "site model", parts.assumed
    else:
        raise OutsideDomain("the saturation of serum needs ionised calcium, or total calcium with albumin")
    if ph is None and ionised is not None:
        assumed = (*assumed, "ph 7.4")
    fluid = serum_fluid(
        free,
        phosphate,
        ph=USUAL["ph"] if ph is None else ph,
        magnesium=magnesium,
        bicarbonate=bicarbonate,
        sodium=sodium,
        potassium=potassium,
    )
    names = ("HAP", "OCP", "DCPD", "ACP2")
    index = {name: float(value) for name, value in saturation(fluid, names).items()}
    value, low, high = tissue_ph_reaching(fluid, LIVE_TISSUE_OCP)
    return SerumSaturation(
        index=index,
        spread={name: phases()[name].spread for name in names},
        free_calcium=free,
        calcium_source=origin,
        danger_index=LIVE_TISSUE_OCP,
        tissue_ph=value,
        tissue_ph_low=low,
        tissue_ph_high=high,
        assumed=assumed,
    )
