"""Distances, growth, filling and hulls against their plain twins."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from kossa.ct.morphology import (
    FAR_MM,
    close,
    convex_fill,
    distance,
    erode,
    fill_holes,
    grow,
    label_slices,
    largest_of,
    open_up,
    sums_of,
)

PIXEL = (0.7, 1.1)


def mask(seed, shape=(6, 15, 13), share=0.9):
    return np.random.default_rng(seed).random(shape) < share


def heights(seed, count):
    return np.cumsum(np.random.default_rng(seed).uniform(0.5, 4.0, count))


def test_distance_in_slices_is_the_euclidean_one():
    m = mask(1)
    plain = np.stack([ndimage.distance_transform_edt(p, PIXEL) for p in m])
    assert np.allclose(distance(m, PIXEL), plain, atol=1e-3)


def test_distance_through_even_slices_is_the_euclidean_one():
    m = mask(2)
    plain = ndimage.distance_transform_edt(m, (2.5, *PIXEL))
    assert np.allclose(distance(m, PIXEL, np.arange(6) * 2.5), plain, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_distance_through_uneven_slices_is_that_of_the_nearest_gap(seed):
    m, z = mask(seed, (4, 7, 6), 0.8), heights(seed, 4)
    places = np.stack(np.meshgrid(z, np.arange(7) * PIXEL[0], np.arange(6) * PIXEL[1], indexing="ij"), -1)
    holes = places[~m]
    if not len(holes):
        return
    plain = np.linalg.norm(places[:, :, :, None] - holes, axis=-1).min(axis=-1)
    assert np.allclose(distance(m, PIXEL, z), plain, atol=1e-3)


def test_nothing_is_near_because_the_picture_ends():
    assert (distance(np.ones((1, 5, 5), bool), PIXEL) >= FAR_MM).all()
    assert erode(np.ones((1, 5, 5), bool), 3.0, PIXEL).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.9, 2.4, 5.0]), st.booleans())
def test_growth_and_erosion_are_distance_compared(seed, mm, through):
    m = mask(seed, share=0.1)
    z = heights(seed, 6) if through else None
    assert (grow(m, mm, PIXEL, z) == (distance(~m, PIXEL, z) <= mm + 1e-5)).all()
    assert (erode(~m, mm, PIXEL, z) == (distance(~m, PIXEL, z) > mm + 1e-5)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_opening_takes_away_and_closing_adds(seed):
    m = mask(seed, share=0.5)
    assert not (open_up(m, 1.5, PIXEL) & ~m).any()
    assert not (m & ~close(m, 1.5, PIXEL)).any()


def test_holes_are_filled_in_their_slice_up_to_a_size_and_not_at_the_border():
    m = np.zeros((1, 12, 12), bool)
    m[0, 1:8, 1:8] = True
    m[0, 2:4, 2:4] = False
    m[0, 5:7, 4:7] = False
    m[0, 9, :3] = True  # with the border it closes nothing
    assert fill_holes(m)[0, 1:8, 1:8].all()
    assert fill_holes(m).sum() == m.sum() + 4 + 6
    assert fill_holes(m, 5.0, (1.0, 1.0)).sum() == m.sum() + 4


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_convex_hull_holds_the_mask_and_every_mean_of_two_of_its_cells(seed):
    m = mask(seed, (1, 14, 11), 0.08)[0]
    hull = convex_fill(m)
    assert not (m & ~hull).any()
    cells = np.argwhere(m)
    for a in cells:
        middle = (a + cells) / 2
        whole = middle[(middle % 1 == 0).all(axis=1)].astype(int)
        assert hull[whole[:, 0], whole[:, 1]].all()
    assert (convex_fill(hull) == hull).all()


def test_figures_of_labels_are_those_of_scipy():
    labels, count = label_slices(mask(4, share=0.5))
    cell = heights(4, 6)
    told = sums_of(labels, count, cell)
    number = np.arange(1, count + 1)
    weight = np.broadcast_to(cell[:, None, None], labels.shape)
    assert np.allclose(told[1:, 0], ndimage.sum_labels(weight, labels, number))
    assert np.allclose(told[1:, 1:], ndimage.center_of_mass(labels > 0, labels, number))
    values = np.random.default_rng(1).random(labels.shape).astype(np.float32)
    assert np.allclose(largest_of(values, labels, count)[1:], ndimage.maximum(values, labels, number))
