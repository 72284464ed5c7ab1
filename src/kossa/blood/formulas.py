"""The formulas of the mineral laboratory, each a plain function with its units in its name.

Test vectors: data/knowledge/worked_examples.csv. Nothing is rounded inside.
"""

from __future__ import annotations

import math

from kossa.evidence import OutsideDomain, Sex

__all__ = [
    "ca_cr_clearance_ratio",
    "ca_x_p",
    "egfr_ckd_epi_2021",
    "tmp_gfr_mmol_l",
    "trp",
]


def egfr_ckd_epi_2021(creatinine_mg_dl: float, age_years: float, sex: Sex) -> float:
    """Return the estimated GFR in mL/min/1.73 m2, creatinine only, for adults.

    Source: Inker, N Engl J Med 2021;385:1737 (the equation without race).
    Raises `OutsideDomain` under 18 years or where the sex is unknown.
    """
    if age_years < 18:
        raise OutsideDomain("CKD-EPI 2021 is made for 18 years and over")
    if sex is Sex.U:
        raise OutsideDomain("CKD-EPI 2021 needs the sex")
    female = sex is Sex.F
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine_mg_dl / kappa
    value = 142.0 * math.pow(min(ratio, 1.0), alpha) * math.pow(max(ratio, 1.0), -1.200)
    return value * math.pow(0.9938, age_years) * (1.012 if female else 1.0)


def trp(
    urine_phosphate: float, plasma_phosphate: float, urine_creatinine: float, plasma_creatinine: float
) -> float:
    """Return the tubular reabsorption of phosphate as a fraction; each pair in one unit."""
    return 1.0 - (urine_phosphate * plasma_creatinine) / (plasma_phosphate * urine_creatinine)


def tmp_gfr_mmol_l(trp_fraction: float, plasma_phosphate_mmol_l: float, age_years: float | None) -> float:
    """Return TmP/GFR in mmol/L.

    Adults: linear up to TRP 0.86, above it the curve of Kenny and Glen (Lancet 1973;2:158), as Payne
    printed it (Ann Clin Biochem 1998;35:201). Under 19 years TRP x plasma phosphate, as its reference
    values were made (Dubourg, Front Pediatr 2022). The branches do not meet: 4 % at 0.86.
    """
    if age_years is not None and age_years < 19:
        return trp_fraction * plasma_phosphate_mmol_l
    if trp_fraction <= 0.86:
        return trp_fraction * plasma_phosphate_mmol_l
    return 0.3 * trp_fraction / (1.0 - 0.8 * trp_fraction) * plasma_phosphate_mmol_l


def ca_x_p(calcium: float, phosphate: float) -> float:
    """Return the product of calcium and phosphate, in the square of their common unit."""
    return calcium * phosphate


def ca_cr_clearance_ratio(
    urine_calcium: float, serum_calcium: float, urine_creatinine: float, serum_creatinine: float
) -> float:
    """Return the clearance of calcium over that of creatinine; each pair in one unit (Marx, JCEM 2015)."""
    return (urine_calcium * serum_creatinine) / (serum_calcium * urine_creatinine)
