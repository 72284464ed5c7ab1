"""The light without tissue: what every density is measured against.

Glass is found as the upper envelope of the squares of the picture that have no texture, since tissue has
some; where tissue without texture shows beside it, `hues` tells the two apart. A camera's field is darker
towards its corners, so there the envelope is a plane and a bowl; a slide scanner has evened its light out
already. Light may be coloured as lamps are, from reddish to bluish; any other colour is a stain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kossa.section.hues import sorts
from kossa.section.slide import Block

__all__ = ["Glass", "fit_glass"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CELL = 16  # pixels a side over which light is averaged: far above grain, below most gaps (judgement)
HIGH = 0.98  # expectile of the first fit: so few cells may lie above the light of the glass (judgement)
NEAR = 0.02  # of the light: cells that lie this near to the first fit are taken for glass (judgement)
BRIGHTEST = 0.97  # quantile of squares that show the colour of the light (judgement)
HUE = (
    0.012  # density by which the colours of one square may differ from it: a fifth of pale tissue (judgement)
)
WHITE = 0.8  # of the brightest colour: light with less of another is no white light (judgement: lamps that
# are balanced lie above 0.88, the palest stains that fill a picture below 0.8)
PALEST = 0.35  # of the brightest colour, below which no lamp's light is believed (judgement)
LAMP = (0.3, 3.3)  # log(red / green) over log(green / blue) of lamps, warm or cold (judgement: near 1 on the
# Planckian locus; eosin, fast red and Alizarin have a negative ratio, methyl green one far above)
FLAT = 0.008  # of the light: spread of the means of 4 x 4 pixels in a square, its slope taken off (judgement:
# grain of 3 % leaves 0.75 %, fibres of pale tissue lie above)
ENOUGH_FLAT = 0.01  # of the squares, below which no glass is believed to show (judgement)
CLIPPED = 0.8  # of full scale: pure white squares are unscanned where glass of so much light shows beside
# them, else glass that was clipped (judgement)
DARK = 0.35  # of full scale, below which the brightest part is not the light (judgement)
FULL = 0.93  # of full scale: light that is assumed then (judgement: usual exposure)
STIFF = 1e-3  # of the number of cells: pull of the uneven terms towards even light (judgement)
SOFT = 1e-5  # the same where glass was told from tissue
PALE_STEP = 0.05  # density of tissue that is even enough for that (judgement)
TISSUE_WEIGHT = 0.1  # of a square of tissue beside one of glass: its density varies (judgement)


@dataclass(frozen=True, eq=False)
class Glass:
    """`light` (3, 4) for each colour: at the centre, along x, along y, and with the square of the radius.

    x and y run from -0.5 to 0.5 over the picture. `share` is how much of the sample is glass. `assumed`: no
    glass was found, and white light as bright as the brightest colour is assumed. `dark`: even that is far
    below what a camera is exposed for, and a usual exposure is assumed. `tint`: the weakest colour of the
    light over the strongest. `told`: flat squares have two hues, and glass is the one that is brighter
    where they meet.
    """

    light: Floats
    share: float
    assumed: bool = False
    dark: bool = False
    told: bool = False

    @property
    def tint(self) -> float:
        """Return the weakest colour of the light over the strongest."""
        return float(self.light[:, 0].min() / self.light[:, 0].max())


def fit_glass(blocks: Sequence[Block], shape: tuple[int, int], *, even: bool) -> Glass:
    """Return the light of the glass; `shape` is that of the whole picture, (height, width).

    Uneven light changes all colours by one factor and a dye does not: so the squares with the colour of
    the brightest ones are looked at, and of these the upper envelope.
    """
    cells, terms, flat = _cells(blocks, shape)
    full = float(np.iinfo(blocks[0].pixels.dtype).max)
    places = terms[flat, 1:3] * np.asarray(shape[::-1], np.float64) / CELL
    terms = terms[:, :1] if even else terms
    if flat.mean() < ENOUGH_FLAT:
        return _blind(cells, full)
    cells, terms, all_cells = cells[flat], terms[flat], len(cells)
    glass, tissue, step = sorts(cells, places)
    told = step > 0
    colour, of_its_hue = _colour(cells[glass])
    height = (cells / colour).mean(axis=1)
    if told and step < PALE_STEP:
        coefficients, chosen = _of_both(terms, height, glass, tissue, step)
    else:
        alike = glass.copy()
        alike[glass] = of_its_hue
        coefficients, chosen = _envelope(terms, height, alike)
    light = np.zeros((3, 4))
    for c in range(3):
        of_white = np.median(cells[chosen, c] / np.maximum(terms[chosen] @ coefficients, 0.05))
        light[c, : terms.shape[1]] = of_white * coefficients
    light[:, 0] = np.maximum(light[:, 0], 1e-3)
    if not _lamp(light[:, 0]) or light[:, 0].max() < DARK * full:
        return _blind(cells, full)
    return Glass(light, float(chosen.sum() / all_cells), told=told)


def _blind(cells: Floats, full: float) -> Glass:
    """Return white light as bright as the brightest squares, for pictures where no glass shows."""
    bright = cells.mean(axis=1)
    level = float(np.median(cells[bright >= np.quantile(bright, BRIGHTEST)], axis=0).max())
    dark = level < DARK * full
    light = np.full(3, FULL * full if dark else level)
    return Glass(np.outer(light, [1.0, 0.0, 0.0, 0.0]), 0.0, assumed=True, dark=dark)


def _lamp(light: Floats) -> bool:
    """Say whether light (red, green, blue) is white or has the colour of a lamp."""
    tint = light.min() / light.max()
    if tint >= WHITE:
        return True
    warm, cool = np.log(light[0] / light[1]), np.log(light[1] / light[2])
    ratio = warm / cool if cool else np.inf
    return bool(tint >= PALEST and LAMP[0] <= ratio <= LAMP[1])


def _envelope(terms: Floats, height: Floats, alike: Mask) -> tuple[Floats, Mask]:
    """Return the coefficients of the light above `alike` squares, and which are taken for glass."""
    chosen = alike.copy()
    weight = alike.astype(np.float64)
    for _ in range(30):
        coefficients = _least_squares(terms, height, weight, STIFF)
        weight = np.where(height > terms @ coefficients, HIGH, 1.0 - HIGH) * alike
    for _ in range(3):
        near = alike & (np.abs(height - terms @ coefficients) < NEAR)
        if near.sum() < max(4.0, 0.2 * chosen.sum()):
            break
        chosen = near
        coefficients = _least_squares(terms, height, chosen.astype(np.float64), STIFF)
    return coefficients, chosen


def _of_both(terms: Floats, height: Floats, glass: Mask, tissue: Mask, step: float) -> tuple[Floats, Mask]:
    """Return the same where glass is told: pale tissue, lifted by its density, helps with the shape."""
    lifted = np.where(glass, height, height * 10**step)
    weight = np.where(glass, 1.0, np.where(tissue, TISSUE_WEIGHT, 0.0))
    coefficients = _least_squares(terms, lifted, weight, SOFT)
    for _ in range(5):
        off = np.abs(lifted - terms @ coefficients) / NEAR
        coefficients = _least_squares(terms, lifted, weight / np.maximum(off, 1.0) ** 2, SOFT)
    return coefficients, glass


def _colour(cells: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the light of the brightest squares (3,), and which squares (n,) have its hue."""
    bright = cells.mean(axis=1)
    colour = np.maximum(np.median(cells[bright >= np.quantile(bright, BRIGHTEST)], axis=0), 0.5)
    alike = np.ones(bright.size, np.bool_)
    for _ in range(3):
        ratio = np.log10(np.maximum(cells, 0.5) / colour)
        alike = np.abs(ratio - ratio.mean(axis=1, keepdims=True)).max(axis=1) < HUE
        if alike.sum() < 4:
            return colour, np.ones(bright.size, np.bool_)
        light = cells[alike]
        colour = np.median(light / light.mean(axis=1, keepdims=True), axis=0) * colour.mean()
    return cast(Floats, colour), alike


def _least_squares(terms: Floats, values: Floats, weight: Floats, stiff: float) -> Floats:
    pull = np.eye(terms.shape[1]) * stiff * weight.sum()
    pull[0, 0] = 0.0
    left = (terms * weight[:, None]).T @ terms + pull
    return cast(Floats, np.linalg.solve(left, (terms * weight[:, None]).T @ values))


def _cells(blocks: Sequence[Block], shape: tuple[int, int]) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return (n, 3) mean light of small squares, (n, 4) the terms at their centres, and which are flat.

    Squares of pure white without any grain are blocks that were never scanned, and are left out where
    other squares show glass.
    """
    means: list[npt.NDArray[Any]] = []
    terms: list[npt.NDArray[Any]] = []
    flat: list[npt.NDArray[np.bool_]] = []
    scanned: list[npt.NDArray[np.bool_]] = []
    full = float(np.iinfo(blocks[0].pixels.dtype).max)
    for block in blocks:
        side = min(CELL, *block.pixels.shape[:2])
        rows, columns = (n // side for n in block.pixels.shape[:2])
        cut = block.pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)
        mean = cut.mean(axis=(1, 3), dtype=np.float64)
        y, x = np.mgrid[:rows, :columns] * float(side) + side / 2
        y = (block.y + y) / shape[0] - 0.5
        x = (block.x + x) / shape[1] - 0.5
        scanned.append((cut.min(axis=(1, 3)) < full).any(axis=2).ravel())
        means.append(mean.reshape(-1, 3))
        terms.append(np.stack([np.ones_like(x), x, y, x * x + y * y], axis=-1).reshape(-1, 4))
        flat.append(_rough(cut, side) < FLAT)
    cells, where, even, seen = (np.concatenate(part) for part in (means, terms, flat, scanned))
    glass = seen & even & (cells.min(axis=1) > CLIPPED * full)
    if glass.mean() < 0.5 * ENOUGH_FLAT:
        return cells, where, even
    return cells[seen], where[seen], even[seen]


def _rough(cut: npt.NDArray[Any], side: int) -> Floats:
    """Return (n,) spread of the light in squares (rows, side, columns, side, 3), their slope taken off."""
    rows, columns = cut.shape[0], cut.shape[2]
    if side < CELL:
        return np.zeros(rows * columns)
    part = cut.reshape(rows, 4, 4, columns, 4, 4, 3).mean(axis=(2, 5), dtype=np.float64)
    part = part.transpose(0, 2, 1, 3, 4).reshape(-1, 16, 3)
    v, u = np.mgrid[:4, :4] - 1.5
    plane = np.stack([np.ones(16), u.ravel(), v.ravel()], axis=1)
    rest = np.eye(16) - plane @ np.linalg.pinv(plane)
    left = np.einsum("ij,njc->nic", rest, part)
    mean = np.maximum(part.mean(axis=1), 0.5)
    return cast(Floats, (np.sqrt((left**2).sum(axis=1) / 13.0) / mean).max(axis=1))
