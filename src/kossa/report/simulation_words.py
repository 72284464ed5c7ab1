"""The sentences of the simulation's pages, made from the same records as the numbers beside them."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from kossa.process.comparison import Case, Comparison
from kossa.process.outcome import Outcome
from kossa.process.scenario import Scenario

__all__ = [
    "agreement",
    "case_view",
    "comparison_rows",
    "duration",
    "figures",
    "group_rows",
    "headline",
    "lead",
    "since",
    "site_rows",
    "spelled",
]

NAMES = {
    "injured_normal": "Injured tissue, normal blood",
    "healthy_normal": "Healthy tissue, normal blood",
    "healthy_uraemic": "Healthy tissue, uraemic blood",
    "injured_ppi": "Injured tissue, much pyrophosphate",
}
SITES = {
    "gastric": "gastric mucosa",
    "kidney": "kidney",
    "lung": "lung",
    "artery": "artery",
    "other": "other tissue",
}
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LOOKS = {
    "rim": "a rim, like an eggshell",
    "core": "densest in the middle",
    "laminated": "in layers",
    "diffuse": "spread through the tissue",
    "none": "no deposit",
}
SOLIDS = {
    "HAP": "hydroxyapatite",
    "OCP": "octacalcium phosphate",
    "DCPD": "brushite",
    "ACP2": "amorphous calcium phosphate",
}
# where nothing is injured, of the groups only this one says something, of the blood at pH 7.40
UNHARMED = "Drive of this blood over the gate of living tissue"
GROUPS = {
    "gate_open_dead": (
        "Drive of dead tissue over the gate of living tissue",
        "under 1: living tissue with this blood is safe; over 1: not even living tissue is",
    ),
    "nucleation_barrier_debris": (
        "Nucleation barrier on debris over the square of the drive",
        "above about 20 no crystal starts in years",
    ),
    "clearance_times_births": (
        "Debris lifetime times nucleation rate",
        "how many nuclei debris could give before it is cleared, per mm³",
    ),
    "inhibitor_reach": (
        "Reach of pyrophosphate into the lesion",
        "share of its half width; above about 0.5 the lesion is protected",
    ),
    "perfusion_number": (
        "Half width over the length that blood feeds",
        "above 1 the middle is fed by diffusion alone",
    ),
    "days_to_fill_by_supply": (
        "Time to fill the lesion if supply alone limited it",
        "many years: a rim stays a rim; weeks: the lesion fills",
    ),
}


def duration(days: float | None) -> str:
    """Return days as people say them; never where there are none."""
    if days is None:
        return "never"
    if days < 60:
        return f"{days:.0f} days"
    if days < 730:
        return f"{days / 30.44:.0f} months"
    return f"{days / 365.25:.1f} years"


def mass(mg: float) -> str:
    """Return a mass with three figures and its unit."""
    if mg < 1e-6:
        return "0 mg"
    return f"{mg * 1000:.3g} µg" if mg < 0.1 else f"{mg:.3g} mg"


def headline(outcome: Outcome, scenario: Scenario) -> str:
    """Return the page's first sentence."""
    name = scenario.title
    return {
        "calcified": f"{name}: {mass(outcome.mass_mg)} of mineral after {outcome.years:g} years.",
        "clean": f"{name}: clean after {outcome.years:g} years.",
        "dissolved": f"{name}: a deposit came and went within {outcome.years:g} years.",
        "phase_not_modelled": f"{name}: other crystals than kossa grows.",
        "not_converged": f"{name}: the run stopped after {outcome.years:.2g} years.",
    }[outcome.outcome]


def lead(outcome: Outcome) -> str:
    """Return the sentence under it."""
    if outcome.outcome != "calcified":
        return outcome.advice
    seen = []
    if outcome.visible.xray_days is not None:
        seen.append(f"on a radiograph after {duration(outcome.visible.xray_days)}")
    if outcome.visible.ct_days is not None:
        seen.append(f"on CT after {duration(outcome.visible.ct_days)}")
    visible = (
        f"It would be seen {' and '.join(seen)}."
        if seen
        else "It would not be seen on CT or a radiograph within this time."
    )
    return f"{visible} It is {LOOKS[outcome.pattern]}."


def group_rows(outcome: Outcome) -> list[dict[str, str]]:
    """Return the dimensionless groups with what they mean; of healthy tissue only what concerns it."""
    groups = outcome.groups
    if "inhibitor_reach" not in groups:
        name = "gate_open_dead"
        return [{"name": UNHARMED, "value": figures(groups[name]), "means": GROUPS[name][1]}]
    return [
        {
            "name": GROUPS[name][0],
            "value": duration(value) if name == "days_to_fill_by_supply" else figures(value),
            "means": GROUPS[name][1],
        }
        for name, value in groups.items()
    ]


def figures(value: float) -> str:
    """Return three figures, with a power of ten as it is printed."""
    text = f"{value:.3g}"
    if "e" not in text:
        return text
    leading, power = text.split("e")
    return f"{leading} × 10{str(int(power)).translate(RAISED)}"


def agreement(share: float) -> str:
    """Return how well a balance closes, as one part in a power of ten."""
    if share <= 0.0:
        return "the last digit"
    return f"one part in 10{str(math.floor(-math.log10(share))).translate(RAISED)}"


def since(scenario: Scenario) -> str:
    """Return what the years of a run count from."""
    return "with this blood" if scenario.injury.driver is None else "after the injury"


def spelled(outcome: Outcome) -> Outcome:
    """Return the outcome with the names of solids written out, for a reader."""
    kept = outcome.saturation
    parts = {
        name: {SOLIDS[solid]: value for solid, value in getattr(kept, name).items()}
        for name in ("blood", "dead_tissue", "spread")
    }
    return msgspec.structs.replace(outcome, saturation=msgspec.structs.replace(kept, **parts))


def case_view(case: Case) -> dict[str, Any]:
    """Return one case for the page."""
    return {
        "id": case.name,
        "name": NAMES[case.name],
        "outcome": case.outcome,
        "mass": mass(case.mass_mg),
        "peak": f"{case.peak_mg_cm3:.0f}" if case.peak_mg_cm3 >= 1 else f"{case.peak_mg_cm3:.1g}",
        "first_10": duration(case.first_10_days),
        "first_100": duration(case.first_100_days),
        "balance": f"{case.balance.calcium:.0e}",
        "says": _says(case),
    }


def _says(case: Case) -> str:
    """Return why this case came out so, from its own numbers."""
    k = case.chemistry
    here = (
        f"Its fluid reaches an index of {k.index_here:.2f}, and the gate stands at {k.gate_here:.2f} "
        f"({k.ppi_here_umol_l:.2g} µmol/L of pyrophosphate)."
    )
    site = "At the most alkaline site: " + here[0].lower() + here[1:]
    return {
        "injured_normal": (
            "Dead cells make no pyrophosphate, and their phosphatase eats what comes. "
            f"{here} The gate is open."
        ),
        "injured_ppi": (
            f"The same dead tissue, ten times the pyrophosphate in the blood. {here} The gate is shut."
        ),
        "healthy_normal": f"{site} Nuclei form ({case.nuclei_mm3:.0f} per mm³) and cannot grow.",
        "healthy_uraemic": f"{site} Ordinary tissue reaches {k.index_other:.2f} and stays shut.",
    }[case.name]


def comparison_rows(comparison: Comparison) -> list[dict[str, str]]:
    """Return the mission's comparison feature by feature: dystrophic, metastatic, and why in this run."""
    case = {c.name: c for c in comparison.cases}
    a, b, c, d = (case[n] for n in ("injured_normal", "healthy_normal", "healthy_uraemic", "injured_ppi"))
    inside = a.by_site["inside"]["mean_mg_cm3"] or 0.0
    outside = a.by_site["outside"]["mean_mg_cm3"] or 0.0
    first = [SITES[s] for s, found in _by_day(c) if found is not None and s != "other"]
    blood = "free calcium {:.2f}, phosphate {:.2f} mmol/L in the fluid"
    ka, kc = a.chemistry, c.chemistry
    return [
        {
            "feature": "Tissue",
            "dys": "dead: no energy, membranes open, debris that nucleates crystals",
            "met": "healthy: cells alive, blood flows",
            "why": f"with healthy tissue and the same normal blood nothing grew ({mass(b.mass_mg)})",
        },
        {
            "feature": "Serum calcium and phosphate",
            "dys": "normal: " + blood.format(ka.free_calcium_mmol_l, ka.phosphate_mmol_l),
            "met": "raised product: " + blood.format(kc.free_calcium_mmol_l, kc.phosphate_mmol_l),
            "why": (
                f"the index of octacalcium phosphate where it calcifies: {ka.index_here:.2f} against "
                f"{kc.index_here:.2f} (databases differ by {ka.spread:g})"
            ),
        },
        {
            "feature": "What holds crystals back",
            "dys": (
                f"the guard is gone: pyrophosphate {ka.ppi_here_umol_l:.2g} µmol/L in the core, "
                f"the gate at {ka.gate_here:.2f}"
            ),
            "met": (
                f"the guard stands ({kc.ppi_here_umol_l:.2g} µmol/L, the gate at {kc.gate_here:.2f}) "
                "and is overrun"
            ),
            "why": f"with ten times the pyrophosphate the same injury gave {mass(d.mass_mg)}",
        },
        {
            "feature": "Place",
            "dys": "at the injury only",
            "met": "wherever tissue is alkaline: " + ", then ".join(first),
            "why": (
                f"injured: mean {inside:.0f} mg/cm³ inside, at most {outside:.2g} outside; "
                f"uraemic: ordinary tissue {duration(c.by_site['other']['first_10_days'])}"
            ),
        },
        {
            "feature": "Time to 10 mg/cm³",
            "dys": duration(a.first_10_days),
            "met": f"{duration(c.first_10_days)} at the most alkaline site",
            "why": "this model is faster than life: months where years are seen",
        },
        {
            "feature": "What would stop it",
            "dys": "clearing the debris, or pyrophosphate that reaches the core",
            "met": "lowering phosphate and calcium; the tissue itself needs nothing",
            "why": "both follow from one law with one parameter set: only tissue and blood differ",
        },
    ]


def _by_day(case: Case) -> list[tuple[str, float | None]]:
    days = [(site, found["first_10_days"]) for site, found in case.by_site.items()]
    return sorted(days, key=lambda pair: float("inf") if pair[1] is None else pair[1])


def site_rows(comparison: Comparison) -> list[dict[str, str]]:
    """Return the day of 10 mg/cm3 by site with the pH map on, off and permuted."""
    return [
        {"site": SITES[site], **{name: duration(days[site]) for name, days in comparison.site_maps.items()}}
        for site in ("gastric", "kidney", "lung", "artery", "other")
    ]
