"""An edge that goes on beyond a mark tells it; what a deposit adds, no edge tells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage as ndi

from kossa.evidence import FilmKind, Source
from kossa.film.lump import Lump, merged
from kossa.film.metal import steps_among
from kossa.film.moved import LEFT, Ground, left_by_edge, told_by_edge
from kossa.film.outline import Outline
from kossa.film.radiograph import find_lumps, read_radiograph
from kossa.film.read import Film
from kossa.film.spacing import Spacing

SIZE, MM = 240, 0.2


def edge(bend):
    """Bone on the right of an edge that leaves its straight line by `bend` pixels at the lower end."""
    y, x = np.indices((SIZE, SIZE)).astype(float)
    place = 120 - bend * np.clip((y - 120) / 120, 0, 1) ** 2
    noise = np.random.default_rng(0).normal(0, 0.3, y.shape)
    return (100 + 40 / (1 + np.exp(-(x - place) / 2)) + noise).astype(np.float32)


def left(film, model):
    rise = film - model
    marks = np.argwhere(rise > 0.35 * np.percentile(rise, 99.5))
    return left_by_edge(film, np.ones(film.shape, bool), marks, rise[tuple(marks.T)].astype(float), MM)


def test_an_edge_that_bends_is_told_by_the_rows_before_it():
    assert abs(left(edge(8), edge(0))) < 0.15


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, np.transpose])
def test_it_is_told_whichever_way_the_film_lies(turn):
    film, model = (np.ascontiguousarray(turn(edge(b))) for b in (8, 0))
    assert abs(left(film, model)) < 0.15


@pytest.mark.parametrize(("column", "least"), [(60, 0.5), (105, 0.5), (122, LEFT)])
def test_a_deposit_beside_or_on_an_edge_is_not_told_by_it(column, least):
    y, x = np.indices((SIZE, SIZE)).astype(float)
    ball = 6 * np.exp(-((y - 120) ** 2 + (x - column) ** 2) / (2 * 7.0**2))
    assert left((edge(0) + ball).astype(np.float32), edge(0)) > least


def test_marks_with_no_rows_before_or_after_them_cannot_be_asked():
    film = edge(8)
    seen = np.zeros(film.shape, bool)
    marks = np.argwhere(film > 120)
    assert left_by_edge(film, seen, marks, np.ones(len(marks)), MM) == 1.0


def forearm(bend, bow):
    y, x = np.indices((400, 300)).astype(float)
    x, s = (x - 149.5) * MM, 2 * y / 399 - 1
    thick = 0.024 * 2 * np.sqrt(np.maximum(0, 24.0**2 - x * x))
    for side in (-1, 1):
        # both bones leave their course within the last 25 mm, sooner than a cubic follows
        d = x - side * (7 + bow * (1 - s * s) + bend * np.maximum(0, (s - 0.4) / 0.6) ** 3)
        thick = thick + 0.1 * (
            np.sqrt(np.maximum(0, 5.5**2 - d * d)) - np.sqrt(np.maximum(0, 3.0**2 - d * d))
        )
    noise = 0.8 * np.random.default_rng(0).standard_normal(x.shape)
    return (30 + 60 * thick + noise).astype(np.float32)


def test_what_an_edge_hides_is_told_and_not_marked():
    film = forearm(3.0, 1.5)
    assert find_lumps(film, MM)[0] == []
    told = read_radiograph(Film(film, FilmKind.RADIOGRAPH, Spacing(MM, "told")), Source(file=0)).told
    (notice,) = [n for n in told.notices if n.code == "edge-hides"]
    assert "row and column" in notice.what


def test_a_deposit_that_an_edge_runs_into_is_kept_without_the_edge():
    y, x = np.indices((SIZE, SIZE)).astype(float)
    bend, model = edge(14), edge(0)
    ball = 12 * np.exp(-((y - 190) ** 2 + (x - 96) ** 2) / (2 * 9.0**2))
    film = (bend + ball).astype(np.float32)
    rise = film - model
    mine, _ = ndi.label(rise > 3)
    mine = mine == mine[190, 96]
    assert mine[225, 112]  # the ball and the edge are one part
    ground = Ground(film, np.ones(film.shape, bool), np.zeros(film.shape, bool), np.zeros(film.shape, bool))
    told = told_by_edge(mine, rise, (0, 0), ground, 40.0, MM)
    assert told[225, 112]
    assert not told[190, 96]


def test_a_wall_of_bone_is_a_step_and_a_wire_a_ridge():
    y, x = np.indices((SIZE, SIZE)).astype(float)
    film = (100 + 40 * (x > 160) + 60 * ((np.abs(x - 60) < 4) & (np.abs(y - 120) < 40))).astype(np.float32)
    parts = ((x > 160) & (x < 172)) | ((np.abs(x - 60) < 4) & (np.abs(y - 120) < 40))
    steps = steps_among(parts, film - 100, film, (0, 0), MM)
    assert steps[120, 165]
    assert not steps[120, 60]


@pytest.mark.parametrize("long", [20, 140])
def test_a_part_that_does_not_stand_over_the_model_is_no_fault(long):
    mine = np.zeros((SIZE, SIZE), bool)
    mine[40 : 40 + long, 100:108] = True
    film = edge(0)
    ground = Ground(film, np.ones(film.shape, bool), np.zeros(film.shape, bool), np.zeros(film.shape, bool))
    told = told_by_edge(mine, np.full(film.shape, -1.0, np.float32), (0, 0), ground, 40.0, MM)
    assert not (told & ~mine).any()


def test_a_second_look_loses_nothing_that_the_first_saw_elsewhere():
    one, two = ((20, 20), (120, 120))
    first = [lump(one, 9.0), lump(two, 8.0)]
    again = [lump(two, 12.0)]
    assert [k.z for k in merged(first, again, (200, 200), MM)] == [12.0, 9.0]


def lump(corner, z):
    body = np.ones((10, 10), bool)
    form = Outline("amorphous", (), "")
    return Lump(body, 100, corner, corner[0] + 4.5, corner[1] + 4.5, z, form, 1, on_bone=False)
