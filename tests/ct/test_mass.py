"""Mass: what is put in comes out, with an error that is honest, at any background and voltage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from kossa.chemistry.attenuation import hu_per_mg_cm3
from kossa.ct.mass import Factor, factor_for, integrate, margins_for, smallest_mass_mg
from kossa.ct.noise import ScanNoise
from kossa.image.components import find
from kossa.image.surround import Margins, surround
from tests.ct.phantom import ball, examine, grid, noise, scan, score, soft

FACTOR = 0.8e-3


def content(excess: np.ndarray) -> float:
    """HU mm3 that were put in."""
    return float(excess.sum()) * 0.25 * 3.0


@settings(max_examples=12, deadline=None)
@given(
    radius=st.floats(1.6, 3.5),
    excess=st.floats(500, 1500),
    background=st.floats(-100, 90),
    shift=st.floats(-0.4, 0.4),
)
def test_integrated_mass_is_the_mass_put_in_whatever_the_background(radius, excess, background, shift):
    shape = (9, 48, 48)
    deposit = ball(shape, (4 + shift, 24 + shift, 23.6), radius, excess)
    hu = background + deposit
    (found,) = examine(scan(hu), mg_per_mm3_hu=FACTOR).reading.deposits
    assert found.mass_integrated_mg.value == pytest.approx(FACTOR * content(deposit), rel=0.03)


def test_threshold_mass_counts_soft_tissue_inside_the_outline():
    deposit = ball((9, 48, 48), (4, 24, 24), 2.5, 500)
    (found,) = examine(scan(80 + deposit), mg_per_mm3_hu=FACTOR).reading.deposits
    assert found.mass_threshold_mg.value > 1.1 * FACTOR * content(deposit)
    assert found.mass_integrated_mg.value == pytest.approx(FACTOR * content(deposit), rel=0.03)
    assert found.mass_threshold_mg.low is None


def test_the_interval_holds_the_truth_as_often_as_it_says():
    shape, inside, all_of_them = (9, 64, 64), 0, 0
    deposit = sum(ball(shape, (4, y, x), 1.8, 700) for y in (16, 48) for x in (16, 48))
    truth = FACTOR * content(deposit) / 4
    for seed in range(12):
        reading = examine(scan(soft(shape) + deposit + noise(shape, 15, seed)), mg_per_mm3_hu=FACTOR).reading
        for d in reading.deposits:
            if d.kept and d.mass_integrated_mg.value > truth / 2:
                inside += d.mass_integrated_mg.low <= truth <= d.mass_integrated_mg.high
                all_of_them += 1
    assert all_of_them == 48
    assert inside >= 43  # 95 % of 48 less two standard deviations


def test_a_speck_of_noise_is_below_the_limit():
    hu = soft((9, 96, 96)) + noise((9, 96, 96), 30, 2)
    hu[4, 40:42, 40:43] += 60
    reading = examine(scan(hu), mg_per_mm3_hu=FACTOR).reading
    small = [d.mass_integrated_mg for d in reading.deposits if not d.kept]
    assert small
    assert np.mean([m.below_limit for m in small]) > 0.9
    assert all(m.low >= 0 for m in small)


def test_without_a_factor_the_vendors_spread_is_the_interval():
    deposit = ball((9, 48, 48), (4, 24, 24), 2.5, 800)
    mass = score(examine(scan(soft() + deposit)).reading, "mass_threshold")
    assert (mass.low / mass.value, mass.high / mass.value) == pytest.approx((0.66 / 0.80, 0.95 / 0.80))
    assert "estimated" in mass.convention["factor"]


def test_the_factor_at_another_voltage_is_scaled_by_attenuation():
    at_80 = factor_for(80, None)
    assert at_80.value == pytest.approx(0.80e-3 * hu_per_mg_cm3(120) / hu_per_mg_cm3(80))
    assert factor_for(80, 0.5e-3).low is None
    assert factor_for(60, None) is None
    assert factor_for(None, None).value == 0.80e-3


def test_no_factor_no_mass_with_the_reason():
    deposit = ball((9, 48, 48), (4, 24, 24), 2.5, 800)
    reading = examine(scan(soft() + deposit, kvp=60)).reading
    assert score(reading, "mass_integrated").value is None
    assert "no mass factor" in score(reading, "mass_integrated").reason
    assert reading.deposits[0].mass_integrated_mg is None
    assert reading.limits.smallest_mass_mg is None


def test_errors_of_amount_and_factor_add_in_squares():
    mass = Factor(1e-3, 0.8e-3, 1.2e-3, "made").mass(10_000, 1000)
    assert mass.value == 10
    assert mass.high - mass.value == pytest.approx(np.hypot(1.96, 2.0))
    assert Factor(1e-3, None, None, "given").mass(10_000, None).low is None
    assert not mass.below_limit
    assert Factor(1e-3, None, None, "given").mass(2900, 1000).below_limit


def test_the_smallest_mass_grows_with_noise_and_never_falls_under_what_reaches_the_threshold():
    lie, factor = grid((9, 48, 48)), factor_for(120, FACTOR)
    limits = [
        smallest_mass_mg(lie, ScanNoise(s, (0.0, 1.2, 1.2), 1e5, 1000), factor, pixels=4, threshold_hu=130)
        for s in (1, 2, 10, 20, 40)
    ]
    assert limits[0] == limits[1] == pytest.approx(FACTOR * 2 * 4 * 0.75 * 90)
    assert limits[3] < limits[4]
    assert limits[4] == pytest.approx(2 * limits[3])
    assert smallest_mass_mg(grid((1, 9, 9)), None, factor, pixels=4, threshold_hu=130) is None


def test_two_deposits_side_by_side_share_nothing():
    shape = (9, 64, 64)
    one, two = ball(shape, (4, 32, 24), 2.0, 800), ball(shape, (4, 32, 36), 2.0, 800)
    reading = examine(scan(soft(shape) + one + two), mg_per_mm3_hu=FACTOR).reading
    assert len(reading.deposits) == 2
    for d in reading.deposits:
        assert d.mass_integrated_mg.value == pytest.approx(FACTOR * content(one), rel=0.06)


def test_region_and_ring_are_those_of_plain_distances():
    rng = np.random.default_rng(4)
    hu = rng.normal(40, 10, (5, 40, 44)).astype(np.int16)
    hu[2, 18:23, 20:24] = 900
    hu[2, 18:22, 33:36] = 700
    hu[1, 2, 2] = -2000  # padding counts nowhere
    found = find(hu, 500)
    margins = Margins(grow_mm=1.5, guard_mm=0.5, ring_mm=2.5, slices=1)
    around = surround(
        hu, found, [0, 1], margins, solid=np.ones(2, bool), weights_mm=np.full(5, 3.0), pixel_mm=(0.5, 0.6)
    )
    distance = [ndimage.distance_transform_edt(hu[2] != level, sampling=(0.5, 0.6)) for level in (900, 700)]
    for k in (0, 1):
        own, other = distance[k], distance[1 - k]
        region = np.zeros(hu.shape, bool)
        region[1:4] = (own <= 1.5) & (own <= other)
        ring = np.zeros(hu.shape, bool)
        ring[1:4] = (own > 2.0) & (own <= 4.5) & (other > 1.5)
        region &= hu > -1500
        ring &= hu > -1500
        assert around.region_n[k] == region.sum()
        assert around.region_sum[k] == pytest.approx(3.0 * hu[region].sum(dtype=float))
        assert around.region_mm[k] == pytest.approx(3.0 * region.sum())
        assert around.ring_n[k] == ring.sum()
        assert around.ring_mean[k] == pytest.approx(hu[ring].mean())
        assert around.ring_sd[k] == pytest.approx(hu[ring].std())
        ranked = np.sort(hu[ring])
        assert around.ring_median[k] == ranked[ranked.size // 2]
        assert around.ring_upper[k] == ranked[int(0.8 * ranked.size)]
        steps = np.diff(hu.astype(int), axis=2)[ring[..., :-1] & ring[..., 1:]]
        middle = np.sort(steps)[steps.size // 2]
        assert around.ring_jitter[k] == pytest.approx(
            1.4826 * np.sort(np.abs(steps - middle))[steps.size // 2]
        )
    integral = integrate(around, pixel_area_mm2=0.3, noise=None)
    assert np.isnan(integral.error).all()


def test_margins_follow_pixels_and_slices():
    coarse = margins_for(grid((9, 48, 48), gap=1.25, pixel=0.98))
    assert (coarse.grow_mm, coarse.slices) == (pytest.approx(1.47), 2)
    assert margins_for(grid((1, 48, 48))).slices == 0
