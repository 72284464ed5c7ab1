"""What is told of calcium and not read is listed; a text of which nothing is understood is no evidence."""

from __future__ import annotations

import pytest

from kossa.evidence import Outcome
from kossa.history.letter import read_letter
from kossa.history.reading import examine


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("CT: calcification of the quadrigeminal cistern.", "English"),
        ("Calcification of the spleen. Ossification around the zygapophysis.", "English"),
        ("No calcification of the glabella.", "English"),
        ("Verkalkung im Tuber cinereum.", "German"),
        ("Calcification de la citerne.", "French"),
    ],
)
def test_calcium_at_an_unknown_place_is_listed(text, language):
    missed = read_letter(text, language=language).not_understood
    assert any(m.rstrip(".") in text for m in missed)


@pytest.mark.parametrize(
    "text",
    [
        "Calcification of the spleen and of the abdominal aorta.",
        "Calcifications of 3 mm in the left breast.",
        "Nodular calcification in the subcutaneous fat of the thigh.",
        "Calcification in keeping with chondrocalcinosis of the knee.",
        "Microcalcifications in the lower inner quadrant of the left breast.",
        "Calcification of the thyroid.",
        "Calcification in the distal part of the left tibial artery.",
    ],
)
def test_calcium_at_a_known_place_is_not(text):
    assert read_letter(text).not_understood == ()


def test_a_text_without_a_medical_word_is_ignored(tmp_path):
    (tmp_path / "note.txt").write_text("Buy paint, two brushes and a ladder.\n")
    (tmp_path / "letter.txt").write_text("She has sarcoidosis.\n")
    outcomes = {f.number: (f.outcome, f.reason) for f in examine(tmp_path).files}
    assert sorted(o for o, _ in outcomes.values()) == sorted((Outcome.ACCEPTED, Outcome.IGNORED))
    assert "no-history" in {r for _, r in outcomes.values()}


def test_what_was_understood_without_a_finding_of_its_own_is_not_listed():
    said = "Calcification of the left breast. Core biopsy recommended. No calcification seen elsewhere."
    assert read_letter(said).not_understood == ()
