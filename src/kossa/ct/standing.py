"""Which numbers a scan can give, and why not the others: decided once, used by deposits and totals."""

from __future__ import annotations

from dataclasses import dataclass

from kossa.ct.presets import Rule
from kossa.evidence import Contrast, Geometry

__all__ = ["Standing", "standing_of"]

USUAL_GAP_MM = (2.4, 3.1)  # slice distance of calcium scoring scans: 2.5-3 mm (ct.md, section 2)

SINGLE = "one slice has no volume; areas are given"
CONTRAST = "contrast medium was given: the Agatston threshold would count blood"


@dataclass(frozen=True, slots=True)
class Standing:
    """Reasons, "" where there is none.

    `no_agatston`, `no_volume`, `no_mass` (threshold mass), `no_integral` (integrated mass) say why a number
    is None; `agatston_aside` and `aside` why Agatston values, or volumes and masses, must not be compared.
    """

    no_agatston: str = ""
    no_volume: str = ""
    no_mass: str = ""
    no_integral: str = ""
    agatston_aside: str = ""
    aside: str = ""


def standing_of(
    rule: Rule, geometry: Geometry, contrast: Contrast, *, not_hounsfield: str, factor: bool
) -> Standing:
    """Return what a scan can give.

    `not_hounsfield` says why the values are no Hounsfield units, "" where they are; `factor` tells whether a
    mass factor is known.
    """
    if not_hounsfield:
        return Standing(not_hounsfield, not_hounsfield, not_hounsfield, not_hounsfield, aside=not_hounsfield)
    if geometry.shape[0] == 1:
        return Standing(SINGLE, SINGLE, SINGLE, SINGLE)
    no_factor = "" if factor else "no mass factor is known for this voltage or energy; give one"
    holes = _holes(geometry)
    if contrast.enhanced:
        return Standing(
            no_agatston=CONTRAST,
            no_mass=CONTRAST,
            no_integral=no_factor,
            aside=_both(f"contrast medium was given ({contrast.reason})", holes),
        )
    return Standing(
        no_agatston="" if rule.scored else rule.reason,
        no_mass=no_factor,
        no_integral=no_factor,
        agatston_aside=_both(rule.reason, _spacing(geometry), holes),
        aside=_both(rule.outline, holes),
    )


def _holes(geometry: Geometry) -> str:
    """Tell of missing slices."""
    if not geometry.missing_after:
        return ""
    places = ", ".join(str(z) for z in geometry.missing_after)
    return f"slices are missing after slice {places}, and what lay there is not counted"


def _spacing(geometry: Geometry) -> str:
    """Tell of slice distances that Agatston values are not made for."""
    if geometry.verdict == "uneven":
        return "the slices lie unevenly"
    gap = geometry.spacing_mm[0]
    if gap is not None and not USUAL_GAP_MM[0] <= gap <= USUAL_GAP_MM[1]:
        return f"slices lie {gap:g} mm apart, not 2.5 to 3 mm, on which the score depends"
    return ""


def _both(*reasons: str) -> str:
    """Join the reasons that are there."""
    return "; ".join(r for r in reasons if r)
