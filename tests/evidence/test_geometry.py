"""A grid places voxels by positions alone: uneven, tilted and turned stacks included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.evidence.geometry import Grid


def stack(heights, *, tilt_deg=0.0, pixel=(0.5, 0.7), shape=(6, 8)) -> Grid:
    """Return an axial stack whose slices lie at `heights`, sheared by a gantry tilt."""
    heights = np.asarray(heights, dtype=float)
    shear = np.tan(np.radians(tilt_deg))
    origins = np.stack([np.full_like(heights, -10.0), 5.0 + shear * heights, heights], axis=1)
    return Grid(
        shape=(len(heights), *shape),
        pixel_mm=pixel,
        row_direction=np.array([1.0, 0, 0]),
        column_direction=np.array([0, 1.0, 0]),
        origins_mm=origins,
    )


def test_weights_are_half_of_both_gaps_and_ends_take_their_one():
    grid = stack([0, 4, 5, 12])
    np.testing.assert_allclose(grid.gaps_mm, [4, 1, 7])
    np.testing.assert_allclose(grid.weights_mm, [4, 2.5, 4, 7])


def test_uneven_slices_have_no_affine():
    assert stack([0, 4, 5, 12]).affine is None
    assert stack([0, 4, 8, 12]).affine is not None


def test_a_tilted_stack_keeps_its_gap_along_the_normal_and_shows_its_tilt():
    grid = stack([0, 3, 6, 9], tilt_deg=18.5)
    np.testing.assert_allclose(grid.gaps_mm, 3)
    assert grid.tilt_deg == pytest.approx(18.5)
    assert grid.even
    np.testing.assert_allclose(grid.affine[:3, 2], [0, 3 * np.tan(np.radians(18.5)), 3])


def test_a_single_slice_has_no_gap_and_weighs_what_its_header_tells():
    grid = stack([7.0])
    assert grid.spacing_mm[0] is None
    assert grid.weights_mm.tolist() == [0.0]
    assert grid.tilt_deg == 0.0
    assert grid.affine is None


@given(
    gaps=st.lists(st.floats(0.5, 8), min_size=1, max_size=6),
    place=st.tuples(st.floats(0, 1), st.floats(0, 5), st.floats(0, 7)),
    tilt=st.floats(-25, 25),
)
def test_places_between_slices_lie_between_their_origins(gaps, place, tilt):
    grid = stack(np.concatenate([[0], np.cumsum(gaps)]), tilt_deg=tilt)
    z = place[0] * len(gaps)
    mm = grid.to_mm([z, place[1], place[2]])
    assert mm[0] == pytest.approx(-10 + place[2] * 0.7)
    assert mm[2] == pytest.approx(np.interp(z, np.arange(len(gaps) + 1), grid.heights_mm))


@given(step=st.floats(0.3, 6), tilt=st.floats(-25, 25))
def test_the_affine_and_to_mm_agree_where_both_exist(step, tilt):
    grid = stack(np.arange(5) * step, tilt_deg=tilt)
    for z, y, x in [(0, 0, 0), (4, 5, 7), (2, 3, 1)]:
        by_affine = grid.affine @ [x, y, z, 1]
        np.testing.assert_allclose(by_affine[:3], grid.to_mm([z, y, x]), atol=1e-9)
