"""Sites in limbs, and in parts of a body that show no spine: subcutis, artery, joint, pelvic vein, muscle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kossa.ct.midline import cores_off_spine
from kossa.ct.morphology import FAR_MM, label_slices
from kossa.ct.place import Place, Site
from kossa.evidence import Side

__all__ = ["limb_side", "limb_site", "on_a_line"]

LINE_MM = 60.0  # ct_volumes.md rule 12: foci of one artery within 60 mm
LINE_OFF_MM = 4.0  # judgement: how far a focus may lie off the straight line of its vessel
LINE_STEEP = 0.7  # judgement: arteries of limbs run along them (cosine to the z axis)
SOME_FAT = 0.03  # judgement: foci in a solid mass are no vessel, however they lie
RING_HOLE = 0.3  # judgement: rings are no plaque of a thin vessel
BUNDLE_FAT = 0.10  # judgement: vessels run in fat between muscles
JOINT_BONE_MM, JOINT_END_MM = 20.0, 25.0  # rule 12
PELVIS_LATERAL_MM, PELVIS_MEDIAL_MM, PELVIS_SPAN_MM = 8.0, 15.0, 50.0  # rule 12
PELVIS_DEEP_MM = 25.0  # judgement: veins of the pelvis lie deep; the body goes on beyond the picture
ROW_MM = 10.0  # judgement: bone counts as beside an object within so much of its row
THIGH_MM2 = 12_000.0  # judgement: upper arms and calves have a smaller section
SECOND_LIMB_MM2 = 600.0
SHAFT_MM = 60.0  # judgement: what lies further from thick bone is not of a limb, nor of its root
MOST_AIR = 0.5  # ct_volumes.md rule 12


def on_a_line(one: Place, others: Sequence[Place]) -> int:
    """Return how many thin foci lie on the best straight line through `one` and another, itself included."""
    if not one.thin or one.look.ring_fat < SOME_FAT:
        return 1
    here = np.array(one.centre_mm)
    near = [
        np.array(o.centre_mm)
        for o in others
        if o.number != one.number
        and o.thin
        and o.look.ring_fat >= SOME_FAT
        and np.linalg.norm(np.array(o.centre_mm) - here) <= LINE_MM
    ]
    best = 1 + (one.tall > 2.5 * one.wide and one.tall > 10.0)
    for far in near:
        way = far - here
        length = float(np.linalg.norm(way))
        if length < 1.0 or abs(way[0]) / length < LINE_STEEP:
            continue
        off = [float(np.linalg.norm(np.cross(p - here, way)) / length) for p in near]
        best = max(best, 1 + sum(o <= LINE_OFF_MM for o in off))
    return best


def _bones_along_row(place: Place) -> tuple[float, float, float]:
    """Return mm of bone to the right and left of an object in its row, and the span of its slice's bone."""
    skeleton, c = place.anatomy.skeleton, place.anatomy.scan.coarse
    z, y, x = place.cell
    reach = max(1, round(ROW_MM / c.pixel_mm[0]))
    band = np.asarray(skeleton.filled[z, max(0, y - reach) : y + reach + 1].any(axis=0))
    right = float(band[:x].sum() * c.pixel_mm[1])
    left = float(band[x + 1 :].sum() * c.pixel_mm[1])
    columns = np.flatnonzero(skeleton.filled[z].any(axis=0))
    span = float((columns[-1] - columns[0] + 1) * c.pixel_mm[1]) if columns.size else 0.0
    return right, left, span


def limb_side(place: Place) -> Side:
    """Tell a limb's side from the other one beside it, or from which flank shows skin."""
    if place.anatomy.trunk.part:
        return Side.RIGHT if place.anatomy.trunk.cut[1] else Side.LEFT
    flesh, c = place.anatomy.flesh, place.anatomy.scan.coarse
    z, y, x = place.cell
    numbers = flesh.pieces[z]
    mine = numbers[y, x]
    if mine == 0:
        return Side.UNKNOWN
    columns = np.flatnonzero((numbers == mine).any(axis=0))
    middle = (columns[0] + columns[-1]) / 2
    for number in np.unique(numbers[(numbers > 0) & (numbers != mine)]):
        if flesh.piece_mm2[number] < SECOND_LIMB_MM2:
            continue
        other = np.flatnonzero((numbers == number).any(axis=0))
        cut = other[0] == 0 or other[-1] == numbers.shape[1] - 1
        apart = abs((other[0] + other[-1]) / 2 - middle) * c.pixel_mm[1]
        if apart > 40.0 and (cut or flesh.piece_mm2[number] > 0.3 * flesh.piece_mm2[mine]):
            return Side.LEFT if (other[0] + other[-1]) / 2 < middle else Side.RIGHT
    return Side.UNKNOWN


def _pelvic_vein(place: Place) -> Site | None:
    right, left, span = _bones_along_row(place)
    numbers = place.anatomy.flesh.pieces[place.cell[0]]
    lateral, medial, side = (right, left, Side.RIGHT) if right > left else (left, right, Side.LEFT)
    last = numbers.shape[1] - 1
    own = numbers == numbers[place.cell[1], place.cell[2]]
    open_ = bool(own[:, last if side is Side.RIGHT else 0].any()) and place.depth >= PELVIS_DEEP_MM
    if (
        lateral <= PELVIS_LATERAL_MM
        or medial >= PELVIS_MEDIAL_MM
        or span <= PELVIS_SPAN_MM
        or not place.small
        or not open_
        or place.look.ring_fat < BUNDLE_FAT
    ):
        return None
    why = f"{place.wide:.0f} mm, medial of hip bones ({lateral:.0f} mm of bone lateral, {medial:.0f} medial)"
    return Site("site_pelvic_vein", 0.6, why, side)


def _lung(place: Place, side: Side) -> Site | None:
    """Tell lung in a trunk whose spine is not in the picture."""
    if place.look.ring_air <= MOST_AIR or not place.anatomy.body.lung_hull[place.cell]:
        return None
    return Site("site_lung", 0.7, f"{place.look.ring_air:.0%} of what surrounds it is air-filled lung", side)


def _subcutis(place: Place, side: Side) -> Site | None:
    if not place.in_subcutis or place.hollow_tube:
        return None
    why = f"outside of the outline of muscle, {place.depth:.0f} mm deep, among {place.ring_hu:.0f} HU"
    return Site("site_subcutis", 0.8, why, side)


def _artery(place: Place, others: Sequence[Place], side: Side) -> Site | None:
    name = "site_femoral_artery" if _is_thigh(place) else "site_peripheral_artery"
    if place.hollow_tube:
        return Site(name, 0.6, "hollow around blood and long, like the wall of a vessel", side)
    line, fat = on_a_line(place, others), place.look.ring_fat
    if (line >= 3 and place.form.hole < RING_HOLE) or (line >= 2 and fat >= BUNDLE_FAT):
        why = f"one of {line} thin foci in a line along the limb; {fat:.0%} of what surrounds it is fat"
        return Site(name, 0.7 if line >= 3 else 0.5, why, side)
    return None


def _part(place: Place, side: Side) -> Site | None:
    """Tell that nothing can be told inside part of a trunk without its spine."""
    if not place.anatomy.trunk.part or _thick_bone_mm(place) < SHAFT_MM:
        return None
    return Site(
        None, 0.0, "part of a trunk, it seems, without its spine in the picture: sites are unsure", side
    )


def _thick_bone_mm(place: Place) -> float:
    """Return how far thick bone (hip, shaft) lies in the slice."""
    anatomy, c = place.anatomy, place.anatomy.scan.coarse
    z, y, x = place.cell
    cores = np.argwhere(
        cores_off_spine(anatomy.scan, anatomy.skeleton, anatomy.trunk.main, anatomy.trunk.cut)[z]
    )
    if not len(cores):
        return FAR_MM
    return float(np.hypot((cores[:, 0] - y) * c.pixel_mm[0], (cores[:, 1] - x) * c.pixel_mm[1]).min())


def _joint(place: Place, side: Side) -> Site | None:
    if place.bone >= JOINT_BONE_MM or place.joint >= JOINT_END_MM:
        return None
    why = f"{place.bone:.0f} mm from bone and {place.joint:.0f} mm from the wide end of one"
    return Site("site_periarticular", 0.6, why, side)


def limb_site(place: Place, others: Sequence[Place]) -> Site:
    """Tell the site in a limb; asked in this order: pelvic vein, subcutis, artery, joint, muscle."""
    both = (
        not place.anatomy.trunk.part
        and place.aside is not None
        and bool(place.anatomy.trunk.main[place.cell])
    )
    side = place.side if both else limb_side(place)
    rest = Site("site_soft_tissue", 0.4, f"between muscle and skin, among {place.ring_hu:.0f} HU", side)
    if place.in_flesh:
        rest = Site(
            "site_muscle", 0.7, f"inside of the outline of muscle, among {place.ring_hu:.0f} HU", side
        )
    return (
        _lung(place, side)
        or _pelvic_vein(place)
        or _subcutis(place, side)
        or _part(place, side)
        or _artery(place, others, side)
        or _joint(place, side)
        or rest
    )


def _is_thigh(place: Place) -> bool:
    """Return whether the section has one large bone and the girth of a thigh."""
    flesh, skeleton = place.anatomy.flesh, place.anatomy.skeleton
    z, y, x = place.cell
    mine = flesh.pieces[z] == flesh.pieces[z, y, x]
    labels, count = label_slices((skeleton.filled[z] & mine)[None])
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:] * place.anatomy.scan.coarse.cell_mm2
    return bool(flesh.piece_mm2[flesh.pieces[z, y, x]] >= THIGH_MM2 and (area > 150.0).sum() == 1)
