"""Deposits of one picture, joined over the borders of the bands that it was read in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.image import runs
from kossa.section.density import MILLI

__all__ = ["Deposits", "join", "rows_of_runs"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RING_SIDE, RING_FILL = 16, 0.4  # pixels a side, and share of its box that a ring fills (judgement: a full
# disc fills 0.79, a rim of a sixth of the radius 0.25)
#: over the root of its pixels: what blur takes from the peak of a deposit, about (judgement: on made fields
#: nuclei and deposits are told apart best between 0.6 and 1.0)
SMALL = 0.8
LEAST_PIXELS = 4  # of a deposit; fewer are told from grain by nothing (judgement)


@dataclass(frozen=True, eq=False)
class Deposits:
    """Objects (8-connected) and the runs of pixels that they consist of.

    Objects, (n,): `pixels`, `density` (sum of the dye's optical density over the object), `level` (its
    highest, raised for what blur takes from small ones), `box` (n, 2, 2) half-open [y, x], `centre` (n, 2)
    [y, x]. Runs, (r,), in raster order: `y`, `x0`, `x1` (half-open), `of`.
    """

    pixels: Longs
    density: Floats
    level: Floats
    box: Ints
    centre: Floats
    y: Ints
    x0: Ints
    x1: Ints
    of: Ints

    def __len__(self) -> int:
        return int(self.pixels.size)

    def by_object(self) -> tuple[Longs, Longs]:
        """Return the order of the runs by their object, and where each object begins in it (n + 1)."""
        order = np.argsort(self.of, kind="stable")
        return order, np.searchsorted(self.of[order], np.arange(len(self) + 1))

    def rings(self) -> int:
        """Return how many objects are rings: about round, wide, and empty in the middle.

        The rim of an air bubble is one, and so is the wall of a calcified vessel.
        """
        side = self.box[:, 1] - self.box[:, 0]
        area = side.prod(axis=1)
        long, short = side.max(axis=1, initial=1), side.min(axis=1, initial=1 << 20)
        likely = (short >= RING_SIDE) & (long <= 1.7 * short) & (self.pixels < RING_FILL * area)
        order, begins = self.by_object()
        found = 0
        for at in np.flatnonzero(likely):
            (y0, x0), (y1, x1) = self.box[at].tolist()
            own = order[begins[at] : begins[at + 1]]
            fifth = ((y1 - y0) // 5, (x1 - x0) // 5)
            across = (self.y[own] >= y0 + 2 * fifth[0]) & (self.y[own] < y1 - 2 * fifth[0])
            across &= (self.x0[own] < x1 - 2 * fifth[1]) & (self.x1[own] > x0 + 2 * fifth[1])
            found += not bool(across.any())
        return found

    def diameters_px(self) -> Floats:
        """Return the diameters of circles of the same areas."""
        return np.asarray(2.0 * np.sqrt(self.pixels / np.pi))


def rows_of_runs(mineral: npt.NDArray[np.int16], first: int) -> tuple[Ints, Longs]:
    """Return the runs (5, r) and their sums (r,) of one band whose first row is row `first`."""
    table, sums = runs.scan(mineral[None], np.zeros(1, np.int32), 0, 1, np.zeros((0, 0, 0), np.bool_))
    table[1] += first
    return table, sums


def join(tables: list[Ints], sums: list[Longs], height: int, least_level: float) -> Deposits:
    """Return the deposits of the runs of all bands; objects too small or too pale are left out."""
    table = np.concatenate(tables, axis=1) if tables else np.zeros((5, 0), np.int32)
    total = np.concatenate(sums) if sums else np.zeros(0, np.int64)
    alone = np.zeros(1, np.bool_)
    origin, _, whole = runs.connect(table, np.zeros(0, np.int32), height, True, LEAST_PIXELS, True, alone)
    table, total = table[:, origin], total[origin]
    of, count = runs.labels(whole)
    pixels, density, peak, box, centre = runs.reduce_objects(table, total, of, count)
    level = peak / MILLI * (1.0 + SMALL / np.sqrt(pixels))
    kept = level >= least_level
    number = np.cumsum(kept, dtype=np.int32) - 1
    used = kept[of]
    return Deposits(
        pixels=pixels[kept],
        density=density[kept] / MILLI,
        level=level[kept],
        box=box[kept][:, :, 1:],
        centre=centre[kept][:, 1:],
        y=table[1, used],
        x0=table[2, used],
        x1=table[3, used],
        of=number[of[used]],
    )
