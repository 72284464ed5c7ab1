"""The loops over pixels do what plain numpy and scipy do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage as ndi

from kossa.film.kernels.smooth import block_mean, gaussian, wide_gaussian
from kossa.film.kernels.spots import block_moments, line_share, maxima, raise_to_z, rises, top_sums
from kossa.film.lines import oriented


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 30), st.integers(3, 30), st.floats(0.3, 6))
def test_smoothing_is_scipys(rows, columns, sigma):
    image = np.random.default_rng(rows * 31 + columns).normal(100, 20, (rows, columns)).astype(np.float32)
    assert gaussian(image, sigma) == pytest.approx(ndi.gaussian_filter(image, sigma), abs=1e-3)


def test_a_sigma_of_almost_nothing_leaves_the_image():
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert np.array_equal(gaussian(image, 0.05), image)


def test_block_means_leave_out_what_fills_no_block():
    image = np.arange(35, dtype=np.float32).reshape(5, 7)
    plain = image[:4, :6].reshape(2, 2, 3, 2).mean((1, 3))
    assert block_mean(image, 2) == pytest.approx(plain)


def test_moments_of_blocks_are_those_of_the_clipped_band():
    rng = np.random.default_rng(3)
    fine, broad = rng.normal(size=(2, 9, 10)).astype(np.float32)
    mask = np.array([[True, False, True], [True, True, False], [False, True, True]])
    low, high = np.full((3, 3), -0.8, np.float32), np.full((3, 3), 0.8, np.float32)
    count, first, second = block_moments(fine, broad, mask, low, high, 4)
    band = np.clip(fine - broad, -0.8, 0.8)
    for i in range(3):
        for j in range(3):
            part = band[4 * i : 4 * i + 4, 4 * j : 4 * j + 4] if mask[i, j] else np.zeros(0)
            assert count[i, j] == part.size
            assert (first[i, j], second[i, j]) == pytest.approx((part.sum(), (part**2).sum()), abs=1e-4)


def test_z_is_raised_inside_the_mask_only_and_its_band_noted():
    fine, broad = np.full((4, 4), 5, np.float32), np.ones((4, 4), np.float32)
    z, band = np.zeros((4, 4), np.float32), np.zeros((4, 4), np.uint8)
    mask = np.array([[True, False], [False, True]])
    mean, deviation = np.full((2, 2), 1, np.float32), np.full((2, 2), 2, np.float32)
    raise_to_z(z, band, 7, fine, broad, mask, mean, deviation, 2)
    wanted = np.kron(mask, np.ones((2, 2)))
    assert np.array_equal(z, 1.5 * wanted)
    assert np.array_equal(band, 7 * wanted)


def test_a_spot_curves_both_ways_and_a_ridge_one_way():
    y, x = np.indices((41, 41))
    spot = np.exp(-((y - 10) ** 2 + (x - 10) ** 2) / 8)
    ridge = np.exp(-((y - 30.0) ** 2) / 8) * (1 + 0.01 * np.exp(-((x - 20) ** 2) / 50))
    smooth = (spot + ridge).astype(np.float32)
    at, told = maxima(smooth, smooth, 0.5)
    ratio = {tuple(p): t[1] / t[2] for p, t in zip(at.tolist(), told, strict=True)}
    assert ratio[10, 10] > 0.9
    assert ratio[30, 20] < 0.1


def test_of_equal_neighbours_one_is_the_maximum():
    flat = np.zeros((6, 6), np.float32)
    flat[2:4, 2:4] = 1
    assert len(maxima(flat, flat, 0.5)[0]) == 1


def test_a_spot_on_a_line_is_told_from_one_alone():
    y, x = np.indices((60, 60)).astype(np.float32)
    line = np.exp(-((y - 15) ** 2) / 4).astype(np.float32)
    spot = np.exp(-((y - 45) ** 2 + (x - 30) ** 2) / 4).astype(np.float32)
    share = line_share(
        line + spot, np.zeros_like(line), np.array([15.0, 45, 3]), np.array([30.0, 30, 3]), 5, 15, 16
    )
    assert share[0] > 0.9
    assert share[1] < 0.05


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 1000))
def test_top_sums_are_those_of_a_plain_search(n, count, seed):
    rng = np.random.default_rng(seed)
    y, x, weight = np.sort(rng.uniform(0, 20, n)), rng.uniform(0, 20, n), rng.uniform(0, 4, n)
    got, inside = top_sums(y, x, weight, 5.0, 0.4, count)
    for i in range(n):
        near = np.flatnonzero(np.hypot(y - y[i], x - x[i]) <= 5)
        taken = []
        for j in sorted(near, key=lambda j: -weight[j]):
            if len(taken) < count and all(np.hypot(y[j] - y[k], x[j] - x[k]) >= 0.4 for k in taken):
                taken.append(j)
        assert got[i] == pytest.approx(weight[taken].sum())
        assert inside[i] == len(near)


def test_smoothing_along_a_line_keeps_it_and_across_it_does_not():
    image = np.zeros((64, 64), np.float32)
    image[32] = 1
    bands = oriented(image, 1.0, 4, 4)
    assert bands[0][32, 32] > 3 * bands[2][32, 32]
    plain = ndi.gaussian_filter(image, (1.0, 4), mode="constant")
    inner = (slice(None), slice(16, 48))
    assert bands[0][inner] == pytest.approx(plain[inner], abs=0.01)


@settings(max_examples=10, deadline=None)
@given(st.integers(90, 160), st.integers(90, 160), st.floats(2, 20))
def test_a_wide_window_is_nearly_a_gaussian(rows, columns, sigma):
    image = np.random.default_rng(rows).normal(100, 20, (rows, columns)).astype(np.float32)
    image[: rows // 2] += 50
    want = gaussian(image, sigma)
    assert wide_gaussian(image, sigma) == pytest.approx(want, abs=0.02 * float(np.ptp(image)))


def test_the_rise_of_a_place_is_its_highest_neighbour_over_the_blocks_mean():
    fine, broad = np.random.default_rng(4).normal(size=(2, 10, 11)).astype(np.float32)
    mean = np.array([[0.5, -1.0], [2.0, 0.0]], np.float32)
    at = np.array([[1, 1], [3, 6], [8, 9]], np.int32)
    band = fine - broad
    want = [
        band[y - 1 : y + 2, x - 1 : x + 2].max() - mean[min(y // 5, 1), min(x // 5, 1)]
        for y, x in at.tolist()
    ]
    assert rises(fine, broad, mean, at, 5) == pytest.approx(want, abs=1e-6)
