"""All landmarks of one scan, found once and asked by every rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kossa.ct.aorta import Circle, discs, find_aorta, find_ascending
from kossa.ct.body import Body, find_body
from kossa.ct.contrast import Blood, find_contrast, threshold_above
from kossa.ct.flesh import Flesh, find_flesh
from kossa.ct.frame import Scan
from kossa.ct.head import Head, find_head
from kossa.ct.levels import Level, Levels, find_levels
from kossa.ct.morphology import distance
from kossa.ct.organs import enhanced_organs, near_gas, solid_organs, stomach_gas
from kossa.ct.skeleton import (
    BONE_HU,
    BONE_SD,
    ENHANCED_BONE_HU,
    MUSCLE_HU,
    Skeleton,
    find_skeleton,
    other_bright,
    with_vertebrae,
)
from kossa.ct.trunk import Trunk, find_trunk
from kossa.image.components import find

__all__ = ["Anatomy", "survey"]

LUMEN_DIFFERS_HU = 15.0  # ct_volumes.md rule 3: then the inside of the aortic circle is believed
RIM_MM = 3.0  # rule 11: what lies within 3 mm of a sure circle may be its wall
SURE_SCORE = 1.9  # rule 11: circles sure enough for it


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Landmarks of a scan. `bone_mm` is the coarse distance to bone, `level_hu` where calcium begins."""

    scan: Scan
    body: Body
    blood: Blood
    skeleton: Skeleton
    trunk: Trunk
    head: Head
    levels: Levels
    flesh: Flesh
    aorta: Circle
    ascending: Circle
    bone_mm: npt.NDArray[np.float32]
    lumen_hu: float | None
    level_hu: float

    @cached_property
    def stomach_gas(self) -> npt.NDArray[np.bool_] | None:
        """The largest bubble of gas in the left upper belly."""
        return stomach_gas(self.scan, self.body, self.trunk, self.levels)

    @cached_property
    def near_gas(self) -> npt.NDArray[np.bool_]:
        """Cells beside gas."""
        return near_gas(self.scan)

    @cached_property
    def enhanced_organs(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """Enhanced organs of every slice and their areas."""
        return enhanced_organs(self.blood.pool, self.scan.coarse.cell_mm2)

    @cached_property
    def _solid(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        return solid_organs(self.scan, self.body, self.skeleton)

    def solid_organ_mm3(self, cell: tuple[int, int, int]) -> float:
        """Return the volume of the solid middle of the organ at or within two cells of a place, or 0."""
        labels, volume = self._solid
        z, y, x = cell
        near = labels[max(0, z - 1) : z + 2, max(0, y - 3) : y + 4, max(0, x - 3) : x + 4]
        numbers = near[near > 0]
        return float(volume[np.bincount(numbers).argmax()]) if numbers.size else 0.0


def survey(scan: Scan, agent: str | None, threshold_hu: float) -> Anatomy:
    """Find body, blood, bone, trunk, head and aorta."""
    coarse, body = find_body(scan.coarse)
    scan = replace(scan, coarse=coarse)
    blood = find_contrast(scan, body, agent)
    head = find_head(scan, body)
    lumen = blood.lumen_hu
    level = threshold_above(lumen, scan.sigma_hu) if lumen is not None else threshold_hu
    floor = max(BONE_HU, MUSCLE_HU + BONE_SD * scan.sigma_hu, threshold_hu)
    bone_level = max(ENHANCED_BONE_HU, level) if blood.enhanced else floor
    skeleton = find_skeleton(scan, body, blood, find(scan.hu, bone_level), bone_level, head=head.seen)
    trunk = find_trunk(scan, body, skeleton)
    levels = find_levels(scan, body, skeleton, trunk, head)
    stones = other_bright(find(scan.hu, level), skeleton, scan, body)
    above_hips = np.array([k in (Level.CHEST, Level.ABDOMEN) for k in levels.of])
    chest = np.array([k is Level.CHEST for k in levels.of])
    aorta = find_aorta(scan, skeleton, trunk, blood, stones, level, above_hips, chest)
    ascending = find_ascending(scan, skeleton, trunk, blood, stones, level, chest, body.lung_hull)
    sure = aorta.there & (aorta.score >= SURE_SCORE)
    if lumen is not None and sure.any():
        inside = float(np.median(aorta.level_hu[sure]))
        if abs(inside - lumen) > LUMEN_DIFFERS_HU:
            lumen = inside
            level = threshold_above(lumen, scan.sigma_hu)
    if lumen is not None:
        skeleton = with_vertebrae(skeleton, scan, discs(aorta, scan, RIM_MM, SURE_SCORE), lumen)
        trunk = find_trunk(scan, body, skeleton)
    belly = np.array([k in (Level.ABDOMEN, Level.PELVIS) for k in levels.of])
    other = np.array([k is not Level.LIMB for k in levels.of]) & ~belly
    flesh = find_flesh(scan.coarse, body, skeleton, belly, other)
    bone_mm = distance(~skeleton.solid, scan.coarse.pixel_mm, scan.coarse.heights_mm)
    return Anatomy(
        scan, body, blood, skeleton, trunk, head, levels, flesh, aorta, ascending, bone_mm, lumen, level
    )
