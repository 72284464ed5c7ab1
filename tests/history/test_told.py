"""Deposits that words tell of: place, side, look, layer; and what is none."""

from __future__ import annotations

import pytest

from kossa.evidence import Material, Side, State
from kossa.history.letter import read_letter
from kossa.history.stated import stated_person
from kossa.history.told import group, told
from kossa.history.words import find


def groups(text, **more):
    return group(told(text, field="letter", **more))


def test_two_fingers_of_two_sides_are_two_deposits():
    _, found = groups("Calcinosis of the right index finger and left thumb.")
    assert {(g.site, g.side) for g in found} == {("site_finger", Side.RIGHT), ("site_finger", Side.LEFT)}


def test_a_layer_says_what_it_lies_in_and_a_place_where():
    (deposit,), _ = groups("Nodular calcification in the subcutis of the left thigh.")
    assert (deposit.site, deposit.side, deposit.tissue) == ("site_thigh", Side.LEFT, "site_subcutis")
    assert deposit.patterns == ("pattern_nodular_clumped",)


def test_a_deposit_told_with_and_without_its_side_is_one():
    _, found = groups("Calcification of the left elbow. Calcified mass of the elbow.")
    assert [(g.site, g.side) for g in found] == [("site_elbow", Side.LEFT)]


def test_physiological_calcium_is_marked_as_such():
    _, found = groups("Physiological calcification of the pineal gland.")
    assert {g.material for g in found} == {Material.PHYSIOLOGICAL}


def test_a_mammograms_vessels_are_the_breasts():
    _, found = groups("Vascular calcifications are noted.", context="mammogram")
    assert [g.site for g in found] == ["site_breast_artery"]


@pytest.mark.parametrize(
    "text",
    [
        "No calcification of the lungs.",
        "Calcium gluconate was infused into the left hand.",
        "Her mother had calcinosis of the hands.",
        "Serum calcium was raised.",
    ],
)
def test_these_tell_of_no_deposit(text):
    assert groups(text) == ((), ())


def test_words_of_a_section_count_only_where_a_section_is_spoken_of():
    report = "Skin biopsy: calcification of small arterioles with thrombosis. No granulomas."
    ids = {f.id: f.state for f in read_letter(report).findings}
    assert ids["bx_vessel_calcium"] is State.PRESENT
    assert ids["bx_vessel_thrombosis"] is State.PRESENT
    assert ids["bx_granuloma"] is State.ABSENT
    film = "The film shows calcification of small arteries."
    assert not any(f.id.startswith("bx_") for f in find(film, field="letter")[0])


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("This 58-year-old man has gout.", 58, "M"),
        ("A 7 year old healthy girl was referred.", 7, "F"),
        ("Her mother, a 70-year-old woman, has gout.", None, "U"),
        ("A 58-year-old dialysis patient.", 58, "U"),
        ("He is well.", None, "U"),
        ("Indication: 71M, chronic cough.", 71, "M"),
        ("F/34 with finger lumps", 34, "F"),
        ("Re: Peter Brown, 46 years, male", 46, "M"),
        ("Patient: George Adeyemi, male, 58 years", 58, "M"),
        ("Name: [name]    Sex: F    Age: 54", 54, "F"),
        ("Mrs [name] is aged 63. Re: Mrs [name]", 63, "F"),
        ("A 6-month-old boy with a hard heel nodule.", 0.5, "M"),
        ("Nodule of 5 m by 3 mm; he has had it for 12 years.", None, "U"),
        ("She is well. She has no pain. Her hands are stiff.", None, "F"),
        ("Her husband, 71M, is well.", None, "U"),
    ],
)
def test_age_and_sex_in_running_words(text, age, sex):
    assert stated_person(text) == (age, sex)


def test_a_wide_and_a_narrow_place_joined_by_and_are_two():
    both = told("Calcification of the basal ganglia and the dentate nuclei")[0]
    assert {site for site, _ in both.sites} == {"site_basal_ganglia", "site_dentate_nucleus"}
    one = told("Calcification of the aorta, mainly of the aortic arch")[0]
    assert [site for site, _ in one.sites] == ["site_aorta_arch"]
