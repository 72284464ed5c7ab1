"""Options of a scan that are wrong, or that no scan can take."""

from __future__ import annotations

import pytest

from kossa.evidence import WrongCall
from kossa.workup import ReadOptions, read


@pytest.fixture
def letter(tmp_path):
    (tmp_path / "letter.txt").write_text(
        "Chronic kidney disease, on dialysis for five years.\n", encoding="utf-8"
    )
    return tmp_path


def test_a_preset_that_there_is_not_is_a_wrong_call_without_a_scan_too(letter):
    with pytest.raises(WrongCall, match="no preset is called 'x'; there are agatston-1990"):
        read(letter, ReadOptions(preset="x"))


def test_a_roi_that_is_no_label_map_is_a_wrong_call(letter):
    with pytest.raises(WrongCall, match="--roi cannot be used: this is not a NIfTI file"):
        read(letter, ReadOptions(roi=letter / "letter.txt"))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (ReadOptions(series=5), "--series"),
        (ReadOptions(mg_per_mm3_hu=0.001, preset="canon"), "--preset, --mg-per-mm3-hu"),
    ],
)
def test_an_option_of_a_scan_is_told_where_there_is_no_scan(letter, options, named):
    notices = [n for n in read(letter, options).workup.notices if n.code == "option-without-scan"]
    assert [n.what.partition(" was given")[0] for n in notices] == [named]


def test_no_option_is_told_where_none_was_given(letter):
    assert "option-without-scan" not in {n.code for n in read(letter).workup.notices}
