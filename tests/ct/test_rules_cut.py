"""Parts of a body: an edge of the picture cuts it, and the middle of what is seen is not the midline."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.evidence import Material, Side
from tests.ct.bodies import CORTEX, Body, at, judged, limb, trunk

LUNG, KIDNEY, AORTA, VEIN = (480, 10, 90), (236, 15, 66), (240, 5, 6), (40, 30, 50)
PLACES = {LUNG: 700, KIDNEY: 500, AORTA: 700, VEIN: 700}


def whole() -> Body:
    """A trunk with canals in its arches and four deposits on its left or in the middle."""
    body = trunk()
    for place, hu in PLACES.items():
        body.ball(hu, place, (6, 3, 4))
    return body


def only(body: Body, low: float, high: float) -> Body:
    """Keep the columns between two places in mm."""
    keep = (body.x >= low) & (body.x <= high)
    body.hu, body.x = np.ascontiguousarray(body.hu[:, :, keep]), body.x[keep]
    return body


def mirrored(body: Body) -> Body:
    body.hu, body.x = np.ascontiguousarray(body.hu[:, :, ::-1]), -body.x[::-1]
    return body


@pytest.mark.parametrize("turned", [False, True])
def test_off_centre_the_spine_tells_the_midline_and_the_sites(turned):
    body = only(whole(), -64, 200)
    sign = 1
    if turned:
        body, sign = mirrored(body), -1
    found = judged(body.volume())
    told = {p: at(found, body, (p[0], p[1], sign * p[2])) for p in PLACES}
    side = Side.RIGHT if turned else Side.LEFT
    assert (told[LUNG].site, told[LUNG].side) == ("site_lung", side)
    assert told[VEIN].side is side
    if turned:
        assert (told[KIDNEY].site, told[KIDNEY].side) == ("site_kidney_any", side)
    else:
        assert told[AORTA].site == "site_aorta_abdominal", told[AORTA].site_reason


@pytest.mark.parametrize("turned", [False, True])
def test_half_a_trunk_without_a_spine_claims_no_organ_but_its_side(turned):
    body = only(whole(), 40, 200)
    if turned:
        body = mirrored(body)
    sign, side = (-1, Side.RIGHT) if turned else (1, Side.LEFT)
    found = judged(body.volume())
    lung = at(found, body, (LUNG[0], LUNG[1], sign * LUNG[2]))
    assert (lung.site, lung.side) == ("site_lung", side)
    inside = at(found, body, (KIDNEY[0], KIDNEY[1], sign * KIDNEY[2]))
    assert inside.material is Material.CALCIFICATION
    assert inside.site is None
    assert inside.side is side
    assert "without its spine in the picture" in inside.site_reason


def test_bone_that_the_edge_of_the_picture_cuts_is_no_deposit():
    body = only(whole(), 40, 200)
    body.block(CORTEX, (200, 40, 38), (208, 46, 43))
    found = judged(body.volume())
    one = at(found, body, (204, 43, 42))
    assert one.material is Material.UNSURE
    assert "edge of the picture" in one.reason


def test_a_limb_that_the_edge_cuts_stays_a_limb():
    body = only(limb(), -140, 100)
    body.ball(600, (100, -35, -10), (5, 4, 4))
    one = at(judged(body.volume()), body, (100, -35, -10))
    assert one.site == "site_muscle", one.site_reason
