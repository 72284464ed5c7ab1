"""Filling in against the plain twin: Laplace's equation as one sparse system."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from kossa.image.inpaint import CLOSED, KNOWN, UNKNOWN, fill


def plain(image, state):
    places = np.argwhere(state == UNKNOWN)
    number = {tuple(p): i for i, p in enumerate(places)}
    system, right = lil_matrix((len(places), len(places))), np.zeros(len(places))
    for (y, x), i in number.items():
        for p in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if not (0 <= p[0] < image.shape[0] and 0 <= p[1] < image.shape[1]) or state[p] == CLOSED:
                continue
            system[i, i] += 1
            if p in number:
                system[i, number[p]] -= 1
            else:
                right[i] += image[p]
    out = image.astype(float)
    out[state == UNKNOWN] = spsolve(system.tocsr(), right)
    return out


def test_unknown_pixels_solve_laplace_between_known_and_closed_ones():
    rng = np.random.default_rng(2)
    image = rng.integers(-900, 200, (20, 24)).astype(np.int16)
    y, x = np.indices(image.shape)
    state = np.where((y - 9) ** 2 + (x - 11) ** 2 < 40, UNKNOWN, KNOWN).astype(np.int8)
    state[9:11, 10:13] = CLOSED
    out = np.empty(image.shape)
    rim = fill(image, state, 40.0, out)
    expected = plain(image, state)
    assert out[state == UNKNOWN] == pytest.approx(expected[state == UNKNOWN], abs=2)
    assert (out[state == KNOWN] == image[state == KNOWN]).all()
    assert (out[state == CLOSED] == 40).all()
    beside = np.zeros(state.shape, bool)
    unknown = np.pad(state == UNKNOWN, 1)
    for shift in ((0, 1), (2, 1), (1, 0), (1, 2)):
        beside |= unknown[shift[0] : shift[0] + 20, shift[1] : shift[1] + 24]
    assert rim == (beside & (state == KNOWN)).sum()


def test_a_slope_is_continued_exactly():
    y, x = np.indices((15, 15))
    image = (10 * x + 4 * y).astype(np.int16)
    state = np.zeros(image.shape, np.int8)
    state[4:11, 3:12] = UNKNOWN
    out = np.empty(image.shape)
    fill(image, state, 0.0, out)
    assert out == pytest.approx(image, abs=1)


def test_where_nothing_is_known_the_start_stays():
    out = np.empty((4, 4))
    assert fill(np.zeros((4, 4), np.int16), np.full((4, 4), UNKNOWN, np.int8), 55.0, out) == 0
    assert (out == 55).all()
