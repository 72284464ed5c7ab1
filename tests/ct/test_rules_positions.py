"""Positions and gantry tilt, told by the directions in the tags: the same deposits, sites and sides."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import Side
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume
from tests.ct.bodies import Body, judged, trunk

DEPOSITS = {(480, 10, 90): 700, (236, 15, -66): 500, (240, 5, 6): 700}
TOLD = [
    ("site_aorta_abdominal", Side.UNKNOWN),
    ("site_kidney_any", Side.RIGHT),
    ("site_lung", Side.LEFT),
]


def body() -> Body:
    made = trunk()
    for place, hu in DEPOSITS.items():
        made.ball(hu, place, (6, 3, 4))
    return made


def told(volume: Volume) -> list[tuple[str, Side]]:
    return sorted((j.site, j.side) for j in judged(volume).judgements if j.kept and j.site)


@pytest.mark.parametrize(("row", "column"), [(-1.0, 1.0), (1.0, -1.0)])
def test_prone_feet_first_and_reversed_orders_are_read_alike(row, column):
    assert told(body().volume(row=row, column=column)) == TOLD


def test_a_tilted_gantry_is_read_alike():
    plain = body().volume()
    rise = np.tan(np.deg2rad(14.0)) * plain.grid.pixel_mm[0]
    _, ny, _ = plain.hu.shape
    shift = np.round((np.arange(ny) - ny / 2) * rise / 4.0).astype(int)
    hu = np.stack([np.roll(plain.hu[:, y], -shift[y], axis=0) for y in range(ny)], axis=1)
    hu = hu[20:-20]
    column = np.array([0.0, np.cos(np.deg2rad(14.0)), np.sin(np.deg2rad(14.0))])
    origins = plain.grid.origins_mm[20:-20] - [0.0, 0.0, ny / 2 * rise]
    pixel = (plain.grid.pixel_mm[0] / float(column[1]), plain.grid.pixel_mm[1])
    grid = Grid(hu.shape, pixel, plain.grid.row_direction, column, origins)
    assert told(Volume(hu=np.ascontiguousarray(hu), grid=grid, kvp=120.0)) == TOLD
