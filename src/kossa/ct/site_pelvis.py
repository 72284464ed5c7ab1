"""Sites in the pelvis: iliac artery, pelvic vein, groin, hip, muscle."""

from __future__ import annotations

from kossa.ct.form import SMALL_VOXELS
from kossa.ct.place import Place, Site
from kossa.ct.site_abdomen import WALL_MM
from kossa.ct.site_chest import wall_site

__all__ = ["pelvis_site"]

HULL_DEEP_MM = 8.0  # judgement: the vessels of the groin lie on the hull of the bones, pelvic organs in it
SHEET_MM, SHEET_LONG_MM = 4.5, 6.0  # judgement: a plaque is a thin sheet, blur included
VEIN_ABOVE_HIP_MM = 45.0  # judgement: phleboliths lie low in the pelvis, at the level of the hips
VEIN_FAT = 0.1  # judgement: the veins of the pelvis run in fat
VEIN_ASIDE_MM = 12.0  # judgement: bladder, prostate, womb and rectum lie in the middle
VESSEL_ASIDE_MM = 50.0  # judgement: below the hip's top, what lies further aside is of the groin
JOINT_BONE_MM, JOINT_END_MM = 20.0, 25.0  # ct_volumes.md rule 12
GROIN_AHEAD_MM, GROIN_FAT = 60.0, 0.1  # judgement


def _between_hips(place: Place) -> bool:
    """Return whether a place lies inside the hull of the pelvic bones, with no bone up to the midline."""
    anatomy = place.anatomy
    z, y, x = place.cell
    if anatomy.trunk.inside_bone_mm[place.cell] < HULL_DEEP_MM or place.aside is None:
        return False
    middle = round(x - place.aside / anatomy.scan.coarse.pixel_mm[1])
    low, high = sorted((x, max(0, middle)))
    band = anatomy.skeleton.filled[z, max(0, y - 2) : y + 3, low : high + 1]
    return not bool(band.any()) and place.flesh_depth > WALL_MM


def _above_hip(place: Place) -> bool:
    hip = place.anatomy.levels.hip_mm
    return hip is None or place.height > hip


def _sheet(place: Place) -> bool:
    long, _, thick = place.form.axes_mm
    return place.form.voxels >= SMALL_VOXELS and thick <= SHEET_MM and long >= SHEET_LONG_MM


def _tube(place: Place) -> Site | None:
    aside = abs(place.aside or 0.0)
    if not place.tubular or not (_above_hip(place) or aside < VESSEL_ASIDE_MM):
        return None
    why = f"hollow or long like a vessel, {aside:.0f} mm off the midline in the pelvis"
    return Site("site_iliac_artery", 0.6, why, place.side)


def _vein(place: Place) -> Site | None:
    hip, aside = place.anatomy.levels.hip_mm, abs(place.aside or 0.0)
    low = hip is None or place.height <= hip + VEIN_ABOVE_HIP_MM
    if not place.small or not low or aside < VEIN_ASIDE_MM or (_sheet(place) and _above_hip(place)):
        return None
    if place.look.ring_fat < VEIN_FAT:
        return None
    why = f"{place.wide:.0f} mm, between the hip bones, low in the pelvis, {aside:.0f} mm off the midline"
    return Site("site_pelvic_vein", 0.6, why, place.side)


def _plaque(place: Place) -> Site | None:
    if not _above_hip(place) or not (place.thin or _sheet(place)):
        return None
    why = f"a thin sheet or focus high in the pelvis, {abs(place.aside or 0.0):.0f} mm off the midline"
    return Site("site_iliac_artery", 0.5, why, place.side)


def _groin(place: Place) -> Site | None:
    if place.tubular:
        name, where = (
            ("site_iliac_artery", "above") if _above_hip(place) else ("site_femoral_artery", "below")
        )
        return Site(name, 0.6, f"hollow or long like a vessel, {where} the top of the hip joint", place.side)
    ahead = place.ahead is not None and place.ahead > GROIN_AHEAD_MM
    if place.thin and ahead and place.look.ring_fat > GROIN_FAT and not _beside_joint(place):
        return Site("site_femoral_artery", 0.5, "a thin focus in fat, in front of the hip", place.side)
    return None


def _beside_joint(place: Place) -> bool:
    return place.bone < JOINT_BONE_MM and place.joint < JOINT_END_MM


def _joint(place: Place) -> Site | None:
    if not _beside_joint(place):
        return None
    return Site("site_periarticular", 0.5, f"{place.bone:.0f} mm from bone, beside the hip", place.side)


def pelvis_site(place: Place) -> Site:
    """Tell the site in a slice between iliac crest and the end of the ischium."""
    if place.in_subcutis and not place.hollow_tube:
        return wall_site(place)
    if _between_hips(place):
        rest = Site("site_pelvis", 0.5, "between the hip bones, at no organ that could be told", place.side)
        return _tube(place) or _vein(place) or _plaque(place) or rest
    rest = Site("site_muscle", 0.5, "outside of the hip bones, inside of the outline of muscle", place.side)
    return _groin(place) or _joint(place) or rest
