"""Size and shape of lesions from their runs: longest diameter, sphericity, elongation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence.geometry import Grid
from kossa.image.components import Components

__all__ = ["Shapes", "shapes_of"]

Floats = npt.NDArray[np.float64]

DIRECTIONS = 96  # in which the width is measured; the longest is then short by 1 % at most


@dataclass(frozen=True, eq=False)
class Shapes:
    """One entry an object asked for.

    `diameter_mm` is the longest distance between voxel centres plus one pixel, so that a slice's thickness
    does not pass for a size. `sphericity` compares the volume with that of the ball of the same second
    moment: 1 for a ball, less for what is long, flat or ragged. `elongation` is the longest over the
    middle principal axis: 1 for a ball or a plate, more for a rod.
    """

    diameter_mm: Floats
    sphericity: Floats
    elongation: Floats


@dataclass(frozen=True, eq=False)
class _Boxes:
    """Runs of the objects asked for, sorted by object: centre (3, r) and size (3, r) in mm, z, y, x."""

    start: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    centre: Floats
    size: Floats


def shapes_of(
    components: Components, objects: npt.NDArray[np.int64], grid: Grid, weights_mm: Floats
) -> Shapes:
    """Return the shapes of `objects` (rising numbers); slices lie at their true heights."""
    if objects.size == 0:
        return Shapes(np.zeros(0), np.zeros(0), np.zeros(0))
    boxes = _boxes(components, objects, grid, weights_mm)
    sphericity, elongation = _moments(boxes, objects.size)
    pixel = float(np.sqrt(grid.pixel_area_mm2))
    return Shapes(_longest(boxes, grid.pixel_mm[1]) + pixel, sphericity, elongation)


def _boxes(c: Components, objects: npt.NDArray[np.int64], grid: Grid, weights_mm: Floats) -> _Boxes:
    number = np.full(len(c), -1)
    number[objects] = np.arange(objects.size)
    owner = number[c.object]
    runs = np.flatnonzero(owner >= 0)
    runs = runs[np.argsort(owner[runs], kind="stable")]
    dy, dx = grid.pixel_mm
    z, y, x0, x1 = c.z[runs], c.y[runs], c.x0[runs], c.x1[runs]
    centre = np.stack([grid.heights_mm[z], y * dy, 0.5 * (x0 + x1 - 1) * dx])
    thick = np.where(weights_mm > 0, weights_mm, dy)  # one slice of no told thickness is taken as flat
    size = np.stack([thick[z], np.full(z.size, dy), (x1 - x0) * dx])
    owner = owner[runs]
    return _Boxes(np.searchsorted(owner, np.arange(objects.size)), owner, centre, size)


def _directions() -> Floats:
    """Return unit vectors (3, n) spread evenly over half a sphere: a Fibonacci lattice."""
    i = np.arange(DIRECTIONS) + 0.5
    height = i / DIRECTIONS
    turn = np.pi * (1 + np.sqrt(5)) * i
    flat = np.sqrt(1 - height**2)
    return np.stack([height, flat * np.sin(turn), flat * np.cos(turn)])


def _longest(boxes: _Boxes, dx: float) -> Floats:
    """Return the longest distance between voxel centres, over a set of directions."""
    best = np.zeros(boxes.start.size)
    reach = 0.5 * (boxes.size[2] - dx)  # from the middle of a run to its last voxel
    for direction in _directions().T:
        along = direction @ boxes.centre
        half = abs(direction[2]) * reach
        high = np.maximum.reduceat(along + half, boxes.start)
        low = np.minimum.reduceat(along - half, boxes.start)
        best = np.maximum(best, high - low)
    return best


def _moments(boxes: _Boxes, n: int) -> tuple[Floats, Floats]:
    """Return sphericity and elongation from the covariance of each object, voxels' own size included."""
    volume = boxes.size.prod(axis=0)
    owner = boxes.owner
    total = np.bincount(owner, volume, minlength=n)
    mean = np.stack([np.bincount(owner, volume * p, minlength=n) / total for p in boxes.centre])
    away = boxes.centre - mean[:, owner]
    covariance = np.empty((n, 3, 3))
    for i in range(3):
        for j in range(i, 3):
            product = away[i] * away[j] + (boxes.size[i] ** 2 / 12 if i == j else 0.0)
            covariance[:, i, j] = covariance[:, j, i] = np.bincount(owner, volume * product, minlength=n)
    covariance /= total[:, None, None]
    axes = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0.0))
    radius = np.sqrt(5 / 3 * np.trace(covariance, axis1=1, axis2=2))  # of the ball: <r^2> = 3/5 R^2
    ball = 4 / 3 * np.pi * radius**3
    return np.minimum(1.0, total / ball), axes[:, 2] / axes[:, 1]
