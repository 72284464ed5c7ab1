"""Which part of a body each slice shows, and landmarks along its length."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.head import Head
from kossa.ct.morphology import erode, label_slices, open_up
from kossa.ct.skeleton import Skeleton
from kossa.ct.trunk import Trunk

__all__ = ["Level", "Levels", "find_levels", "whole_parts"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FRONT_LUNG_MM = 30.0  # judgement: lung further in front of the spine than this lies above the diaphragm
FRONT_LUNG_MM2, FRONT_LUNG_LEFT_MM2 = 800.0, 300.0  # judgement
APEX_MM2 = 800.0  # judgement: less is the windpipe
CLEAR_SHARE, DOME_SHARE = (
    0.55,
    0.42,
)  # judgement: share of lung inside the lungs' hull at the heart; at the domes
HIP_CORE_MM = 6.0  # judgement: hip bones survive this opening, ribs do not
JOINT_RADIUS_MM, JOINT_ASIDE_MM = 17.0, 55.0  # judgement: head of the thigh with its socket
HIP_ASIDE_MM, HIP_MM2 = 35.0, 300.0  # judgement: thick bone on both sides of the spine
HIP_REACH_MM = 170.0  # judgement
NECK_WIDE_MM = 240.0  # judgement
AIRWAY_HU = -920.0  # judgement: air in a tube, darker than lung
AIRWAY_MM2, AIRWAY_WIDE_MM = (60.0, 700.0), 50.0  # adult trachea 150-350 mm2, wider where it forks
AIRWAY_ASIDE_MM = 14.0  # judgement: main bronchi lie further aside soon below the carina
FACE_MM = 90.0  # judgement: height of the face below the closed skull
PELVIS_BELOW_MM = 90.0  # judgement: from the top of the hip joint to the end of the ischium
TRACHEA_LOST_MM = 12.0  # judgement


class Level(StrEnum):
    """Part of the body in one slice."""

    HEAD = "head"
    FACE = "face"
    NECK = "neck"
    CHEST = "chest"
    ABDOMEN = "abdomen"
    PELVIS = "pelvis"
    LIMB = "limb"


@dataclass(frozen=True, eq=False)
class Levels:
    """`of` the level of each coarse slice; heights in mm (None: not in the scan).

    Lungs' top, lungs' front base, carina, top of the hip bones, top of the hip joints.
    """

    of: tuple[Level, ...]
    lung_top_mm: float | None
    lung_base_mm: float | None
    carina_mm: float | None
    crest_mm: float | None
    hip_mm: float | None


def _hips(scan: Scan, skeleton: Skeleton, trunk: Trunk) -> Mask:
    """Return where thick bone lies on both sides of the midline."""
    c = scan.coarse
    thick = open_up(skeleton.filled & trunk.main, HIP_CORE_MM, c.pixel_mm)
    columns = np.arange(thick.shape[2])
    out = np.zeros(thick.shape[0], np.bool_)
    for z in np.flatnonzero(trunk.width_mm >= NECK_WIDE_MM):
        middle = trunk.spine_x[z] if trunk.spine[z] else trunk.middle_x[z]
        aside = (columns - middle) * c.pixel_mm[1]
        area = thick[z].sum(axis=0) * c.cell_mm2
        if trunk.one_sided:  # no bone of an arm stands in for the hip that is not in the picture
            area = np.where(np.abs(aside) <= HIP_REACH_MM, area, 0.0)
        sides = float(area[aside < -HIP_ASIDE_MM].sum()), float(area[aside > HIP_ASIDE_MM].sum())
        out[z] = trunk.on_both(*sides) >= HIP_MM2
    return out


def _joint_mm(scan: Scan, skeleton: Skeleton, trunk: Trunk, hips: Mask) -> float | None:
    """Return the height of the highest slice with a hip joint: thick bone far from the midline."""
    c = scan.coarse
    here = np.flatnonzero(hips)
    if here.size == 0:
        return None
    thick = erode(skeleton.filled[here] & trunk.main[here], JOINT_RADIUS_MM, c.pixel_mm)
    columns = np.arange(thick.shape[2])
    for k in range(here.size - 1, -1, -1):
        z = here[k]
        middle = trunk.spine_x[z] if trunk.spine[z] else trunk.middle_x[z]
        aside = np.abs(columns - middle) * c.pixel_mm[1]
        if (thick[k] & (aside > JOINT_ASIDE_MM)[None, :]).any():
            return float(c.heights_mm[z])
    return None


def _airway(scan: Scan, body: Body, trunk: Trunk) -> Mask:
    """Return slices with one round tube of air near the midline, in front of the spine."""
    c = scan.coarse
    air = (c.mean < AIRWAY_HU) & body.mask
    labels, count = label_slices(air)
    out = np.zeros(air.shape[0], np.bool_)
    area = np.bincount(labels.ravel(), minlength=count + 1) * c.cell_mm2
    for z, places in enumerate(ndimage.find_objects(labels[k]) for k in range(labels.shape[0])):
        middle = trunk.spine_x[z] if trunk.spine[z] else trunk.middle_x[z]
        for number, where in enumerate(places, 1):
            if where is None or not AIRWAY_MM2[0] <= area[number] <= AIRWAY_MM2[1]:
                continue
            high, wide = (s.stop - s.start for s in where)
            x = (where[1].start + where[1].stop - 1) / 2
            tube = max(high * c.pixel_mm[0], wide * c.pixel_mm[1]) <= AIRWAY_WIDE_MM
            if tube and abs(x - middle) * c.pixel_mm[1] <= AIRWAY_ASIDE_MM:
                out[z] = True
    return out


def _carina(heights: Floats, airway: Mask, lung: Mask) -> float | None:
    """Return where the tube of air that comes from above ends."""
    here = np.flatnonzero(airway & lung)
    if here.size == 0 or heights.size < 3:
        return None
    last = float(heights[here[-1]])
    for z in here[::-1]:
        if last - float(heights[z]) > TRACHEA_LOST_MM:
            break
        last = float(heights[z])
    top = float(heights[lung].max())
    return last if top - last > 20.0 else None


def _chest(scan: Scan, body: Body, trunk: Trunk) -> Mask:
    """Return slices above the diaphragm: lung lies in front of the spine, also on the left."""
    c = scan.coarse
    lines, columns = np.arange(c.mean.shape[1]), np.arange(c.mean.shape[2])
    out = np.zeros(c.mean.shape[0], np.bool_)
    for k in np.flatnonzero(trunk.lung & trunk.spine):
        ahead = (trunk.front_y[k] - lines) * c.pixel_mm[0] > FRONT_LUNG_MM
        front = body.lungs[k] & ahead[:, None]
        left = front & (columns > trunk.spine_x[k])[None, :]
        seen = trunk.one_sided and trunk.cut[1]  # the left lung is not in the picture
        enough = seen or left.sum() * c.cell_mm2 >= FRONT_LUNG_LEFT_MM2
        out[k] = front.sum() * c.cell_mm2 >= FRONT_LUNG_MM2 and enough
    if not out.any() or out.size < 3:
        return out
    lung = body.lungs.sum(axis=(1, 2)) * c.cell_mm2
    share = lung / np.maximum(body.lung_hull.sum(axis=(1, 2)) * c.cell_mm2, 1.0)
    low, high = (int(v) for v in np.flatnonzero(out)[[0, -1]])
    out[low : high + 1] = True
    for z in range(high, out.size):
        if lung[z] < APEX_MM2:
            break
        out[z] = True
    clear = np.flatnonzero(out & (share >= CLEAR_SHARE))
    if clear.size:
        out[: clear[0]] &= share[: clear[0]] >= DOME_SHARE
    return out


def whole_parts(levels: Levels) -> tuple[Level, ...]:
    """Return chest, abdomen and pelvis where the scan goes on beyond both ends of them.

    A part that is cut by the first or last slice was not examined as a whole. Of the chest the fork of the
    windpipe must be seen too: some lung alone may be the bases above a liver.
    """
    of = levels.of
    ends = {part: (of.index(part), len(of) - 1 - of[::-1].index(part)) for part in set(of)}
    seen = {
        Level.CHEST: levels.carina_mm is not None,
        Level.ABDOMEN: {Level.CHEST, Level.PELVIS} <= set(of),
        Level.PELVIS: Level.ABDOMEN in of and levels.hip_mm is not None,
    }
    return tuple(
        part
        for part, known in seen.items()
        if known and part in ends and 0 < ends[part][0] <= ends[part][1] < len(of) - 1
    )


def find_levels(scan: Scan, body: Body, skeleton: Skeleton, trunk: Trunk, head: Head) -> Levels:
    """Name the part of the body that each slice shows."""
    heights = scan.coarse.heights_mm
    count = heights.size
    none = np.zeros(count, np.bool_)
    chest = _chest(scan, body, trunk)
    hips = _hips(scan, skeleton, trunk)
    airway = _airway(scan, body, trunk)
    lung_here = body.lungs.any(axis=(1, 2)) & trunk.spine
    top = float(heights[lung_here].max()) if lung_here.any() else None
    base = float(heights[chest].min()) if chest.any() else None
    ring = heights[head.ring] if head.seen else np.zeros(0)
    if base is not None:
        hips &= heights < base
    joint = _joint_mm(scan, skeleton, trunk, hips)
    lone_neck = airway & (trunk.width_mm < NECK_WIDE_MM) & (not trunk.any)
    rules = (
        (Level.HEAD, heights >= ring.min() if ring.size else none),
        (Level.FACE, heights >= ring.min() - FACE_MM if ring.size else none),
        (Level.CHEST, chest),
        (Level.NECK, heights > top if top is not None else (~none if ring.size else none)),
        (Level.PELVIS, hips & (trunk.spine | (base is not None))),
        (Level.ABDOMEN, trunk.spine),
        (Level.NECK, lone_neck),
    )
    of = [next((name for name, here in rules if here[z]), Level.LIMB) for z in range(count)]
    crest = float(heights[hips].max()) if hips.any() and (trunk.spine & hips).any() else None
    carina = _carina(heights, airway, lung_here) if lung_here.any() else None
    if trunk.part and not head.seen:
        of = [Level.LIMB] * count
    if joint is not None:
        of = [Level.LIMB if heights[z] < joint - PELVIS_BELOW_MM else of[z] for z in range(count)]
    return Levels(tuple(of), top, base, carina, crest, joint)
