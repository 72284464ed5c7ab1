"""Total calcium adjusted for albumin."""

from __future__ import annotations

__all__ = ["PER_ALBUMIN", "USUAL_ALBUMIN", "adjusted_calcium"]

# Payne, BMJ 1973;4:643, in its usual rounded form: mmol/L of calcium per g/L of albumin, and a usual albumin
PER_ALBUMIN, USUAL_ALBUMIN = 0.02, 40.0


def adjusted_calcium(total_mmol_l: float, albumin_g_l: float) -> float:
    """Return what the total calcium (mmol/L) would be beside an albumin of 40 g/L (Payne, BMJ 1973;4:643)."""
    return total_mmol_l + PER_ALBUMIN * (USUAL_ALBUMIN - albumin_g_l)
