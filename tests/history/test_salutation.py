"""A salutation is the greeting and nothing behind it; a dropped line that names a disease is told."""

from __future__ import annotations

import pytest

from kossa.history.letter import read_letter
from kossa.history.salutation import unsaluted


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (
            "Sehr geehrter Herr Professor, sehr geehrte Frau Doktor, der Mann hat Gicht.",
            "der Mann hat Gicht.",
        ),
        ("Sehr verehrter Herr Kollege! Gicht seit 2010.", "Gicht seit 2010."),
        ("Sehr geehrte Frau Dr. med. [name], wir sahen ihn.", "wir sahen ihn."),
        ("Lieber Herr [name], danke.", "danke."),
        ("Dear Dr. [name] and colleagues, he has gout.", "he has gout."),
        ("Dear Madam he has gout.", "he has gout."),
        ("Chère consœur, cher confrère, il a la goutte.", "il a la goutte."),
        ("Madame, Monsieur, il a la goutte.", "il a la goutte."),
        ("Sehr geehrte Damen und Herren,", ""),
        ("He has a dear wife, and gout.", "He has a dear wife, and gout."),
    ],
)
def test_only_the_greeting_is_taken_off(line, left):
    assert unsaluted(line).strip() == left


@pytest.mark.parametrize(
    ("letter", "language"),
    [
        ("Sehr geehrter Herr Doktor, Verkalkung der Milz und Sarkoidose.", "German"),
        ("Dear Sirs, calcification of the spleen and sarcoidosis.", "English"),
        ("Cher confrère, calcification de la rate et sarcoïdose.", "French"),
    ],
)
def test_a_letter_on_the_line_of_its_greeting_is_read(letter, language):
    read = read_letter(letter, language=language)
    assert [d.sites[0][0] for d in read.deposits] == ["site_spleen"]
    assert "hx_sarcoidosis" in {f.id for f in read.findings}


def test_a_line_of_the_frame_that_names_a_disease_is_listed():
    assert read_letter("Department of stones and sarcoidosis\n").not_understood == (
        "Department of stones and sarcoidosis",
    )
    assert read_letter("Department of Radiology\n").not_understood == ()
