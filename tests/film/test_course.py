"""Edges are followed along a limb, each on its own course; a deposit moves none of them."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.film.course import find_course, inverse, sampled
from kossa.film.lump import Step, lumps_of
from kossa.film.moved import Ground
from kossa.film.outline import describe_outline
from kossa.film.radiograph import find_lumps

ROWS, COLUMNS, MM = 400, 300, 0.2


def bones(seed=0, bow=1.5, narrowing=5.0):
    """A forearm: the limb narrows, and two bones bow away from each other."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((ROWS, COLUMNS)).astype(float)
    x = (x - (COLUMNS - 1) / 2) * MM
    s = 2 * y / (ROWS - 1) - 1
    radius = 24 - narrowing * s / 2
    part = 7 + bow * (1 - s * s)

    def chord(d, size):
        return 2 * np.sqrt(np.maximum(0, np.square(size) - np.square(d)))

    thick = 0.024 * chord(x, radius)
    for middle in (-part, part):
        thick = thick + 0.05 * (chord(x - middle, 5.5) - chord(x - middle, 3))
    return (30 + 60 * thick + 0.8 * rng.standard_normal(x.shape)).astype(np.float32)


def test_the_way_back_undoes_the_way_there():
    x = np.arange(COLUMNS, dtype=float)
    at = x + 4 * np.linspace(-1, 1, ROWS)[:, None] * np.sin(x / 60)
    wave = np.broadcast_to(np.sin(x / 9), at.shape).astype(np.float32)
    there = sampled(sampled(wave, at), inverse(at))
    assert np.abs(there - wave)[:, 20:-20].max() < 0.03


def test_skin_that_narrows_is_followed_and_a_straight_limb_stays():
    inside = np.ones((ROWS, COLUMNS), bool)
    still = find_course(bones(bow=0, narrowing=0), inside, MM)
    assert np.abs(still).max() < 1.0
    moved = find_course(bones(bow=0, narrowing=6), inside, MM)
    left = round((COLUMNS - 1) / 2 - 24 / MM)
    assert moved[5, left] - moved[-5, left] == pytest.approx(-6 / MM, rel=0.25)


def test_too_small_a_picture_has_no_course():
    assert not find_course(np.ones((20, 20), np.float32), np.ones((20, 20), bool), MM).any()


def test_a_forearm_that_narrows_holds_nothing():
    assert find_lumps(bones(), MM)[0] == []


def test_a_moved_edge_is_as_dark_as_bright_and_calcium_only_adds():
    rest = np.zeros((200, 200), np.float32)
    rest[40:90, 50:54], rest[40:90, 56:60] = 8, -8
    rest[140:160, 120:140] = 8
    bone = np.zeros(rest.shape, bool)
    (lump,), _ = lumps_of(rest * 2, rest, MM, 6.0, Ground(rest, ~bone, bone, bone), Step(40.0, 2.0))
    assert (lump.y, lump.x) == (pytest.approx(149.5, abs=1), pytest.approx(129.5, abs=1))


def test_a_tube_with_a_dense_middle_is_a_tram_track_and_a_full_band_is_not():
    y, x = (np.indices((240, 240)) - 120) * MM
    inside = np.abs(y) < 18

    def chord(r):
        return 2 * np.sqrt(np.maximum(0, r * r - x * x))

    tube = np.where(inside, 0.03 * (chord(2.6) - chord(1.9)), 0).astype(np.float32)
    assert describe_outline(tube > 0.35 * tube.max(), tube, MM).word == "tram_track"
    band = np.where(inside & (np.abs(x) < 2.6), 0.06, 0).astype(np.float32)
    assert describe_outline(band > 0, band, MM).word != "tram_track"
