"""Sites inside the skull: pineal gland and choroid plexus by place and surroundings, else intracranial."""

from __future__ import annotations

import numpy as np

from kossa.ct.frame import PADDING_HU
from kossa.ct.morphology import distance
from kossa.ct.place import Place, Site
from kossa.evidence import Side

__all__ = ["head_site"]

PINEAL_OFF_MM, PINEAL_SHARE = 5.0, (0.35, 0.70)  # ct_volumes.md rule 13
PINEAL_MM = 12.0  # vocabulary: more than about 10 mm is not the usual pineal
CHOROID_OFF_MM, CHOROID_SHARE, CHOROID_DEPTH_MM = (12.0, 45.0), (0.50, 0.80), 20.0  # rule 13
FLUID_RING_MM = (3.0, 9.0)  # rule 13
FLUID_HU, FLUID_SHARE, DARK_HU = 10.0, 0.40, 15.0  # rule 13
BASE_BONE_MM = 25.0  # rule 13


def _fluid(place: Place) -> tuple[float, float]:
    """Return the share of the ring that is 10 HU below brain, and how far its 10th percentile is below."""
    look, brain = place.look, place.anatomy.head.brain_hu
    scan = place.anatomy.scan
    heights = scan.heights_mm[look.low[0] : look.low[0] + look.mask.shape[0]]
    away = distance(~look.mask, scan.pixel_mm, heights)
    own = np.asarray(look.mask.any(axis=(1, 2)))
    ring = (
        (away >= FLUID_RING_MM[0]) & (away <= FLUID_RING_MM[1]) & (look.hu >= PADDING_HU) & own[:, None, None]
    )
    if not ring.any():
        return 0.0, 0.0
    values = look.hu[ring].astype(np.float64)
    return float((values <= brain - FLUID_HU).mean()), float(brain - np.percentile(values, 10))


def head_site(place: Place) -> Site:
    """Tell the site of a deposit inside the skull."""
    head, c = place.anatomy.head, place.anatomy.scan.coarse
    z, y, x = place.cell
    if not head.ring[z]:
        return Site(None, 0.0, "in the face or at the skull base: no landmarks are read there")
    off, share = head.place(z, float(y), float(x), c.pixel_mm)
    side = Side.MIDLINE if abs(off) < PINEAL_OFF_MM else Side.LEFT if off > 0 else Side.RIGHT
    far = not head.base[z] or place.bone > BASE_BONE_MM
    where = f"{abs(off):.0f} mm off the midline, {share:.0%} of the way from front to back"
    if (
        far
        and abs(off) < PINEAL_OFF_MM
        and PINEAL_SHARE[0] <= share <= PINEAL_SHARE[1]
        and place.wide <= PINEAL_MM
    ):
        return Site("site_physio_pineal", 0.8, f"pineal region: {where}", Side.MIDLINE)
    deep = float(head.depth_mm[place.cell])
    if (
        far
        and CHOROID_OFF_MM[0] <= abs(off) <= CHOROID_OFF_MM[1]
        and deep > CHOROID_DEPTH_MM
        and (CHOROID_SHARE[0] <= share <= CHOROID_SHARE[1])
    ):
        fluid, dark = _fluid(place)
        if fluid >= FLUID_SHARE and dark >= DARK_HU:
            why = f"choroid plexus: {where}; {fluid:.0%} of its ring is like fluid, {dark:.0f} HU below brain"
            return Site("site_physio_choroid_plexus", 0.8, why, side)
    return Site("site_intracranial", 0.9, f"inside of the skull, {deep:.0f} mm deep, {where}", side)
