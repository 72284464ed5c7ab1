"""Numbers on the body stand where the vocabulary says."""

from __future__ import annotations

from kossa.evidence import Side, vocabulary
from kossa.report.body_map import _places, place_on_body, spots


def test_every_place_of_the_map_is_a_site_of_the_vocabulary():
    for site in _places():
        assert vocabulary.term(site).kind == "site"


def test_in_front_the_persons_right_is_on_the_left_and_from_behind_on_the_right():
    right, left = place_on_body("site_knee", Side.RIGHT), place_on_body("site_knee", Side.LEFT)
    assert right[0] < 75 < left[0]
    back_right, back_left = (
        place_on_body("site_buttock", Side.RIGHT),
        place_on_body("site_buttock", Side.LEFT),
    )
    assert back_left[0] < 225 < back_right[0]


def test_a_site_without_a_place_takes_its_parents():
    assert place_on_body("site_coronary_lad", Side.UNKNOWN) == place_on_body("site_coronary", Side.UNKNOWN)
    assert place_on_body("site_subcutis", Side.LEFT) is None
    assert place_on_body(None, Side.LEFT) is None


def test_numbers_at_one_place_are_moved_apart_and_the_rest_is_listed():
    made, homeless = spots(
        [
            ("1", "site_hand", Side.RIGHT, "dys"),
            ("2", "site_hand", Side.RIGHT, "dys"),
            ("3", "site_subcutis", Side.RIGHT, "oth"),
        ]
    )
    assert homeless == ["3"]
    assert abs(made[0].y - made[1].y) >= 15


def test_a_hand_whose_side_nobody_told_is_on_neither_and_both_hands_are_on_both():
    placed, homeless = spots([("1", "site_hand", Side.UNKNOWN, "oth"), ("2", "site_hand", Side.BOTH, "oth")])
    assert homeless == ["1"]
    assert [s.label for s in placed] == ["2", "2"]
    assert placed[0].x != placed[1].x


def test_a_crowded_chest_stays_a_chest():
    sites = (
        "site_aorta_arch",
        "site_aorta_descending",
        "site_hilar_node",
        "site_mediastinal_node",
        "site_heart",
    )
    placed, _ = spots([(str(n), s, Side.MIDLINE, "oth") for n, s in enumerate(sites)])
    for spot, site in zip(placed, sites, strict=True):
        x, y = place_on_body(site, Side.MIDLINE)
        assert abs(spot.x - x) + abs(spot.y - y) <= 45
    for n, one in enumerate(placed):
        assert all(abs(one.x - o.x) >= 15 or abs(one.y - o.y) >= 15 for o in placed[:n])
