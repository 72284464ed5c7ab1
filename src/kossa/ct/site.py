"""Where a deposit lies: the rules of its part of the body are asked."""

from __future__ import annotations

from collections.abc import Sequence

from kossa.ct.levels import Level
from kossa.ct.place import Place, Site
from kossa.ct.site_abdomen import abdomen_site, pelvis_site
from kossa.ct.site_chest import chest_site
from kossa.ct.site_head import head_site
from kossa.ct.site_limb import limb_site
from kossa.evidence import Material

__all__ = ["site_of", "tissue_of"]

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


def site_of(place: Place, material: Material, others: Sequence[Place]) -> Site:
    """Return the site of a deposit; `others` are the other deposits of the scan."""
    if not place.anatomy.scan.axial:
        return Site(None, 0.0, "the slices are not axial: no landmarks are read in them")
    if material is Material.PHYSIOLOGICAL and place.level in (Level.CHEST, Level.ABDOMEN):
        return Site(
            "site_physio_costal_cartilage",
            0.7,
            f"in the front wall of the trunk, {place.depth:.0f} mm deep",
            place.side,
        )
    if place.level in (Level.HEAD, Level.FACE):
        return head_site(place)
    if place.level is Level.NECK:
        return _neck(place)
    if place.level is Level.CHEST:
        return chest_site(place)
    if place.level is Level.ABDOMEN:
        return abdomen_site(place)
    if place.level is Level.PELVIS:
        return pelvis_site(place)
    return limb_site(place, others)


def tissue_of(place: Place, site: Site) -> str | None:
    """Return what surrounds a deposit, as a vocabulary id."""
    look = place.look
    if look.bone_touch > 0.05 or look.bone_gap_mm < 1.0:
        return "tissue_bone_contact"
    if look.ring_air > 0.5:
        return "tissue_air"
    if place.rim is not None or (site.id or "").endswith("_artery"):
        return "tissue_vessel_wall"
    if look.ring_median_hu is None:
        return None
    if look.ring_fat > 0.5:
        return "tissue_fat"
    if -20.0 <= look.ring_median_hu <= 15.0 and place.anatomy.scan.sigma_hu < 15.0:
        return "tissue_fluid"
    return "tissue_soft"
