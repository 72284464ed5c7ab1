"""A whole trunk, painted in the order in which things lie on each other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kossa.virtual.body import abdomen, bowel, chest, pelvis, ribs, shoulder, spine, table, vessels
from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.frame import Frame
from kossa.virtual.body.outline import Habitus, Surfaces, paint_trunk, surfaces
from kossa.virtual.body.tissue import Tissue

__all__ = ["Body", "Build", "build"]


@dataclass(frozen=True)
class Build:
    """What differs between people beside size and posture."""

    female: bool
    habitus: Habitus = field(default_factory=Habitus)
    tissue: Tissue = field(default_factory=Tissue)


@dataclass(frozen=True, eq=False)
class Body:
    """The painted canvas, and the shapes that deposits are placed by."""

    canvas: Canvas
    trunk: Surfaces
    chest: chest.Chest
    tissue: Tissue


def build(frame: Frame, person: Build, rng: np.random.Generator) -> Body:
    """Paint a body; 3 mm slices of 512 x 512 take about three seconds."""
    canvas, tissue = Canvas(frame, rng), person.tissue
    trunk = surfaces(canvas, person.habitus)
    table.paint_table(canvas, tissue, back_mm=frame.shift_mm[1] + 126 * frame.stretch[1])
    paint_trunk(canvas, trunk, tissue)
    below = chest.diaphragm(canvas)
    lungs = chest.paint_chest(canvas, trunk, below, tissue)
    bowel.paint_pelvic_floor(canvas, tissue)
    bowel.paint_bowel(canvas, trunk, tissue)
    abdomen.paint_back_wall(canvas, tissue)
    abdomen.paint_organs(canvas, trunk, below, tissue)
    abdomen.paint_stomach(canvas, tissue)
    bowel.paint_pelvic_organs(canvas, tissue, female=person.female)
    vessels.paint_trunk_vessels(canvas, tissue)
    chest.paint_airways(canvas, tissue)
    ribs.paint_cage(canvas, tissue, person.habitus)
    shoulder.paint_shoulders(canvas, tissue)
    spine.paint_spine(canvas, tissue)
    pelvis.paint_pelvis(canvas, tissue)
    spine.paint_canal(canvas, tissue)
    return Body(canvas, trunk, lungs, tissue)
