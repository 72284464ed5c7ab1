"""What the rules cannot see in a scan, in words, with the measured shares behind them."""

from __future__ import annotations

from kossa.ct.anatomy import Anatomy
from kossa.ct.levels import Level
from kossa.evidence import Geometry

__all__ = ["FOUND_BESIDE_BONE", "not_seen"]

FAT_HU, LUNG_HU = -100.0, -850.0  # what calcium has to rise from (ct_volumes.md, traps met)
# Planted spheres of 3-4 mm, 400 HU and more above muscle, found by their distance (centre to bone, mm):
# share found. Measured by validate/ct_rules.py (docs/validation/ct_rules.md) on three limbs, 2026-11-25.
FOUND_BESIDE_BONE: dict[int, float] = {}


def not_seen(anatomy: Anatomy, geometry: Geometry, kvp: float | None, *, metal: bool) -> tuple[str, ...]:
    """Return what stays unseen here: phrases that follow "not seen"."""
    shares = ", ".join(f"{share:.0%} of 3-4 mm spheres at {mm} mm" for mm, share in FOUND_BESIDE_BONE.items())
    out = [
        f"calcium that touches bone or lies within a few mm of it{f' (found: {shares})' if shares else ''}"
    ]
    if metal:
        out.append("calcium within 14 mm of metal")
    if anatomy.head.seen or Level.FACE in anatomy.levels.of:
        out.append("arteries at the skull base, which cannot be assessed next to bone")
    if anatomy.blood.enhanced:
        out.append(f"calcium fainter than {anatomy.level_hu:.0f} HU, which enhanced blood hides")
    else:
        fat, lung = anatomy.level_hu - FAT_HU, anatomy.level_hu - LUNG_HU
        out.append(f"calcium in fat that adds less than {fat:.0f} HU, in lung less than {lung:.0f} HU")
    if geometry.missing_after:
        out.append("what lay in missing slices")
    if not anatomy.scan.axial:
        out.append("sites, because the slices are not axial")
    if kvp is not None and kvp != 120.0:
        out.append(f"deposits that reach 130 HU at 120 kV but not at {kvp:g} kV" if kvp > 120 else "")
    return tuple(w for w in out if w)
