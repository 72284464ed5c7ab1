"""Which parts of the body lie whole in a scan: the scan goes on beyond both of their ends."""

from __future__ import annotations

import pytest

from kossa.ct.levels import Level, Levels, whole_parts
from tests.ct.bodies import judged, limb, trunk

C, A, P, N, L = Level.CHEST, Level.ABDOMEN, Level.PELVIS, Level.NECK, Level.LIMB


def levels(*of, carina=400.0, hip=90.0):
    return Levels(of, 500.0, 300.0, carina, 200.0, hip)


@pytest.mark.parametrize(
    ("of", "whole"),
    [
        ((L, P, P, A, A, C, C, N), (C, A, P)),
        ((A, C, C, N), (C,)),
        ((C, C, N), ()),
        ((A, A, C), ()),
        ((A, C, C), ()),
        ((P, A, C, N), (C, A)),
        ((L, L), ()),
    ],
)
def test_a_part_cut_by_the_first_or_last_slice_is_not_whole(of, whole):
    assert whole_parts(levels(*of)) == whole


def test_the_bases_of_the_lungs_above_a_liver_are_no_chest():
    assert whole_parts(levels(L, P, A, C, N, carina=None)) == (A, P)
    assert whole_parts(levels(L, P, A, C, N, hip=None)) == (C, A)


def test_a_made_trunk_holds_its_chest_whole_and_a_cut_one_does_not():
    body = trunk()
    assert {"chest", "abdomen"} <= set(judged(body.volume()).whole)
    above = int(400 / body.gap)  # through the heart: neither the lower chest nor the belly
    body.hu, body.z = body.hu[above:], body.z[above:]
    assert judged(body.volume()).whole == ()


def test_a_limb_holds_none():
    assert judged(limb().volume()).whole == ()
