"""When a letter tells the person's history, and when it is a request form or a picture's report."""

from __future__ import annotations

import pytest

from kossa.history import examine
from kossa.history.letter import read_letter
from kossa.workup import read


@pytest.mark.parametrize(
    "text",
    [
        "Past medical history: diabetes, hypertension, gout.\n",
        "She has diabetes and hypertension, takes warfarin, has no pain and had a fracture of the wrist.\n",
    ],
)
def test_a_clinic_letter_tells_a_history(text):
    assert read_letter(text).tells_history


@pytest.mark.parametrize(
    "text",
    [
        "Film of the thigh: calcification in the subcutaneous fat.\n",
        "Clinical details: dialysis.\nFindings: vascular calcification of the foot.\n",
        "Family history: diabetes, hypertension, gout, stroke.\n",
        "",
    ],
)
def test_a_pictures_report_does_not(text):
    assert not read_letter(text).tells_history


def test_an_exposure_that_a_told_history_does_not_name_counts_against_its_cause(tmp_path):
    """The same deposit, once with a history that names no burn and once without any history."""
    film = "Film of the thigh: calcification in the subcutaneous fat.\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.txt").write_text(film)
    (tmp_path / "b" / "x.txt").write_text(film + "\nPast medical history: gout, asthma, hypertension.\n")
    assert not examine(tmp_path / "a").history_told
    assert examine(tmp_path / "b").history_told
    shares = [{c.id: c.prob for c in read(tmp_path / name).workup.weighing.causes}["burn"] for name in "ab"]
    assert shares[1] < 0.7 * shares[0]
