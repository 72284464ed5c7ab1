"""Letters of two short sentences are read in their language."""

from __future__ import annotations

import pytest

from kossa.history.spoken import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("66-jähriger Mann. Sonographie: grobe Verkalkung in der linken Schulter, unverändert.", "German"),
        ("70-jährige Frau. CT: Verkalkung in den Nieren.", "German"),
        (
            "66-year-old man. Ultrasound: coarse calcification in left shoulder, unchanged since 2010.",
            "English",
        ),
        ("Femme de 60 ans. Mammographie : microcalcifications en foyer dans le sein gauche.", "French"),
        ("Sarcoidosis. Hilar nodes calcified in 2010, stable in 2012, in 2015.", "English"),
    ],
)
def test_a_short_letter_is_read_in_its_language(text, language):
    assert language_of(text) == language
