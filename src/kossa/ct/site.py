"""Where a deposit lies: the rules of its part of the body are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kossa.ct.levels import Level
from kossa.ct.place import Place, Site
from kossa.ct.site_abdomen import abdomen_site
from kossa.ct.site_chest import chest_site
from kossa.ct.site_head import head_site
from kossa.ct.site_limb import limb_site
from kossa.ct.site_pelvis import pelvis_site
from kossa.evidence import Material, Side

__all__ = ["refine", "site_of", "tissue_of"]

BOTH_KIDNEYS = 2  # judgement: this many on each side are no chance stones
TOUCH_SHARE, TOUCH_MM = 0.05, 1.0  # ct_volumes.md rule 9; judgement
MOST = 0.5
FLUID_HU, QUIET_HU = (-20.0, 15.0), 15.0  # judgement: fluid is told from muscle only where noise is low
NECK_DEEP_MM = 15.0  # judgement: deeper than skin, fat and the flat muscle of the neck


def _neck(place: Place) -> Site:
    ring = place.look.ring_median_hu if place.look.ring_median_hu is not None else 0.0
    if place.depth < NECK_DEEP_MM or (not place.in_flesh and ring < -30.0):
        return Site(
            "site_neck", 0.6, f"above the lungs and below the skull, {place.depth:.0f} mm deep", place.side
        )
    return Site(
        "site_neck_organ",
        0.5,
        f"above the lungs and below the skull, {place.depth:.0f} mm deep inside the neck",
        place.side,
    )


def _cartilage(place: Place) -> Site:
    why = f"in the front wall of the trunk, {place.depth:.0f} mm deep"
    return Site("site_physio_costal_cartilage", 0.7, why, place.side)


ASKED: Mapping[Level, Callable[[Place], Site]] = {
    Level.HEAD: head_site,
    Level.FACE: head_site,
    Level.NECK: _neck,
    Level.CHEST: chest_site,
    Level.ABDOMEN: abdomen_site,
    Level.PELVIS: pelvis_site,
}


def site_of(place: Place, material: Material, others: Sequence[Place]) -> Site:
    """Return the site of a deposit; `others` are the other deposits of the scan."""
    if not place.anatomy.scan.axial:
        return Site(None, 0.0, "the slices are not axial: no landmarks are read in them")
    if material is Material.PHYSIOLOGICAL and place.level in (Level.CHEST, Level.ABDOMEN):
        return _cartilage(place)
    asked = ASKED.get(place.level)
    return asked(place) if asked else limb_site(place, others)


def refine(sites: Mapping[int, Site]) -> dict[int, Site]:
    """Return sites that several deposits make clearer: foci in both kidneys lie in their tissue."""
    kidneys = {n: s for n, s in sites.items() if s.id == "site_kidney_any"}
    count = {side: sum(s.side is side for s in kidneys.values()) for side in (Side.LEFT, Side.RIGHT)}
    out = dict(sites)
    if min(count.values()) >= BOTH_KIDNEYS:
        for n, s in kidneys.items():
            why = f"{s.reason}; {count[Side.LEFT]} foci left and {count[Side.RIGHT]} right"
            out[n] = replace(s, id="site_kidney_parenchyma", reason=why)
    return out


def tissue_of(place: Place, site: Site) -> str | None:
    """Return what surrounds a deposit, as a vocabulary id."""
    look = place.look
    quiet = place.anatomy.scan.sigma_hu < QUIET_HU
    signs = (
        ("tissue_bone_contact", look.bone_touch > TOUCH_SHARE or look.bone_gap_mm < TOUCH_MM),
        ("tissue_air", look.ring_air > MOST),
        ("tissue_vessel_wall", place.rim is not None or (site.id or "").endswith("_artery")),
        ("tissue_fat", look.ring_fat > MOST),
        ("tissue_fluid", quiet and FLUID_HU[0] <= place.ring_hu <= FLUID_HU[1]),
    )
    if look.ring_median_hu is None:
        return None
    return next((name for name, seen in signs if seen), "tissue_soft")
