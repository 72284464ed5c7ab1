"""A title begins a name; a full stop behind a whole word ends a sentence and begins none."""

from __future__ import annotations

import pytest

from kossa.intake.names import cleaner


@pytest.mark.parametrize(
    "text",
    [
        "58-jährige Frau. Sonographie: Verkalkung der Leber.",
        "Ein junger Herr. Verkalkung der Milz.",
        "Die 58-jährige Frau\nSonographie der Leber",
        "She saw the Nurse. Radiograph of the hand.",
    ],
)
def test_what_follows_a_full_stop_is_no_name(text):
    assert cleaner(())(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Mrs. Norton has gout.",
        "Mr. Norton came.",
        "Frau Norton kam.",
        "Dr. Norton",
        "Die 58-jährige Frau Norton",
    ],
)
def test_a_name_behind_a_title_is_taken_out(text):
    assert "Norton" not in cleaner(())(text)
