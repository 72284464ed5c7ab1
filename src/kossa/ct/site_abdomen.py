"""Sites in abdomen and pelvis: aorta and its branches, kidney region, stomach wall, pelvic vein, wall."""

from __future__ import annotations

import numpy as np

from kossa.ct.place import Place, Site
from kossa.ct.site_chest import wall_site
from kossa.evidence import Side

__all__ = ["abdomen_site", "pelvis_site"]

FAT_RING_HU = -30.0  # ct_volumes.md rule 12
KIDNEY_ASIDE_MM, KIDNEY_AHEAD_MM = (30.0, 95.0), (-45.0, 40.0)  # rule 12; depth along the spine, judgement
KIDNEY_MM2 = (600.0, 6000.0)  # rule 12: an enhanced organ
KIDNEY_MM3 = (40_000.0, 450_000.0)  # judgement: a kidney's solid middle, without contrast
CREST_BELOW_MM = 10.0  # judgement: kidneys end above the iliac crests
SPLENIC_AHEAD_MM, SPLENIC_ASIDE_MM = (
    (-21.0, 54.0),
    (8.0, 120.0),
)  # rule 12 (there from the vertebral centre), left
VISCERAL_MM, VISCERAL_ASIDE_MM = 18.0, 25.0  # rule 12: in front of the aorta
STOMACH_ASIDE_MM, STOMACH_AHEAD_MM = (-35.0, 125.0), 5.0  # judgement: left upper belly, in front of the spine
STOMACH_REACH_MM = 75.0  # judgement: from the gas to the far wall
FAT_HU = -40.0
WALL_MM = 12.0  # judgement: thickness of the belly's wall
BACK_MM, BACK_ASIDE_MM, LOIN_MM = (
    40.0,
    45.0,
    25.0,
)  # judgement: muscles of the back beside the spine, of the loin
SHEET_MM, SHEET_LONG_MM = 4.5, 6.0  # judgement: a plaque is a thin sheet, blur included
JOINT_BONE_MM, JOINT_END_MM = 20.0, 25.0  # rule 12
HULL_DEEP_MM = 8.0  # judgement: the vessels of the groin lie on the hull of the bones, pelvic organs in it
GROIN_AHEAD_MM = 60.0  # judgement
VEIN_ABOVE_HIP_MM = 45.0  # judgement: phleboliths lie low in the pelvis, at the level of the hips


def _visceral(place: Place) -> Site | None:
    aorta, c = place.anatomy.aorta, place.anatomy.scan.coarse
    z, y, x = place.cell
    if not aorta.there[z]:
        return None
    ahead = float(aorta.y[z] - y) * c.pixel_mm[0] - float(aorta.radius_mm[z])
    aside = abs(float(x - aorta.x[z])) * c.pixel_mm[1]
    if 0 <= ahead < VISCERAL_MM and aside < VISCERAL_ASIDE_MM:
        return Site("site_visceral_artery", 0.5, f"{ahead:.0f} mm in front of the aorta", Side.UNKNOWN)
    return None


def _splenic(place: Place) -> Site | None:
    if place.aside is None or place.ahead is None:
        return None
    if not (place.anatomy.blood.enhanced or place.tubular):
        return None
    if (
        SPLENIC_AHEAD_MM[0] <= place.ahead <= SPLENIC_AHEAD_MM[1]
        and SPLENIC_ASIDE_MM[0] <= place.aside <= SPLENIC_ASIDE_MM[1]
    ):
        return Site(
            "site_splenic_artery",
            0.5,
            f"{place.aside:.0f} mm left of the spine and {place.ahead:.0f} mm in front of it",
            Side.LEFT,
        )
    return None


def _no_fat_between(place: Place, target: tuple[int, int, int]) -> bool:
    """Return whether the straight way to a cell of gas crosses no fat."""
    c = place.anatomy.scan.coarse
    here = np.array(place.cell, np.float64)
    way = np.array(target) - here
    steps = max(2, int(np.abs(way).max()))
    for t in np.linspace(0.0, 1.0, steps + 1):
        z, y, x = np.rint(here + t * way).astype(int)
        value = float(c.mean[z, y, x])
        if -700.0 < value < FAT_HU and not place.anatomy.near_gas[z, y, x]:
            return False
    return True


def _stomach(place: Place) -> Site | None:
    if place.aside is None or place.ahead is None:
        return None
    if not STOMACH_ASIDE_MM[0] <= place.aside <= STOMACH_ASIDE_MM[1] or place.ahead < STOMACH_AHEAD_MM:
        return None
    anatomy, c = place.anatomy, place.anatomy.scan.coarse
    if anatomy.levels.crest_mm is not None and place.height < anatomy.levels.crest_mm + 40.0:
        return None
    gas = anatomy.stomach_gas
    if gas is None:
        return None
    places = np.argwhere(gas)
    step = np.array([c.gap_mm, *c.pixel_mm])
    away = np.linalg.norm((places - np.array(place.cell)) * step, axis=1)
    nearest = int(np.argmin(away))
    if away[nearest] > STOMACH_REACH_MM:
        return None
    targets = (tuple(int(v) for v in places[nearest]), tuple(int(v) for v in places[len(places) // 2]))
    if not any(_no_fat_between(place, t) for t in targets):  # type: ignore[arg-type]
        return None
    return Site(
        "site_stomach",
        0.6 if away[nearest] < 40 else 0.4,
        f"{away[nearest]:.0f} mm from the stomach's gas, no fat between them",
        Side.UNKNOWN,
    )


def _kidney(place: Place) -> Site | None:
    if place.aside is None or place.ahead is None:
        return None
    levels = place.anatomy.levels
    if not KIDNEY_ASIDE_MM[0] <= abs(place.aside) <= KIDNEY_ASIDE_MM[1]:
        return None
    if not KIDNEY_AHEAD_MM[0] <= place.ahead <= KIDNEY_AHEAD_MM[1]:
        return None
    if levels.crest_mm is not None and place.height < levels.crest_mm + CREST_BELOW_MM:
        return None
    where = f"{abs(place.aside):.0f} mm beside the spine, {place.ahead:.0f} mm in front of it"
    z, y, x = place.cell
    organ = place.anatomy.enhanced_organs
    if place.anatomy.blood.enhanced:
        number = int(organ[0][z, y, x])
        area = float(organ[1][number]) if number else 0.0
        if KIDNEY_MM2[0] <= area <= KIDNEY_MM2[1]:
            return Site(
                "site_kidney_any", 0.7, f"{where}, inside an enhanced organ of {area:.0f} mm2", place.side
            )
        return None
    volume = place.anatomy.solid_organ_mm3(place.cell)
    if KIDNEY_MM3[0] <= volume <= KIDNEY_MM3[1]:
        return Site(
            "site_kidney_any", 0.6, f"{where}, in a solid organ of about {volume / 1000:.0f} cm3", place.side
        )
    return Site("site_kidney_any", 0.3, f"{where}: by position only", place.side)


def _in_wall(place: Place) -> bool:
    ring = place.look.ring_median_hu if place.look.ring_median_hu is not None else 0.0
    if not place.in_flesh and ring < FAT_RING_HU:
        return True
    thick = BACK_MM if place.aside is not None and abs(place.aside) < BACK_ASIDE_MM else LOIN_MM
    back = place.ahead is not None and place.ahead < -30.0 and place.flesh_depth < thick
    return place.flesh_depth < WALL_MM or back


def abdomen_site(place: Place) -> Site:
    """Tell the site in a slice of the abdomen."""
    if place.look.ring_air > 0.5 and place.anatomy.body.lungs[place.cell]:
        return Site(
            "site_lung", 0.8, f"{place.look.ring_air:.0%} of what surrounds it is air-filled lung", place.side
        )
    if place.rim is not None:
        return Site("site_aorta_abdominal", 0.8, "on the rim of a round vessel in front of the spine")
    kidney = _kidney(place)
    if kidney is not None and kidney.certainty >= 0.6:
        return kidney
    if _in_wall(place):
        return wall_site(place)
    found = _visceral(place) or _splenic_first(place) or _stomach(place) or kidney
    if found:
        return found
    if place.tubular:
        return Site(
            "site_visceral_artery", 0.3, "long and thin like a vessel, away from the aorta", Side.UNKNOWN
        )
    return Site("site_abdomen", 0.5, "inside the belly, at no organ that could be told")


def _splenic_first(place: Place) -> Site | None:
    """Ask the splenic artery before stomach and kidney, but not inside of an enhanced organ or the stomach's wall."""
    if place.anatomy.blood.enhanced and (_kidney(place) or _stomach(place)) and not place.tubular:
        return None
    return _splenic(place)


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


def pelvis_site(place: Place) -> Site:
    """Tell the site in a slice between iliac crest and hip."""
    levels = place.anatomy.levels
    ring = place.look.ring_median_hu if place.look.ring_median_hu is not None else 0.0
    above = levels.hip_mm is None or place.height > levels.hip_mm
    aside = abs(place.aside) if place.aside is not None else 0.0
    if not place.in_flesh and ring < FAT_RING_HU:
        return wall_site(place)
    sheet = (
        place.form.voxels >= 8
        and place.form.axes_mm[2] <= SHEET_MM
        and place.form.axes_mm[0] >= SHEET_LONG_MM
    )
    if not _between_hips(place):
        return _outside_pelvis(place, above)
    if place.tubular and (above or aside < 50.0):
        why = f"hollow or long like a vessel, {aside:.0f} mm off the midline in the pelvis"
        return Site("site_iliac_artery", 0.6, why, place.side)
    low = levels.hip_mm is None or place.height <= levels.hip_mm + VEIN_ABOVE_HIP_MM
    if place.small and low and not (sheet and above) and aside >= 12.0:
        why = f"{place.wide:.0f} mm, between the hip bones, low in the pelvis, {aside:.0f} mm off the midline"
        return Site("site_pelvic_vein", 0.6, why, place.side)
    if (place.thin or sheet) and above:
        why = f"a thin sheet or focus high in the pelvis, {aside:.0f} mm off the midline"
        return Site("site_iliac_artery", 0.5, why, place.side)
    return Site("site_pelvis", 0.5, "between the hip bones, at no organ that could be told", place.side)


def _outside_pelvis(place: Place, above: bool) -> Site:
    """Tell the site outside of the pelvic cavity: vessel of the groin, hip, muscle."""
    if place.tubular:
        name = "site_iliac_artery" if above else "site_femoral_artery"
        where = "above" if above else "below"
        return Site(name, 0.6, f"hollow or long like a vessel, {where} the top of the hip joint", place.side)
    if place.bone < JOINT_BONE_MM and place.joint < JOINT_END_MM:
        return Site("site_periarticular", 0.5, f"{place.bone:.0f} mm from bone, beside the hip", place.side)
    if place.thin and place.look.ring_fat > 0.1 and place.ahead is not None and place.ahead > GROIN_AHEAD_MM:
        return Site("site_femoral_artery", 0.5, "a thin focus in fat, in front of the hip", place.side)
    return Site("site_muscle", 0.5, "outside of the hip bones, inside of the outline of muscle", place.side)
