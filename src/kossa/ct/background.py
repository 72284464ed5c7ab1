"""The background under a deposit where its surroundings hold two tissues.

A plaque lies between blood and fat, a hilar node between mediastinum and lung: the mean of a ring says
nothing of what the mineral displaced. Two answers bound it. *Smooth*: the tissue goes on from the region's
border inwards (Laplace's equation, borders as measured). *Held*: the same, but the deposit's own voxels
stand in the denser of the two tissues, for calcium lies in tissue and not in the air or fat beside it.
Their mean is the estimate, half their difference the standard error that not knowing which adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import ndimage

from kossa.ct.noise import ScanNoise, local_sigma
from kossa.evidence.volume import Volume
from kossa.image.components import Components
from kossa.image.surround import BLANK_HU, Margins, Surroundings

__all__ = ["Mixed", "mixed_rings", "over_two_tissues"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Cube = npt.NDArray[np.float32]

MIXED_SIGMAS = 2.5  # a ring that scatters more than this times the noise holds two tissues; judgement
SOFT_HU = (-30.0, 130.0)  # soft tissue and blood between fat and the threshold (ct.md 3.9: ring medians)
SOFT_SHARE = 0.2  # of a ring: with less, the deposit is taken to lie in what surrounds it; judgement
SWEEPS = 120  # of the relaxation: the change per sweep is then below 0.1 HU in boxes of 40 pixels
RELAX = 1.8  # over-relaxation, stable below 2


@dataclass(frozen=True, eq=False)
class Mixed:
    """Excess in HU mm3 of the lesions `which`, and the standard error that two tissues add."""

    which: npt.NDArray[np.int64]
    amount: Floats
    doubt: Floats


def mixed_rings(around: Surroundings, noise: ScanNoise) -> Bools:
    """Say which rings hold two tissues: they scatter more than noise can."""
    sigma = np.fmax(noise.sigma_hu, local_sigma(around.ring_jitter, noise))
    return np.asarray(around.ring_sd > MIXED_SIGMAS * sigma, np.bool_)


def over_two_tissues(
    volume: Volume,
    components: Components,
    which: npt.NDArray[np.int64],
    margins: Margins,
    weights_mm: Floats,
    apart: Bools,
) -> Mixed:
    """Return the excess of objects `which` over what they displaced; NaN beside a missing slice."""
    amount, doubt = np.full(which.size, np.nan), np.full(which.size, np.nan)
    for i, cut in _cuts(volume, components, which, margins, apart):
        smooth = cut.excess(None, weights_mm)
        held = cut.excess(cut.level(), weights_mm)
        amount[i] = (smooth + held) / 2
        doubt[i] = abs(smooth - held) / 2
    area = volume.grid.pixel_area_mm2
    return Mixed(which, amount * area, doubt * area)


@dataclass(frozen=True, eq=False)
class _Cut:
    """One object's box: its voxels, region O with its blur, its ring, and what belongs to others."""

    hu: Cube
    own: Bools
    region: Bools
    ring: Bools
    others: Bools
    first: int
    steps_mm: tuple[float, float, float]

    def level(self) -> float:
        """Return the HU of the tissue that the object lies in."""
        values = self.hu[self.ring]
        soft = values[(values > SOFT_HU[0]) & (values < SOFT_HU[1])]
        if soft.size >= SOFT_SHARE * values.size > 0:
            return float(np.median(soft))
        return float(values.mean()) if values.size else float(np.median(self.hu))

    def excess(self, level: float | None, weights_mm: Floats) -> float:
        """Return the sum of (HU - background) x slice weight over O, in HU mm per pixel area."""
        unknown = self.region | self.others
        near = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
        under = self.hu[tuple(near)]
        if level is not None:
            under[self.own] = level
            unknown = unknown & ~self.own
        dz, dy, dx = self.steps_mm
        _relax(under, unknown, 1 / dz**2, 1 / dy**2, 1 / dx**2)
        summed = self.region & ~self.others
        by_slice = np.where(summed, self.hu - under, 0).sum(axis=(1, 2), dtype=np.float64)
        return float(by_slice @ weights_mm[self.first : self.first + by_slice.size])


@njit(cache=True, nogil=True)
def _relax(under: Cube, unknown: Bools, wz: float, wy: float, wx: float) -> None:
    """Solve Laplace's equation on `unknown` voxels in place; faces of the box let nothing through."""
    nz, ny, nx = under.shape
    for _ in range(SWEEPS):
        for z in range(nz):
            for y in range(ny):
                for x in range(nx):
                    if not unknown[z, y, x]:
                        continue
                    total, weight = 0.0, 0.0
                    for axis in range(3):
                        for step in (-1, 1):
                            a = z + step if axis == 0 else z
                            b = y + step if axis == 1 else y
                            c = x + step if axis == 2 else x
                            if 0 <= a < nz and 0 <= b < ny and 0 <= c < nx:
                                w = wz if axis == 0 else wy if axis == 1 else wx
                                total += w * under[a, b, c]
                                weight += w
                    if weight > 0:
                        under[z, y, x] += RELAX * (total / weight - under[z, y, x])


def _cuts(
    volume: Volume,
    components: Components,
    which: npt.NDArray[np.int64],
    margins: Margins,
    apart: Bools,
) -> Iterator[tuple[int, _Cut]]:
    """Yield the box of each object with its masks, those beside a missing slice left out."""
    dy, dx = volume.grid.pixel_mm
    reach = margins.grow_mm + margins.guard_mm + margins.ring_mm
    pad = (margins.slices + 1, int(np.ceil(reach / dy)), int(np.ceil(reach / dx)))
    c = components
    for i, number in enumerate(which.tolist()):
        low = np.maximum(c.box[number, 0] - pad, 0)
        high = np.minimum(c.box[number, 1] + pad, volume.hu.shape)
        if apart[low[0] : high[0] - 1].any():
            continue
        inside = (c.z >= low[0]) & (c.z < high[0]) & (c.y >= low[1]) & (c.y < high[1])
        inside &= (c.x1 > low[2]) & (c.x0 < high[2])
        own, others = (np.zeros(tuple(high - low), np.bool_) for _ in range(2))
        for r in np.flatnonzero(inside):
            start, end = max(0, c.x0[r] - low[2]), c.x1[r] - low[2]
            mask = own if c.object[r] == number else others
            mask[c.z[r] - low[0], c.y[r] - low[1], start:end] = True
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        hu = volume.hu[box].astype(np.float32)
        yield i, _masks(hu, own, others, margins, int(low[0]), (dy, dx), volume.grid.spacing_mm[0] or 1.0)


def _masks(
    hu: Cube,
    own: Bools,
    others: Bools,
    margins: Margins,
    first: int,
    pixel_mm: tuple[float, float],
    gap_mm: float,
) -> _Cut:
    """Grow O and its ring from the object's voxels, slice by slice and across slices."""
    away = np.full(own.shape, np.inf)
    for z in range(own.shape[0]):
        if own[z].any():
            away[z] = ndimage.distance_transform_edt(~own[z], sampling=pixel_mm)
    region = _across(away <= margins.grow_mm + 1e-9, margins.slices)
    outer = _across(away <= margins.grow_mm + margins.guard_mm + margins.ring_mm + 1e-9, margins.slices)
    inner = _across(away <= margins.grow_mm + margins.guard_mm + 1e-9, margins.slices)
    blank = hu < BLANK_HU
    others = others | blank
    return _Cut(hu, own, region, outer & ~inner & ~others, others, first, (gap_mm, *pixel_mm))


def _across(mask: Bools, slices: int) -> Bools:
    """Return a mask grown by `slices` slices each way."""
    grown = mask.copy()
    for step in range(1, slices + 1):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
    return grown
