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
