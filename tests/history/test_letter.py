"""Letters as files: what is too long is told."""

from __future__ import annotations

import pytest

from kossa.evidence import Outcome
from kossa.history import examine


def test_a_text_longer_than_any_letter_is_read_in_part_and_told(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("Calcified granuloma in the right lung.\n" * 30_000, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kossa.intake.text.LONGEST", 2_000)
        reading = examine(path)
    assert [n.code for n in reading.notices] == ["too-long"]
    assert "site_lung" in {f.id for f in reading.findings}
    assert reading.files[0].outcome is Outcome.PARTIAL


def test_a_sentence_of_another_examination_is_no_title_of_the_letter(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text(
        "Painful hard nodules of the left leg; white material comes out.\n"
        "Mammogram was done for screening. A biopsy was taken.\n",
        encoding="utf-8",
    )
    assert "site_breast" not in {g.site for g in examine(path).groups}
    path.write_text("Mammogram both sides\nVascular calcification.\n", encoding="utf-8")
    assert "site_breast_artery" in {g.site for g in examine(path).groups}
