"""Age in the forms of German, French and English letters, and who is grown up without one."""

from __future__ import annotations

import pytest

from kossa.evidence import Sex
from kossa.history.grown import age_by_birth, is_adult
from kossa.history.stated import person_in


@pytest.mark.parametrize(
    ("text", "language", "age", "sex"),
    [
        ("Wir sahen Herrn M., 71 Jahre, mit Gicht.", "German", 71, Sex.M),
        ("Frau Dr. A. Norton, 38 J., Gicht.", "German", 38, Sex.F),
        ("Der 71jährige sehr rüstige Patient hat Gicht.", "German", 71, Sex.M),
        ("Patient (55 J.) mit Gicht", "German", 55, Sex.M),
        ("Eine 44 Jahre alte Frau mit Gicht.", "German", 44, Sex.F),
        ("Patientin, 8 Monate, Krampfanfall", "German", 8 / 12, Sex.F),
        ("Ihre Mutter, 80 Jahre alt, hat Gicht.", "German", None, Sex.U),
        ("Alter: 52, Gicht", "German", 52, Sex.U),
        ("Mme D., 47 ans, goutte", "French", 47, Sex.F),
        ("Berlin, den 03.04.2021\n\nPatient, geb. 03.10.1960, Gicht.", "German", 60.5, Sex.U),
        ("Mr N., 59 years, has gout", "English", 59, Sex.M),
    ],
)
def test_an_age_is_read_in_its_form(text, language, age, sex):
    found, who = person_in(text, language)
    assert found == (None if age is None else pytest.approx(age, abs=0.05))
    if sex is not Sex.U:
        assert who is sex


def test_a_birth_date_gives_an_age_only_beside_the_letters_date():
    assert age_by_birth("Datum: 2.5.2020\nGeboren 1950.") == 70
    assert age_by_birth("Geboren 1950.") is None
    assert age_by_birth("Datum: 2.5.2020\nGeboren 2015.") is None  # of a child a bare year is too coarse
    assert age_by_birth("2.5.2020\nborn 1950, her son born 1980") is None


@pytest.mark.parametrize(
    ("text", "adult"),
    [
        ("Eine Frau an der Dialyse.", True),
        ("A man with gout.", True),
        ("Sehr geehrte Frau Kollegin, Zustand nach Krampfanfall.", False),
        ("A woman brought her infant.", False),
        ("Patientin mit Gicht.", False),
    ],
)
def test_a_woman_or_a_man_is_grown_up(text, adult):
    assert is_adult(text) is adult
