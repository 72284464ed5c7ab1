"""What is quoted shows no name, whoever's it is."""

from __future__ import annotations

import pytest

from kossa.intake.quote_names import Names, known_names
from kossa.intake.survey import survey
from tests.intake.made import dicom, lay

LETTER = """St Elsewhere Hospital, London SW1A 1AA
Patient name: Jane Doe
Date of birth: 12/03/1950
Tel: 020 7946 0958

Dear Dr O'Brien,

I saw Mrs Doe on 12/04/2024. Jane has limited scleroderma and Paget's disease.
Calcium 2.40 mmol/L, phosphate 1.10-1.45, PTH 450 600, CT of 2023-11-02.
Write to j.smith@example.org.

Yours sincerely

John Smith-Jones
Consultant Rheumatologist
"""


def test_a_letter_s_own_names_are_taken_out_of_it():
    hidden = Names().with_letter(LETTER).hide(LETTER)
    for word in ("Jane", "Doe", "Brien", "Smith", "Jones", "1950", "7946", "example", "SW1A"):
        assert word not in hidden
    for word in (
        "limited scleroderma",
        "Paget's disease",
        "2.40 mmol/L",
        "1.10-1.45",
        "450 600",
        "2023-11-02",
    ):
        assert word in hidden
    assert "Consultant Rheumatologist" in hidden
    assert hidden.count("\n") == LETTER.count("\n")


def test_names_known_from_headers_are_taken_out(tmp_path):
    found = survey(
        lay(tmp_path, {"a": dicom(name="M\u00dcLLER^J\u00f6rg", patient="HX-4711", born="19500312")})
    )
    names = known_names(found)
    assert names.hide("J\u00f6rg Mueller, M\u00fcller, hx-4711, born 12.03.1950 or 1950-03-12, jorg") == (
        "… Mueller, …, …, born … or …, …"
    )


def test_hyphenated_names_and_possessives_are_found():
    names = Names(frozenset({"smith", "doe"}))
    assert names.hide("Smith-Jones and Doe's hand, doer of smithing") == "… and … hand, doer of smithing"


@pytest.mark.parametrize("text", ["Dear Mrs Smith", "seen by Prof. Ada Lovelace", "Dear Jane Smith,"])
def test_salutations_hide_whoever_they_name(text):
    hidden = Names().hide(text)
    assert not any(word in hidden for word in ("Smith", "Ada", "Lovelace", "Jane"))


@pytest.mark.parametrize(
    "text",
    [
        "no history of trauma",
        "tram-track calcification of the digital arteries",
        "dearth of calcium; drs noted oedema",
        "Ca 2.4, P 1.1, 1200 mg, 2019-2020",
        "",
    ],
)
def test_plain_findings_stay_as_they_are(text):
    assert Names(frozenset({"li"})).hide(text) == text


def test_two_letter_names_are_hidden_where_they_are_written_as_names():
    assert Names(frozenset({"an"})).hide("An, an ulcer") == "…, an ulcer"
