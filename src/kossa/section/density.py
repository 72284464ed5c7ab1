"""Numba kernels: from colours to concentrations of dyes, and from those to tissue, mineral and pigment.

The edge of a deposit is drawn half-way between its surroundings and its own level: there blur neither adds
nor takes area. Its level is the highest mean of 3 x 3 pixels within 3 pixels. Half-way in density is right
where the deposit itself thins out, half-way in light where the lens blurs: `edge_table` mixes the two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = [
    "BIN",
    "BINS",
    "EDGE_STEP",
    "MILLI",
    "PIGMENT",
    "concentrations",
    "edge_table",
    "log_light",
    "mark",
]

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

MILLI = 1000.0  # marks are concentrations in thousandths of optical density, so that they are whole numbers
BINS, BIN = 320, 0.01  # of the histogram of mineral dye in tissue: up to a density of 3.2
PIGMENT = np.float32(0.35)  # least concentration of brown (judgement: above what wrong vectors leak)
#: ink: density in red at least this, and this many times that in green and in blue. No dye of the three
#: stains absorbs so much more red (haematoxylin: red 0.92 of green), blue and green inks do (judgement)
INK, INK_GREEN, INK_BLUE = np.float32(0.25), np.float32(1.08), np.float32(1.3)
GREY = np.float32(0.8)  # blue of red: haematoxylin has 0.44, soot and dust 1 (judgement)
YELLOW = np.float32(
    0.2
)  # red of blue: below, it is picric acid's yellow, no pigment (haemosiderin 0.26, judgement)
CAST = np.float32(0.4)  # of the mineral's dye: brown beside it that may be pigment (judgement)
EDGE_STEP, EDGES = 0.01, 401  # of the table of edges: levels up to a density of 4
REACH = 3  # pixels: beyond the blur of any sharp picture (judgement)
CORE_REACH = 5  # pixels from the dark of a deposit to what belongs to it: a nucleus is wider (judgement)
BODY_EDGE = np.float32(0.5)  # of the density beside it: where a blurred edge of tissue lies


def log_light(depth: int) -> Singles:
    """Return log10 of every value that a picture of `depth` values may hold; 0 counts as a half."""
    return np.log10(np.maximum(np.arange(depth), 0.5)).astype(np.float32)


def edge_table(around: float, half: float, in_light: float, strongest: float) -> Singles:
    """Return the dye at the edge of a deposit for each level of its own, in steps of `EDGE_STEP`.

    `half` is the share of the way up, `in_light` how much of the edge is drawn half-way in light (0 to 1)
    and `strongest` the share of the dye's density that the colour has which it takes most of.
    """
    level = np.maximum(np.arange(EDGES) * EDGE_STEP, around)
    dense = around + half * (level - around)
    light = (1.0 - half) * 10 ** (-strongest * around) + half * 10 ** (-strongest * level)
    lit = -np.log10(light) / strongest
    return np.asarray((1.0 - in_light) * dense + in_light * lit, np.float32)


@njit(cache=True, nogil=True)
def _unmixed(od: Singles, u: Singles, kind: int, inks: bool) -> tuple[np.float32, np.float32, np.float32]:
    """Return summed density, mineral dye and brown of one pixel's densities (3,)."""
    if inks and od[0] >= INK and od[0] > INK_GREEN * od[1] and od[0] > INK_BLUE * od[2]:
        return np.float32(0.0), np.float32(0.0), np.float32(0.0)
    amount = u[0, 0] * od[0] + u[0, 1] * od[1] + u[0, 2] * od[2]
    other = u[2, 0] * od[0] + u[2, 1] * od[1] + u[2, 2] * od[2]
    if od[0] < YELLOW * od[2]:
        other = min(other, np.float32(0.0))
    if kind == 2 and od[2] > GREY * od[0]:
        other = max(other, amount + np.float32(0.01))
    if kind == 0:
        amount = min(amount, min(od[0], od[1], od[2]) / np.float32(0.575))
    return od[0] + od[1] + od[2], amount, other


@njit(cache=True, nogil=True)
def concentrations(
    pixels: npt.NDArray[Any],
    logs: Singles,
    light: Floats,
    place: tuple[int, int, int, int],
    unmix: Floats,
    kind: int,
    inks: bool,
    total: Singles,
    dye: Singles,
    brown: Singles,
) -> None:
    """Fill maps (y, x): summed density, mineral dye, and brown.

    `place` is the corner (y, x) of `pixels` in the picture and the picture's (height, width); `light` is
    `Glass.light`. `kind` 0 is silver, which darkens every colour alike: there the dye is also at most what
    the least of the three densities allows, so that no coloured dye is called silver. `kind` 2 is
    haematoxylin, which is blue: what is grey is put down as brown. Yellow is no brown. With `inks` pixels of
    blue or green ink are empty in all three maps: neither tissue nor mineral can be told below.
    """
    rows, columns = pixels.shape[:2]
    even = True
    for c in range(3):
        for k in range(1, 4):
            if light[c, k] != 0.0:
                even = False
    flat = np.log10(light[:, 0]).astype(np.float32)
    u = unmix.astype(np.float32)
    od = np.empty(3, np.float32)
    for i in range(rows):
        y = (place[0] + i + 0.5) / place[2] - 0.5
        for j in range(columns):
            if even:
                for c in range(3):
                    od[c] = flat[c] - logs[pixels[i, j, c]]
            else:
                x = (place[1] + j + 0.5) / place[3] - 0.5
                for c in range(3):
                    here = light[c, 0] + light[c, 1] * x + light[c, 2] * y + light[c, 3] * (x * x + y * y)
                    od[c] = np.float32(np.log10(max(here, 1e-3))) - logs[pixels[i, j, c]]
            total[i, j], dye[i, j], brown[i, j] = _unmixed(od, u, kind, inks)


@njit(cache=True, nogil=True)
def _box(source: Singles, out: Singles) -> None:
    """Write the mean of 3 x 3 pixels; the outermost pixels keep their own value."""
    rows, columns = source.shape
    out[0] = source[0]
    out[rows - 1] = source[rows - 1]
    ninth = np.float32(1.0 / 9.0)
    column = np.empty(columns, np.float32)
    for i in range(1, rows - 1):
        for j in range(columns):
            column[j] = source[i - 1, j] + source[i, j] + source[i + 1, j]
        out[i, 0] = source[i, 0]
        out[i, columns - 1] = source[i, columns - 1]
        for j in range(1, columns - 1):
            out[i, j] = (column[j - 1] + column[j] + column[j + 1]) * ninth


@njit(cache=True, nogil=True)
def _highest(source: Singles, i: int, j: int, reach: int) -> float:
    """Return the maximum within `reach` pixels."""
    rows, columns = source.shape
    best = source[i, j]
    for y in range(max(0, i - reach), min(rows, i + reach + 1)):
        for x in range(max(0, j - reach), min(columns, j + reach + 1)):
            best = max(best, source[y, x])
    return float(best)


@njit(cache=True, nogil=True)
def mark(
    maps: tuple[Singles, Singles, Singles],
    own: tuple[int, int],
    levels: tuple[float, float, float, float],
    edges: Singles,
    smooth: tuple[Singles, Singles],
    out: tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    histogram: npt.NDArray[np.int64],
) -> int:
    """Mark mineral, tissue and pigment on the rows `own` (half-open) of the maps.

    `maps` are those of `concentrations`, `smooth` two maps for scratch. `levels`: summed density of what is
    tissue, least of what is where it has half of the density beside it, floor of the mineral dye, and how
    dark a deposit is within `CORE_REACH` pixels. `edges`: see `edge_table`. `out` (rows of `own` only): the
    dye in thousandths where there is mineral, else -1; tissue; pigment. `histogram` counts tissue pixels by
    their dye, pigment left out. Returns how many pixels of mineral have a brown cast.
    """
    total, dye, brown = maps
    tissue_level, pale_level, floor, core = levels
    mineral, tissue, pigment = out
    cast = 0
    _box(total, smooth[0])
    _box(dye, smooth[1])
    for i in range(own[0], own[1]):
        for j in range(dye.shape[1]):
            r = i - own[0]
            here = dye[i, j]
            mineral[r, j] = -1
            brownish = brown[i, j] >= PIGMENT and brown[i, j] > here
            pigment[r, j] = brownish
            if here >= floor and not brownish:
                level = _highest(smooth[1], i, j, REACH)
                if here >= edges[max(0, min(int(level / EDGE_STEP), EDGES - 1))] and (
                    here >= core or _highest(dye, i, j, CORE_REACH) >= core
                ):
                    mineral[r, j] = np.int16(min(here, 30.0) * MILLI)
                    cast += brown[i, j] > CAST * here
            body = smooth[0][i, j]
            tissue[r, j] = body >= tissue_level or mineral[r, j] >= 0
            if not tissue[r, j] and body >= pale_level:
                tissue[r, j] = body >= BODY_EDGE * _highest(smooth[0], i, j, REACH)
            if tissue[r, j]:
                k = int(max(here, 0.0) / BIN) if not brownish else 0
                histogram[min(k, BINS - 1)] += 1
    return cast
