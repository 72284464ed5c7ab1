"""Wrong figures and wrong files given to the section reader: what, where, and what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kossa.evidence import NothingUsable, Stain, WrongCall
from kossa.section import examine
from tests.section.made import codes, von_kossa, write_png


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return von_kossa()[0].pixels()


@pytest.mark.parametrize("um", [1e-9, 0.001, 400.0, 1e9])
def test_a_pixel_that_no_microscope_has_is_a_wrong_call(
    tmp_path: Path, pixels: np.ndarray, um: float
) -> None:
    with pytest.raises(WrongCall, match=r"no microscope's; give 0\.02 to 100 um"):
        examine(write_png(tmp_path / "s.png", pixels), stain=Stain.VON_KOSSA, um_per_px=um)


def test_a_pixel_that_no_microscope_has_beside_the_picture_is_told_and_not_used(
    tmp_path: Path, pixels: np.ndarray
) -> None:
    path = write_png(tmp_path / "s.png", pixels)
    (tmp_path / "s.toml").write_text('kind = "section"\nstain = "von_kossa"\num_per_px = 1e9\n')
    exam = examine(path)
    assert "spacing-unknown" in codes(exam)
    assert exam.reading.um_per_px is None
    assert exam.reading.sizes_unit == "px"


@pytest.mark.parametrize(("form", "match"), [("GIF", "form that is not read.*Export it"), ("WEBP", "WebP")])
def test_a_form_that_is_not_read_is_named_with_the_way_out(
    tmp_path: Path, pixels: np.ndarray, form: str, match: str
) -> None:
    path = tmp_path / f"s.{form.lower()}"
    Image.fromarray(pixels).save(path, form)
    with pytest.raises(NothingUsable, match=match):
        examine(path, stain=Stain.VON_KOSSA)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "s.png").write_bytes(b"")
    with pytest.raises(NothingUsable, match=r"empty: 0 bytes\. Copy it again"):
        examine(tmp_path / "s.png", stain=Stain.VON_KOSSA)
