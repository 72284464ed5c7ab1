"""`Space`: the lattice of voxels that a virtual scan is made on, in LPS millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Box", "Space"]

Box = tuple[slice, slice, slice]


@dataclass(frozen=True)
class Space:
    """Axial slices, head up in z, the person's left at growing x, the back at growing y.

    Parameters
    ----------
    shape
        (slices, rows, columns).
    pixel_mm, slice_mm
        Distance of pixels, and of slices, which touch.
    origin_mm
        LPS (x, y, z) of the centre of voxel [0, 0, 0].
    """

    shape: tuple[int, int, int]
    pixel_mm: float
    slice_mm: float
    origin_mm: tuple[float, float, float]

    @property
    def step_mm(self) -> tuple[float, float, float]:
        """Distance of neighbours along z, y, x."""
        return (self.slice_mm, self.pixel_mm, self.pixel_mm)

    @property
    def start_mm(self) -> tuple[float, float, float]:
        """Place of voxel [0, 0, 0] along z, y, x."""
        return (self.origin_mm[2], self.origin_mm[1], self.origin_mm[0])

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel."""
        return self.slice_mm * self.pixel_mm**2

    def axis_mm(self, axis: int, part: slice = slice(None)) -> npt.NDArray[np.float64]:
        """Return the places of voxel centres along axis 0 (z), 1 (y) or 2 (x)."""
        index = np.arange(self.shape[axis], dtype=np.float64)[part]
        return np.asarray(self.start_mm[axis] + self.step_mm[axis] * index, dtype=np.float64)

    def box(self, low_mm: npt.ArrayLike, high_mm: npt.ArrayLike, *, margin_mm: float = 0.0) -> Box:
        """Return the voxels between two LPS corners (x, y, z), cut at the edge of the scan."""
        low = np.asarray(low_mm, dtype=np.float64)[::-1] - margin_mm
        high = np.asarray(high_mm, dtype=np.float64)[::-1] + margin_mm
        parts = []
        for axis in range(3):
            step, start, n = self.step_mm[axis], self.start_mm[axis], self.shape[axis]
            first = int(np.clip(np.floor((low[axis] - start) / step), 0, n))
            last = int(np.clip(np.ceil((high[axis] - start) / step) + 1, first, n))
            parts.append(slice(first, last))
        return (parts[0], parts[1], parts[2])
