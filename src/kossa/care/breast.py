"""Calcium in a breast that nobody called benign: it is read before anything is left alone."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["STAINS", "not_called_benign", "stained_only"]

BREAST = "site_breast"
# typically benign forms (ACR BI-RADS 2013, recalled) and tissue that names a benign cause
BENIGN = frozenset(
    {
        "pattern_rim", "pattern_oil_cyst", "pattern_eggshell", "pattern_lucent_center", "pattern_popcorn",
        "pattern_rod", "pattern_milk_of_calcium", "pattern_mammo_skin", "pattern_mammo_vascular",
        "site_breast_artery", "site_breast_implant", "bx_fat_necrosis",
    }
)  # fmt: skip
# stains tell mineral from other things, not one cause from another: they are no examination of the tissue
STAINS = frozenset(
    {
        "bx_von_kossa_positive", "bx_von_kossa_negative", "bx_alizarin_positive", "bx_alizarin_negative",
        "bx_he_calcium", "bx_calcium", "bx_pigment", "bx_acid_control_clears",
    }
)  # fmt: skip


def not_called_benign(present: Iterable[str]) -> bool:
    """Say whether a deposit of the breast is told, and nothing told calls it benign."""
    told = frozenset(present)
    return BREAST in told and not told & BENIGN


def stained_only(present: Iterable[str]) -> bool:
    """Say whether tissue of such a breast was stained for calcium, and nobody told what the tissue is."""
    told = frozenset(present)
    tissue = {i for i in told if i.startswith("bx_")}
    return not_called_benign(told) and bool(tissue) and tissue <= STAINS
