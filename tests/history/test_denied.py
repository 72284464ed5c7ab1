"""Reports that deny calcium: who looked, where, and what that does not say."""

from __future__ import annotations

import pytest

from kossa.evidence import Calcification, Side
from kossa.history.letter import read_letter
from kossa.report.words import copy_text, headline
from kossa.workup import read


@pytest.mark.parametrize(
    ("report", "site"),
    [
        ("CT thorax: no calcified lesions.", "site_chest"),
        ("Mammogram left breast: No microcalcifications seen.", "site_breast"),
        ("Radiograph of the hands.\nFindings: calcinosis is absent.", "site_hand"),
        ("There is no calcification of the aortic valve.", "site_aortic_valve"),
        ("CT thorax, 12.3.2024.\nFindings: Lungs clear. No calcified lesion.", "site_chest"),
        ("X-ray of the right thigh: no heterotopic ossification.", "site_thigh"),
    ],
)
def test_a_report_that_denies_calcium_says_so_of_its_place(report, site):
    denied = read_letter(report).denied
    assert [d.site for d in denied] == [site]


def test_the_side_of_a_denial_is_kept():
    (one,) = read_letter("X-ray: no calcification in the right breast.").denied
    assert one.side is Side.RIGHT


@pytest.mark.parametrize(
    "text",
    [
        "No history of calcification.",
        "No bony injury. No mineral disorder.",
        "Family history: no calcinosis.",
        "Non-calcified plaque in the left coronary artery.",
        "No calcification in the liver but a calcified node in the hilum.",
        "No evidence of calciphylaxis.",
        "Calcification cannot be excluded.",
        "No change in the calcification of the aorta.",
    ],
)
def test_what_is_no_look_at_a_place_denies_nothing(text):
    assert read_letter(text).denied == ()


def test_a_folder_with_a_denial_alone_has_none_seen_and_is_not_called_normal(tmp_path):
    (tmp_path / "ct.txt").write_text("CT thorax: no calcified lesions.\n", encoding="utf-8")
    workup = read(tmp_path).workup
    assert workup.calcification is Calcification.NONE_SEEN
    assert workup.weighing.kinds == ()
    said = headline(workup) + copy_text(workup)
    assert "told by a report, not measured" in said.lower()
    assert "chest" in said
    assert "normal" not in said
    assert "benign" not in said


def test_a_deposit_told_beside_a_denial_is_weighed(tmp_path):
    (tmp_path / "a.txt").write_text("CT thorax: no calcified lesions.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Film of the hands: calcified finger tips.\n", encoding="utf-8")
    assert read(tmp_path).workup.calcification is Calcification.TOLD
