"""Muscle and cavity against the fat under the skin, and the parts of a body that a slice shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.body import Body
from kossa.ct.frame import Coarse
from kossa.ct.morphology import close, distance, fill_holes, label_slices, largest_of, open_up
from kossa.ct.skeleton import Skeleton

__all__ = ["Flesh", "find_flesh"]

Mask = npt.NDArray[np.bool_]

LEAN_HU = -30.0  # ct_volumes.md rule 12: what reads below is fat
STONY_HU = 130.0  # calcium's threshold (ct.md 0.5): a deposit beside a muscle is no part of it
SKIN_MM = 4.0  # judgement: skin and the partial volume beside it
VESSEL_MM = 2.5  # judgement: thinner lean strands in fat are vessels and septa
BRIDGE_MM = 6.0  # judgement: fat between muscles narrower than twice this belongs to them
WALL_BRIDGE_MM = 20.0  # judgement: the belly's wall is thin and has gaps; a limb's muscles do not
POCKET_MM2 = 1500.0  # judgement: more fat than this between muscles of a limb is a fold of skin
PIECE_MM2 = 400.0  # judgement: smaller lean islands are vessels and nodes of the subcutis
END_RADIUS_MM = 17.0  # judgement: half width of the end of a long bone; shafts have 11-15 mm


@dataclass(frozen=True, eq=False)
class Flesh:
    """Coarse [z, y, x]: `inside` what the muscles close off, `depth_mm` in it, `ends` of bones near joints.

    `pieces` numbers the body's pieces of every slice (0 outside), `piece_mm2` their areas.
    """

    inside: Mask
    depth_mm: npt.NDArray[np.float32]
    end_mm: npt.NDArray[np.float32]
    pieces: npt.NDArray[np.int32]
    piece_mm2: npt.NDArray[np.float64]


def _ends(skeleton: Skeleton, coarse: Coarse) -> Mask:
    """Return bone sections that are wider than a shaft."""
    labels, count = label_slices(skeleton.filled)
    if count == 0:
        return skeleton.filled
    inner = distance(skeleton.filled, coarse.pixel_mm)
    wide = largest_of(inner, labels, count) >= END_RADIUS_MM
    wide[0] = False
    return np.asarray(wide[labels])


def find_flesh(coarse: Coarse, body: Body, skeleton: Skeleton, trunk: Mask, chest: Mask) -> Flesh:
    """Find the closed outline of muscle.

    `trunk` (Z,) are slices of belly and pelvis, where it is a thin wall round a cavity; `chest` those of
    chest, neck and head.
    """
    soft = coarse.mean > LEAN_HU
    soft[~(trunk | chest)] &= coarse.mean[~(trunk | chest)] < STONY_HU  # ribs and cartilage are of the wall
    lean = soft & (body.depth_mm > SKIN_MM) | skeleton.filled
    core = open_up(lean, VESSEL_MM, coarse.pixel_mm)
    labels, count = label_slices(core)
    area = np.bincount(labels.ravel(), minlength=count + 1) * coarse.cell_mm2
    large = area >= PIECE_MM2
    large[0] = False
    whole = large[labels] | body.lungs | body.gas
    inside = close(whole, BRIDGE_MM, coarse.pixel_mm)
    inside[trunk] = close(whole[trunk], WALL_BRIDGE_MM, coarse.pixel_mm)
    limited = fill_holes(inside, POCKET_MM2, coarse.pixel_mm)
    limited[trunk | chest] = fill_holes(inside[trunk | chest])
    inside = limited & body.mask
    pieces, number = label_slices(body.mask)
    sizes = np.asarray(np.bincount(pieces.ravel(), minlength=number + 1) * coarse.cell_mm2, np.float64)
    ends = _ends(skeleton, coarse)
    return Flesh(
        inside,
        distance(inside, coarse.pixel_mm),
        distance(~ends, coarse.pixel_mm, coarse.heights_mm),
        pieces,
        sizes,
    )
