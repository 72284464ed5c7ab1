"""Shutters, frames, letters of lead and metal are no body; a limb is never taken for one of them."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import FilmKind, Source
from kossa.film.collimation import unexposed
from kossa.film.metal import places_of, too_dense
from kossa.film.radiograph import find_lumps, read_radiograph
from kossa.film.read import Film
from kossa.film.spacing import Spacing
from tests.film.made import limb

MM = 0.2


def ball(film, centre, radius_px=10, height=25.0):
    y, x = np.indices(film.shape)
    away = np.hypot(y - centre[0], x - centre[1])
    return (film + height * np.sqrt(np.maximum(0, 1 - (away / radius_px) ** 2))).astype(np.float32)


def leaf(film, lean, level, noise=3.0):
    """Cover what lies left of a slanting line."""
    y, x = np.indices(film.shape)
    behind = x < 40 + lean * (y - film.shape[0] / 2)
    rng = np.random.default_rng(5)
    covered = np.where(behind, level + noise * rng.standard_normal(film.shape), film)
    return covered.astype(np.float32), behind


def letter(film, corner):
    out = film.copy()
    out[corner[0] : corner[0] + 40, corner[1] : corner[1] + 6] = 250
    out[corner[0] + 34 : corner[0] + 40, corner[1] : corner[1] + 24] = 250
    return out


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("lean", [0.0, 0.08])
def test_a_bright_leaf_is_found_on_any_side(lean, turns):
    film, behind = leaf(limb(), lean, 240)
    found = unexposed(np.ascontiguousarray(np.rot90(film, turns)), MM)
    behind = np.rot90(behind, turns)
    assert (behind & ~found).sum() <= 0.002 * behind.size
    assert (found & ~behind).mean() < 0.05


def test_nothing_of_a_limb_in_air_is_covered():
    assert not unexposed(limb(), MM).any()


def test_a_limb_that_fills_one_side_of_the_film_is_no_leaf():
    assert not unexposed(limb(lean=0.0)[:, 120:], MM).any()


@pytest.mark.parametrize("level", [0.0, 255.0])
def test_an_even_frame_is_no_body(level):
    film = limb()
    film[:12], film[-12:], film[:, :12], film[:, -12:] = level, level, level, level
    found = unexposed(film, MM)
    assert found[:12].all()
    assert not found[40:-40, 40:-40].any()
    lumps, body, _ = find_lumps(ball(film, (150, 90)), MM)
    assert not body[:12].any()
    assert len(lumps) == 1


def test_letters_in_the_air_and_over_the_skin_hold_no_mark():
    film = letter(letter(limb(), (30, 4)), (200, 280))
    assert find_lumps(film, MM)[0] == []


def test_metal_is_told_and_calcium_beside_it_is_still_found():
    film = ball(limb(), (220, 90))
    film[60:66, 60:130] += 90
    dense = too_dense(film, np.zeros(film.shape, bool), MM)
    assert dense[60:66, 62:128].all()
    ((y, x),) = places_of(dense)
    assert (y, x) == (pytest.approx(62, abs=2), pytest.approx(94, abs=2))
    told = read_radiograph(Film(film, FilmKind.RADIOGRAPH, Spacing(MM, "told")), Source(file=0)).told
    (deposit,) = told.deposits
    assert np.hypot(deposit.centroid_px[0] - 220, deposit.centroid_px[1] - 90) < 3
    (notice,) = (n for n in told.notices if n.code == "metal")
    assert f"({y}, {x})" in notice.what


def test_a_thick_lump_of_calcium_is_no_metal():
    film = ball(limb(), (150, 90), radius_px=22, height=45)
    assert not too_dense(film, np.zeros(film.shape, bool), MM).any()
    assert len(find_lumps(film, MM)[0]) == 1


@pytest.mark.parametrize("shape", [(64, 9000), (9000, 64), (65, 300)])
def test_a_long_narrow_picture_has_no_leaf_that_ends_the_reading(shape):
    film = np.random.default_rng(0).normal(100, 3, shape).astype(np.float32)
    assert not unexposed(film, MM).any()


def test_a_picture_that_hides_all_of_itself_is_no_fault():
    film = np.full((300, 300), 20, np.float32)
    film[140:160, 140:160] += np.random.default_rng(0).normal(0, 9, (20, 20)).astype(np.float32)
    assert unexposed(film, MM).shape == film.shape
