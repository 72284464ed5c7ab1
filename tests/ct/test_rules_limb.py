"""A limb: muscle, subcutis, arteries, joints, bone beside which nothing is promised, noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kossa.ct.limits import found_beside_bone
from kossa.ct.transposed import is_transposed, transposed
from kossa.evidence import Material, Side
from tests.ct.bodies import Body, at, holding, judged, limb

MUSCLE_PLACE, FAT_PLACE = (100, -35, -10), (100, 0, -58)


def plant(*places, radii=(3, 3, 3), hu=600) -> Body:
    body = limb()
    for place in places:
        body.ball(hu, place, radii)
    return body


@pytest.mark.parametrize(("place", "site"), [(MUSCLE_PLACE, "site_muscle"), (FAT_PLACE, "site_subcutis")])
def test_a_deposit_is_placed_by_what_surrounds_it(place, site):
    body = plant(place)
    one = at(judged(body.volume()), body, place)
    assert one.material is Material.CALCIFICATION
    assert one.site == site
    assert one.side is Side.LEFT  # the other thigh lies to the right of it


def test_thin_foci_in_a_row_are_an_artery():
    places = [(z, 30, -5) for z in (60, 84, 104)]
    body = plant(*places, radii=(4, 2.1, 2.1))
    one = at(judged(body.volume()), body, places[1])
    assert one.site in {"site_femoral_artery", "site_peripheral_artery"}
    assert "3 thin foci" in one.site_reason
    assert "pattern_along_vessel" in one.patterns


def test_beside_the_wide_end_of_a_bone_is_periarticular():
    place = (12, -36, 25)
    body = plant(place)
    assert at(judged(body.volume()), body, place).site == "site_periarticular"


def test_calcium_on_bone_is_listed_as_bone():
    place = (100, -17, 25)
    body = plant(place)
    assert holding(judged(body.volume()), body, place).material is Material.BONE


@pytest.mark.parametrize("column", [1.0, -1.0])
def test_nothing_is_joined_across_missing_slices(column):
    body = plant(MUSCLE_PLACE, radii=(14, 4, 4))
    middle = int(MUSCLE_PLACE[0] / body.gap)
    volume = body.volume(column=column)
    after = middle if column > 0 else volume.grid.shape[0] - 2 - middle

    def pieces(found):
        kept = [k for k, j in enumerate(found.judgements) if j.kept and j.material is Material.CALCIFICATION]
        return sorted(int(found.components.box[k, 1, 0] - found.components.box[k, 0, 0]) for k in kept)

    whole, parted = judged(volume), judged(volume, missing=[after])
    assert pieces(whole) == [7]
    assert pieces(parted) == [3, 4]
    bone = [
        sum(int(f.components.voxels[k]) for k, j in enumerate(f.judgements) if j.material is Material.BONE)
        for f in (whole, parted)
    ]
    assert bone[0] == bone[1] > 0


def test_a_deposit_beside_a_muscle_is_no_part_of_it():
    place = (100, 0, -51.5)
    body = plant(place, radii=(8, 5, 5), hu=900)
    assert at(judged(body.volume()), body, place).site == "site_subcutis"


def test_a_round_rim_around_fat_is_told_with_its_clear_centre():
    body = limb()
    body.ball(500, FAT_PLACE, (12, 9, 9)).ball(-80, FAT_PLACE, (8, 6, 6))
    one = at(judged(body.volume()), body, FAT_PLACE)
    assert one.site == "site_subcutis"
    assert {"pattern_rim", "pattern_lucent_center"} <= set(one.patterns)


def test_noise_alone_is_kept_nowhere_and_listed_with_its_reason():
    found = judged(limb().volume(sigma=35.0), sigma=35.0)
    specks = [j for j in found.judgements if j.material is Material.CALCIFICATION]
    assert len(specks) > 50
    assert not any(j.kept for j in specks)
    assert all(j.reason for j in specks)


def test_noise_that_joins_everything_raises_the_level_and_says_so():
    found = judged(limb(12).volume(sigma=70.0), sigma=70.0)
    assert found.threshold_hu > 200
    assert found.notices[0][0] == "noise-level-raised"
    assert "70 HU" in found.notices[0][1]


def test_a_region_leaves_the_rest_unasked():
    body = plant(MUSCLE_PLACE, FAT_PLACE)
    volume = body.volume()
    roi = np.zeros(volume.hu.shape, np.int32)
    roi[:, :, 60:] = 3  # the muscle place
    found = judged(volume, roi=roi)
    assert at(found, body, MUSCLE_PLACE).kept
    outside = at(found, body, FAT_PLACE)
    assert not outside.kept
    assert "outside of the regions" in outside.reason


def test_the_shares_found_beside_bone_stand_in_the_limits():
    beside = judged(plant(MUSCLE_PLACE).volume()).not_seen[0]
    told = found_beside_bone()
    assert [f.mm for f in told] == [3, 5, 8]
    assert [f.found / f.tried for f in told] == sorted(f.found / f.tried for f in told)
    assert all(f.words in beside and f.measured and f.command.startswith("python -m") for f in told)


def test_slices_that_are_not_axial_have_materials_but_no_sites():
    volume = plant(MUSCLE_PLACE).volume()
    steps = np.arange(volume.hu.shape[0]) * 4.0
    coronal = replace(
        volume.grid,
        column_direction=np.array([0.0, 0.0, -1.0]),
        origins_mm=np.stack([0 * steps, steps, 0 * steps], axis=1),
    )
    found = judged(replace(volume, grid=coronal))
    kept = [j for j in found.judgements if j.kept and j.material is Material.CALCIFICATION]
    assert kept
    assert all(j.site is None and "not axial" in j.site_reason for j in kept)
    assert any("not axial" in words for words in found.not_seen)


def test_one_slice_alone_is_judged_by_area():
    body = plant(MUSCLE_PLACE)
    body.hu, body.z = body.hu[25:26], body.z[25:26]
    found = judged(body.volume())
    one = at(found, body, MUSCLE_PLACE)
    assert one.material is Material.CALCIFICATION
    assert one.site == "site_muscle"


def test_a_deposit_in_the_pelvis_of_a_cropped_scan_is_a_vein_medial_of_the_hip():
    body = Body(24, 110, 80)
    body.column(-100, (0, 60), (90, 130)).column(55, (0, 60), (75, 110))
    body.ring(900, 170, (-10, -10), (22, 22), 4).ring(900, 170, (12, 22), (24, 8), 3)
    place = (48, 14, 58)
    body.ball(-100, place, (20, 9, 9)).ball(600, place, (3, 3, 3))
    one = at(judged(body.volume()), body, place)
    assert (one.site, one.side) == ("site_pelvic_vein", Side.RIGHT)


def test_an_empty_picture_has_no_objects():
    body = Body(6, 20, 20)
    found = judged(body.volume())
    assert len(found.components) == 0
    assert found.judgements == ()


@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_slices_stored_on_their_side_are_read_alike(flip):
    body = plant(MUSCLE_PLACE, FAT_PLACE)
    volume = body.volume(row=flip)
    upright = judged(volume, missing=[9])
    lying = transposed(volume)
    assert is_transposed(lying.grid)
    assert not is_transposed(volume.grid)
    found = judged(lying, missing=[volume.grid.shape[0] - 11])
    assert [j.material for j in found.judgements] == [j.material for j in upright.judgements]
    assert [(j.site, j.side) for j in found.judgements] == [(j.site, j.side) for j in upright.judgements]
    one, two = upright.components, found.components
    assert np.array_equal(one.voxels, two.voxels)
    assert np.array_equal(one.total, two.total)
    assert np.array_equal(one.peak, two.peak)
    centre = np.stack(
        [volume.grid.shape[0] - 1 - one.centre[:, 0], one.centre[:, 2], one.centre[:, 1]], axis=1
    )
    assert two.centre == pytest.approx(centre)
    painted = np.zeros(lying.hu.shape, bool)
    for z, y, x0, x1 in zip(two.z, two.y, two.x0, two.x1, strict=True):
        painted[z, y, x0:x1] = True
    assert np.array_equal(painted, lying.hu >= 130)
