"""What is body, lung, skin and table in a scan, on the coarse grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.frame import Coarse, crop
from kossa.ct.morphology import (
    convex_fill,
    distance,
    erode,
    fill_holes,
    grow,
    label_slices,
)

__all__ = ["Body", "find_body"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

TISSUE_HU = -300  # ct.md 3.9: body = above -300 HU after a small blur
OPENING_MM = 6.0  # ct_volumes.md rule 2: parts thinner than 12 mm are no body
REGROWTH_MM = 5.0  # rule 2: skin and ears come back
SMALLEST_SHARE = 0.005  # rule 2
PLATE_HALF_MM = 9.0  # rule 2: plate-like pieces are table
PLATE_SHARE = 0.2  # rule 2
LUNG_HU = -250  # ct.md 3.9: -500 loses consolidated lungs
LUNG_MM2 = 800.0  # ct.md 3.9
MARGIN_CELLS = 3
CUT_GAS_MM2 = 600.0  # judgement: a loop of bowel; the room shows itself larger or in a corner
CUT_AIR_HU = -860.0  # rule 2: air cut by the circle is lung only above this median
LUNG_SEED_MM2 = 2000.0  # judgement: sinuses, skin folds and stomach gas stay below in one slice
GAS_HU = -940.0  # judgement: gas reads below it inside of its rim, lung above it ...
LARGE_LUNG_MM3 = 400_000.0  # ... or it is emphysema, and larger than a bubble of bowel gas


@dataclass(frozen=True, eq=False)
class Body:
    """Coarse masks [z, y, x]; `depth_mm` below the skin (the picture's edge is no skin).

    `lung_hull` is the convex hull of the lungs in each slice; `gas` is air in the body that is no lung.
    """

    mask: Mask
    depth_mm: Floats
    lungs: Mask
    lung_hull: Mask
    gas: Mask


def _pieces(core: Mask, coarse: Coarse) -> Mask:
    """Keep the pieces of an opened mask that are no specks and no plates."""
    labels, count = ndimage.label(core, np.ones((3, 3, 3), np.bool_))
    if count == 0:
        return core
    size = np.bincount(labels.ravel(), minlength=count + 1).astype(np.float64)
    size[0] = 0
    thick = np.zeros(count + 1, np.bool_)
    thick[np.unique(labels[erode(core, PLATE_HALF_MM - OPENING_MM, coarse.pixel_mm)])] = True
    keep = (size >= SMALLEST_SHARE * size.max()) & (thick | (size >= PLATE_SHARE * size.max()))
    keep[0] = False
    return np.asarray(keep[labels])


def _rim(coarse: Coarse) -> Mask:
    """Return the outermost cells that were measured: along the picture's edges and the scanner's circle."""
    rim = np.zeros(coarse.mean.shape, np.bool_)
    if coarse.unmeasured.any():
        rim = ndimage.binary_dilation(coarse.unmeasured, np.ones((1, 3, 3), np.bool_))
    top, left, bottom, right = coarse.cut
    rim[:, 0] |= top
    rim[:, :, 0] |= left
    rim[:, -1] |= bottom
    rim[:, :, -1] |= right
    return rim


def _cut_lung(air: Mask, coarse: Coarse) -> Mask:
    """Return air that the picture's edge or circle cuts, where it is dense enough for lung."""
    labels, count = label_slices(air & ~coarse.unmeasured)
    cells = np.bincount(labels.ravel(), minlength=count + 1)
    cut = np.zeros(count + 1, np.bool_)
    cut[np.unique(labels[_rim(coarse)])] = True
    cut &= cells * coarse.cell_mm2 >= LUNG_MM2
    cut[0] = False
    level = np.bincount(labels.ravel(), coarse.mean.ravel(), count + 1) / np.maximum(cells, 1)
    for number in np.flatnonzero(cut & (level > CUT_AIR_HU)):  # a mean takes in edges: ask the median
        level[number] = np.median(coarse.mean[labels == number])
    return np.asarray((cut & (level > CUT_AIR_HU))[labels])


def _cut_gas(air: Mask, coarse: Coarse) -> Mask:
    """Return small air that one straight edge of the picture cuts: gas of the gut, not the room."""
    labels, count = label_slices(air)
    room = np.bincount(labels.ravel(), minlength=count + 1) * coarse.cell_mm2 > CUT_GAS_MM2
    for corner in (labels[:, 0, 0], labels[:, 0, -1], labels[:, -1, 0], labels[:, -1, -1]):
        room[np.unique(corner)] = True
    if coarse.unmeasured.any():
        near = ndimage.binary_dilation(coarse.unmeasured, np.ones((1, 3, 3), np.bool_))
        room[np.unique(labels[near])] = True
    room[0] = True
    return np.asarray(~room[labels])


def _lungs(air: Mask, coarse: Coarse) -> Mask:
    """Return which of the air inside the body is lung."""
    labels, count = ndimage.label(air)
    if count == 0:
        return air
    volume = np.zeros(count + 1)
    widest = np.zeros(count + 1)
    for plane, thick in zip(labels, coarse.cell_mm3, strict=True):
        cells = np.bincount(plane.ravel(), minlength=count + 1)
        widest = np.maximum(widest, cells * coarse.cell_mm2)
        volume += cells * thick
    level = np.full(count + 1, -1000.0)
    core = np.where(ndimage.binary_erosion(air, np.ones((1, 3, 3), np.bool_)), labels, 0)
    for number in np.intersect1d(np.flatnonzero(widest >= LUNG_SEED_MM2), core[core > 0]):
        level[number] = np.median(coarse.mean[core == number])
    lung = (widest >= LUNG_SEED_MM2) & ((level > GAS_HU) | (volume > LARGE_LUNG_MM3))
    lung[0] = False
    return np.asarray(lung[labels])


def _window(mask: Mask) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return rows and columns that hold the mask, with a margin."""
    flat = np.asarray(mask.any(axis=0))
    if not flat.any():
        return (0, 0), (mask.shape[1], mask.shape[2])
    rows, columns = (np.flatnonzero(np.asarray(flat).any(axis=k)) for k in (1, 0))
    return (
        (max(0, int(rows[0]) - MARGIN_CELLS), max(0, int(columns[0]) - MARGIN_CELLS)),
        (int(rows[-1]) + 1 + MARGIN_CELLS, int(columns[-1]) + 1 + MARGIN_CELLS),
    )


def find_body(coarse: Coarse) -> tuple[Coarse, Body]:
    """Find body, skin depth and lungs; return the coarse grid cropped to the body, and the body in it."""
    pixel = coarse.pixel_mm
    coarse = crop(coarse, *_window(coarse.mean > TISSUE_HU))
    tissue = coarse.mean > TISSUE_HU
    kept = _pieces(erode(tissue, OPENING_MM, pixel), coarse)
    soft = grow(kept, OPENING_MM + REGROWTH_MM, pixel) & tissue
    mask = fill_holes(soft | _cut_lung(~soft, coarse))
    mask |= _cut_gas(~mask, coarse)
    low, high = _window(mask)
    coarse = crop(coarse, low, high)
    mask = np.ascontiguousarray(mask[:, low[0] : high[0], low[1] : high[1]])
    beyond = ~mask & ~coarse.unmeasured
    depth = distance(~beyond, pixel)
    depth[~mask] = 0
    inner = mask & (depth > OPENING_MM)
    air = inner & (ndimage.uniform_filter(coarse.mean, (0, 3, 3)) < LUNG_HU)
    lungs = _lungs(air, coarse)
    big, count = label_slices(lungs)
    area = np.bincount(big.ravel(), minlength=count + 1) * coarse.cell_mm2
    large = area >= LUNG_MM2
    large[0] = False
    whole = large[big]
    hull = np.stack([convex_fill(plane) if plane.any() else plane for plane in whole])
    return coarse, Body(mask, depth, lungs, hull, air & ~lungs)
