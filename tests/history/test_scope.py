"""A hundred sentences: what is denied, doubted, a relative's or over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kossa.history.words import find

TEXT = (Path(__file__).parent / "negation.csv").read_text(encoding="utf-8")
SENTENCES = list(csv.DictReader(TEXT.splitlines()))


@pytest.mark.parametrize("row", SENTENCES, ids=lambda r: r["sentence"][:40])
def test_a_sentence_is_meant_as_it_is_said(row):
    found, _ = find(row["sentence"], field="letter")
    said = {(f.state, f.whose) for f in found if f.id == row["id"]}
    assert said == {(row["state"], row["whose"])}


def test_there_are_a_hundred_and_twenty_of_them_are_simple():
    assert len(SENTENCES) >= 100
    assert sum(row["simple"] == "yes" for row in SENTENCES) == 20


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("lupus since 2012", "since 2012"),
        ("tuberculosis long ago", "past"),
        ("warfarin, stopped last month", None),
        ("Warfarin was stopped in 2020.", "past (in 2020)"),
        ("history of gout", "past"),
        ("old fracture of the hip", "past"),
        ("2-month-old with seizures", None),
        ("haemodialysis for 6 years", "for 6 years"),
        ("burn 40 years ago", "40 years ago"),
    ],
)
def test_when_it_was(text, when):
    assert find(text)[0][0].when == when


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("No fracture was seen.", "hx_trauma"),
        ("no evidence of bony metastases", "hx_malignancy"),
        ("no knee pain", "sx_pain"),
    ],
)
def test_denying_a_part_does_not_deny_the_whole(text, id_):
    assert id_ not in {f.id for f in find(text)[0]}


def test_a_denial_ends_where_another_statement_begins():
    text = "negative workup for deep vein thrombosis, and an extensive palpable mass with erythema"
    states = {f.id: f.state for f in find(text, field="letter")[0]}
    assert states["hx_thrombosis"] == "absent"
    assert states["sx_inflammation"] == "present"


def test_no_history_of_it_and_suspected_today_is_no_contradiction():
    from kossa.history.case import read_case

    case = read_case({"history": ["There is no history of gout.", "Gout is suspected."]})
    assert [(f.state, f.certainty) for f in case.findings if f.id == "hx_gout"] == [("present", 0.6)]
    assert case.notices == ()


def test_not_painless_is_painful():
    assert ("sx_pain", "present") in {(f.id, f.state) for f in find("The lump is not painless.")[0]}


def test_what_was_pictured_is_not_the_place_where_another_is_named():
    found, _ = find("XR pelvis: extensive vascular calcification.", field="letter")
    sure = {f.id: f.certainty for f in found}
    assert sure["site_vessel"] == 1.0
    assert sure["site_pelvis"] == 0.5
    found, _ = find("Film of the hand shows calcification.", field="letter")
    assert {f.id: f.certainty for f in found}["site_hand"] == 1.0


def test_what_was_declined_was_not_done():
    found, _ = find("Parathyroidectomy declined.")
    assert not found
