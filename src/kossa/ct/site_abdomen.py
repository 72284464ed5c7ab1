"""Sites in the abdomen: aorta and its branches, stomach wall, kidney region, wall."""

from __future__ import annotations

import numpy as np

from kossa.ct.place import Place, Site
from kossa.ct.site_chest import wall_site
from kossa.evidence import Side

__all__ = ["WALL_MM", "abdomen_site"]

KIDNEY_ASIDE_MM, KIDNEY_AHEAD_MM = (30.0, 95.0), (-45.0, 40.0)  # ct_volumes.md rule 12; depth, judgement
KIDNEY_MM2 = (600.0, 6000.0)  # rule 12: an enhanced organ
KIDNEY_MM3 = (40_000.0, 450_000.0)  # judgement: a kidney's solid middle, without contrast
KIDNEY_SURE = 0.6  # judgement: with an organ to see, and not by position only
CREST_BELOW_MM = 10.0  # judgement: kidneys end above the iliac crests
SPLENIC_AHEAD_MM = (-21.0, 54.0)  # rule 12, there from the vertebral centre
SPLENIC_ASIDE_MM = (8.0, 120.0)  # judgement: left, up to the spleen
VISCERAL_MM, VISCERAL_ASIDE_MM = 18.0, 25.0  # rule 12: in front of the aorta
STOMACH_ASIDE_MM, STOMACH_AHEAD_MM = (-35.0, 125.0), 5.0  # judgement: left upper belly, before the spine
STOMACH_CREST_MM = 40.0  # judgement: above the iliac crests
STOMACH_REACH_MM, STOMACH_NEAR_MM = 75.0, 40.0  # judgement: from the gas to the far wall
STOMACH_SURE = 0.6  # near its gas; further off, calcium in an artery is far more frequent than in the wall
FAT_HU, GAS_HU = -40.0, -700.0
WALL_MM = 12.0  # judgement: thickness of the belly's wall
BACK_BEHIND_MM = 30.0  # judgement: muscles of the back lie behind the spine's front by this
BACK_MM, BACK_ASIDE_MM, LOIN_MM = 40.0, 45.0, 25.0  # judgement: their thickness beside the spine, in the loin


def _lung(place: Place) -> Site | None:
    if place.look.ring_air <= 0.5 or not place.anatomy.body.lungs[place.cell]:
        return None
    return Site(
        "site_lung", 0.8, f"{place.look.ring_air:.0%} of what surrounds it is air-filled lung", place.side
    )


def _aorta(place: Place) -> Site | None:
    if place.rim is None:
        return None
    return Site("site_aorta_abdominal", 0.8, "on the rim of a round vessel in front of the spine")


def _visceral(place: Place) -> Site | None:
    aorta, c = place.anatomy.aorta, place.anatomy.scan.coarse
    z, y, x = place.cell
    if not aorta.there[z]:
        return None
    ahead = float(aorta.y[z] - y) * c.pixel_mm[0] - float(aorta.radius_mm[z])
    aside = abs(float(x - aorta.x[z])) * c.pixel_mm[1]
    if 0 <= ahead < VISCERAL_MM and aside < VISCERAL_ASIDE_MM:
        return Site("site_visceral_artery", 0.5, f"{ahead:.0f} mm in front of the aorta")
    return None


def _splenic(place: Place) -> Site | None:
    """Ask the splenic artery before stomach and kidney, unless it is no tube and lies in one of them."""
    if place.aside is None or place.ahead is None:
        return None
    stomach = _stomach(place)
    near = stomach is not None and stomach.certainty >= STOMACH_SURE
    enhanced = place.anatomy.blood.enhanced and not (_kidney(place) or near)
    ahead = SPLENIC_AHEAD_MM[0] <= place.ahead <= SPLENIC_AHEAD_MM[1]
    left = SPLENIC_ASIDE_MM[0] <= place.aside <= SPLENIC_ASIDE_MM[1]
    if not (ahead and left and (enhanced or place.tubular)):
        return None
    why = f"{place.aside:.0f} mm left of the spine and {place.ahead:.0f} mm in front of it"
    return Site("site_splenic_artery", 0.5, why, Side.LEFT)


def _no_fat_between(place: Place, target: tuple[int, ...]) -> bool:
    """Return whether the straight way to a cell of gas crosses no fat."""
    c = place.anatomy.scan.coarse
    here = np.array(place.cell, np.float64)
    way = np.array(target) - here
    steps = max(2, int(np.abs(way).max()))
    for t in np.linspace(0.0, 1.0, steps + 1):
        z, y, x = np.rint(here + t * way).astype(int)
        value = float(c.mean[z, y, x])
        if GAS_HU < value < FAT_HU and not place.anatomy.near_gas[z, y, x]:
            return False
    return True


def _stomach(place: Place) -> Site | None:
    crest, gas = place.anatomy.levels.crest_mm, place.anatomy.stomach_gas
    if place.aside is None or place.ahead is None or gas is None or place.ahead < STOMACH_AHEAD_MM:
        return None
    low = crest is not None and place.height < crest + STOMACH_CREST_MM
    if low or not STOMACH_ASIDE_MM[0] <= place.aside <= STOMACH_ASIDE_MM[1]:
        return None
    c = place.anatomy.scan.coarse
    places = np.argwhere(gas)
    away = np.linalg.norm((places - np.array(place.cell)) * np.array([c.gap_mm, *c.pixel_mm]), axis=1)
    nearest = int(np.argmin(away))
    targets = [tuple(int(v) for v in places[k]) for k in (nearest, len(places) // 2)]
    if away[nearest] > STOMACH_REACH_MM or not any(_no_fat_between(place, t) for t in targets):
        return None
    why = f"{away[nearest]:.0f} mm from the stomach's gas, no fat between them"
    return Site("site_stomach", STOMACH_SURE if away[nearest] < STOMACH_NEAR_MM else 0.4, why)


def _kidney(place: Place) -> Site | None:
    crest = place.anatomy.levels.crest_mm
    if place.aside is None or place.ahead is None:
        return None
    aside = KIDNEY_ASIDE_MM[0] <= abs(place.aside) <= KIDNEY_ASIDE_MM[1]
    ahead = KIDNEY_AHEAD_MM[0] <= place.ahead <= KIDNEY_AHEAD_MM[1]
    if not aside or not ahead or (crest is not None and place.height < crest + CREST_BELOW_MM):
        return None
    where = f"{abs(place.aside):.0f} mm beside the spine, {place.ahead:.0f} mm in front of it"
    if place.anatomy.blood.enhanced:
        labels, areas = place.anatomy.enhanced_organs
        area = float(areas[labels[place.cell]]) if labels[place.cell] else 0.0
        if not KIDNEY_MM2[0] <= area <= KIDNEY_MM2[1]:
            return None
        return Site(
            "site_kidney_any", 0.7, f"{where}, inside an enhanced organ of {area:.0f} mm2", place.side
        )
    volume = place.anatomy.solid_organ_mm3(place.cell)
    if KIDNEY_MM3[0] <= volume <= KIDNEY_MM3[1]:
        why = f"{where}, in a solid organ of about {volume / 1000:.0f} cm3"
        return Site("site_kidney_any", KIDNEY_SURE, why, place.side)
    return Site("site_kidney_any", 0.3, f"{where}: by position only", place.side)


def _sure_kidney(place: Place) -> Site | None:
    found = _kidney(place)
    return found if found is not None and found.certainty >= KIDNEY_SURE else None


def _wall(place: Place) -> Site | None:
    thick = BACK_MM if place.aside is not None and abs(place.aside) < BACK_ASIDE_MM else LOIN_MM
    back = place.ahead is not None and place.ahead < -BACK_BEHIND_MM and place.flesh_depth < thick
    return wall_site(place) if place.in_subcutis or place.flesh_depth < WALL_MM or back else None


def _vessel(place: Place) -> Site | None:
    if not place.tubular:
        return None
    return Site("site_visceral_artery", 0.3, "hollow or long like a vessel, away from the aorta")


def abdomen_site(place: Place) -> Site:
    """Tell the site in a slice of the abdomen."""
    return (
        _lung(place)
        or _aorta(place)
        or _sure_kidney(place)
        or _wall(place)
        or _visceral(place)
        or _splenic(place)
        or _stomach(place)
        or _kidney(place)
        or _vessel(place)
        or Site("site_abdomen", 0.5, "inside the belly, at no organ that could be told")
    )
