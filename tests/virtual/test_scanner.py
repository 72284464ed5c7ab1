"""The scanner keeps every milligram, spreads it as its profiles say, and makes noise of a stated kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kossa.virtual import calcium, noise
from kossa.virtual.calcium import Calcium
from kossa.virtual.scanner import FACTOR_HIGH, FACTOR_LOW, Scanner, add_calcium, expose, through_slice
from kossa.virtual.space import Space

SPACE = Space(shape=(12, 64, 64), pixel_mm=0.8, slice_mm=3.0, origin_mm=(-25.2, -25.2, -16.5))
SCANNER = Scanner(noise_hu=10.0, factor_mg_per_mm3_hu=0.8e-3)


def mass_in(hu, space=SPACE, scanner=SCANNER):
    return float(hu.sum(dtype=np.float64)) * space.voxel_mm3 * scanner.factor_mg_per_mm3_hu


offset = st.floats(-4, 4)


@settings(max_examples=25, deadline=None)
@given(x=offset, y=offset, z=offset, size=st.floats(0.5, 9))
def test_wherever_a_ball_lies_between_the_voxels_its_mass_is_kept(x, y, z, size):
    ball = Calcium("d", 20.0, *calcium.ball((x, y, z), (size, size, size)), site="site_muscle")
    hu = np.zeros(SPACE.shape, np.float32)
    add_calcium(hu, ball, SPACE, SCANNER)
    assert mass_in(hu) == pytest.approx(20.0, rel=1e-4)
    assert ball.centroid_mm == pytest.approx((x, y, z), abs=1e-6)


def test_the_kernel_agrees_with_plain_numpy_for_a_single_point():
    point = np.array([[1.3, -2.2, 0.7]])
    hu = np.zeros(SPACE.shape, np.float32)
    add_calcium(hu, Calcium("d", 5.0, point, np.ones(1), site="site_muscle"), SPACE, SCANNER)
    wx = np.exp(-0.5 * ((SPACE.axis_mm(2) - 1.3) / SCANNER.psf_sigma_mm) ** 2)
    wy = np.exp(-0.5 * ((SPACE.axis_mm(1) + 2.2) / SCANNER.psf_sigma_mm) ** 2)
    wz = through_slice((SPACE.axis_mm(0) - 0.7) / 3.0, 3.0, SCANNER.collimation_mm)
    plain = wz[:, None, None] * wy[:, None] * wx / (wz.sum() * wy.sum() * wx.sum())
    plain *= 5.0 / (SCANNER.factor_mg_per_mm3_hu * SPACE.voxel_mm3)
    np.testing.assert_allclose(hu, plain, atol=2e-3 * plain.max())


def test_after_rounding_to_whole_hu_the_mass_is_right_within_one_percent():
    ball = Calcium("d", 8.0, *calcium.ball((0.3, 0.1, 1.4), (3.0, 3.0, 3.0)), site="site_muscle")
    body = np.full(SPACE.shape, 40.0, np.float32)
    clean = expose(body.copy(), [ball], SPACE, SCANNER, None)
    empty = expose(body.copy(), [], SPACE, SCANNER, None)
    assert mass_in(clean.hu.astype(float) - empty.hu) == pytest.approx(8.0, rel=0.01)


def test_touching_slices_share_all_of_a_sheet_wherever_it_lies():
    for place in np.linspace(0, 1, 11):
        share = through_slice(np.arange(-3, 4) - place, 3.0, 0.75)
        assert share.sum() == pytest.approx(1.0, abs=1e-9)


def test_blur_leaves_a_plain_body_plain_and_keeps_the_sum_of_a_spot():
    body = np.full(SPACE.shape, 40.0, np.float32)
    body[6, 30, 31] += 1000
    hu = expose(body, [], SPACE, SCANNER, None).hu.astype(float)
    assert (hu[1] == 40).all()
    assert (hu - 40).sum() == pytest.approx(1000, rel=0.03)  # whole HU only
    assert 200 < hu[6, 30, 31] - 40 < 400
    assert hu[6, 30, 30] == hu[6, 30, 32] == hu[6, 29, 31]
    assert hu[5, 30, 31] > 40


def test_noise_has_unit_variance_and_sums_as_uncertain_as_the_measured_scan():
    # research page ct.md 3.6: k = 2.75 (2.73-2.96) for discs of 5 to 10 pixels of 0.488 mm in 5 slices
    rng = np.random.default_rng(5)
    grain = np.stack(list(noise.slices(90, 128, 128, 0.488, rng)))
    assert grain.std() == pytest.approx(1.0, abs=0.03)
    y, x = np.ogrid[-10:11, -10:11]
    disc = (x * x + y * y <= 64).astype(float)
    padded = np.zeros((128, 128))
    padded[:21, :21] = disc
    sums = np.fft.irfft2(np.fft.rfft2(grain.reshape(18, 5, 128, 128).sum(1)) * np.fft.rfft2(padded))
    k = sums.std() / np.sqrt(5 * disc.sum())
    assert 2.3 < k < 3.2


def test_neighbouring_slices_are_faintly_joined_and_no_further():
    grain = np.stack(list(noise.slices(60, 64, 64, 0.8, np.random.default_rng(6))))
    assert (grain[1:] * grain[:-1]).mean() == pytest.approx(0.10, abs=0.03)
    assert (grain[3:] * grain[:-3]).mean() == pytest.approx(0.0, abs=0.03)


def test_the_factor_is_drawn_from_the_vendors_spread():
    factors = [Scanner.draw(np.random.default_rng(s), noise_hu=10).factor_mg_per_mm3_hu for s in range(200)]
    assert min(factors) >= FACTOR_LOW
    assert max(factors) <= FACTOR_HIGH
    assert max(factors) - min(factors) > 0.25e-3


def test_a_deposit_without_mass_is_refused():
    with pytest.raises(ValueError, match="without any mass"):
        calcium.fill(lambda x, y, z: x > 99, (0, 0, 0), (1, 1, 1), thin_mm=1)


def test_a_plaque_lies_on_its_side_of_the_wall():
    path = [(0, 0, -10, 10.0), (0, 0, 10, 10.0)]
    points, share = calcium.arc(path, 1.5, centre_deg=90, half_deg=30)
    assert share.sum() == pytest.approx(1)
    assert (points[:, 1] < 0).all()  # front
    r = np.hypot(points[:, 0], points[:, 1])
    assert r.min() > 9.2
    assert r.max() < 10.8
    left, _ = calcium.arc(path, 1.5, centre_deg=0, half_deg=20)
    assert (left[:, 0] > 0).all()


def test_a_tube_has_its_centre_in_the_lumen():
    points, share = calcium.tube([(5, 0, 0, 3.5), (25, 4, 3, 3.5)], 0.8)
    np.testing.assert_allclose(share @ points, [15, 2, 1.5], atol=0.1)
