"""A region narrows the reading: what lies in it by half counts, what lies outside is told of."""

from __future__ import annotations

import numpy as np

from kossa.ct.roi import Regions
from kossa.evidence import Side
from kossa.evidence.vocabulary import segment_sites
from tests.ct.phantom import examine, scan, score, soft


def two_blocks():
    hu = soft()
    hu[4, 10:14, 10:14] = 250
    hu[4, 30:34, 30:34] = 450
    return hu


def half(width=12):
    labels = np.zeros(soft().shape, np.int32)
    labels[:, :, :width] = 7
    return labels


def test_objects_are_taken_whole_where_half_of_them_lies_inside():
    reading = examine(scan(two_blocks()), regions=Regions(half(), {}, {})).reading
    assert [d.hu_peak for d in reading.deposits] == [250]
    assert score(reading, "agatston").value == 2 * 16 * 0.25
    assert score(reading, "agatston").region == "the regions given"
    assert [n.code for n in reading.notices] == ["outside-region"]
    assert examine(scan(two_blocks()), regions=Regions(half(11), {}, {})).reading.deposits == ()


def test_a_region_never_cuts_a_piece_in_two():
    hu = soft()
    hu[4, 10:14, 10:20] = 250
    (deposit,) = examine(scan(hu), regions=Regions(half(16), {}, {})).reading.deposits
    assert deposit.voxels == 40


def test_a_known_region_names_the_place():
    labels = half()
    labels[:, :, 25:] = 3
    kidney = segment_sites()["kidney_left"]
    regions = Regions(labels, {7: "lump", 3: "kidney_left"}, {3: kidney})
    reading = examine(scan(two_blocks()), regions=regions).reading
    there = {d.hu_peak: d for d in reading.deposits}
    assert there[450].site == kidney.site
    assert (there[450].side, there[450].site_certainty) == (Side.LEFT, 1.0)
    assert "kidney_left" in there[450].site_reason
    assert there[250].site is None
    assert score(reading, "agatston").region == "kidney_left, lump"
