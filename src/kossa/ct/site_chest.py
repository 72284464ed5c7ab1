"""Sites in the chest: lung, aorta, hilum, heart, mediastinum, and the wall with the breast."""

from __future__ import annotations

import numpy as np

from kossa.ct.place import Place, Site

__all__ = ["chest_site", "wall_site"]

LUNG_AIR = 0.5  # ct_volumes.md rule 12: share of air in the ring
LUNG_SURE_AIR, LUNG_LEAST_AIR = 0.8, 0.3  # judgement: between them a node at the hilum is asked first
CORONARY_FAT = 0.10  # rule 12
HEART_WIDE_MM = (
    80.0  # judgement: the heart is wider between the lungs than the vessels above it (adults 90-140)
)
HEART_BELOW_CARINA_MM = 10.0  # judgement: right and left atrium begin below the carina
HILUM_ASIDE_MM = (
    22.0,
    80.0,
)  # judgement: between the mediastinum's edge and the branching of the lobar bronchi
HILUM_AHEAD_MM = (-15.0, 70.0)  # judgement: hila lie in front of the spine, behind the heart's front half
HILUM_LUNG_MM = 15.0  # judgement: lung lies beside it
HILUM_ROUND_CARINA_MM = (-70.0, 25.0)  # judgement: from the left main pulmonary artery to the lower veins
HILUM_SHARE = (0.25, 0.75)  # judgement, where no carina is seen: share of the lungs' height
ARCH_ABOVE_MM = 18.0  # judgement: the arch begins above the carina
CARINA_ASIDE_MM, CARINA_AHEAD_MM, CARINA_BELOW_MM = 22.0, 45.0, 30.0  # judgement: subcarinal nodes
NODE_MM = 4.0  # judgement: smaller foci are called by the place alone
BREAST_THICK_MM = 25.0  # judgement: tissue before the muscle of a breast


def _mediastinum_mm(place: Place) -> float:
    """Return the widest gap between the lungs in front of the spine in this slice."""
    body, trunk, c = place.anatomy.body, place.anatomy.trunk, place.anatomy.scan.coarse
    z = place.cell[0]
    if not trunk.spine[z]:
        return 0.0
    front = int(trunk.front_y[z])
    rows = range(max(0, front - int(110 / c.pixel_mm[0])), max(0, front - int(10 / c.pixel_mm[0])))
    middle = round(trunk.spine_x[z])
    widest = 0.0
    for y in rows:
        right = np.flatnonzero(body.lungs[z, y, :middle])
        left = np.flatnonzero(body.lungs[z, y, middle:])
        if right.size and left.size:
            widest = max(widest, (left[0] + middle - right[-1]) * c.pixel_mm[1])
    return widest


def _lung_beside_mm(place: Place) -> float:
    """Return how far the nearest lung lies in the slice, within 30 mm."""
    body, c = place.anatomy.body, place.anatomy.scan.coarse
    z, y, x = place.cell
    reach = int(30 / c.pixel_mm[0])
    y0, x0 = max(0, y - reach), max(0, x - reach)
    places = np.argwhere(body.lungs[z, y0 : y + reach + 1, x0 : x + reach + 1])
    if not len(places):
        return 30.0
    return float(
        np.hypot((places[:, 0] + y0 - y) * c.pixel_mm[0], (places[:, 1] + x0 - x) * c.pixel_mm[1]).min()
    )


def _hilum(place: Place) -> Site | None:
    levels = place.anatomy.levels
    if place.aside is None or place.ahead is None:
        return None
    aside, ahead = abs(place.aside), place.ahead
    if (
        not HILUM_ASIDE_MM[0] <= aside <= HILUM_ASIDE_MM[1]
        or not HILUM_AHEAD_MM[0] <= ahead <= HILUM_AHEAD_MM[1]
    ):
        return None
    gap = _lung_beside_mm(place)
    if gap > HILUM_LUNG_MM:
        return None
    if levels.carina_mm is not None:
        rise = place.height - levels.carina_mm
        if not HILUM_ROUND_CARINA_MM[0] <= rise <= HILUM_ROUND_CARINA_MM[1]:
            return None
        level, sure = f"{abs(rise):.0f} mm {'above' if rise > 0 else 'below'} the carina", 0.6
    elif (
        levels.lung_top_mm is not None
        and levels.lung_base_mm is not None
        and levels.lung_top_mm - levels.lung_base_mm > 120
    ):
        share = (levels.lung_top_mm - place.height) / (levels.lung_top_mm - levels.lung_base_mm)
        if not HILUM_SHARE[0] <= share <= HILUM_SHARE[1]:
            return None
        level, sure = f"{share:.0%} of the way down the lungs", 0.5
    else:
        level, sure = "the level of the hila is not known", 0.4
    why = f"{aside:.0f} mm off the midline, {ahead:.0f} mm before the spine, {gap:.0f} mm from lung, {level}"
    node = min(place.wide, place.tall) >= NODE_MM and place.form.elongation < 2.5
    return Site("site_hilar_node" if node else "site_hilum", sure, why, place.side)


def _heart(place: Place) -> Site | None:
    levels = place.anatomy.levels
    wide = _mediastinum_mm(place)
    if wide < HEART_WIDE_MM or (place.ahead is not None and place.ahead < 0):
        return None
    high = levels.carina_mm is not None and place.height > levels.carina_mm - HEART_BELOW_CARINA_MM
    if high or _below_carina(place):
        return None
    why = f"between the lungs, which lie {wide:.0f} mm apart in this slice"
    fat = place.look.ring_fat
    front = place.ahead is None or place.ahead > 25.0
    if fat > CORONARY_FAT and front:
        return Site("site_coronary", 0.5, f"{why}; {fat:.0%} of what surrounds it is fat")
    return Site("site_heart", 0.6, why)


def _below_carina(place: Place) -> bool:
    carina = place.anatomy.levels.carina_mm
    if carina is None or place.aside is None or place.ahead is None:
        return False
    near = abs(place.aside) <= CARINA_ASIDE_MM and place.ahead <= CARINA_AHEAD_MM
    return near and 0.0 <= carina - place.height <= CARINA_BELOW_MM


def _mediastinum(place: Place) -> Site:
    node = min(place.wide, place.tall) >= NODE_MM and place.form.elongation < 2.5
    where = (
        "below the carina" if _below_carina(place) else "between the lungs, at no vessel that could be told"
    )
    name = "site_mediastinal_node" if node else "site_mediastinum"
    return Site(name, 0.5, where, place.side)


def wall_site(place: Place) -> Site:
    """Tell subcutis, breast and muscle of the body's wall."""
    ring = place.ring_hu
    if place.in_subcutis:
        c, flesh = place.anatomy.scan.coarse, place.anatomy.flesh
        z, y, x = place.cell
        below = np.flatnonzero(flesh.inside[z, y:, x])
        thick = place.depth + (below[0] * c.pixel_mm[0] if below.size else 0.0)
        why = f"outside of the outline of muscle, {place.depth:.0f} mm deep, among {ring:.0f} HU"
        front = place.ahead is not None and place.ahead > 40.0
        aside = abs(place.aside) if place.aside is not None else 0.0
        if (
            front
            and below.size
            and thick >= BREAST_THICK_MM
            and 25.0 < aside < 150.0
            and place.level == "chest"
        ):
            return Site(
                "site_breast",
                0.4,
                f"{why}, in front of the chest where {thick:.0f} mm lie before the muscle",
                place.side,
            )
        return Site("site_subcutis", 0.7, why, place.side)
    return Site(
        "site_muscle", 0.5, f"in the body's wall, {place.depth:.0f} mm deep, among {ring:.0f} HU", place.side
    )


def _lung(place: Place, least: float) -> Site | None:
    air = place.look.ring_air
    if air <= least and not (place.anatomy.body.lungs[place.cell] and air > LUNG_LEAST_AIR):
        return None
    return Site(
        "site_lung",
        0.9 if air > LUNG_SURE_AIR else 0.6,
        f"{air:.0%} of its ring is air-filled lung",
        place.side,
    )


def _aorta(place: Place) -> Site | None:
    if place.rim is None:
        return None
    if place.rim == "ascending":
        why = "on the rim of a round vessel in front of the spine, between the lungs"
        return Site("site_aorta_ascending", 0.7, why)
    carina = place.anatomy.levels.carina_mm
    if carina is not None and place.height > carina + ARCH_ABOVE_MM:
        rise = place.height - carina
        return Site("site_aorta_arch", 0.6, f"on the rim of a round vessel, {rise:.0f} mm above the carina")
    return Site("site_aorta_descending", 0.8, "on the rim of a round vessel beside the spine")


def _wall(place: Place) -> Site | None:
    return None if place.anatomy.body.lung_hull[place.cell] else wall_site(place)


def chest_site(place: Place) -> Site:
    """Tell the site in a slice above the diaphragm."""
    return (
        _lung(place, LUNG_SURE_AIR)
        or _aorta(place)
        or (_hilum(place) if place.look.ring_air > LUNG_LEAST_AIR else None)
        or _lung(place, LUNG_AIR)
        or _wall(place)
        or _hilum(place)
        or _heart(place)
        or _mediastinum(place)
    )
