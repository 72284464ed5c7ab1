"""What looks like mineral and is not, or spoils the count: pigment, folds, pen, dark marks on the glass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.section.deposits import Deposits
from kossa.section.glass import Glass
from kossa.section.recipe import INK, NO_INK_DEG, Recipe
from kossa.section.recognise import cone_angles
from kossa.section.small import Small
from kossa.section.stain import angle_deg, unit

__all__ = ["Artefacts", "find_artefacts"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: pixels and share of tissue from which brown is told (judgement: a quarter of the made pigment's 0.15 %)
PIGMENT_PIXELS, PIGMENT_SHARE = 10, 0.0004
#: share of mineral with a brown cast from which it is told (judgement)
CAST_SHARE = 0.02
#: ink: density in red at least this, and this many times that in green or in blue. No dye of the three
#: stains absorbs so much more red (haematoxylin: red 0.92 of green), blue and green inks do (judgement)
INK_DENSITY, INK_RATIO, GREEN_RATIO = 0.25, 1.3, 1.05
#: a fold has two layers: this many times the tissue's density, with the hue of the tissue (judgement)
FOLD_TIMES, FOLD_DEG = 1.8, 8.0
#: squares of the small copy that ink and a fold have at the least, and the share of the copy that a fold has:
#: on a picture of few pixels dense nuclei are as large as 40 squares (judgement)
COARSE_SQUARES, FOLD_SHARE = 40, 0.003
#: a dark mark whose surroundings are tissue by less than this lies on the glass (judgement)
ON_GLASS, GLASS_SQUARES = 0.3, 12
#: a part of a mark lies on glass where this share of what is not dark within so many squares is glass: a
#: stroke of a pen runs over tissue and glass (judgement)
ALL_GLASS, NEAR_SQUARES = 0.85, 49


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Shares in percent; 0 means that nothing was flagged.

    `pigment` and `fold` are of the tissue, `ink` of the picture, and of all that is counted as mineral:
    `cast` what has a brown cast, `on_glass` what lies on glass, `mineral_in_fold` what lies in a fold.
    `rings` counts deposits with the form of one.
    """

    pigment: float = 0.0
    cast: float = 0.0
    fold: float = 0.0
    ink: float = 0.0
    on_glass: float = 0.0
    mineral_in_fold: float = 0.0
    rings: int = 0

    def names(self) -> tuple[str, ...]:
        """Return the words of what was flagged."""
        words = {
            "pigment": self.pigment,
            "brown_cast": self.cast,
            "fold": self.fold,
            "pen": self.ink,
            "dark_on_glass": self.on_glass,
            "ring": self.rings,
        }
        return tuple(word for word, share in words.items() if share > 0)


def find_artefacts(
    recipe: Recipe, small: Small, pigment_px: int, cast_px: int, deposits: Deposits, tissue_px: int
) -> Artefacts:
    """Look for artefacts in the counts of the whole picture and in its small copy."""
    pigment = pigment_px / max(tissue_px, 1)
    cast = min(cast_px / max(int(deposits.pixels.sum()), 1), 1.0)
    od = _small_density(small, recipe.glass)
    seen = np.isfinite(od[..., 0])
    od = np.nan_to_num(od)
    fold = _folds(od, small, seen)
    ink = _ink(od) if angle_deg(recipe.counter, INK) > NO_INK_DEG else np.zeros(seen.shape, np.bool_)
    glass = _on_glass(small, seen)
    mineral = max(float(small.mineral.sum()), 1e-9)
    tissue = max(float(small.tissue.sum()), 1e-9)
    return Artefacts(
        pigment=100 * pigment if pigment_px >= PIGMENT_PIXELS and pigment >= PIGMENT_SHARE else 0.0,
        cast=100 * cast if cast >= CAST_SHARE else 0.0,
        fold=100 * float(small.tissue[fold].sum()) / tissue,
        ink=100 * float(ink.mean()),
        on_glass=100 * float(small.mineral[glass].sum()) / mineral,
        mineral_in_fold=100 * float(small.mineral[fold].sum()) / mineral,
        rings=deposits.rings(),
    )


def _small_density(small: Small, glass: Glass) -> Floats:
    """Return (y, x, 3) densities of the small copy, NaN where nothing was read."""
    colour = small.colour.astype(np.float64)
    height, width = colour.shape[:2]
    y, x = np.mgrid[:height, :width]
    y, x = (y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x + y * y], axis=-1)
    light = np.maximum(terms @ glass.light.T, 1e-3)
    return np.asarray(np.log10(light / np.maximum(colour, 0.5)))


def _large(mask: Mask, least: int) -> Mask:
    labels: npt.NDArray[Any]
    labels, count = ndi.label(ndi.binary_opening(mask, np.ones((3, 3))), np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    return np.asarray((sizes >= least)[labels])


def _folds(od: Floats, small: Small, seen: Mask) -> Mask:
    total = ndi.uniform_filter(od.sum(axis=2), 3)
    inside = seen & (small.tissue > 0.5) & (small.mineral < 0.05)
    if inside.sum() < COARSE_SQUARES:
        return np.zeros(seen.shape, np.bool_)
    usual = np.median(od[inside], axis=0)
    hue = cone_angles(od.reshape(-1, 3), unit(usual), unit(usual)).reshape(seen.shape)
    doubled = inside & (total > FOLD_TIMES * usual.sum()) & (hue < FOLD_DEG)
    return _large(doubled, max(COARSE_SQUARES, int(FOLD_SHARE * seen.size)))


def _ink(od: Floats) -> Mask:
    red, green, blue = od[..., 0], od[..., 1], od[..., 2]
    blue_ink = (red > INK_RATIO * blue) & (red > GREEN_RATIO * green)
    return _large((red > INK_DENSITY) & ((red > INK_RATIO * green) | blue_ink), COARSE_SQUARES)


def _on_glass(small: Small, seen: Mask) -> Mask:
    """Return squares of dark marks around which there is glass, not tissue."""
    dark = seen & (small.mineral > 0.3)
    labels, _ = ndi.label(dark, np.ones((3, 3)))
    out = np.zeros(dark.shape, np.bool_)
    around_tissue = (small.tissue > 0.5) & (small.mineral < 0.05)
    for number, place in enumerate(ndi.find_objects(labels), 1):
        wide = tuple(slice(max(0, s.start - 3), s.stop + 3) for s in place)
        own = labels[wide] == number
        if own.sum() < GLASS_SQUARES:
            continue
        rim = ndi.binary_dilation(own, np.ones((3, 3)), 3) & ~ndi.binary_dilation(own, np.ones((3, 3)), 1)
        rim &= ~dark[wide]
        if rim.any() and around_tissue[wide][rim].mean() < ON_GLASS:
            out[wide] |= own
    light = (seen & ~dark).astype(np.float32)
    around = ndi.uniform_filter(light, NEAR_SQUARES, mode="constant")
    glass = ndi.uniform_filter(light * (small.tissue < 0.5), NEAR_SQUARES, mode="constant")
    part = dark & (around > 1e-4) & (glass > ALL_GLASS * around)
    return np.asarray(out | _large(part, 2 * GLASS_SQUARES))
