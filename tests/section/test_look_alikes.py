"""What looks like mineral: pigment, folds, ink, marks on glass, wrong stains; each is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib import get_data_path
from PIL import Image

from kossa.evidence import NothingUsable, Stain
from kossa.section.reading import examine
from kossa.section.recognise import cone_angles, guess
from kossa.section.stain import unit
from tests.section.made import Field, codes, read, states, von_kossa, write_png

SILENT = "score_mineral_area_percent"  # stands only where mineral is called so


def test_brown_pigment_is_flagged_and_not_counted(tmp_path: Path) -> None:
    field, truth = von_kossa()
    field.add("brown", 0.9, field.disc(260, 160, 15))
    exam = read(tmp_path, field.pixels())
    assert "pigment" in exam.reading.artefacts
    assert "pigment" in codes(exam)
    assert states(exam)["bx_pigment"] == "present"
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.02)


@pytest.mark.parametrize("density", [0.5, 0.9, 1.5, 2.2])
@pytest.mark.parametrize("stain", [Stain.VON_KOSSA, Stain.ALIZARIN_RED, Stain.HE])
def test_pigment_alone_is_never_called_mineral_silently(tmp_path: Path, stain: Stain, density: float) -> None:
    field = Field().add("fast_red" if stain is Stain.VON_KOSSA else "eosin", 0.2)
    field.add("brown", density, field.disc(160, 200, 20))
    exam = read(tmp_path, field.pixels(), stain)
    assert {"pigment", "brown-cast", "colours-do-not-fit"} & codes(exam)


def test_brown_black_pigment_is_told_by_its_cast(tmp_path: Path) -> None:
    field, _ = von_kossa(mineral=False)
    where = field.disc(160, 200, 20)
    field.add("brown", 0.7, where).add("silver", 0.9, where)
    exam = read(tmp_path, field.pixels())
    assert "brown-cast" in codes(exam)
    assert states(exam)["bx_von_kossa_positive"] == "unknown"
    assert SILENT not in states(exam)


def test_a_fold_is_flagged(tmp_path: Path) -> None:
    field, _ = von_kossa()
    field.add("fast_red", 0.25, (field.x > 250) & (field.x < 275))
    exam = read(tmp_path, field.pixels())
    assert "fold" in exam.reading.artefacts
    assert "fold" not in read(tmp_path, von_kossa()[0].pixels()).reading.artefacts


def test_blue_ink_is_flagged(tmp_path: Path) -> None:
    field, _ = von_kossa()
    field.add("blue_ink", 0.8, field.x < 30)
    exam = read(tmp_path, field.pixels())
    assert "pen" in codes(exam)


def test_a_black_mark_on_the_glass_is_not_called_mineral(tmp_path: Path) -> None:
    field, _ = von_kossa(mineral=False)
    field.add("silver", 1.5, field.disc(160, 40, 22))
    exam = read(tmp_path, field.pixels())
    assert "dark-on-glass" in codes(exam)
    assert SILENT not in states(exam)


def test_a_stain_that_is_not_certain_is_asked_for(tmp_path: Path) -> None:
    field = Field().add("brown", 0.4).add("haem", 0.6, Field().disc(160, 200, 60))
    with pytest.raises(NothingUsable, match="Say which it is"):
        read(tmp_path, field.pixels(), None)


def test_a_recognised_stain_is_told(tmp_path: Path) -> None:
    exam = read(tmp_path, von_kossa()[0].pixels(), None)
    assert exam.reading.stain is Stain.VON_KOSSA
    assert exam.reading.stain_source == "recognised"
    assert exam.reading.stain_certainty >= 0.8
    assert "stain-recognised" in codes(exam)


def test_colours_of_another_stain_are_not_called_mineral(tmp_path: Path) -> None:
    field = Field().add("eosin", 0.4)
    field.add("haem", 1.5, field.disc(160, 200, 40))
    exam = read(tmp_path, field.pixels(), Stain.VON_KOSSA)
    assert "colours-do-not-fit" in codes(exam)
    assert SILENT not in states(exam)


def test_a_photograph_is_not_read_unless_told_and_then_nothing_is_called_mineral(tmp_path: Path) -> None:
    photograph = Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"
    path = write_png(tmp_path / "photo.png", np.asarray(Image.open(photograph).convert("RGB")))
    with pytest.raises(NothingUsable, match="stain"):
        examine(path)
    exam = examine(path, stain=Stain.VON_KOSSA)
    assert "colours-do-not-fit" in codes(exam)
    assert SILENT not in states(exam)


def test_a_picture_without_glass_says_that_the_light_is_not_known(tmp_path: Path) -> None:
    field = Field()
    field.tissue[:] = True
    field.add("fast_red", 0.3)
    draw = np.random.default_rng(1)
    field.density += 0.15 * draw.random((field.side, field.side, 1)) * unit((0.2, 0.9, 0.4))
    where = field.disc(160, 160, 30)
    field.add("silver", 1.2, where)
    exam = read(tmp_path, field.pixels())
    assert "little-glass" in codes(exam)
    assert exam.reading.mineral_percent.value == pytest.approx(100 * where.sum() / field.tissue.size, abs=0.1)


def test_angles_to_a_mixture_are_zero_inside_and_grow_outside() -> None:
    one, other = unit((1, 0, 0)), unit((0, 1, 0))
    density = np.array([[1.0, 1, 0], [3, 0, 0], [0, 0, 1], [1, -1, 0], [1, 0, 1]])
    assert cone_angles(density, one, other) == pytest.approx([0, 0, 90, 45, 45], abs=1e-4)


def test_glass_has_no_stain() -> None:
    assert guess(np.zeros((500, 3))).stain is Stain.UNKNOWN


@pytest.mark.shared
@pytest.mark.parametrize("stain", [Stain.VON_KOSSA, Stain.ALIZARIN_RED, Stain.HE, None])
def test_the_real_brown_chromogen_is_never_called_mineral(shared: Path, stain: Stain | None) -> None:
    path = shared / "section" / "ihc_skimage.png"
    if stain is None:
        with pytest.raises(NothingUsable, match="Say which it is"):
            examine(path)
        return
    exam = examine(path, stain=stain)
    assert {"pigment", "colours-do-not-fit"} <= codes(exam)
    assert SILENT not in states(exam)
