"""How far every figure moves when the vectors, the light, the edge and the levels are a little other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kossa.section.deposits import Deposits, join, rows_of_runs
from kossa.section.glass import Glass
from kossa.section.recipe import Recipe
from kossa.section.slide import Block
from kossa.section.stain import unit

__all__ = ["DRAWS", "Figures", "figures", "spread"]

Floats = npt.NDArray[np.float64]

DRAWS = 39  # a further one lies between the outermost of so many in 38 of 40: 95 %
SEED = 20251
LIGHT_SD = 0.01  # relative error of the glass's light (judgement: 1 %)
HALF_SD = 0.05  # of the share of the way up at which an edge is drawn (judgement)
IN_LIGHT_SD = 0.25  # of how much of an edge is drawn half-way in light: 95 % hold both ends (judgement)
LEVEL_SD, PEAK_SD = 0.15, 0.1  # relative: of the level of tissue, and of that above nuclei (judgement)
CORE_SD = 0.07  # relative: of how dark the core of a deposit is beside nuclei that touch it (judgement)
AREA_SD = 0.01  # relative: of the tissue's area, whose border lies between two rows of pixels (judgement)
PALE_SD = 0.5  # of the way from the least level of pale tissue to the plain one, in logarithms (judgement)
BLIND_SD = 0.12  # of the light's error where no glass shows: exposures lie between 0.7 and 1 (judgement)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures that do not depend on how much was looked at, lengths in pixels.

    Percent of tissue, deposits for each million tissue pixels, largest diameter, and density for each
    tissue pixel.
    """

    percent: float
    number: float
    largest: float
    density: float


def figures(deposits: Deposits, tissue_px: int) -> Figures:
    """Return the figures of deposits in so many pixels of tissue."""
    tissue = max(tissue_px, 1)
    return Figures(
        percent=100.0 * float(deposits.pixels.sum()) / tissue,
        number=1e6 * len(deposits) / tissue,
        largest=float(deposits.diameters_px().max(initial=0.0)),
        density=float(deposits.density.sum()) / tissue,
    )


def spread(recipe: Recipe, blocks: Sequence[Block]) -> dict[str, tuple[float, float, float]]:
    """Return for each figure (value, low, high) on the sample; low and high are the outermost draws."""
    value = _read(recipe, blocks)
    draw = np.random.default_rng(SEED)
    drawn = [_wider(_read(_other(recipe, draw, k), blocks), draw) for k in range(DRAWS)]
    out: dict[str, tuple[float, float, float]] = {}
    for name in ("percent", "number", "largest", "density"):
        at = getattr(value, name)
        values = [getattr(f, name) for f in drawn]
        out[name] = (at, min(*values, at), max(*values, at))
    return out


def _wider(of: Figures, draw: np.random.Generator) -> Figures:
    """Return figures for another area of tissue."""
    by = float(np.exp(AREA_SD * draw.standard_normal()))
    return Figures(
        percent=of.percent * by, number=of.number * by, largest=of.largest, density=of.density * by
    )


def _read(recipe: Recipe, blocks: Sequence[Block]) -> Figures:
    """Read the blocks one below the other, apart from one another."""
    tables, sums, tissue, row = [], [], 0, 0
    for block in blocks:
        rows = block.pixels.shape[0]
        marks = recipe.marks(block.pixels, (block.y, block.x), (0, rows))
        table, total = rows_of_runs(marks.mineral, row)
        tables.append(table)
        sums.append(total)
        tissue += int(marks.tissue.sum())
        row += rows + 2
    return figures(join(tables, sums, row, recipe.peak), tissue)


def _other(recipe: Recipe, draw: np.random.Generator, number: int) -> Recipe:
    """Return the recipe with its vectors turned, its light and its edge moved by chance.

    Where tissue is not told from glass, every other draw believes the level that was doubted.
    """
    if recipe.doubted_level is not None and number % 2:
        recipe = replace(recipe, tissue_level=recipe.doubted_level)
    error = LIGHT_SD if recipe.glass.share > 0 else BLIND_SD
    light = recipe.glass.light * (1.0 + error * draw.standard_normal((3, 1)))
    peak = float(np.exp(PEAK_SD * draw.standard_normal()))
    share = float(np.clip(PALE_SD * draw.standard_normal(), -0.5, 1.0))
    pale = recipe.pale_level * max(recipe.tissue_level / recipe.pale_level, 1.0) ** share
    return replace(
        recipe,
        glass=Glass(light, recipe.glass.share),
        mineral=_turned(recipe.mineral, recipe.degrees[0], draw),
        counter=_turned(recipe.counter, recipe.degrees[1], draw),
        half=recipe.half + HALF_SD * float(draw.standard_normal()),
        in_light=float(np.clip(recipe.in_light + IN_LIGHT_SD * draw.standard_normal(), 0.0, 1.0)),
        tissue_level=recipe.tissue_level * float(np.exp(LEVEL_SD * draw.standard_normal())),
        pale_level=pale,
        peak=recipe.peak * peak,
        core=recipe.core * peak * float(np.exp(CORE_SD * draw.standard_normal())),
    )


def _turned(vector: Floats, degrees: float, draw: np.random.Generator) -> Floats:
    """Return a direction turned by a random angle about a random axis; `degrees` is the angle's SD."""
    aside = draw.standard_normal(3)
    aside = unit(aside - (aside @ vector) * vector)
    angle = np.radians(degrees) * float(draw.standard_normal())
    return unit(np.cos(angle) * vector + np.sin(angle) * aside)
