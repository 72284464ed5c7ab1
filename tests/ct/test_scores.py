"""Scores by their definition: weights, areas, increments, conventions, and what is None and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from kossa.ct import presets
from kossa.ct.mass import factor_for
from kossa.evidence import Material, WrongCall, encode
from tests.ct.phantom import ball, examine, judge_as, scan, score, soft


def block(peak: float, size=(1, 3, 3), at=(4, 20, 20)) -> np.ndarray:
    hu = soft()
    z, y, x = at
    hu[z : z + size[0], y : y + size[1], x : x + size[2]] = peak
    return hu


@pytest.mark.parametrize(
    ("peak", "weight"),
    [(129, 0), (130, 1), (199, 1), (200, 2), (299, 2), (300, 3), (399, 3), (400, 4), (3000, 4)],
)
def test_the_peak_of_a_piece_weighs_its_area(peak, weight):
    reading = examine(scan(block(peak))).reading
    assert score(reading, "agatston").value == pytest.approx(weight * 9 * 0.25)


def test_each_slice_is_weighed_by_its_own_peak():
    hu = block(150, size=(2, 3, 3))
    hu[5, 20, 20] = 450
    assert score(examine(scan(hu)).reading, "agatston").value == pytest.approx((1 + 4) * 9 * 0.25)


def test_the_increment_is_the_gap_over_three_millimetres_and_native_leaves_it_out():
    reading = examine(scan(block(250), gap=1.5)).reading
    assert score(reading, "agatston").value == pytest.approx(2 * 9 * 0.25 / 2)
    assert score(reading, "agatston_native").value == pytest.approx(2 * 9 * 0.25)
    assert score(reading, "density").value == pytest.approx(2.0)
    assert not score(reading, "agatston").comparable
    assert "1.5 mm apart" in score(reading, "agatston").reason


def test_slices_that_overlap_give_the_same_total_as_slices_that_touch():
    fine = np.zeros((64, 48, 48))
    for centre, radius in (((20.3, 20, 20), 3.0), ((40.1, 30, 28), 2.5)):
        fine += ball(fine.shape, centre, radius, 900, gap=0.75)
    fine += 40
    touching = fine.reshape(16, 4, 48, 48).mean(axis=1)
    overlapping = np.stack([fine[2 * k : 2 * k + 4].mean(axis=0) for k in range(31)])
    one = score(examine(scan(touching, gap=3.0)).reading, "agatston").value
    two = score(examine(scan(overlapping, gap=1.5)).reading, "agatston").value
    assert two == pytest.approx(one, rel=0.05)


def test_four_neighbours_split_what_corners_join():
    hu = soft()
    hu[4, 20:22, 20:22] = 150
    hu[4, 22:24, 22:24] = 450
    eight = replace(presets.load("canon"), min_area_mm2=0.5, min_pixels=1)
    four = replace(eight, connectivity=4)
    assert score(examine(scan(hu), eight).reading, "agatston").value == pytest.approx(4 * 8 * 0.25)
    reading = examine(scan(hu), four).reading
    assert score(reading, "agatston").value == pytest.approx((1 + 4) * 4 * 0.25)
    assert len(reading.deposits) == 1  # corners still join an object


def test_a_piece_under_the_smallest_area_is_no_lesion_but_a_deposit_the_rules_found_is_listed():
    hu = soft()
    hu[4, 20, 20:23] = 500  # 3 pixels of 0.25 mm2; the convention asks 4
    found = examine(scan(hu)).reading
    assert [d.agatston for d in found.deposits] == [0.0]
    assert found.deposits[0].volume_mm3 == 0.0
    assert "counts zero" in found.deposits[0].reason
    dropped = examine(scan(hu), judging=judge_as(kept=False)).reading
    assert dropped.deposits == ()
    assert [n.code for n in dropped.notices] == ["specks-not-listed"]


def test_the_smallest_area_is_rounded_up_to_whole_pixels():
    literature, philips, siemens = (presets.load(n) for n in ("agatston-1990", "philips", "siemens"))
    for preset, area, pixels in (
        (literature, 0.238144, 5),
        (literature, 0.25, 4),
        (philips, 0.238144, 3),
        (siemens, 0.238144, 1),
    ):
        assert presets.rule_for(preset, presets.Image(120, area)).smallest_pixels == pixels


def test_every_score_prints_the_convention_that_made_it():
    reading = examine(scan(block(450)), "philips").reading
    for one in reading.scores:
        assert {"preset", "threshold_hu", "comparison", "connectivity_in_slice", "min_pixels"} <= set(
            one.convention
        )
    assert score(reading, "agatston").convention["weight_edges_hu"] == "130, 200, 300, 400"
    assert score(reading, "volume_plain").convention["volume_threshold_hu"] == 112.5
    assert encode(reading) == encode(examine(scan(block(450)), "philips").reading)


def test_an_unknown_preset_is_told_with_the_known_ones():
    with pytest.raises(WrongCall, match="there are agatston-1990, siemens"):
        presets.load("vitrea")


@pytest.mark.parametrize(("kvp", "level"), [(70, 207), (80, 177), (100, 145), (135, 119)])
def test_another_voltage_of_the_table_scores_by_its_own_threshold_and_says_so(kvp, level):
    inside, outside = (
        score(examine(scan(block(hu), kvp=kvp), "agatston-1990").reading, "agatston")
        for hu in (level, level - 1)
    )
    assert inside.value > 0
    assert outside.value == 0
    assert not inside.comparable
    assert f"{kvp} kV" in inside.reason
    assert inside.convention["threshold_hu"] == level


def test_vendors_programs_use_147_at_100_kv():
    rule = presets.rule_for(presets.load("canon"), presets.Image(100, 0.25))
    assert (rule.preset.threshold_hu, rule.preset.weight_edges_hu[1]) == (147, 222)


def test_a_voltage_without_a_row_gives_no_agatston_but_volumes():
    reading = examine(scan(block(450), kvp=140)).reading
    agatston, plain = score(reading, "agatston"), score(reading, "volume_plain")
    assert agatston.value is None
    assert "140 kV" in agatston.reason
    assert plain.value == pytest.approx(9 * 0.25 * 3)
    assert not plain.comparable
    assert "outlined at 130 HU" in plain.reason
    assert reading.deposits[0].agatston is None


def test_a_kernel_that_shows_calcium_as_at_120_kv_keeps_its_thresholds():
    image = presets.Image(80, 0.25, kernel="Sa36f", manufacturer="SIEMENS")
    rule = presets.rule_for(presets.load("siemens"), image)
    assert (rule.preset.threshold_hu, rule.reason, rule.factor_kvp) == (130, "", 120)
    assert presets.rule_for(presets.load("siemens"), replace(image, manufacturer="GE")).reason


@pytest.mark.parametrize(("energy", "level"), [(40, 339), (70, 132), (190, 64)])
def test_a_monoenergetic_image_is_scored_by_its_energy_and_not_by_its_tag(energy, level):
    image = presets.Image(120, 0.25, description=f"Monoenergetic Plus {energy} keV Q30f")
    rule = presets.rule_for(presets.load("agatston-1990"), image)
    assert rule.preset.threshold_hu == level
    assert f"{energy} keV" in rule.reason
    assert factor_for(rule.factor_kvp, None) is None


def test_an_energy_without_a_level_gives_no_agatston():
    image = presets.Image(120, 0.25, description="mono 55 keV")
    assert not presets.rule_for(presets.load("ge"), image).scored


def test_an_unknown_voltage_is_taken_as_120_and_not_comparable():
    one = score(examine(scan(block(450), kvp=None)).reading, "agatston")
    assert (one.value, one.comparable) == (pytest.approx(9.0), False)
    assert "not known" in one.reason


def test_one_slice_gives_areas_and_neither_volume_mass_nor_totals():
    reading = examine(scan(block(450)[4:5], thickness=5.0)).reading
    assert score(reading, "area").value == pytest.approx(9 * 0.25)
    for name in ("agatston", "agatston_noise_aware", "volume_plain", "volume_isotropic", "mass_integrated"):
        assert score(reading, name).value is None
        assert "one slice" in score(reading, name).reason
    (deposit,) = reading.deposits
    assert deposit.area_mm2 == pytest.approx(9 * 0.25)
    assert (deposit.volume_mm3, deposit.agatston, deposit.mass_integrated_mg) == (None, None, None)


def test_contrast_gives_no_agatston_but_a_volume_by_another_name():
    reading = examine(scan(block(450)), judging=judge_as(enhanced=True, threshold=300)).reading
    assert score(reading, "agatston").value is None
    assert "contrast" in score(reading, "agatston").reason
    assert score(reading, "volume_plain").value is None
    adaptive = score(reading, "volume_adaptive")
    assert adaptive.value == pytest.approx(9 * 0.25 * 3)
    assert (adaptive.comparable, adaptive.convention["threshold_hu"]) == (False, 300)


def test_values_that_are_no_hounsfield_units_are_not_scored():
    reading = examine(scan(block(200), hounsfield=False)).reading
    assert reading.deposits == ()
    assert {s.value for s in reading.scores if s.name != "area"} == {None}
    assert "not Hounsfield" in score(reading, "agatston").reason


def test_nothing_found_scores_zero_with_its_limits():
    reading = examine(scan(soft())).reading
    assert score(reading, "agatston").value == 0.0
    assert score(reading, "mass_integrated").value == 0.0
    assert score(reading, "density").value is None


def test_physiological_and_unsure_have_subtotals_of_their_own_and_bone_has_none():
    hu = soft()
    for k, x in enumerate((4, 14, 24, 34)):
        hu[2, 20:23, x : x + 3] = 150 + 100 * k
    judging = judge_as(Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE, Material.BONE)
    reading = examine(scan(hu), judging=judging).reading
    values = {m: score(reading, "agatston", m).value for m in ("calcification", "physiological", "unsure")}
    assert values == {"calcification": 2.25, "physiological": 4.5, "unsure": 6.75}
    assert not any(s.material == "bone" for s in reading.scores)
    bone = next(d for d in reading.deposits if d.material is Material.BONE)
    assert (bone.mass_integrated_mg, bone.diameter_mm) == (None, None)
    assert [d.material for d in reading.deposits][-1] is Material.BONE


def test_totals_are_the_sums_of_the_deposits_and_labels_hold_their_voxels():
    rng = np.random.default_rng(5)
    hu = soft((8, 60, 60)) + rng.normal(0, 45, (8, 60, 60))
    exam = examine(scan(hu))
    reading = exam.reading
    assert len(reading.deposits) > 10
    total = sum(d.agatston for d in reading.deposits)
    assert score(reading, "agatston").value == pytest.approx(total)
    painted = exam.runs.paint(exam.volume.hu.shape)
    counts = np.bincount(painted.ravel(), minlength=len(reading.deposits) + 1)[1:]
    assert counts.tolist() == [d.voxels for d in reading.deposits]
    volumes = counts * 0.25 * 3.0
    assert volumes == pytest.approx([d.volume_mm3 for d in reading.deposits])
    assert [d.id for d in reading.deposits] == [str(i) for i in range(1, len(reading.deposits) + 1)]
    for d in reading.deposits:
        (z0, y0, x0), (z1, y1, x1) = d.bbox_voxel
        assert (painted[z0:z1, y0:y1, x0:x1] == int(d.id)).sum() == d.voxels


def test_a_lower_volume_threshold_adds_the_rim_to_the_lesion_that_holds_it():
    hu = block(120, size=(1, 5, 5))
    hu[4, 21:24, 21:24] = 400
    hu[4, 30:34, 30:34] = 120  # between the thresholds, and no lesion in it: adds nothing
    exam = examine(scan(hu), "philips", mg_per_mm3_hu=1e-3)
    (deposit,) = exam.reading.deposits
    assert deposit.agatston == pytest.approx(4 * 9 * 0.25)
    assert deposit.volume_mm3 == pytest.approx(25 * 0.75)
    assert deposit.voxels == 25
    assert deposit.mass_threshold_mg.value == pytest.approx((9 * 400 + 16 * 120) * 0.75 * 1e-3)
    assert (exam.runs.paint(hu.shape) == 1).sum() == 25


def test_a_rim_shared_by_two_lesions_goes_to_the_larger_and_nothing_twice():
    hu = soft()
    hu[4, 20, 20:32] = 120
    hu[4, 20, 21:23] = 300
    hu[4, 20, 25:30] = 300
    reading = examine(scan(hu), "philips").reading
    assert sorted(d.voxels for d in reading.deposits) == [2, 5 + 5]
    hu[4, 20, 20:24] = 300
    reading = examine(scan(hu), "philips").reading
    assert sorted(d.voxels for d in reading.deposits) == [4, 5 + 3]


def test_interpolated_volume_is_that_of_the_interpolated_array():
    rng = np.random.default_rng(8)
    hu = np.rint(40 + ndimage.gaussian_filter(rng.normal(0, 900, (7, 40, 40)), (0.6, 2, 2)))
    lowest = replace(presets.load("siemens"), min_pixels=1)
    reading = examine(scan(hu, gap=3.0, pixel=0.5), lowest).reading
    fine = np.empty((37, 40, 40))
    for k in range(37):
        z, part = divmod(k * 0.5 / 3.0, 1.0)
        z = int(z)
        fine[k] = hu[z] if part < 1e-9 else (1 - part) * hu[z] + part * hu[z + 1]
    assert score(reading, "volume_isotropic").value == pytest.approx((fine >= 130 - 1e-9).sum() * 0.125)


def test_totals_of_specks_that_noise_explains_are_said_to_be_noise():
    hu = soft() + np.random.default_rng(4).normal(0, 45.0, soft().shape)
    reading = examine(scan(hu)).reading
    assert any(d.material is Material.CALCIFICATION for d in reading.deposits)
    assert not any(d.kept for d in reading.deposits if d.material is Material.CALCIFICATION)
    for name in ("agatston", "volume_plain", "mass_threshold"):
        assert score(reading, name).value > 0
        assert not score(reading, name).comparable
        assert score(reading, name).reason.startswith("no deposit stands above the noise here")
    clear = examine(scan(block(400))).reading
    assert "noise here" not in score(clear, "volume_plain").reason
