"""The light without tissue: what every density is measured against.

Glass is found as the upper envelope of the picture. A camera's field is darker towards its corners, so
there the envelope is a plane and a bowl; a slide scanner has evened its light out already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kossa.section.slide import Block

__all__ = ["Glass", "fit_glass"]

Floats = npt.NDArray[np.float64]

CELL = 16  # pixels a side over which light is averaged: far above grain, below most gaps (judgement)
HIGH = 0.98  # expectile of the first fit: so few cells may lie above the light of the glass (judgement)
NEAR = 0.02  # of the light: cells that lie this near to the first fit are taken for glass (judgement)
BRIGHTEST = 0.97  # quantile of squares that show the colour of the light (judgement)
HUE = (
    0.012  # density by which the colours of one square may differ from it: a fifth of pale tissue (judgement)
)
WHITE = 0.8  # of the brightest colour: light with less of another is no white light (judgement: lamps that
# are balanced lie above 0.88, the palest stains that fill a picture below 0.8)
STIFF = 1e-3  # of the number of cells: pull of the uneven terms towards even light (judgement)


@dataclass(frozen=True, eq=False)
class Glass:
    """`light` (3, 4) for each colour: at the centre, along x, along y, and with the square of the radius.

    x and y run from -0.5 to 0.5 over the picture. `share` is how much of the sample is glass. `assumed`: the
    brightest part of the picture is coloured, so it is no glass, and white light of its level is assumed.
    """

    light: Floats
    share: float
    assumed: bool = False


def fit_glass(blocks: Sequence[Block], shape: tuple[int, int], *, even: bool) -> Glass:
    """Return the light of the glass; `shape` is that of the whole picture, (height, width).

    Uneven light changes all colours by one factor and a dye does not: so the squares with the colour of
    the brightest ones are looked at, and of these the upper envelope.
    """
    cells, terms = _cells(blocks, shape)
    terms = terms[:, :1] if even else terms
    colour, alike = _colour(cells)
    height = (cells / colour).mean(axis=1)
    chosen = alike.copy()
    weight = alike.astype(np.float64)
    for _ in range(30):
        coefficients = _least_squares(terms, height, weight)
        weight = np.where(height > terms @ coefficients, HIGH, 1.0 - HIGH) * alike
    for _ in range(3):
        near = alike & (np.abs(height - terms @ coefficients) < NEAR)
        if near.sum() < max(4.0, 0.2 * chosen.sum()):
            break
        chosen = near
        coefficients = _least_squares(terms, height, chosen.astype(np.float64))
    light = np.zeros((3, 4))
    for c in range(3):
        of_white = np.median(cells[chosen, c] / np.maximum(terms[chosen] @ coefficients, 0.05))
        light[c, : terms.shape[1]] = of_white * coefficients
    light[:, 0] = np.maximum(light[:, 0], 1e-3)
    brightest = light[:, 0].max()
    if light[:, 0].min() < WHITE * brightest:
        return Glass(np.outer(np.full(3, brightest), [1.0, 0.0, 0.0, 0.0]), 0.0, assumed=True)
    return Glass(light, float(chosen.mean()))


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


def _least_squares(terms: Floats, values: Floats, weight: Floats) -> Floats:
    pull = np.eye(terms.shape[1]) * STIFF * weight.sum()
    pull[0, 0] = 0.0
    left = (terms * weight[:, None]).T @ terms + pull
    return cast(Floats, np.linalg.solve(left, (terms * weight[:, None]).T @ values))


def _cells(blocks: Sequence[Block], shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return (n, 3) mean light of small squares and (n, 4) the terms at their centres.

    Squares of pure white without any grain are blocks that were never scanned, and are left out.
    """
    means: list[npt.NDArray[Any]] = []
    terms: list[npt.NDArray[Any]] = []
    for block in blocks:
        side = min(CELL, *block.pixels.shape[:2])
        rows, columns = (n // side for n in block.pixels.shape[:2])
        cut = block.pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)
        mean = cut.mean(axis=(1, 3), dtype=np.float64)
        full = float(np.iinfo(block.pixels.dtype).max)
        y, x = np.mgrid[:rows, :columns] * float(side) + side / 2
        y = (block.y + y) / shape[0] - 0.5
        x = (block.x + x) / shape[1] - 0.5
        scanned = (cut.min(axis=(1, 3)) < full).any(axis=2)
        means.append(mean[scanned])
        terms.append(np.stack([np.ones_like(x), x, y, x * x + y * y], axis=-1)[scanned])
    if not sum(len(m) for m in means):
        white = float(np.iinfo(blocks[0].pixels.dtype).max)
        return np.full((1, 3), white), np.array([[1.0, 0.0, 0.0, 0.0]])
    return np.concatenate(means), np.concatenate(terms)
