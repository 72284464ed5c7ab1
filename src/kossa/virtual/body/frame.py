"""`Frame`: where a place of the reference anatomy lies in a person, and in which voxel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kossa.virtual.space import Space

__all__ = ["Frame"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """The person's size and posture on the table.

    Parameters
    ----------
    stretch
        Size relative to the reference anatomy along x, y, z.
    roll_deg
        Turn about the long axis.
    lean
        mm to the left per mm upwards.
    shift_mm
        Place of the reference origin, LPS.
    """

    space: Space
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)
    roll_deg: float = 0.0
    lean: float = 0.0
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @cached_property
    def to_lps(self) -> Floats:
        """3 x 4 matrix from the reference anatomy to LPS."""
        c, s = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        lean = np.eye(3)
        lean[0, 2] = self.lean
        return np.column_stack([lean @ turn @ np.diag(self.stretch), self.shift_mm])

    @cached_property
    def from_voxel(self) -> Floats:
        """3 x 4 matrix from (column, row, slice) to reference anatomy (x, y, z); z by slice alone."""
        s = self.space
        scale = np.diag([s.pixel_mm, s.pixel_mm, s.slice_mm])
        back = np.linalg.inv(self.to_lps[:, :3])
        return np.column_stack([back @ scale, back @ (np.array(s.origin_mm) - self.to_lps[:, 3])])

    @cached_property
    def volume_scale(self) -> float:
        """Volume of a part of the person, relative to the same part of the reference anatomy."""
        return float(np.linalg.det(self.to_lps[:, :3]))

    def place(self, points: npt.ArrayLike) -> Floats:
        """Return LPS mm of reference points (..., 3)."""
        return np.asarray(np.asarray(points) @ self.to_lps[:, :3].T + self.to_lps[:, 3])

    def box(self, low: npt.ArrayLike, high: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return voxels [[z0, y0, x0], [z1, y1, x1]] that hold the box between two reference corners."""
        ends = np.stack([np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)])
        corners = np.array([[ends[i, 0], ends[j, 1], ends[k, 2]] for i, j, k in np.ndindex(2, 2, 2)])
        m = np.linalg.inv(np.vstack([self.from_voxel, [0, 0, 0, 1]]))
        voxels = (corners @ m[:3, :3].T + m[:3, 3])[:, ::-1]
        first = np.clip(np.floor(voxels.min(0)), 0, self.space.shape)
        last = np.clip(np.ceil(voxels.max(0)) + 1, first, self.space.shape)
        return np.stack([first, last]).astype(np.int64)
