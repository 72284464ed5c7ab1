"""How one picture is read: its light, its dyes and its levels, fixed from a sample before it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kossa.evidence import Stain
from kossa.section.density import BINS, concentrations, edge_table, log_light, mark
from kossa.section.deposits import join, rows_of_runs
from kossa.section.glass import Glass
from kossa.section.recognise import cone_angles
from kossa.section.slide import Block
from kossa.section.stain import BROWN, Rule, angle_deg, unit, unmixing

__all__ = ["Marks", "Recipe", "densities", "make_recipe", "with_nuclei"]

Floats = npt.NDArray[np.float64]

LEAST_DEG = 2.0  # standard error of an estimated vector at the least (judgement)
TISSUE_FLOOR, TISSUE_CEILING = 0.04, 0.25  # of the level of summed density that parts tissue from glass
# (judgement: six times the noise of 3 x 3 pixels of a grainy picture; a quarter of a plain stain)
LEAST_TISSUE_FLOOR = 0.02  # of the same in a picture with little grain: an error of the light of 1 % is 0.013
TISSUE_SHARE = 0.35  # of a plain tissue's density that still is tissue: its density varies; judgement
PALE_SHARE = 0.1  # of the same: pale parts of tissue, not edges, are tissue from here on (judgement)
PALE_TISSUE = 0.08  # median of tissue's summed density, below which it is hardly told from glass (judgement)
NO_GLASS = -10.0  # level of tissue where no glass shows: all of the picture is tissue
ADAPTIVE = 3.0  # times the dye around deposits: dirty backgrounds raise the floor ...
HIGHEST_FLOOR = (
    1.5  # ... up to this multiple of the fixed one, so that a red field is not called blank (judgement)
)
ENOUGH = 60  # pixels from which a vector is estimated (judgement)
IN_LIGHT = 0.5  # of an edge drawn half-way in light: deposits thin out, and the lens blurs (judgement)
INK, NO_INK_DEG = (0.9, 0.4, 0.15), 30.0  # a counterstain so near to inks leaves them untold (judgement)
BODY = (0.06, 0.6)  # summed density of tissue that tells the counterstain (judgement)
CLEARER_DEG = 2.0  # by which another counterstain has to fit better than the usual one (judgement)
#: how much darker than the lower third of the picture's own nuclei a deposit is (two standard deviations),
#: how many nuclei tell it, and how far the level may lie from the fixed one (judgement)
ABOVE_NUCLEI, NUCLEI_QUANTILE, NUCLEI, PEAK_RANGE = 1.55, 0.35, 20, (0.45, 1.7)
FIRST_QUANTILE = 0.2  # of nuclei and deposits together, from which it is looked for (judgement)
#: summed density of plain tissue: what is darker is thick, what is less is thin or pale, and so are its
#: nuclei (judgement)
USUAL_EOSIN = (0.33, 0.45)
NUCLEI_FLOOR = 0.4  # of the floor: pale nuclei are seen as well (judgement)
NO_CORE = -10.0  # level of what is dark enough for a deposit, where the rule does not ask for it
CORE = 0.75  # of the level above nuclei (judgement: small deposits lose a quarter of their peak by blur)
EVERY = 3  # every third pixel each way is looked at for colours


@dataclass(frozen=True, eq=False)
class Recipe:
    """`mineral`, `counter` (3,) are the vectors in use, `degrees` their standard errors in degrees.

    `around` is the mineral's dye in tissue around deposits, `floor` the floor in use, `tissue_level` the
    summed density from which on there is tissue, and `pale_level` that of tissue no edge of which is near.
    `core` is how dark a deposit is near by. `doubted_level` is a tissue level that could not be believed, so
    that all of the picture is taken for tissue. `far` tells which vectors lay too far from the printed
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
    in_light: float
    peak: float
    tissue_level: float
    pale_level: float
    tissue_density: float
    estimated: tuple[bool, bool]
    far: tuple[str, ...] = ()
    core: float = NO_CORE
    doubted_level: float | None = None

    def marks(self, pixels: npt.NDArray[Any], corner: tuple[int, int], own: tuple[int, int]) -> Marks:
        """Mark the rows `own` (half-open) of pixels whose corner lies at `corner` of the picture."""
        rows, columns = pixels.shape[:2]
        total, dye, brown, *scratch = (np.empty((rows, columns), np.float32) for _ in range(5))
        kind = {Stain.VON_KOSSA: 0, Stain.HE: 2}.get(self.rule.stain, 1)
        concentrations(
            pixels,
            log_light(self.depth),
            self.glass.light,
            (*corner, *self.shape),
            unmixing(self.mineral, self.counter),
            kind,
            angle_deg(self.counter, INK) > NO_INK_DEG,
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
        levels = (self.tissue_level, self.pale_level, self.floor, self.core)
        edges = edge_table(self.around, self.half, self.in_light, float(self.mineral.max()))
        cast_px = mark((total, dye, brown), own, levels, edges, (scratch[0], scratch[1]), out, histogram)
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
    rule: Rule,
    glass: Glass,
    samples: Sequence[Floats],
    depth: int,
    shape: tuple[int, int],
    *,
    whole: bool = True,
) -> Recipe:
    """Fix vectors and levels from densities of each sample block; nothing here depends on the answer.

    `whole`: the sample is all of the picture, so that a sample without glass means a picture without glass.

    The counterstain is the hue of tissue without mineral's dye. The mineral's dye is the hue of what
    deposits have more than that. Both are only taken where they lie near the printed vectors.
    """
    recipe = Recipe(
        rule=rule,
        glass=glass,
        depth=depth,
        shape=shape,
        mineral=unit(rule.mineral),
        counter=unit(rule.counters[0]),
        degrees=(LEAST_DEG, LEAST_DEG),
        around=0.0,
        floor=rule.floor,
        half=rule.half,
        in_light=IN_LIGHT,
        peak=rule.peak,
        tissue_level=TISSUE_FLOOR,
        pale_level=TISSUE_FLOOR,
        tissue_density=0.0,
        estimated=(False, False),
    )
    recipe = _vectors(replace(recipe, counter=_counterstain(rule, samples)), samples)
    od = np.concatenate(list(samples))
    dye, _ = _amounts(recipe, od)
    total = od.sum(axis=1)
    tissue_floor = _tissue_floor(total)
    pale = (total > tissue_floor) & (dye < rule.floor)
    blind = whole and glass.share == 0
    if not pale.any():
        return replace(recipe, tissue_level=NO_GLASS if blind else tissue_floor, pale_level=tissue_floor)
    # half of the tissue's own density is where blur neither widens nor narrows it
    density = float(np.median(total[pale]))
    level = float(np.clip(TISSUE_SHARE * density, tissue_floor, TISSUE_CEILING))
    around = float(np.clip(np.median(dye[pale & (total > level)]), 0.0, rule.floor)) if pale.any() else 0.0
    floor = float(np.clip(ADAPTIVE * around, rule.floor, HIGHEST_FLOOR * rule.floor))
    return replace(
        recipe,
        tissue_level=NO_GLASS if blind else level,
        pale_level=min(level, max(tissue_floor, PALE_SHARE * density)),
        tissue_density=density,
        around=around,
        floor=floor,
    )


def _tissue_floor(total: Floats) -> float:
    """Return the least summed density of tissue: above grain, which is what lies below the light."""
    below = total[(total < 0) & (total > -0.1)]
    grain = float(np.sqrt(np.mean(np.square(below)))) if below.size >= ENOUGH else TISSUE_FLOOR
    return float(np.clip(0.01 + 5.0 * grain / 3.0, LEAST_TISSUE_FLOOR, TISSUE_FLOOR))


def _counterstain(rule: Rule, samples: Sequence[Floats]) -> Floats:
    """Return that of the rule's counterstains between which and the mineral's dye the colours lie best."""
    od = np.concatenate(list(samples))
    total = od.sum(axis=1)
    # the body of the tissue: ink and deposits are darker
    clear = od[(total > BODY[0]) & (total < BODY[1])]
    if len(rule.counters) == 1 or clear.shape[0] < ENOUGH:
        return unit(rule.counters[0])
    # pigment lies aside of all: the tenth of the pixels that fits worst has no say
    off = []
    for counter in rule.counters:
        angles = np.sort(cone_angles(clear, unit(rule.mineral), unit(counter)))
        off.append(float(angles[: int(0.9 * angles.size)].mean()))
    best = int(np.argmin(off))
    return unit(rule.counters[best if off[best] < off[0] - CLEARER_DEG else 0])


def with_nuclei(recipe: Recipe, blocks: Sequence[Block]) -> Recipe:
    """Return the recipe with the least level of a deposit taken from the picture's own nuclei.

    Nuclei are the many small objects with the dye of mineral, and the paler ones among them are no deposits.
    A level is raised no further than the tissue itself is darker than usual, since deposits may be many.
    """
    if not recipe.rule.peak:
        return recipe
    low = replace(recipe, floor=NUCLEI_FLOOR * recipe.rule.floor)
    peaks: list[Floats] = []
    for block in blocks:
        rows = block.pixels.shape[0]
        table, sums = rows_of_runs(low.marks(block.pixels, (block.y, block.x), (0, rows)).mineral, 0)
        peaks.append(join([table], [sums], rows, 0.0).level)
    found = np.concatenate(peaks)
    if found.size < NUCLEI:
        return replace(recipe, core=CORE * recipe.peak)
    density, (thin, thick) = recipe.tissue_density, USUAL_EOSIN
    usual = float(np.clip(density / float(np.clip(density, thin, thick)), *PEAK_RANGE))
    least, most = PEAK_RANGE[0] * recipe.rule.peak, usual * recipe.rule.peak
    # deposits are no nuclei: the level is that of what lies below it, looked for from below
    level = float(np.clip(ABOVE_NUCLEI * np.quantile(found, FIRST_QUANTILE), least, most))
    for _ in range(10):
        nuclei = found[found < level]
        if nuclei.size < NUCLEI:
            break
        level = float(np.clip(ABOVE_NUCLEI * np.quantile(nuclei, NUCLEI_QUANTILE), least, most))
    floor = recipe.floor * min(1.0, level / recipe.rule.peak)
    return replace(recipe, peak=level, floor=floor, core=CORE * level)


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
