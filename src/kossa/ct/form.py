"""The form of one object: how long and thick it is, whether it is hollow, brighter inside or outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.candidates import Look
from kossa.ct.morphology import close, distance, fill_holes

__all__ = ["SMALL_VOXELS", "Form", "form_of"]

Mask = npt.NDArray[np.bool_]

LUMEN_CLOSE_MM = 3.0  # judgement: bridges the gaps of a broken wall of a vessel of 4-8 mm
SMALL_VOXELS = 8  # judgement: fewer voxels have no form


@dataclass(frozen=True, eq=False)
class Form:
    """Axes in mm, longest first (4 SD of the voxels along each); shares of 0 to 1.

    `hole` is what slices enclose, `lumen` what the closed outline encloses, `lumen_hu` its median;
    `core_ratio` is the brightness above the surroundings of the inner third against the outer third.
    """

    axes_mm: tuple[float, float, float]
    direction: tuple[float, float, float]
    hole: float
    lumen: float
    lumen_hu: float | None
    core_ratio: float | None
    voxels: int

    @property
    def elongation(self) -> float:
        """Longest against middle axis."""
        return self.axes_mm[0] / max(self.axes_mm[1], 0.1)

    @property
    def flatness(self) -> float:
        """Middle against shortest axis."""
        return self.axes_mm[1] / max(self.axes_mm[2], 0.1)


def _axes(
    mask: Mask, step: npt.NDArray[np.float64]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    places = np.argwhere(mask) * step
    if len(places) < 2:
        return (float(step.max()), float(step.min()), float(step.min())), (1.0, 0.0, 0.0)
    spread = np.cov(places.T) + np.diag(step**2 / 12)
    values, vectors = np.linalg.eigh(spread)
    lengths = 4 * np.sqrt(np.maximum(values[::-1], 0))
    return tuple(float(v) for v in lengths), tuple(float(v) for v in vectors[:, 2])  # type: ignore[return-value]


def form_of(look: Look, pixel_mm: tuple[float, float], gap_mm: float) -> Form:
    """Measure the form of an object in its box."""
    step = np.array([gap_mm, *pixel_mm])
    count = int(look.mask.sum())
    axes, direction = _axes(look.mask, step)
    if count < SMALL_VOXELS:
        return Form(axes, direction, look.hole_share, 0.0, None, None, count)
    pad = max(2, int(np.ceil(LUMEN_CLOSE_MM / min(pixel_mm))) + 1)
    mask = np.pad(look.mask, ((0, 0), (pad, pad), (pad, pad)))
    filled = fill_holes(close(mask, LUMEN_CLOSE_MM, pixel_mm))[:, pad:-pad, pad:-pad]
    within = filled & ~look.mask
    lumen = float(within.sum() / max(1, filled.sum()))
    lumen_hu = float(np.median(look.hu[within])) if within.sum() >= SMALL_VOXELS // 2 else None
    depth = distance(filled, pixel_mm)[filled]
    values = look.hu[filled].astype(np.float64) - (look.ring_median_hu or 0.0)
    ratio = None
    if depth.max() > 1.5 * max(pixel_mm):
        inner, outer = depth >= np.percentile(depth, 70), depth <= np.percentile(depth, 40)
        if inner.sum() >= 3 and outer.sum() >= 3 and values[outer].mean() > 0:
            ratio = float(values[inner].mean() / values[outer].mean())
    return Form(axes, direction, look.hole_share, lumen, lumen_hu, ratio, count)
