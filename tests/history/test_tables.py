"""The tables of the room: every id known, every trigger and phrase with its reason."""

from __future__ import annotations

import csv
import re
import tomllib
from importlib.resources import files

import pytest

from kossa.evidence import Person, Sex, State
from kossa.evidence.vocabulary import terms
from kossa.history.case import read_case
from kossa.history.case_template import CASE_TOML
from kossa.history.lab_words import verdicts
from kossa.history.levelled import level_phrase, sentences
from kossa.history.lexicon import phrases
from kossa.history.person import person_findings


def rows(name):
    text = files("kossa.history").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("table", ["lexicon.csv", "more_phrases.csv", "patterns.csv", "hpo.csv"])
def test_every_id_is_in_the_vocabulary(table):
    assert {r["id"] for r in rows(table)} - set(terms()) <= {"-"}
    assert {i for r in rows("icd10.csv") for i in r["ids"].split("|")} <= set(terms())


def test_every_added_phrase_says_why_and_every_trigger_whence():
    for row in rows("more_phrases.csv") + rows("patterns.csv") + rows("left_out.csv"):
        assert row["because"]
    for row in rows("triggers.csv"):
        assert row["source"]
    for row in rows("lexicon.csv"):
        assert row["source"]
        assert row["grade"] in "ABC"


def test_no_phrase_is_shorter_than_two_letters():
    assert all(len(p) > 1 for p in phrases())


def test_what_is_left_out_is_out():
    for row in rows("left_out.csv"):
        meaning = phrases().get(level_phrase(row["phrase"]))
        assert meaning is None or row["id"] not in dict(meaning.ids)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Calcium, phosphate and PTH were normal.", {"calcium_normal", "phosphate_normal", "pth_normal"}),
        ("raised serum calcium and suppressed PTH", {"calcium_high", "pth_low"}),
        ("normal calcium, phosphate raised", {"calcium_normal", "phosphate_high"}),
        ("ANA positive, anti-Scl-70 negative", {"ab_ana"}),
        ("eGFR was reduced", {"egfr_under_60"}),
        ("calcium was not raised", set()),
        ("calcium gluconate", set()),
    ],
)
def test_laboratory_verdicts_in_words(text, said):
    (sentence,) = sentences(text)
    assert {v.id for v in verdicts(sentence) if v.state is State.PRESENT} == said


def test_the_form_to_fill_in_is_sound_as_it_stands_and_filled_in():
    assert read_case(tomllib.loads(CASE_TOML)).findings == ()
    filled = re.sub(r'(?m)^( *)# (?=\[\[|\w+ = |")', r"\1", CASE_TOML)
    case = read_case(tomllib.loads(filled))
    assert case.person == Person(age_years=58, sex=Sex.F, setting="clinic")
    assert case.not_understood == ()
    assert [row["name"] for row in case.labs] == ["calcium", "phosphate"]
    assert case.about == "left hip"
    assert "site_finger" in {g.site for g in case.groups}


def test_age_and_sex_are_findings_and_unknown_is_none():
    said = {f.id: f.state for f in person_findings(Person(age_years=0.5, sex=Sex.M))}
    assert said["hx_age_under_1"] is State.PRESENT
    assert said["hx_age_over_40"] is State.ABSENT
    assert said["hx_sex_male"] is State.PRESENT
    assert person_findings(Person()) == []


@pytest.mark.parametrize(
    "case",
    [
        {"age_years": -3},
        {"age_years": "forty"},
        {"sex": "X"},
        {"setting": "home"},
    ],
)
def test_a_field_that_cannot_be_is_told_and_unknown(case):
    read = read_case(case)
    assert len(read.notices) == 1
    assert read.person == Person()
