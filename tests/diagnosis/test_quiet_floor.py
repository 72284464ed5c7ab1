"""Tuberculosis told as over is a line; symptoms, or a doubt, keep the banner."""

from __future__ import annotations

import pytest

from kossa.evidence import Calcification
from kossa.workup import read

from .made import person, weighed, yes

CHEST = "Chest CT: calcified nodes in the right hilum.\n"


def floor(weighing):
    return next((f for f in weighing.floors if f.id == "active_tb"), None)


def of_letter(tmp_path, words):
    (tmp_path / "letter.txt").write_text(CHEST + words + "\n", encoding="utf-8")
    return floor(read(tmp_path).workup.weighing)


@pytest.mark.parametrize(
    "words",
    [
        "Tuberculosis in 1974, treated for nine months.",
        "She was treated for pulmonary TB as a child.",
        "Old TB.",
        "History of tuberculosis, fully treated in 1980.",
        "No evidence of active tuberculosis.",
    ],
)
def test_treated_tuberculosis_without_symptoms_is_a_line(tmp_path, words):
    found = of_letter(tmp_path, words)
    assert found is not None
    assert found.quiet
    assert "active" in found.why or "healed" in found.why


@pytest.mark.parametrize(
    "words",
    [
        "Tuberculosis in 1974, treated for nine months. She has a cough and has lost weight.",
        "Treated TB as a child; reactivation of tuberculosis cannot be excluded.",
        "Old TB. Active tuberculosis is suspected.",
        "He is being treated for tuberculosis.",
        "Tuberculosis in 1974, never treated.",
        "Inadequately treated tuberculosis.",
        "There is a history of tuberculosis.",
        "",
    ],
)
def test_symptoms_a_doubt_or_no_word_of_treatment_keep_the_banner(tmp_path, words):
    found = of_letter(tmp_path, words)
    assert found is not None
    assert not found.quiet


def test_a_floor_that_is_quiet_changes_no_probability():
    told = yes("site_hilar_node", "hx_tuberculosis")
    one = weighed(told, person(60))
    other = weighed((*told, *yes("hx_tuberculosis_treated")), person(60))
    assert one.calcification is other.calcification is Calcification.TOLD
    assert [(c.id, c.prob) for c in one.causes] == [(c.id, c.prob) for c in other.causes]
