"""How one picture is read: its light, its dyes and its levels, fixed from a sample before it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kossa.evidence import Stain
from kossa.section.density import BINS, concentrations, log_light, mark
from kossa.section.glass import Glass
from kossa.section.slide import Block
from kossa.section.stain import BROWN, Rule, angle_deg, unit, unmixing

__all__ = ["Marks", "Recipe", "densities", "make_recipe"]

Floats = npt.NDArray[np.float64]

LEAST_DEG = 2.0  # standard error of an estimated vector at the least (judgement)
TISSUE_FLOOR, TISSUE_CEILING = 0.04, 0.25  # of the level of summed density that parts tissue from glass
# (judgement: six times the noise of 3 x 3 pixels of 8 bits; a quarter of a plain stain)
ADAPTIVE = 3.0  # times the dye around deposits: dirty backgrounds raise the floor ...
HIGHEST_FLOOR = (
    1.5  # ... up to this multiple of the fixed one, so that a red field is not called blank (judgement)
)
ENOUGH = 60  # pixels from which a vector is estimated (judgement)
EVERY = 3  # every third pixel each way is looked at for colours


@dataclass(frozen=True, eq=False)
class Recipe:
    """`mineral`, `counter` (3,) are the vectors in use, `degrees` their standard errors in degrees.

    `around` is the mineral's dye in tissue around deposits, `floor` the floor in use, `tissue_level` the
    summed density from which on there is tissue. `far` tells which vectors lay too far from the printed
    ones to be used.
    """

    rule: Rule
    glass: Glass
    depth: int
    shape: tuple[int, int]
    mineral: Floats
    counter: Floats
    degrees: tuple[float, float]
    around: float
    floor: float
    half: float
    tissue_level: float
    estimated: tuple[bool, bool]
    far: tuple[str, ...] = ()

    def marks(self, pixels: npt.NDArray[Any], corner: tuple[int, int], own: tuple[int, int]) -> Marks:
        """Mark the rows `own` (half-open) of pixels whose corner lies at `corner` of the picture."""
        rows, columns = pixels.shape[:2]
        total, dye, brown, *scratch = (np.empty((rows, columns), np.float32) for _ in range(5))
        kind = 0 if self.rule.stain is Stain.VON_KOSSA else 1
        concentrations(
            pixels,
            log_light(self.depth),
            self.glass.light,
            (*corner, *self.shape),
            unmixing(self.mineral, self.counter),
            kind,
            total,
            dye,
            brown,
        )
        high = own[1] - own[0]
        out = (
            np.empty((high, columns), np.int16),
            np.empty((high, columns), np.bool_),
            np.empty((high, columns), np.bool_),
        )
        histogram = np.zeros(BINS, np.int64)
        levels = (self.tissue_level, self.floor, self.around, self.half)
        cast_px = mark((total, dye, brown), own, levels, (scratch[0], scratch[1]), out, histogram)
        return Marks(*out, histogram, int(cast_px))


@dataclass(frozen=True, eq=False)
class Marks:
    """`mineral` int16: the dye in thousandths of density, -1 where there is none; `tissue`, `pigment` bool.

    `histogram` counts tissue pixels by their dye; `cast` counts mineral pixels with a brown cast.
    """

    mineral: npt.NDArray[np.int16]
    tissue: npt.NDArray[np.bool_]
    pigment: npt.NDArray[np.bool_]
    histogram: npt.NDArray[np.int64]
    cast: int


def densities(block: Block, glass: Glass, shape: tuple[int, int], every: int = EVERY) -> Floats:
    """Return optical densities (n, 3) of every `every`-th pixel of a block, both ways."""
    pixels = np.maximum(block.pixels[::every, ::every].astype(np.float64), 0.5)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]] * float(every)
    y = (block.y + y + 0.5) / shape[0] - 0.5
    x = (block.x + x + 0.5) / shape[1] - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x + y * y], axis=-1)
    light = np.maximum(terms @ glass.light.T, 1e-3)
    return cast(Floats, np.log10(light / pixels).reshape(-1, 3))


def make_recipe(
    rule: Rule, glass: Glass, samples: Sequence[Floats], depth: int, shape: tuple[int, int]
) -> Recipe:
    """Fix vectors and levels from densities of each sample block; nothing here depends on the answer.

    The counterstain is the hue of tissue without mineral's dye. The mineral's dye is the hue of what
    deposits have more than that. Both are only taken where they lie near the printed vectors.
    """
    recipe = Recipe(
        rule=rule,
        glass=glass,
        depth=depth,
        shape=shape,
        mineral=unit(rule.mineral),
        counter=unit(rule.counter),
        degrees=(LEAST_DEG, LEAST_DEG),
        around=0.0,
        floor=rule.floor,
        half=rule.half,
        tissue_level=TISSUE_FLOOR,
        estimated=(False, False),
    )
    recipe = _vectors(recipe, samples)
    od = np.concatenate(list(samples))
    dye, _ = _amounts(recipe, od)
    total = od.sum(axis=1)
    pale = (total > TISSUE_FLOOR) & (dye < rule.floor)
    if not pale.any():
        return recipe
    # half of the tissue's own density is where blur neither widens nor narrows it
    level = float(np.clip(0.5 * np.median(total[pale]), TISSUE_FLOOR, TISSUE_CEILING))
    around = float(np.clip(np.median(dye[pale & (total > level)]), 0.0, rule.floor)) if pale.any() else 0.0
    floor = float(np.clip(ADAPTIVE * around, rule.floor, HIGHEST_FLOOR * rule.floor))
    return replace(recipe, tissue_level=level, around=around, floor=floor)


def _amounts(recipe: Recipe, od: Floats) -> tuple[Floats, Floats]:
    """Return the mineral's dye and brown (n,) of densities (n, 3), without the limit on silver."""
    amount = od @ unmixing(recipe.mineral, recipe.counter, BROWN).T
    return amount[:, 0], amount[:, 2]


def _vectors(recipe: Recipe, samples: Sequence[Floats]) -> Recipe:
    """Return the recipe with estimated vectors, where there are pixels enough for them."""
    counters, minerals = [], []
    for od in samples:
        dye, brown = _amounts(recipe, od)
        total = od.sum(axis=1)
        plain = (total > 0.1) & (dye < 0.3 * recipe.rule.floor) & (brown < 0.1)
        if recipe.rule.stain is Stain.ALIZARIN_RED:
            plain = (total > 0.05) & (dye < 0.6 * recipe.rule.floor) & (brown < 0.1)
        deep = (dye > 1.5 * recipe.rule.floor) & (brown < 0.4 * dye)
        if plain.sum() >= ENOUGH:
            counters.append(od[plain].mean(axis=0))
        if deep.sum() >= ENOUGH and plain.sum() >= ENOUGH:
            minerals.append(od[deep].mean(axis=0) - od[plain].mean(axis=0))
    far: list[str] = []
    found: list[Floats] = []
    errors: list[float] = []
    estimated: list[bool] = []
    printed = (recipe.mineral, recipe.counter)
    for means, vector, widest, name in zip(
        (minerals, counters), printed, recipe.rule.widest_deg, ("mineral", "counterstain"), strict=True
    ):
        new, error, near = _estimate(means, vector, widest)
        if not near:
            far.append(name)
        found.append(new)
        errors.append(error)
        estimated.append(near and bool(means) and widest > 0)
    return replace(
        recipe,
        mineral=found[0],
        counter=found[1],
        degrees=(errors[0], errors[1]),
        estimated=(estimated[0], estimated[1]),
        far=tuple(far),
    )


def _estimate(means: Sequence[Floats], printed: Floats, widest: float) -> tuple[Floats, float, bool]:
    """Return a vector, its standard error in degrees, and whether the estimate lay near the printed one."""
    if not means or not widest:
        return printed, 2.0 * LEAST_DEG, True
    new = unit(np.sum([unit(m) for m in means], axis=0))
    if angle_deg(new, printed) > widest:
        return printed, 2.0 * LEAST_DEG, False
    spread = [angle_deg(m, new) for m in means]
    error = float(np.sqrt(np.mean(np.square(spread)) / max(len(means) - 1, 1)))
    return new, float(np.clip(error, LEAST_DEG, widest)), True
