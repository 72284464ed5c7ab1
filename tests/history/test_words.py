"""What phrases mean: matching, negation, doubt, relatives and time."""

from __future__ import annotations

import pytest

from kossa.evidence import State, Whose
from kossa.history.words import find


def said(text: str, field: str = "history") -> dict[str, State]:
    return {f.id: f.state for f in find(text, field=field)[0] if f.whose is Whose.PERSON}


def test_a_stem_begins_at_a_words_start_and_never_inside_one():
    """`coma`, `cement` and `mac` are inside these words, and none of them is meant."""
    assert set(said("glaucoma, replacement of the stomach")) == {"hx_glaucoma"}


def test_spelling_variants_are_one_word():
    assert said("haemodialysis") == said("hemodialysis")
    assert said("Finger-colour change") == said("finger color change")


def test_the_longest_phrase_at_a_place_wins():
    assert "rx_calcium_heparin" in said("heparin calcium injections")
    assert "rx_heparin" not in said("heparin calcium injections")


@pytest.mark.parametrize(
    "text",
    [
        "No history of tuberculosis.",
        "denies tuberculosis",
        "Tuberculosis was ruled out.",
        "without tuberculosis",
        "negative for tuberculosis",
        "No diabetes, lupus or tuberculosis.",
        "tuberculosis: no",
    ],
)
def test_what_is_denied_is_absent(text):
    assert said(text)["hx_tuberculosis"] is State.ABSENT


@pytest.mark.parametrize(
    "text", ["No change in tuberculosis", "not without tuberculosis", "no fever but tuberculosis"]
)
def test_what_only_looks_denied_is_present(text):
    assert said(text)["hx_tuberculosis"] is State.PRESENT


@pytest.mark.parametrize(
    ("text", "certainty"), [("?TB", 0.5), ("possible TB", 0.5), ("suspected TB", 0.6), ("TB", 1.0)]
)
def test_doubt_lowers_the_certainty(text, certainty):
    (found,) = find(text)[0]
    assert (found.id, found.certainty) == ("hx_tuberculosis", certainty)


def test_a_relatives_disease_is_not_the_patients():
    found = find("Her mother has diabetes, she has lupus.")[0]
    assert {f.id: f.whose for f in found} == {"hx_diabetes": Whose.FAMILY, "hx_sle": Whose.PERSON}


def test_a_site_counts_only_where_calcium_is_spoken_of():
    assert "site_thigh" not in said("operation of the thigh")
    assert "site_thigh" in said("calcification of the thigh")


def test_what_was_not_understood_is_listed():
    assert find("born at term. Lupus since 2012.")[1] == ["born at term"]


def test_time_is_kept_as_it_was_told():
    (found,) = find("systemic lupus since 2012")[0]
    assert found.when == "since 2012"
