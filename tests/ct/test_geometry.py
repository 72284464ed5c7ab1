"""Geometry is told from positions: gaps, holes, tilt, overlap, order; the tag of thickness places nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.ct.geometry import diagnose

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def at(heights, *, thickness=1.0, orientation=AXIAL, shear=0.0, numbers=()):
    heights = np.asarray(heights, float)
    turn = np.asarray(orientation, float)
    normal = np.cross(turn[:3], turn[3:])
    origins = heights[:, None] * normal + heights[:, None] * shear * turn[3:]
    told = thickness if isinstance(thickness, list) else [thickness] * len(heights)
    return diagnose(origins, orientation, (0.7, 0.7), (8, 8), thickness_mm=told, numbers=numbers)


def codes(found):
    return [notice.code for notice in found.notices]


def test_an_even_stack_is_regular_and_silent():
    found = at([0, 1, 2, 3])
    assert found.geometry.verdict == "regular"
    assert found.notices == ()
    assert found.geometry.spacing_mm == (1, 0.7, 0.7)


def test_gaps_dirty_in_the_last_digits_are_even():
    found = at(0.1 * np.arange(30) * 3.27 / 0.327 + np.random.default_rng(0).normal(0, 1e-9, 30))
    assert found.geometry.verdict == "regular"


def test_a_hole_is_named_with_its_slices_and_how_many_are_missing():
    found = at([0, 1, 2, 7, 8])
    assert found.geometry.verdict == "gap"
    assert found.geometry.missing_after == (2,)
    assert "About 4 slices are missing between slices 2 and 3" in found.geometry.causes[0]
    assert "2.00 and 7.00 mm" in found.geometry.causes[0]
    assert codes(found) == ["missing-slices"]


def test_one_missing_slice_is_one():
    assert "About 1 slice is missing" in at([0, 3, 6, 12, 15]).geometry.causes[0]


def test_many_holes_are_counted():
    found = at([0, 1, 2, 5, 6, 7, 10, 11, 12, 15, 16, 17, 20, 21, 22])
    assert found.geometry.missing_after == (2, 5, 8, 11)
    assert "4 such gaps" in found.notices[0].what


def test_two_slices_removed_beside_a_kept_one_are_two_holes():
    """The wide gaps stand side by side; each is a hole all the same."""
    assert at([0, 3, 6, 12, 18, 21, 24], thickness=3.0).geometry.missing_after == (2, 3)


def test_every_second_slice_of_half_a_scan_leaves_a_hole_each():
    heights = [0, 3, 6, 9, 12, 18, 24, 30, 36, 42]
    assert at(heights, thickness=3.0).geometry.missing_after == (4, 5, 6, 7, 8)


def test_two_thicknesses_have_two_usual_gaps():
    heights = [4.002 * k for k in range(14)]
    heights += [heights[-1] + 1.081 + 6.999 * k for k in range(14)]
    found = at(heights, thickness=[4.0] * 14 + [7.0] * 14)
    assert found.geometry.verdict == "uneven"
    assert found.geometry.missing_after == ()
    assert "13 x 4.002 mm, 1 x 1.081 mm, 13 x 6.999 mm" in found.notices[0].what


def test_without_thickness_a_row_of_wide_gaps_is_a_spacing_of_its_own():
    heights = [0, 4, 8, 12, 16, 23, 30, 37, 44]
    assert at(heights, thickness=None).geometry.missing_after == ()
    assert at([0, 4, 8, 12, 19, 23], thickness=None).geometry.missing_after == (3,)


def test_a_hole_between_two_thicknesses_is_a_hole():
    heights = [0, 4, 8, 12, 40, 47, 54, 61]
    assert at(heights, thickness=[4.0] * 4 + [7.0] * 4).geometry.missing_after == (3,)


def test_overlap_uses_the_gap_and_is_told():
    found = at([0, 2, 4, 6], thickness=3.0)
    assert codes(found) == ["overlapping-slices"]
    assert found.geometry.spacing_mm[0] == 2
    assert found.geometry.verdict == "regular"


def test_slices_that_do_not_touch_are_told():
    assert codes(at([0, 10, 20, 30], thickness=1.0)) == ["slices-apart"]


def test_a_missing_slice_under_overlap_is_still_missing():
    assert at([0, 2, 4, 8, 10, 12], thickness=5.0).geometry.missing_after == (2,)


def test_tilt_is_measured_and_told():
    found = at([0, 4, 8, 12], thickness=4.0, shear=np.tan(np.radians(18.5)))
    assert found.geometry.tilt_deg == pytest.approx(18.5)
    assert codes(found) == ["gantry-tilt"]
    assert found.geometry.gaps_mm == pytest.approx((4, 4, 4))


def test_a_tilted_orientation_measures_along_its_normal():
    lean = np.radians(18.5)
    orientation = (1, 0, 0, 0, np.cos(lean), -np.sin(lean))
    origins = np.outer(np.arange(5), (0, 0, 4.22))  # the table moves along z
    found = diagnose(origins, orientation, (0.5, 0.5), (4, 4), thickness_mm=[4.0] * 5)
    assert found.geometry.gaps_mm == pytest.approx([4.22 * np.cos(lean)] * 4)
    assert found.geometry.tilt_deg == pytest.approx(18.5)


def test_the_volume_of_a_sphere_holds_on_a_tilted_scan():
    """A sphere of 8 mm radius on the reference head's geometry, at many places between the slices."""
    lean, step = np.radians(18.5), 4.22
    orientation = (1, 0, 0, 0, np.cos(lean), -np.sin(lean))
    origins = np.outer(np.arange(14), (0, 0, step)) + np.array([-25, -25, 0])
    grid = diagnose(origins, orientation, (0.5, 0.5), (120, 100), thickness_mm=[4.0] * 14).grid
    z, y, x = np.mgrid[0:14, 0:120, 0:100]
    places = grid.to_mm(np.stack([z, y, x], axis=-1))
    truth = 4 / 3 * np.pi * 8**3
    by_weight, by_step = [], []
    for shift in np.linspace(0, step, 9)[:-1]:
        inside = np.linalg.norm(places - (0, 0, 26 + shift), axis=-1) <= 8
        counts = inside.sum(axis=(1, 2))
        by_weight.append((counts * grid.weights_mm).sum() * grid.pixel_area_mm2)
        by_step.append(counts.sum() * step * grid.pixel_area_mm2)
    assert np.mean(by_weight) == pytest.approx(truth, rel=0.02)
    assert np.mean(by_step) / truth == pytest.approx(1.0545, abs=0.01)  # what the step along z would give


def test_a_slice_beside_the_line_is_named():
    origins = np.outer(np.arange(6.0), (0, 0, 2))
    origins[3, 0] = 5
    found = diagnose(origins, AXIAL, (1, 1), (4, 4), thickness_mm=[2.0] * 6)
    assert codes(found) == ["shifted-slices"]
    assert "Slice 3" in found.notices[0].what
    assert found.grid.origins_mm[3, 0] == 5


def test_numbers_against_positions_are_told():
    assert codes(at([0, 1, 2], numbers=[3, 2, 1])) == ["reversed-order"]
    assert codes(at([0, 1, 2], numbers=[1, 2, 3])) == []
    assert codes(at([0, 1, 2], numbers=[3, None, 1])) == []


def test_one_slice_has_no_gap_and_no_volume():
    found = at([5], thickness=2.5)
    assert found.geometry.verdict == "single"
    assert found.geometry.spacing_mm == (None, 0.7, 0.7)
    assert codes(found) == ["single-slice"]
    assert found.grid.single_thickness_mm == 2.5


@given(
    st.lists(st.floats(0.5, 5), min_size=2, max_size=12),
    st.floats(-30, 30),
    st.floats(-0.5, 0.5),
)
def test_gaps_and_weights_hold_for_any_turn_and_shear(gaps, degrees, shear):
    lean = np.radians(degrees)
    orientation = (1, 0, 0, 0, np.cos(lean), -np.sin(lean))
    found = at(np.concatenate([[0], np.cumsum(gaps)]), orientation=orientation, shear=shear, thickness=None)
    assert found.geometry.gaps_mm == pytest.approx(gaps)
    total = sum(gaps) + (gaps[0] + gaps[-1]) / 2
    assert found.grid.weights_mm.sum() == pytest.approx(total)
    assert found.geometry.tilt_deg == pytest.approx(abs(np.degrees(np.arctan(shear))), abs=1e-4)
