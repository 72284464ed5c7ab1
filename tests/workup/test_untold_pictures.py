"""Pictures in a person's folder of which nobody told, or told wrongly."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from tests.section import made as section

from kossa.evidence import Outcome
from kossa.workup import read


def rows(found):
    return {found.locations[f.number]: (f.kind.value, f.outcome, f.reason) for f in found.workup.files}


@pytest.fixture
def cut(tmp_path):
    return section.write_png(tmp_path / "cut.png", section.von_kossa()[0].pixels())


def test_an_untold_section_of_certain_colours_is_read_and_not_refused_as_a_film(tmp_path, cut):
    found = read(tmp_path)
    assert found.exit_code == 0
    assert rows(found) == {"cut.png": ("section", Outcome.ACCEPTED, None)}
    assert "stain-recognised" in {n.code for n in found.workup.sections[0].notices}


def test_a_coloured_photograph_is_asked_for_what_it_shows(tmp_path):
    draw = np.random.default_rng(0)
    Image.fromarray(draw.integers(0, 256, (200, 200, 3), np.uint8)).save(tmp_path / "p.png")
    found = read(tmp_path)
    assert found.exit_code == 3
    told = [n for n in found.workup.notices if n.code == "not-read-yet"]
    assert "NAME.toml" in told[0].todo


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ('kind = "section"\nstain = "giemsa"\n', "invalid-sidecar"),
        ('kind = "section"\nstain = "von_kossa"\nfoo = 1\n', "invalid-sidecar"),
        ('Kind = "section"\nStain = "von_kossa"\n', "invalid-sidecar"),
        ("this is no TOML", "invalid-toml"),
        ("# much\n" * 200_000, "too-large"),
    ],
)
def test_no_guess_stands_for_a_sidecar_that_is_wrong(tmp_path, cut, words, code):
    cut.with_suffix(".toml").write_text(words, encoding="utf-8")
    found = read(tmp_path)
    assert found.exit_code == 3
    assert not found.workup.sections
    told = [
        n
        for n in found.workup.notices
        if n.code == code and n.what.startswith("The TOML beside this picture is wrong: ")
    ]
    assert len(told) == 1
    assert told[0].todo == "Mend it."
