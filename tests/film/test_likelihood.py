"""What a spot's figures say, and what a group makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.film.detect import detect
from kossa.film.groups import CAP, find_clusters, weights
from kossa.film.likelihood import COEFFICIENTS, NAMES, figures, log_ratio
from kossa.film.spots import Spots
from tests.film.made import breast, with_spots


def spots(finest, *, second=2.0, broadest=1.0, line=0.0, round_=0.7):
    finest = np.asarray(finest, float)
    n = finest.size
    rise = np.column_stack([finest, np.full(n, second), np.full(n, broadest)])
    places = np.arange(n, dtype=float)
    return Spots(
        places * 10, places * 0 + 50, finest, np.zeros(n, np.uint8),
        np.full(n, round_), np.full(n, line), rise, np.full(n, 2.0),
    )  # fmt: skip


def test_a_spot_that_stands_higher_is_likelier_a_deposit_up_to_where_it_says_no_more():
    low, middle, high, higher = log_ratio(spots([2.6, 4.0, 6.0, 30.0]))
    assert low < 0 < middle < high
    assert higher == high


def test_lines_long_shapes_and_broad_rises_speak_for_tissue():
    plain = log_ratio(spots([4.0]))
    for worse in ({"line": 0.5}, {"round_": 0.4}, {"broadest": 3.5}):
        assert log_ratio(spots([4.0], **worse)) < plain


def test_every_figure_has_a_coefficient_and_a_name():
    assert figures(spots([3.0])).shape == (1, len(NAMES))
    assert len(COEFFICIENTS) == len(NAMES) + 1


def test_no_spot_makes_a_group_alone_and_noise_takes_nothing_away():
    weight = weights(spots([2.5, 50.0]), 1.0)
    assert 0 <= weight[0] < 0.3
    assert weight[1] == CAP
    assert not find_clusters(spots([50.0]), 0.1, 1.0, CAP + 0.01)


def test_a_film_fuller_of_noise_lowers_the_odds():
    some = spots([3.9] + [2.5] * 30)
    assert weights(some, 2.0)[0] < weights(some, 10.0)[0]


@pytest.mark.parametrize(("width_px", "sharp"), [(0.35, True), (1.0, False)])
def test_specks_sharper_than_the_blur_of_a_film_make_no_group_at_a_tenth_of_a_millimetre(width_px, sharp):
    film = with_spots(np.clip(breast(), 0, 255), (400, 150), height=60, width_px=width_px)
    found = detect(film, 0.1)
    assert bool(found.sharp.any()) is sharp
    assert bool(found.clusters) is not sharp
    assert bool(found.dust_groups) is sharp


def test_a_spot_on_the_rim_of_the_breast_does_not_count():
    film = breast()
    inner = detect(film, 0.1)
    s, size = inner.spots, inner.breast.size
    for dy, dx in ((3, 0), (-3, 0), (0, 3), (0, -3)):
        blocks = ((s.y + dy) // size).astype(int), ((s.x + dx) // size).astype(int)
        assert inner.breast.inside[blocks].all()
