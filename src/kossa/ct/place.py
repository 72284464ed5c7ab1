"""Where one object lies, in figures that the rules for sites ask: depth, side, neighbours, level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kossa.ct.anatomy import Anatomy
from kossa.ct.candidates import Look
from kossa.ct.form import SMALL_VOXELS, Form, form_of
from kossa.ct.levels import Level
from kossa.ct.material import on_aorta
from kossa.evidence import Side

__all__ = ["Place", "Site", "place_of"]

TUBE_WIDE_MM, TUBE_LONG, TUBE_LUMEN = 14.0, 1.5, 0.2  # judgement: a calcified vessel of middle size
RING_WIDE_MM = 20.0  # 4 SD of a thin ring are 1.4 of its diameter: vessels up to 14 mm
TUBE_CORE = 0.7  # judgement: the middle of a tube is this much darker than its wall
ROD_LONG = 2.5  # judgement
BLOOD_HU = (0.0, 120.0)  # blood between two walls, brightened by the blur of the walls
FAT_RING_HU = -30.0  # ct_volumes.md rule 12
MIDLINE_MM = 8.0  # judgement: nearer to the midline a deposit has no side


@dataclass(frozen=True, slots=True)
class Site:
    """A site id of the vocabulary (None: unknown) with certainty 0-1 and the sentence that says why."""

    id: str | None
    certainty: float
    reason: str
    side: Side = Side.UNKNOWN


@dataclass(frozen=True, eq=False)
class Place:
    """Figures of one object in mm; `aside` to the left of the midline, `ahead` of the spine's front.

    `aside` and `ahead` are None where no midline or spine is known in this slice.
    """

    anatomy: Anatomy
    look: Look
    form: Form
    number: int
    cell: tuple[int, int, int]
    centre_mm: tuple[float, float, float]
    level: Level
    height: float
    depth: float
    flesh_depth: float
    in_flesh: bool
    bone: float
    joint: float
    aside: float | None
    ahead: float | None
    rim: str | None
    wide: float
    tall: float

    @property
    def ring_hu(self) -> float:
        """Median of what surrounds it; 0 where nothing could be measured."""
        return self.look.ring_median_hu if self.look.ring_median_hu is not None else 0.0

    @property
    def in_subcutis(self) -> bool:
        """Whether it lies in fat outside of what the muscles close off."""
        return not self.in_flesh and self.ring_hu < FAT_RING_HU

    @property
    def thin(self) -> bool:
        """Whether it is as thin as a vessel's wall or a small vessel: at most 6 mm across in a slice."""
        return self.wide <= 6.0

    @property
    def tubular(self) -> bool:
        """Whether it has the form of a vessel's wall: hollow around blood and longish, or long and thin."""
        slim = self.form.voxels >= SMALL_VOXELS and self.form.axes_mm[1] <= TUBE_WIDE_MM
        return self.hollow_tube or (slim and self.form.elongation >= ROD_LONG)

    @property
    def hollow_tube(self) -> bool:
        """Whether it closes in blood along some length."""
        form = self.form
        blood = form.lumen_hu is not None and BLOOD_HU[0] <= form.lumen_hu <= BLOOD_HU[1]
        slim = form.voxels >= SMALL_VOXELS and form.axes_mm[1] <= RING_WIDE_MM
        dark = form.core_ratio is not None and form.core_ratio < TUBE_CORE
        return slim and blood and dark and form.lumen >= TUBE_LUMEN and form.elongation >= TUBE_LONG

    @property
    def small(self) -> bool:
        """Whether it measures at most 10 mm in every direction, blur through slices left aside."""
        return self.wide <= 10.0 and self.tall <= 10.0 + self.anatomy.scan.gap_mm

    @property
    def side(self) -> Side:
        """Left or right of the midline, where there is one."""
        if self.aside is None:
            return Side.UNKNOWN
        if abs(self.aside) < MIDLINE_MM:
            return Side.MIDLINE
        return Side.LEFT if self.aside > 0 else Side.RIGHT


def place_of(
    anatomy: Anatomy, look: Look, number: int, box: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
) -> Place:
    """Gather what the rules for sites ask of one object."""
    scan, trunk = anatomy.scan, anatomy.trunk
    c = scan.coarse
    index = scan.cell(np.array([look.centre]))
    cell = (int(index[0][0]), int(index[1][0]), int(index[2][0]))
    z = cell[0]
    lines, columns = scan.in_cells(np.array([look.centre[1]]), np.array([look.centre[2]]))
    y, x = float(lines[0]), float(columns[0])
    aside = ahead = None
    level = anatomy.levels.of[z]
    if not trunk.main[cell] and level in (Level.CHEST, Level.ABDOMEN, Level.PELVIS):
        level = Level.LIMB
    if trunk.spine[z]:
        aside = float(x - trunk.spine_x[z]) * c.pixel_mm[1]
        ahead = float(trunk.front_y[z] - y) * c.pixel_mm[0]
    elif anatomy.levels.of[z] in (Level.PELVIS, Level.NECK, Level.CHEST):
        aside = float(x - trunk.middle_x[z]) * c.pixel_mm[1]
    elif anatomy.head.ring[z]:
        aside = anatomy.head.place(z, y, x, c.pixel_mm)[0]
    size = (box[1] - box[0]) * np.array([scan.gap_mm, *scan.pixel_mm])
    height = float(np.interp(look.centre[0], np.arange(scan.heights_mm.size), scan.heights_mm))
    return Place(
        anatomy,
        look,
        form_of(look, scan.pixel_mm, scan.gap_mm),
        number,
        cell,
        (height, look.centre[1] * scan.pixel_mm[0], look.centre[2] * scan.pixel_mm[1]),
        level,
        height,
        float(anatomy.body.depth_mm[cell]),
        float(anatomy.flesh.depth_mm[cell]),
        bool(anatomy.flesh.inside[cell]),
        min(float(anatomy.bone_mm[cell]), look.bone_gap_mm),
        float(anatomy.flesh.end_mm[cell]),
        aside,
        ahead,
        on_aorta(anatomy, look, cell),
        float(max(size[1:])),
        float(size[0]),
    )
