"""Uneven and missing slices: weights, deposits beside a hole, and what is said of the totals."""

from __future__ import annotations

import pytest

from kossa.ct.lesions import slices_of
from tests.ct.phantom import examine, scan, score, soft


def two_blocks():
    hu = soft()
    hu[1:3, 10:14, 10:14] = 250
    hu[6, 30:34, 30:34] = 250
    return hu


def test_uneven_slices_weigh_half_of_both_gaps():
    made = scan(two_blocks(), heights=[0, 3, 6, 9, 12, 15, 19, 23, 27])
    assert slices_of(made.volume.grid, made.geometry).weights_mm.tolist() == [
        3, 3, 3, 3, 3, 3.5, 4, 4, 4,
    ]  # fmt: skip
    reading = examine(made).reading
    assert score(reading, "volume_plain").value == pytest.approx(16 * 0.25 * (3 + 3 + 4))


def test_a_hole_is_not_bridged_by_weights_nor_by_deposits():
    made = scan(two_blocks(), heights=[0, 3, 9, 12, 15, 18, 21, 24, 27], missing=[1])
    slices = slices_of(made.volume.grid, made.geometry)
    assert slices.weights_mm.tolist() == [3] * 9
    reading = examine(made).reading
    assert len(reading.deposits) == 3
    assert sorted(d.incomplete for d in reading.deposits) == [False, True, True]
    total = score(reading, "agatston")
    assert total.value == pytest.approx(3 * 2 * 16 * 0.25)
    assert not total.comparable
    assert "missing after slice 1" in total.reason


def test_deposits_away_from_a_hole_keep_their_score():
    whole = examine(scan(two_blocks())).reading
    gapped = examine(
        scan(two_blocks()[[0, 1, 2, 3, 5, 6, 7, 8]], heights=[0, 3, 6, 9, 15, 18, 21, 24], missing=[3])
    )
    assert [d.agatston for d in gapped.reading.deposits] == [d.agatston for d in whole.deposits]
    assert not any(d.incomplete for d in gapped.reading.deposits)


def test_holes_on_both_sides_of_a_slice_leave_it_the_usual_gap():
    made = scan(two_blocks(), heights=[0, 3, 6, 12, 18, 21, 24, 27, 30], missing=[2, 3])
    assert slices_of(made.volume.grid, made.geometry).weights_mm.tolist() == [3] * 9
