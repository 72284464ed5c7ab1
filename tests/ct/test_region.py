"""A region narrows the reading: what lies in it by half counts, what lies outside is told of."""

from __future__ import annotations

import numpy as np

from tests.ct.phantom import examine, scan, score, soft


def test_objects_are_taken_whole_where_half_of_them_lies_inside():
    hu = soft()
    hu[4, 10:14, 10:14] = 250
    hu[4, 30:34, 30:34] = 450
    roi = np.zeros(hu.shape, np.uint8)
    roi[:, :, :12] = 7
    reading = examine(scan(hu), roi=roi).reading
    assert [d.hu_peak for d in reading.deposits] == [250]
    assert score(reading, "agatston").value == 2 * 16 * 0.25
    assert score(reading, "agatston").region == "the region given"
    assert [n.code for n in reading.notices] == ["outside-region"]
    assert examine(scan(hu), roi=np.roll(roi, -1, axis=2)).reading.deposits == ()


def test_a_region_never_cuts_a_piece_in_two():
    hu = soft()
    hu[4, 10:14, 10:20] = 250
    roi = np.zeros(hu.shape, np.uint8)
    roi[:, :, :16] = 1
    (deposit,) = examine(scan(hu), roi=roi).reading.deposits
    assert deposit.voxels == 40
