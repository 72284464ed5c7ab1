"""Look, place and side of a deposit where a sentence tells of two, or another sentence tells the place."""

from __future__ import annotations

import pytest

from kossa.evidence import Side
from kossa.history.letter import read_letter
from kossa.history.told import told

L, R, B, U = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNKNOWN


def deposits(text, language="English"):
    return [(one.sites, one.patterns[:1]) for one in read_letter(text, language=language).deposits]


def test_each_statement_has_its_own_look():
    first, second = deposits(
        "Popcorn calcification of the uterus, tram-track calcification of the left tibial artery."
    )
    assert first == ((("site_uterus", U),), ("pattern_popcorn",))
    assert second == ((("site_tibial_artery", L),), ("pattern_tram_track",))
    first, second = deposits(
        "Schalenförmige Verkalkung der Milz und Nephrokalzinose beidseits.", language="German"
    )
    assert (first[1], second[1]) == (("pattern_eggshell",), ())


def test_a_sentence_of_one_statement_is_not_cut():
    ((sites, _),) = deposits("Calcified and partly ossified nodules of the left thigh.")
    assert sites == (("site_thigh", L),)


def test_a_denied_part_takes_nothing_of_the_other():
    assert [s for s, _ in deposits("No calcification of the spleen or of the liver, calcified uterus.")] == [
        (("site_uterus", U),)
    ]


def test_the_look_that_was_said_surest_stands_first():
    (one,) = told("Coarse calcification with a lucent centre in the left thigh.")
    assert one.patterns[0] == "pattern_lucent_center"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "A firm swelling of the left calf. Film: calcified lesion with a rim.",
            "English",
            ("site_lower_leg", L),
        ),
        ("Hard lumps in both forearms. Film: calcifications of the forearm.", "English", ("site_forearm", B)),
        (
            "Knoten an den Ellenbogen beidseits. Röntgen: Verkalkung am Ellenbogen.",
            "German",
            ("site_elbow", B),
        ),
        ("Fell on the right elbow. Radiograph: ossification at the elbow.", "English", ("site_elbow", R)),
        ("Ring-shaped calcifications in calf muscle on the right.", "English", ("site_lower_leg", R)),
    ],
)
def test_the_place_and_side_of_the_complaint_are_the_deposits(text, language, expected):
    assert [sites for sites, _ in deposits(text, language)] == [(expected,)]


@pytest.mark.parametrize(
    "text",
    [
        "Lump of the left knee and of the right elbow. Film: calcified lump.",
        "Lump of the left knee. CT: calcification.",
    ],
)
def test_two_lumps_or_no_lump_give_no_place(text):
    assert [sites for sites, _ in deposits(text)] == [()]


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("CT chest: calcified thrombus in the superior vena cava.", "site_vena_cava"),
        ("Abdominal CT: calcification of the splenic artery.", "site_splenic_artery"),
        ("CT pelvis: calcified fibroid.", "site_uterus"),
        ("CT abdomen: dense calcification.", "site_abdomen"),
    ],
)
def test_the_name_of_an_examination_is_no_place_where_one_is_named(text, site):
    assert [[s for s, _ in sites] for sites, _ in deposits(text)] == [[site]]
