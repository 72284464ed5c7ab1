"""A scan turned to the patient (z to the head, y to the back, x to the left), and a coarse copy of it.

Landmarks (body, lungs, skeleton) are sought on the coarse grid of about 2 mm; single deposits are
looked at in boxes of the full one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.evidence.volume import Volume
from kossa.image.components import Components

__all__ = ["PADDING_HU", "Coarse", "Flips", "Frame", "Scan", "crop", "frame", "scan", "turn"]

PADDING_HU = -1200  # below any tissue or air: outside of the measured circle (ct.md 0, 4: -1500 to -3024)
AIR_HU = -1000
CELL_MM = 2.2  # in-plane cell of the coarse grid, judgement: 2-3 mm keeps ribs and vessels apart
CELL_Z_MM = 4.0
AXIAL_COSINE = 0.7  # judgement: slices tilted by up to 45 degrees are read as axial
DEFAULT_GAP_MM = 3.0  # a single slice without a told thickness: only lengths along z depend on it

Flips = tuple[bool, bool, bool]


@dataclass(frozen=True, eq=False)
class Frame:
    """How the stored array lies in the patient; `flips` turn it to z up, y back, x left."""

    flips: Flips
    axial: bool


@dataclass(frozen=True, eq=False)
class Coarse:
    """Block means of a scan, float32 [z, y, x]; `unmeasured` cells lie outside of the scanner's circle.

    `origin` is the first row and column of cells where the grid was cropped to the body; `cut` tells which
    borders (top, left, bottom, right) are those of the picture.
    """

    mean: npt.NDArray[np.float32]
    variance: npt.NDArray[np.float32]
    unmeasured: npt.NDArray[np.bool_]
    block: tuple[int, int, int]
    pixel_mm: tuple[float, float]
    heights_mm: npt.NDArray[np.float64]
    gap_mm: float
    origin: tuple[int, int] = (0, 0)
    cut: tuple[bool, bool, bool, bool] = (True, True, True, True)

    @property
    def cell_mm2(self) -> float:
        """Area of a cell in its slice."""
        return self.pixel_mm[0] * self.pixel_mm[1]

    @cached_property
    def cell_mm3(self) -> npt.NDArray[np.float64]:
        """(Z,) volume of a cell of each slice."""
        h = self.heights_mm
        gaps = np.diff(h) if h.size > 1 else np.array([self.gap_mm])
        padded = np.concatenate([gaps[:1], gaps, gaps[-1:]])[: h.size + 1]
        return (
            np.asarray((padded[:-1] + padded[1:]) / 2 * self.cell_mm2) if h.size > 1 else gaps * self.cell_mm2
        )


@dataclass(frozen=True, eq=False)
class Scan:
    """A scan as the rules see it: `hu` int16 [z up, y back, x left], padding left as it is."""

    hu: npt.NDArray[np.int16]
    pixel_mm: tuple[float, float]
    heights_mm: npt.NDArray[np.float64]
    gap_mm: float
    weights_mm: npt.NDArray[np.float64]
    sigma_hu: float
    axial: bool
    coarse: Coarse

    @property
    def single(self) -> bool:
        """Whether there is one slice only."""
        return bool(self.hu.shape[0] == 1)

    @property
    def pixel_mm2(self) -> float:
        """Area of one pixel."""
        return self.pixel_mm[0] * self.pixel_mm[1]

    def cell(self, voxels: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], ...]:
        """Return the coarse cells that hold (n, 3) voxel places; those outside go to the grid's border."""
        index = np.floor((voxels + 0.5) / np.array(self.coarse.block)).astype(np.intp)
        index = np.clip(index - [0, *self.coarse.origin], 0, np.array(self.coarse.mean.shape) - 1)
        return index[:, 0], index[:, 1], index[:, 2]

    def in_cells(
        self, y: npt.NDArray[np.float64], x: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return voxel rows and columns as fractional rows and columns of cells."""
        c = self.coarse
        return (y + 0.5) / c.block[1] - 0.5 - c.origin[0], (x + 0.5) / c.block[2] - 0.5 - c.origin[1]


def crop(coarse: Coarse, low: tuple[int, int], high: tuple[int, int]) -> Coarse:
    """Return the rows and columns `low` to `high` (half-open) of a coarse grid."""
    part = (slice(None), slice(low[0], high[0]), slice(low[1], high[1]))
    _, ny, nx = coarse.mean.shape
    top, left, bottom, right = coarse.cut
    return replace(
        coarse,
        mean=np.ascontiguousarray(coarse.mean[part]),
        variance=np.ascontiguousarray(coarse.variance[part]),
        unmeasured=np.ascontiguousarray(coarse.unmeasured[part]),
        origin=(coarse.origin[0] + low[0], coarse.origin[1] + low[1]),
        cut=(top and low[0] == 0, left and low[1] == 0, bottom and high[0] >= ny, right and high[1] >= nx),
    )


def frame(volume: Volume) -> Frame:
    """Say how a volume lies in the patient, from its directions alone (the position tag is not asked)."""
    grid = volume.grid
    axial = (
        abs(grid.row_direction[0]) > AXIAL_COSINE
        and abs(grid.column_direction[1]) > AXIAL_COSINE
        and abs(grid.normal[2]) > AXIAL_COSINE
    )
    if not axial:
        return Frame((False, False, False), axial=False)
    return Frame(
        (bool(grid.normal[2] < 0), bool(grid.column_direction[1] < 0), bool(grid.row_direction[0] < 0)),
        axial=True,
    )


def turn(found: Components, flips: Flips, shape: tuple[int, int, int]) -> Components:
    """Carry components over to the turned array (or back); objects and pieces keep their numbers."""
    if not any(flips):
        return found
    nz, ny, nx = shape
    fz, fy, fx = flips
    z = nz - 1 - found.z if fz else found.z
    y = ny - 1 - found.y if fy else found.y
    x0, x1 = (nx - found.x1, nx - found.x0) if fx else (found.x0, found.x1)
    order = np.lexsort((x0, y, z))
    box, centre = found.box.copy(), found.centre.copy()
    for axis, (flip, size) in enumerate(zip(flips, shape, strict=True)):
        if flip:
            box[:, 0, axis], box[:, 1, axis] = size - found.box[:, 1, axis], size - found.box[:, 0, axis]
            centre[:, axis] = size - 1 - centre[:, axis]
    return replace(
        found,
        z=z[order],
        y=y[order],
        x0=x0[order],
        x1=x1[order],
        run_sum=found.run_sum[order],
        run_peak=found.run_peak[order],
        piece=found.piece[order],
        object=found.object[order],
        piece_z=nz - 1 - found.piece_z if fz else found.piece_z,
        box=box,
        centre=centre,
    )


@njit(cache=True, nogil=True)
def _blocks(
    hu: npt.NDArray[np.int16],
    block: tuple[int, int, int],
    mean: npt.NDArray[np.float32],
    variance: npt.NDArray[np.float32],
    unmeasured: npt.NDArray[np.bool_],
) -> None:
    """Write mean, variance and whether padding fills most of every block; the last blocks may be short."""
    nz, ny, nx = hu.shape
    bz, by, bx = block
    cx = mean.shape[2]
    for cz in range(mean.shape[0]):
        for cy in range(mean.shape[1]):
            total = np.zeros(cx, np.int64)
            square = np.zeros(cx, np.int64)
            empty = np.zeros(cx, np.int64)
            rows = 0
            for z in range(cz * bz, min(nz, (cz + 1) * bz)):
                for y in range(cy * by, min(ny, (cy + 1) * by)):
                    rows += 1
                    row = hu[z, y]
                    for k in range(cx):
                        for x in range(k * bx, min(nx, (k + 1) * bx)):
                            value = np.int64(row[x])
                            if value < PADDING_HU:
                                value = np.int64(AIR_HU)
                                empty[k] += 1
                            total[k] += value
                            square[k] += value * value
            for k in range(cx):
                n = rows * (min(nx, (k + 1) * bx) - k * bx)
                m = total[k] / n
                mean[cz, cy, k] = m
                variance[cz, cy, k] = max(0.0, square[k] / n - m * m)
                unmeasured[cz, cy, k] = 2 * empty[k] > n


def _coarse(
    hu: npt.NDArray[np.int16], pixel_mm: tuple[float, float], heights: npt.NDArray[np.float64], gap: float
) -> Coarse:
    even = heights.size < 2 or float(np.ptp(np.diff(heights))) < 0.1 * gap
    block = (
        max(1, round(CELL_Z_MM / gap)) if even else 1,
        max(1, round(CELL_MM / pixel_mm[0])),
        max(1, round(CELL_MM / pixel_mm[1])),
    )
    size = tuple(-(-n // b) for n, b in zip(hu.shape, block, strict=True))
    mean, variance = np.empty(size, np.float32), np.empty(size, np.float32)
    unmeasured = np.empty(size, np.bool_)
    _blocks(hu, block, mean, variance, unmeasured)
    edges = np.arange(0, hu.shape[0], block[0])
    middle = np.minimum(edges + (block[0] - 1) / 2, hu.shape[0] - 1)
    places = np.interp(middle, np.arange(heights.size), heights)
    return Coarse(
        mean,
        variance,
        unmeasured,
        block,
        (pixel_mm[0] * block[1], pixel_mm[1] * block[2]),
        places,
        gap * block[0],
    )


def scan(volume: Volume, lie: Frame, sigma_hu: float) -> Scan:
    """Turn a volume to the patient and reduce it."""
    steps = tuple(slice(None, None, -1) if flip else slice(None) for flip in lie.flips)
    hu = np.ascontiguousarray(volume.hu[steps])
    grid = volume.grid
    gap = grid.spacing_mm[0] or grid.single_thickness_mm or DEFAULT_GAP_MM
    heights = grid.heights_mm if not lie.flips[0] else -grid.heights_mm[::-1]
    weights = grid.weights_mm[::-1] if lie.flips[0] else grid.weights_mm
    pixel = (float(grid.pixel_mm[0]), float(grid.pixel_mm[1]))
    return Scan(hu, pixel, heights, gap, weights, sigma_hu, lie.axial, _coarse(hu, pixel, heights, gap))
