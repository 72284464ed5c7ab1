"""Sentences are made from the same objects as the numbers beside them."""

from __future__ import annotations

import pytest

from kossa.evidence import Calcification, Floor, Interval, Score, Side, Weighing
from kossa.report import words
from tests.report import made


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "not known"),
        (0, "0"),
        (0.0123, "0.0123"),
        (3.14159, "3.14"),
        (166.2, "166"),
        (96663.0, "96663"),
    ],
)
def test_numbers_are_read_without_exponents(value, text):
    assert words.number(value) == text


def test_a_mass_below_its_limit_is_never_a_number():
    below = Interval(value=0.4, low=-1.0, high=1.8, below_limit=True)
    assert words.interval(below, "mg") == "too uncertain to state (at most 1.8 mg)"
    assert words.interval(Interval(value=12.0, low=10.0, high=14.0), "mg") == "12 mg (10 to 14)"
    assert words.interval(None, "mg") == "not measured"


def test_the_headline_counts_the_groups_that_count():
    assert (
        words.headline(made.result().workup)
        == "Calcification found: 2 deposits in abdominal aorta and one place not named."
    )


def test_none_found_is_never_said_without_its_limit():
    clean = made.examination(deposits=(), groups=(), scores=())
    workup = made.result((clean,), calcification=Calcification.NONE_SEEN).workup
    assert words.headline(workup) == "No calcium deposit was found above about 3.1 mg."
    assert "calcium touching bone" in words.lead(workup)
    assert "not seen: near metal" in words.copy_text(workup)


def test_without_a_scan_the_answer_is_not_known():
    workup = made.result(()).workup
    assert "not known" in words.headline(workup)
    assert "No scan was read." in words.copy_text(workup)


def test_a_danger_is_not_lost_when_the_text_is_copied():
    floor = Floor(id="x", why="calcification of suspicious form", who="breast clinic", how_soon="2 weeks")
    weighing = Weighing(calcification=Calcification.MEASURED, floors=(floor,))
    impression = words.copy_text(made.result(weighing=weighing).workup).split("IMPRESSION")[1]
    assert "Look first (" in impression
    assert "breast clinic): calcification of suspicious form." in impression


def test_a_side_is_said_once():
    assert words.place("site_hip", Side.LEFT) == "left hip region"
    assert words.place(None) == words.UNKNOWN_PLACE


def test_a_score_that_cannot_be_compared_says_why():
    score = Score(
        name="agatston", value=12.0, unit="AU", convention={}, comparable=False, reason="80 kV, not 120"
    )
    assert "not comparable with other scans (80 kV, not 120)" in words.score_sentence(score)


@pytest.mark.parametrize(
    ("site", "told"),
    [
        ("site_subcutis", "fat under the skin on the left"),
        ("site_skin", "skin (calcinosis cutis) on the left"),
        ("site_iliac_artery", "left iliac artery"),
        ("site_coronary_lm", "left main coronary artery"),
    ],
)
def test_a_side_stands_where_people_say_it(site, told):
    assert words.place(site, Side.LEFT) == told
