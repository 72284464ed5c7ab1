"""Words that call the calcium of a breast suspicious: a category, the word itself, a biopsy advised."""

from __future__ import annotations

import pytest

from kossa.evidence import State
from kossa.history.breast import SUSPICIOUS
from kossa.history.case import read_case
from kossa.history.letter import read_letter


def called(text, language="English"):
    letter = read_letter(text, language=language)
    found = {f.id for f in letter.findings if f.state is State.PRESENT}
    return SUSPICIOUS in found, [d.patterns[:1] for d in letter.deposits]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Left mammogram: new cluster of microcalcifications. Category: BI-RADS 4b.", "English"),
        ("Mammogram: calcifications in the left breast, BIRADS category IV.", "English"),
        ("Calcifications of the left breast on mammography.\n\nImpression: BI-RADS 5.", "English"),
        ("Microcalcifications of the left breast, BI-RADS 0, recalled for magnification views.", "English"),
        ("Calcifications in the left breast. Stereotactic biopsy is advised.", "English"),
        ("We saw calcifications of the left breast which look suspicious.", "English"),
        ("Mammographie links: neu aufgetretener Mikrokalk. BI-RADS-Kategorie 4.", "German"),
        ("Mikroverkalkungen der linken Brust, suspekt.", "German"),
        ("Mikrokalk der linken Mamma. Eine Stanzbiopsie wird empfohlen, BIRADS 4a.", "German"),
        ("Mammographie : microcalcifications du sein gauche, ACR 4.", "French"),
    ],
)
def test_a_category_the_word_or_an_advised_biopsy_calls_it_suspicious(text, language):
    found, patterns = called(text, language)
    assert found
    assert patterns == [(SUSPICIOUS,)]


@pytest.mark.parametrize(
    "text",
    [
        "Mammogram: coarse calcifications in the left breast, BI-RADS 2.",
        "Mammogram: calcifications of the left breast, not suspicious.",
        "Calcifications of the left breast. No biopsy recommended.",
        "Calcifications in the left breast. An asymmetry on the right, BI-RADS 4.",
        "Calcification of the thyroid. Biopsy recommended.",
        "Microcalcifications of the left breast, BI-RADS 0, older films awaited.",
    ],
)
def test_what_is_benign_denied_or_said_of_another_thing_does_not(text):
    assert not called(text)[0]


def test_a_form_that_is_suspicious_itself_stays_the_deposits_form():
    _, patterns = called("Pleomorphic microcalcifications of the left breast, BI-RADS 4c.")
    assert patterns == [("pattern_fine_pleomorphic",)]


def test_a_case_form_calls_it_so_as_well():
    form = {
        "imaging": [
            {"modality": "mammogram", "site": "left breast", "description": "Calcifications. BI-RADS 4."}
        ]
    }
    assert SUSPICIOUS in {f.id for f in read_case(form).findings}
