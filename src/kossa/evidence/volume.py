"""Arrays beside the types: a scan in Hounsfield units, and where its deposits lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence.geometry import Grid
from kossa.evidence.reading import CtReading

__all__ = ["Examination", "Runs", "Volume"]


@dataclass(frozen=True, eq=False)
class Volume:
    """A scan. `hu` is int16 [z, y, x]; outside of the measured circle it holds `padding_hu`.

    Where the scan came as NIfTI, `native_affine` is the file's affine bit for bit, and `native_axes`
    says for each axis of the file which axis of `hu` it is (0 z, 1 y, 2 x) and whether it runs the
    same way (1) or against it (-1).
    """

    hu: npt.NDArray[np.int16]
    grid: Grid
    kvp: float | None = None
    padding_hu: int | None = None
    native_affine: npt.NDArray[np.float64] | None = None
    native_axes: tuple[tuple[int, int], tuple[int, int], tuple[int, int]] = ((2, 1), (1, 1), (0, 1))

    def to_file_order(self, array: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return a [z, y, x] array in the axis order and directions of the file it came from."""
        turned = array.transpose([axis for axis, _ in self.native_axes])
        for axis, (_, way) in enumerate(self.native_axes):
            turned = np.flip(turned, axis) if way < 0 else turned
        return turned


@dataclass(frozen=True, eq=False)
class Runs:
    """Voxels of labelled objects as runs along x: (n,) arrays z, y, x0, x1 (half-open), label."""

    z: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    x0: npt.NDArray[np.int32]
    x1: npt.NDArray[np.int32]
    label: npt.NDArray[np.int32]

    def paint(self, shape: tuple[int, int, int]) -> npt.NDArray[np.int32]:
        """Return an int32 label volume; 0 is background."""
        out = np.zeros(shape, np.int32)
        for z, y, x0, x1, label in zip(self.z, self.y, self.x0, self.x1, self.label, strict=True):
            out[z, y, x0:x1] = label
        return out


@dataclass(frozen=True, eq=False)
class Examination:
    """What `ct.examine` returns: the reading, and the arrays that pictures and label maps need.

    `runs.label` is 1 + the place of a deposit in `reading.deposits`.
    """

    reading: CtReading
    volume: Volume
    runs: Runs
