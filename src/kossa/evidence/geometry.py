"""`Grid`: where each voxel of a stack of slices lies, in LPS millimetres.

Arrays are [z, y, x]. A grid holds the origin of every slice, so uneven and tilted stacks are
exact; the affine exists only where the slices are evenly spaced (shear included).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["Grid"]

Floats = npt.NDArray[np.float64]

EVEN_RELATIVE = 0.01  # gaps equal within 1 % or
EVEN_MM = 0.02  # 0.02 mm count as even (research page ct.md 3.11)


@dataclass(frozen=True, eq=False)
class Grid:
    """Geometry of a stack of parallel slices.

    Parameters
    ----------
    shape
        (slices, rows, columns).
    pixel_mm
        Distance between rows and between columns, (dy, dx).
    row_direction, column_direction
        Unit vectors in LPS: the direction in which x grows along a row, and y down a column.
    origins_mm
        (slices, 3) LPS position of the centre of voxel [k, 0, 0], in rising order along `normal`.
    single_thickness_mm
        Thickness told for a single slice, where there is no gap to measure.
    """

    shape: tuple[int, int, int]
    pixel_mm: tuple[float, float]
    row_direction: Floats
    column_direction: Floats
    origins_mm: Floats
    single_thickness_mm: float | None = None

    @cached_property
    def normal(self) -> Floats:
        """Unit slice normal, row direction x column direction."""
        n = np.cross(self.row_direction, self.column_direction)
        return np.asarray(n / np.linalg.norm(n), dtype=np.float64)

    @cached_property
    def heights_mm(self) -> Floats:
        """Position of each slice along the normal."""
        return np.asarray(self.origins_mm @ self.normal, dtype=np.float64)

    @cached_property
    def gaps_mm(self) -> Floats:
        """(slices - 1,) distance between neighbouring slices along the normal."""
        return np.diff(self.heights_mm)

    @cached_property
    def weights_mm(self) -> Floats:
        """(slices,) thickness that each slice stands for: half of both neighbouring gaps.

        The ends take their one neighbour's gap. A single slice weighs its told thickness, or 0.
        """
        gaps = self.gaps_mm
        if gaps.size == 0:
            return np.full(self.shape[0], self.single_thickness_mm or 0.0)
        padded = np.concatenate([gaps[:1], gaps, gaps[-1:]])
        return np.asarray((padded[:-1] + padded[1:]) / 2, dtype=np.float64)

    @cached_property
    def spacing_mm(self) -> tuple[float | None, float, float]:
        """Median gap (None for one slice), row distance, column distance."""
        z = float(np.median(self.gaps_mm)) if self.gaps_mm.size else None
        return (z, *self.pixel_mm)

    @property
    def pixel_area_mm2(self) -> float:
        """Area of one pixel."""
        return self.pixel_mm[0] * self.pixel_mm[1]

    @cached_property
    def tilt_deg(self) -> float:
        """Angle between the step from slice to slice and the slice normal; 0 for one slice."""
        if self.shape[0] < 2:
            return 0.0
        step = self.origins_mm[-1] - self.origins_mm[0]
        along = abs(float(step @ self.normal)) / float(np.linalg.norm(step))
        return float(np.degrees(np.arccos(min(1.0, along))))

    @cached_property
    def even(self) -> bool:
        """Whether one affine places every voxel."""
        gaps = self.gaps_mm
        if gaps.size == 0:
            return False
        middle = float(np.median(gaps))
        slack = max(EVEN_MM, EVEN_RELATIVE * middle)
        steps = np.diff(self.origins_mm, axis=0)
        return bool(
            (np.abs(gaps - middle) <= slack).all() and (np.abs(steps - steps.mean(axis=0)) <= slack).all()
        )

    @cached_property
    def affine(self) -> Floats | None:
        """4 x 4 matrix from [x, y, z, 1] (column, row, slice) to LPS mm, or None where uneven."""
        if not self.even:
            return None
        m = np.eye(4)
        m[:3, 0] = self.row_direction * self.pixel_mm[1]
        m[:3, 1] = self.column_direction * self.pixel_mm[0]
        m[:3, 2] = (self.origins_mm[-1] - self.origins_mm[0]) / (self.shape[0] - 1)
        m[:3, 3] = self.origins_mm[0]
        return m

    def to_mm(self, voxels: npt.ArrayLike) -> Floats:
        """Turn (..., 3) voxel places [z, y, x] (fractions allowed) into LPS mm."""
        v = np.asarray(voxels, dtype=np.float64)
        z = np.clip(v[..., 0], 0, self.shape[0] - 1)
        origin = np.stack(
            [np.interp(z, np.arange(self.shape[0]), self.origins_mm[:, i]) for i in range(3)], -1
        )
        down = v[..., 1, None] * self.pixel_mm[0] * self.column_direction
        across = v[..., 2, None] * self.pixel_mm[1] * self.row_direction
        return np.asarray(origin + down + across, dtype=np.float64)
