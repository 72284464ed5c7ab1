"""An edge that goes on beyond a mark tells it; what a deposit adds, no edge tells."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import FilmKind, Source
from kossa.film.lump import TOLD_BY_EDGE
from kossa.film.moved import left_by_edge
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


@pytest.mark.parametrize(("column", "least"), [(60, 0.5), (105, 0.5), (122, TOLD_BY_EDGE)])
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
