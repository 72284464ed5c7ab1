"""Organs of the belly, as far as rules without a model can tell them: by gas, enhancement, shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.levels import Level, Levels
from kossa.ct.morphology import erode, sums_of
from kossa.ct.skeleton import Skeleton
from kossa.ct.trunk import Trunk

__all__ = ["enhanced_organs", "near_gas", "solid_organs", "stomach_gas"]

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int32]

STOMACH_ASIDE_MM, STOMACH_AHEAD_MM = (-35.0, 110.0), 5.0  # judgement: left upper belly, in front of the spine
STOMACH_BELOW_MM = 110.0  # judgement: below the lungs' front base
STOMACH_GAS_MM3 = 1000.0  # judgement
GAS_EDGE_HU = -150.0  # partial volume between gas and wall reads like fat
LEAN_HU, MAJORITY = 5.0, 0.6  # judgement: brighter than fat and its blur, in most of 3 x 3 cells
APART_MM = 7.0  # judgement: organs that touch over less than twice this are told apart

_PLANE = np.zeros((3, 3, 3), np.bool_)
_PLANE[1] = True


def stomach_gas(scan: Scan, body: Body, trunk: Trunk, levels: Levels) -> Mask | None:
    """Return the largest bubble of gas in the left upper belly."""
    c = scan.coarse
    belly = np.array([level in (Level.ABDOMEN, Level.CHEST) for level in levels.of]) & trunk.spine
    labels, count = ndimage.label(body.gas & belly[:, None, None])
    if count == 0:
        return None
    told = sums_of(labels, count, c.cell_mm3)[1:]
    volume, places = told[:, 0], told[:, 1:]
    z = np.rint(places[:, 0]).astype(int)
    aside = (places[:, 2] - trunk.spine_x[z]) * c.pixel_mm[1]
    ahead = (trunk.front_y[z] - places[:, 1]) * c.pixel_mm[0]
    good = (volume >= STOMACH_GAS_MM3) & (aside >= STOMACH_ASIDE_MM[0]) & (aside <= STOMACH_ASIDE_MM[1])
    good &= ahead >= STOMACH_AHEAD_MM
    if levels.lung_base_mm is not None:
        good &= (c.heights_mm[z] > levels.lung_base_mm - STOMACH_BELOW_MM) & (
            c.heights_mm[z] < levels.lung_base_mm + STOMACH_BELOW_MM / 2
        )
    if not good.any():
        return None
    return np.asarray(labels == 1 + int(np.argmax(np.where(good, volume, 0.0))))


def near_gas(scan: Scan) -> Mask:
    """Return cells beside gas, whose mean is no tissue's."""
    return np.asarray(ndimage.binary_dilation(scan.coarse.mean < GAS_EDGE_HU, _PLANE, iterations=1))


def enhanced_organs(pool: Mask, cell_mm2: float) -> tuple[Labels, npt.NDArray[np.float64]]:
    """Return enhanced organs of every slice, closed over their gaps, and their areas in mm2."""
    labels, count = ndimage.label(ndimage.binary_closing(pool, _PLANE, iterations=3), _PLANE)
    return labels, np.asarray(np.bincount(labels.ravel(), minlength=count + 1) * cell_mm2)


def solid_organs(scan: Scan, body: Body, skeleton: Skeleton) -> tuple[Labels, npt.NDArray[np.float64]]:
    """Return solid tissue in pieces that stay apart when 7 mm are taken off, and their volumes in mm3."""
    c = scan.coarse
    lean = (c.mean > LEAN_HU) & body.mask & ~skeleton.filled
    solid = ndimage.uniform_filter(lean.astype(np.float32), (0, 3, 3)) > MAJORITY
    labels, count = ndimage.label(erode(solid, APART_MM, c.pixel_mm, c.heights_mm))
    return labels, sums_of(labels, count, c.cell_mm3)[:, 0]
