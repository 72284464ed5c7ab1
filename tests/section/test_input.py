"""Bad input: one clear sentence each; a cancelled reading is valid and marked."""

from __future__ import annotations

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from kossa.evidence import FileKind, NothingUsable, Outcome, Stain, WrongCall, encode
from kossa.intake.survey import survey
from kossa.section import examine, reading, slide
from kossa.section.measure import measure
from tests.section.made import codes, states, von_kossa, write_png, write_tiled


@pytest.fixture
def pixels() -> np.ndarray:
    return von_kossa()[0].pixels()


@pytest.mark.parametrize("um", [0.0, -1.0, float("nan"), float("inf")])
def test_a_spacing_that_is_no_length_is_refused(tmp_path: Path, pixels: np.ndarray, um: float) -> None:
    with pytest.raises(WrongCall, match="no length above 0"):
        examine(write_png(tmp_path / "s.png", pixels), stain=Stain.VON_KOSSA, um_per_px=um)


def test_a_spacing_of_zero_in_the_sidecar_is_told_and_not_used(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_png(tmp_path / "s.png", pixels)
    (tmp_path / "s.toml").write_text('kind = "section"\nstain = "von_kossa"\num_per_px = 0\n')
    exam = examine(path, stain=Stain.VON_KOSSA)
    assert "invalid-geometry" in codes(exam)
    assert exam.reading.um_per_px is None
    assert exam.reading.per_mm2 is None
    assert exam.reading.sizes_unit == "px"


def test_the_sidecar_tells_stain_and_spacing(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_png(tmp_path / "s.png", pixels)
    (tmp_path / "s.toml").write_text('kind = "section"\nstain = "von_kossa"\num_per_px = 0.5\n')
    got = examine(path).reading
    assert (got.stain, got.stain_source) == (Stain.VON_KOSSA, "told")
    assert (got.um_per_px, got.um_per_px_source) == (0.5, "sidecar")


def test_dots_an_inch_are_no_microscope(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_tiled(tmp_path / "s.tif", pixels, resolution=(72, 72), resolutionunit="INCH")
    exam = examine(path, stain=Stain.VON_KOSSA)
    assert "spacing-unknown" in codes(exam)
    path = write_tiled(tmp_path / "f.tif", pixels, resolution=(20000, 20000), resolutionunit="CENTIMETER")
    assert examine(path, stain=Stain.VON_KOSSA).reading.um_per_px == pytest.approx(0.5)


def test_a_grey_picture_is_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    with pytest.raises(NothingUsable, match="grey"):
        examine(write_png(tmp_path / "grey.png", pixels[..., 0]), stain=Stain.VON_KOSSA)


def test_print_colours_are_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    path = tmp_path / "print.jpg"
    Image.fromarray(pixels).convert("CMYK").save(path)
    with pytest.raises(NothingUsable, match="CMYK"):
        examine(path, stain=Stain.VON_KOSSA)


def test_a_jpeg_and_a_picture_with_alpha_are_read(tmp_path: Path, pixels: np.ndarray) -> None:
    (tmp_path / "s.jpg").write_bytes(imagecodecs.jpeg_encode(pixels, level=92))
    want = 2.05
    share = examine(tmp_path / "s.jpg", stain=Stain.VON_KOSSA).reading.mineral_percent.value
    assert share == pytest.approx(want, abs=0.1)
    alpha = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    share = examine(write_png(tmp_path / "a.png", alpha), stain=Stain.VON_KOSSA).reading.mineral_percent.value
    assert share == pytest.approx(want, abs=0.05)


def test_a_cut_jpeg_is_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    (tmp_path / "s.jpg").write_bytes(imagecodecs.jpeg_encode(pixels)[:-2000])
    with pytest.raises(NothingUsable, match="cut off"):
        examine(tmp_path / "s.jpg", stain=Stain.VON_KOSSA)


def test_a_missing_tile_stays_white_and_is_told(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_tiled(tmp_path / "s.tif", pixels)
    with tifffile.TiffFile(path, mode="r+b") as file:
        tag = file.pages[0].tags["TileByteCounts"]
        counts = list(tag.value)
        counts[7] = 0
        tag.overwrite(counts)
    exam = examine(path, stain=Stain.VON_KOSSA)
    assert "missing-tile" in codes(exam)
    assert exam.reading.deposits == 1  # the other disc lay in it
    assert exam.reading.tissue_px == pytest.approx(320 * 230 - 64 * 64, rel=0.01)


def test_a_damaged_tile_is_one_sentence(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_tiled(tmp_path / "s.tif", pixels)
    with tifffile.TiffFile(path) as file:
        where = file.pages[0].dataoffsets[9]
    data = bytearray(path.read_bytes())
    data[where : where + 40] = b"\0" * 40
    path.write_bytes(data)
    with pytest.raises(NothingUsable, match="damaged"):
        examine(path, stain=Stain.VON_KOSSA)


def test_a_claim_of_100000_pixels_in_a_tiny_file_is_refused(tmp_path: Path) -> None:
    entries = [(256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1), (262, 3, 2), (277, 3, 3)]
    entries += [(273, 4, 8), (278, 4, 100_000), (279, 4, 100)]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(entries))
    path = tmp_path / "huge.tif"
    path.write_bytes(struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + b"\0" * 4)
    with pytest.raises(NothingUsable, match="100000 x 100000"):
        examine(path, stain=Stain.VON_KOSSA)


def test_nothing_and_two_sections_are_told(tmp_path: Path, pixels: np.ndarray) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    with pytest.raises(NothingUsable, match="no section"):
        examine(tmp_path)
    for name in ("b", "c"):
        write_png(tmp_path / f"{name}.png", pixels)
        (tmp_path / f"{name}.toml").write_text('kind = "section"\nstain = "von_kossa"\n')
    with pytest.raises(WrongCall, match="2 sections"):
        examine(survey(tmp_path))
    assert len(reading.examine_all(tmp_path)) == 2


def test_an_untold_picture_of_a_folder_is_read_only_where_its_stain_is_certain(
    tmp_path: Path, pixels: np.ndarray
) -> None:
    write_png(tmp_path / "stained.png", pixels)
    write_png(tmp_path / "grey.png", pixels[..., 1])
    found = survey(tmp_path)
    exams = reading.examine_all(found)
    assert [e.reading.stain for e in exams] == [Stain.VON_KOSSA]
    assert [e.location for e in found.of(FileKind.PICTURE)] == ["grey.png"]
    assert next(e for e in found.entries if e.outcome).outcome.used_by == "section"


def _stop_after(steps: int):
    def progress(stage: str, done: int, total: int) -> None:
        nonlocal steps
        steps -= stage == "reading the section"
        if not steps:
            raise KeyboardInterrupt

    return progress


def test_a_cancelled_reading_is_partial_valid_and_told(
    tmp_path: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slide, "BAND_PIXELS", 64 * pixels.shape[1])
    monkeypatch.setattr(slide, "STEP", 64)
    path = write_tiled(tmp_path / "s.tif", pixels)
    exam = examine(path, stain=Stain.VON_KOSSA, progress=_stop_after(3))
    assert exam.reading.partial
    assert exam.reading.read_share == pytest.approx(186 / 320)
    assert exam.reading.deposits == 1
    assert "cancelled" in codes(exam)
    assert exam.reading.files[0].outcome is Outcome.PARTIAL
    assert b'"partial": true' in encode(exam.reading)


def test_a_blank_part_is_not_called_negative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = von_kossa(mineral=False)[0]
    monkeypatch.setattr(slide, "BAND_PIXELS", 64 * field.side)
    monkeypatch.setattr(slide, "STEP", 64)
    path = write_tiled(tmp_path / "s.tif", field.pixels())
    exam = examine(path, stain=Stain.VON_KOSSA, progress=_stop_after(2))
    assert states(exam) == {"bx_von_kossa_positive": "unknown"}


def test_an_interrupt_before_anything_was_read_goes_on(tmp_path: Path, pixels: np.ndarray) -> None:
    def never(*step: object) -> None:
        raise AssertionError

    class Broken:
        height, width = 10, 10

        def bands(self):
            raise KeyboardInterrupt
            yield

    with pytest.raises(KeyboardInterrupt):
        measure(Broken(), None, never)


def test_more_runs_than_memory_allows_ends_the_reading(
    tmp_path: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slide, "BAND_PIXELS", 64 * pixels.shape[1])
    monkeypatch.setattr(slide, "STEP", 64)
    monkeypatch.setattr("kossa.section.measure.MOST_RUNS", 5)
    exam = examine(write_tiled(tmp_path / "s.tif", pixels), stain=Stain.VON_KOSSA)
    assert exam.reading.partial
    assert "too-many-deposits" in codes(exam)
