"""Phrases that clinicians write, made for kossa without looking at any case: what each means or does not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kossa.evidence import State, Whose
from kossa.evidence.vocabulary import ancestors
from kossa.history.words import find

ROWS = list(csv.DictReader(Path(__file__).with_name("made_phrases.csv").read_text("utf-8").splitlines()))


def _ids(phrase: str, field: str) -> set[str]:
    found, _ = find(phrase, field=field)
    said = {f.id for f in found if f.state is State.PRESENT and f.whose is Whose.PERSON}
    return said | {a for i in said for a in ancestors(i)}


@pytest.mark.parametrize("row", [r for r in ROWS if r["meant"] == "present"], ids=lambda r: r["phrase"])
def test_a_phrase_means_one_of_its_concepts(row):
    seen = row["ids"].startswith(("site_", "pattern_", "bx_"))
    field = "imaging" if seen else "history"
    assert _ids(row["phrase"], field) & set(row["ids"].split("/"))


@pytest.mark.parametrize("row", [r for r in ROWS if r["meant"] == "not"], ids=lambda r: r["phrase"])
def test_a_phrase_does_not_mean_what_it_begins_like(row):
    assert not _ids(row["phrase"], "history") & set(row["ids"].split("/"))
