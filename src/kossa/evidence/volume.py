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

    `native_affine` is the affine of the file it came from, bit for bit, where that was NIfTI.
    """

    hu: npt.NDArray[np.int16]
    grid: Grid
    kvp: float | None = None
    padding_hu: int | None = None
    native_affine: npt.NDArray[np.float64] | None = None
    native_order: str = "dicom"


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
