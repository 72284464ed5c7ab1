"""Tests that are done are told and not offered; one that is old or poor is offered again with its reason."""

from __future__ import annotations

import pytest

from kossa.conditions import load
from kossa.diagnosis.done import known
from kossa.diagnosis.evidence import gather
from kossa.evidence import NextTest, Result
from kossa.evidence.words_reading import Examined
from kossa.history.examinations import examined
from kossa.report.plain import test_note as note_of
from kossa.workup import read

from .made import person

HANDS = "Radiograph of the hands: calcification in the finger tips.\n"


def row(id_):
    return next(t for t in load().tests if t.id == id_)


def named_in(text):
    return {e.test for e in examined(text)}


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("CT thorax 2011 showed a calcified node.", "chest_ct"),
        ("An X-ray of the knee was normal.", "radiograph_of_site"),
        ("Skin biopsy of the thigh: calcium in small vessels.", "biopsy_skin_punch"),
        ("Echocardiogram: calcified aortic valve.", "echocardiography"),
        ("MRI of the thigh in March.", "mri"),
    ],
)
def test_an_examination_that_words_tell_is_done(text, test):
    assert test in named_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "We have requested a CT of the thorax.",
        "A biopsy was not done.",
        "She declined a biopsy.",
        "I suggest an MRI of the thigh.",
        "Biopsy is planned.",
        "She should have a radiograph of the hand.",
        "No CT is available.",
        "Refer for CT.",
    ],
)
def test_what_is_planned_refused_or_missing_is_not_done(text):
    assert named_in(text) == set()


def test_a_done_film_is_told_and_not_offered(tmp_path):
    (tmp_path / "film.txt").write_text(HANDS, encoding="utf-8")
    weighing = read(tmp_path).workup.weighing
    assert "radiograph_of_site" in {d.id for d in weighing.done}
    assert "radiograph_of_site" not in {t.id for t in weighing.next_tests}
    assert weighing.next_tests


def test_a_picture_of_another_place_does_not_answer():
    one = [Examined(test="radiograph_of_site", how="told in words", site="site_knee")]
    evidence = gather([], person())
    assert not known(row("radiograph_of_site"), evidence, one, "site_finger").how
    assert known(row("radiograph_of_site"), evidence, one, "site_knee").done


def test_an_old_picture_is_offered_again_with_its_reason():
    results = [Result(analyte="phosphate", value=1.0, when="2024-05-01")]
    one = [Examined(test="radiograph_of_site", how="told in words", site="site_hand", when="2011")]
    met = known(row("radiograph_of_site"), gather([], person(), results=results), one, "site_finger")
    assert not met.done
    assert "2011" in met.again


def test_a_biopsy_of_poor_quality_is_no_answer():
    (one, *_) = examined("Skin biopsy of the thigh: superficial biopsy, inconclusive.")
    met = known(row(one.test), gather([], person()), [one], "site_thigh")
    assert not met.done
    assert "poor quality" in met.again


def test_an_old_laboratory_value_is_measured_again():
    old = Result(analyte="pth_intact", value=5.0, when="2019-01-01")
    new = Result(analyte="phosphate", value=1.0, when="2024-01-01")
    met = known(row("pth_intact"), gather([], person(), results=[old, new]), (), None)
    assert "over a year older" in met.again
    fresh = Result(analyte="pth_intact", value=5.0, when="2023-12-01")
    assert known(row("pth_intact"), gather([], person(), results=[fresh, new]), (), None).done


def test_a_result_without_a_date_makes_no_other_old():
    dated = Result(analyte="pth_intact", value=5.0, when="2024-01-01")
    undated = Result(analyte="phosphate", value=1.0)
    known_now = known(row("pth_intact"), gather([], person(), results=[dated, undated]), (), None)
    assert (known_now.done, known_now.again) == (True, "")


def test_a_withdrawn_date_is_not_the_newest():
    dated = Result(analyte="pth_intact", value=5.0, when="2020-01-01")
    withdrawn = Result(analyte="phosphate", value=1.0, when="2024-01-01", status="entered-in-error")
    assert known(row("pth_intact"), gather([], person(), results=[dated, withdrawn]), (), None).done


@pytest.mark.parametrize("void", [{"status": "entered-in-error"}, {"weighed": False}, {"plausible": False}])
def test_a_result_that_does_not_count_leaves_its_test_open(void):
    one = Result(analyte="pth_intact", value=5.0, when="2024-01-01", **void)
    assert not known(row("pth_intact"), gather([], person(), results=[one]), (), None).how


def test_a_panel_measured_in_part_says_what_is_missing(tmp_path):
    (tmp_path / "film.txt").write_text(HANDS, encoding="utf-8")
    (tmp_path / "labs.csv").write_text("name,value,unit\ncalcium,2.4,mmol/L\n", encoding="utf-8")
    panel = row("serum_calcium_phosphate_albumin_creatinine")
    results = read(tmp_path).workup.results
    met = known(panel, gather([], person(), results=results), (), None)
    offered = NextTest(id=panel.id, bits=0.1, cost="", harm="", why="settles it", missing=met.missing)
    assert "not measured yet: phosphate, albumin, creatinine" in note_of(offered)
