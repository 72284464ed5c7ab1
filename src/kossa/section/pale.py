"""Pale tissue: whether what is above the tissue's level is tissue, or the dark spots of a field of tissue.

Where no glass shows, pale tissue itself may be taken for the light. Then nothing but rims of deposits and
its densest fibres lies above the level, and a share of that would be many times too high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage as ndi

from kossa.section.recipe import NO_GLASS, PALE_TISSUE, Recipe
from kossa.section.slide import Block

__all__ = ["with_pale_tissue"]

SIDE = 16  # pixels of a square: wider than fibres, narrower than most tissue (judgement)
RIM = 6  # pixels around mineral that tell nothing: its blur (judgement)
SOLID, MOSTLY = 0.7, 0.5  # of a square that is tissue; of plain tissue that lies in such squares (judgement)


def with_pale_tissue(recipe: Recipe, blocks: Sequence[Block]) -> Recipe:
    """Return the recipe; where pale tissue is not told from glass, all of the picture is tissue in it."""
    if recipe.glass.told or not 0 < recipe.tissue_density < PALE_TISSUE or recipe.tissue_level <= NO_GLASS:
        return recipe
    plain = solid = 0.0
    for block in blocks:
        rows, columns = (n // SIDE * SIDE for n in block.pixels.shape[:2])
        marks = recipe.marks(block.pixels, (block.y, block.x), (0, block.pixels.shape[0]))
        near = ndi.maximum_filter(marks.mineral, 2 * RIM + 1)[:rows, :columns] >= 0
        tissue = marks.tissue[:rows, :columns] & ~near
        cells = (rows // SIDE, SIDE, columns // SIDE, SIDE)
        held = tissue.reshape(cells).sum(axis=(1, 3))
        free = (~near).reshape(cells).sum(axis=(1, 3))
        plain += float(held.sum())
        solid += float(held[held > SOLID * np.maximum(free, 1)].sum())
    if solid >= MOSTLY * max(plain, 1.0):
        return recipe
    return replace(recipe, tissue_level=NO_GLASS, doubted_level=recipe.tissue_level)
