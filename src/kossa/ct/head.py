"""A head: the inside of the skull, its midline and its base, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.morphology import close, distance, erode, fill_holes, label_slices

__all__ = ["Head", "find_head"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SKULL_HU = 200.0  # judgement: cortical bone at a coarse cell's mean
RING_CLOSE_MM = 12.0  # ct_volumes.md rule 13
INSIDE_MM2 = 4000.0  # judgement: a smaller inside is an orbit, a sinus or a canal
BRAIN_HU = (0.0, 80.0)  # brain, fluid and fresh blood
EVEN_SHARE = 0.85  # judgement: share of the inside that reads like brain
WIDEST_MM = 260.0  # judgement: no head is wider
USUAL_BRAIN_HU = 35.0
LONG_RATIO = 1.25  # judgement: longer than wide by enough (in variance) to trust the direction
BASE_MM = 45.0  # judgement: height of the part of the skull that counts as base


@dataclass(frozen=True, eq=False)
class Head:
    """`seen` says whether there is a head. Coarse [z, y, x]: `inside` the skull ring and `depth_mm` there.

    Per coarse slice (Z,): `ring` a closed skull, `base` near the skull base, centre (y, x) of the inside,
    unit direction of its long axis (toward the back) and its length in mm; `brain_hu` is its median.
    """

    seen: bool
    ring: Mask
    base: Mask
    inside: Mask
    depth_mm: npt.NDArray[np.float32]
    centre: Floats
    axis: Floats
    length_mm: Floats
    front_mm: Floats
    brain_hu: float

    def place(self, z: int, y: float, x: float, pixel_mm: tuple[float, float]) -> tuple[float, float]:
        """Return mm off the midline (left positive) and the share of the way from front to back."""
        dy = (y - self.centre[z, 0]) * pixel_mm[0]
        dx = (x - self.centre[z, 1]) * pixel_mm[1]
        back = dy * self.axis[z, 0] + dx * self.axis[z, 1]
        left = dx * self.axis[z, 0] - dy * self.axis[z, 1]
        return left, (back - self.front_mm[z]) / max(self.length_mm[z], 1.0)


def _axes(inside: Mask, ring: Mask, pixel_mm: tuple[float, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return centre, long axis, length and front end of the inside of every slice."""
    n = inside.shape[0]
    centre, axis = np.zeros((n, 2)), np.tile([1.0, 0.0], (n, 1))
    length, front = np.zeros(n), np.zeros(n)
    places, long_ones = {}, []
    for z in np.flatnonzero(ring):
        y, x = np.nonzero(inside[z])
        centre[z] = y.mean(), x.mean()
        places[z] = np.stack([(y - y.mean()) * pixel_mm[0], (x - x.mean()) * pixel_mm[1]])
        values, vectors = np.linalg.eigh(np.cov(places[z]))
        long = vectors[:, 1] * np.sign(vectors[0, 1] or 1.0)
        if values[1] > LONG_RATIO * values[0] and long[0] > 0.8:
            long_ones.append(long)
    if long_ones:
        middle = np.median(long_ones, axis=0)
        axis[:] = middle / np.linalg.norm(middle)
    for z, place in places.items():
        along = axis[z] @ place
        front[z], length[z] = along.min(), np.ptp(along)
    return centre, axis, length, front


def _inside(scan: Scan, body: Body, slices: npt.NDArray[np.intp]) -> tuple[Mask, Mask]:
    """Return the inside of the skull, and which slices have a closed ring; only `slices` are asked."""
    c = scan.coarse
    out = np.zeros(c.mean.shape, np.bool_)
    ring = np.zeros(c.mean.shape[0], np.bool_)
    if slices.size == 0:
        return out, ring
    mean = c.mean[slices]
    bone = (mean >= SKULL_HU) & body.mask[slices]
    shell = fill_holes(close(bone, RING_CLOSE_MM, c.pixel_mm))
    within = shell & ~bone
    brain = within & (mean >= BRAIN_HU[0]) & (mean <= BRAIN_HU[1])
    labels, count = label_slices(erode(within, c.pixel_mm[0], c.pixel_mm))
    number = labels.ravel()
    area = np.bincount(number, minlength=count + 1) * c.cell_mm2
    even = (
        np.bincount(number, weights=brain.ravel(), minlength=count + 1) * c.cell_mm2 / np.maximum(area, 1e-9)
    )
    good = (area >= INSIDE_MM2) & (even >= EVEN_SHARE)
    good[0] = False
    held = good[labels]
    closed = held.any(axis=(1, 2))
    out[slices] = fill_holes(held | (within & closed[:, None, None]))
    ring[slices[closed]] = True
    return out & ring[:, None, None], ring


def find_head(scan: Scan, body: Body) -> Head:
    """Find slices in which a closed ring of bone holds brain."""
    c = scan.coarse
    wide = np.array([np.ptp(np.flatnonzero(p.any(axis=0))) if p.any() else 0 for p in body.mask])
    may = (wide > 0) & (wide * c.pixel_mm[1] <= WIDEST_MM) & ~body.lungs.any(axis=(1, 2))
    inside, ring = _inside(scan, body, np.flatnonzero(may))
    centre, axis, length, front = _axes(inside, ring, c.pixel_mm)
    base = ring & False
    if ring.any():
        base = ring & (c.heights_mm < c.heights_mm[ring].min() + BASE_MM)
    brain = inside & (c.mean >= BRAIN_HU[0]) & (c.mean <= BRAIN_HU[1])
    level = float(np.median(c.mean[brain])) if brain.any() else USUAL_BRAIN_HU
    depth = distance(inside, c.pixel_mm) if ring.any() else np.zeros(inside.shape, np.float32)
    return Head(bool(ring.any()), ring, base, inside, depth, centre, axis, length, front, level)
