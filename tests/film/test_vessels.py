"""An artery's two walls are followed through their gaps; bands, single lines and grains are no walls."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.film.radiograph import find_lumps
from kossa.film.walls import follow_walls

ROWS, COLUMNS, MM = 520, 320, 0.2


def grid():
    y, x = np.indices((ROWS, COLUMNS)).astype(float)
    return (y - ROWS / 2) * MM, (x - COLUMNS / 2) * MM


def course():
    y, x = grid()
    return y, x - 8 - 2.0 * np.sin(y / 20)


def chord(d, size):
    return 2 * np.sqrt(np.maximum(0, np.square(size) - np.square(d)))


def flesh(seed=0):
    return 100 + np.random.default_rng(seed).normal(0, 1.2, (ROWS, COLUMNS))


def tube(d, y, radius=2.4, wall=0.8, reach=40.0):
    patches = np.clip(0.7 + 0.6 * np.sin(y / 4.1) + 0.5 * np.sin(y / 7.3 + 1), 0, 1)
    return 0.8 * patches * (chord(d, radius) - chord(d, radius - wall)) * (np.abs(y) < reach)


def followed(film, marks):
    clear = np.ones(film.shape, bool)
    return follow_walls(film.astype(np.float32), clear, np.argwhere(marks), MM)


def test_walls_are_followed_from_a_piece_of_one_of_them():
    y, d = course()
    walls = followed(flesh() + tube(d, y), (np.abs(d - 1.8) < 0.5) & (np.abs(y - 10) < 7))
    assert walls.apart_mm == pytest.approx(3.4, abs=0.4)
    assert walls.length_mm == pytest.approx(80, rel=0.15)
    off = np.abs(d[tuple(np.rint(walls.middle).astype(int).T)])
    assert np.median(off) < 0.4


@pytest.mark.parametrize("seed", range(6))
def test_noise_alone_has_no_walls(seed):
    y, d = course()
    assert followed(flesh(seed), (np.abs(d) < 0.5) & (np.abs(y) < 10)) is None


def test_one_line_and_a_full_band_have_no_two_walls():
    y, d = course()
    for height in (3.0 * (np.abs(d) < 0.5), 3.0 * (np.abs(d) < 2.4)):
        drawn = height * (np.abs(y) < 40)
        assert followed(flesh() + drawn, drawn > 0) is None


@pytest.mark.parametrize("seed", range(4))
def test_grains_that_lie_alike_are_no_walls(seed):
    rng = np.random.default_rng(seed)
    y, x = grid()
    drawn = np.zeros(y.shape)
    for _ in range(9):
        at = rng.uniform(-20, 20), rng.uniform(-9, 9)
        drawn = np.maximum(drawn, ((y - at[0]) / 3.2) ** 2 + ((x - at[1]) / 0.9) ** 2 < 1)
    assert followed(flesh(seed) + 6 * drawn, drawn > 0) is None


def test_nothing_clear_has_no_walls():
    y, d = course()
    marks = np.argwhere((np.abs(d) < 0.5) & (np.abs(y) < 10))
    assert follow_walls(flesh().astype(np.float32), np.zeros((ROWS, COLUMNS), bool), marks, MM) is None


def test_an_artery_in_pieces_beside_the_bone_is_one_tram_track():
    y, x = grid()
    _, d = course()
    rng = np.random.default_rng(5)
    thick = 0.024 * chord(x, 29.0) + 0.058 * (chord(x + 9, 8) - chord(x + 9, 4))
    film = 30 + 60 * thick + 0.025 * 60 * tube(d, y) + 0.5 * rng.standard_normal(y.shape)
    (lump,) = find_lumps(film.astype(np.float32), MM)[0]
    assert lump.outline.word == "tram_track"
    assert lump.body.shape[0] * MM > 60
