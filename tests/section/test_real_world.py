"""What real pictures bring: cast, blur, compression, frames, ink, counterstains, thickness; and its words."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage as ndi

from kossa.evidence import Stain
from kossa.image import annotate
from kossa.section import density, overlay
from kossa.section.deposits import join, rows_of_runs
from kossa.section.frame import find_frame, without_frame
from kossa.section.glass import fit_glass
from kossa.section.outline import geojson
from kossa.section.quality import blockiness, blur_px
from kossa.section.row import csv_row
from kossa.section.slide import Block, Slide
from tests.section.made import SIDE, Field, codes, read, states, von_kossa


def _slide(pixels: np.ndarray) -> Slide:
    return Slide(None, *pixels.shape[:2], lambda rows, columns: pixels[slice(*rows), slice(*columns)])


@pytest.mark.parametrize("lamp", [(1.0, 0.8, 0.55), (0.6, 0.78, 1.0)])
def test_the_colour_of_a_lamp_is_taken_off_and_told(tmp_path: Path, lamp: tuple[float, ...]) -> None:
    field, truth = von_kossa()
    pixels = np.rint(field.pixels() * np.array(lamp)).astype(np.uint8)
    exam = read(tmp_path, pixels)
    assert "strong-cast" in codes(exam)
    assert "little-glass" not in codes(exam)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.03)
    assert states(exam)["bx_von_kossa_positive"] == "present"


def test_a_stain_that_fills_the_picture_is_no_lamp() -> None:
    field = Field()
    field.tissue[:] = True
    blocks = [Block(0, 0, field.add("eosin", 0.6).pixels())]
    assert fit_glass(blocks, (SIDE, SIDE), even=False).assumed


def test_glass_that_was_clipped_to_white_is_glass(tmp_path: Path) -> None:
    field, truth = von_kossa()
    pixels = np.clip(field.pixels().astype(float) * 1.2, 0, 255).astype(np.uint8)
    exam = read(tmp_path, pixels)
    assert "little-glass" not in codes(exam)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.04)
    assert exam.reading.tissue_px == pytest.approx(field.tissue.sum(), rel=0.02)


def test_a_picture_that_is_dark_all_over_is_not_called_mineral(tmp_path: Path) -> None:
    field = Field()
    field.tissue[:] = True
    grain = np.random.default_rng(5).normal(0, 0.1, (SIDE, SIDE))
    field.density += (0.9 + ndi.gaussian_filter(grain, 1) * 4)[..., None]
    exam = read(tmp_path, field.pixels())
    assert "dark-picture" in codes(exam)
    assert states(exam) == {"bx_von_kossa_positive": "unknown"}


def test_a_black_frame_is_neither_tissue_nor_mineral(tmp_path: Path) -> None:
    field, truth = von_kossa()
    pixels = field.pixels()
    pixels[:20] = 3
    pixels[:, -12:] = 2
    exam = read(tmp_path, pixels)
    assert find_frame(_slide(pixels)) == (20, 0, 0, 12)
    assert "black-border" in codes(exam)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.03)
    inner = field.tissue[24:, :-16].sum()
    assert exam.reading.tissue_px == pytest.approx(inner, rel=0.02)


def test_silver_at_the_edge_is_no_frame() -> None:
    field, _ = von_kossa()
    ragged = field.y < 30 + 12 * np.sin(field.x / 9)
    pixels = field.add("silver", 3.0, ragged).pixels()
    assert find_frame(_slide(pixels)) == (0, 0, 0, 0)
    assert find_frame(_slide(np.zeros((400, 400, 3), np.uint8))) == (0, 0, 0, 0)


def test_a_frame_is_white_whatever_part_is_asked_for() -> None:
    pixels = np.full((100, 90, 3), 120, np.uint8)
    clean = without_frame(_slide(pixels), (6, 0, 0, 5))
    whole = clean.get((0, 100), (0, 90))
    assert (whole[:10] == 255).all()
    assert (whole[:, 81:] == 255).all()
    assert (whole[10:, :81] == 120).all()
    assert np.array_equal(clean.get((5, 40), (70, 90)), whole[5:40, 70:90])
    assert (pixels == 120).all()


def test_blue_ink_over_tissue_is_counted_as_nothing(tmp_path: Path) -> None:
    field, truth = von_kossa()
    inked = (field.x > 40) & (field.x < 125)
    exam = read(tmp_path, field.add("blue_ink", 1.0, inked).pixels())
    assert "pen" in codes(exam)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.03)
    assert exam.reading.tissue_px == pytest.approx((field.tissue & ~inked).sum(), rel=0.03)


def test_a_green_counterstain_is_no_ink_and_not_far_from_the_stain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.section import made

    monkeypatch.setitem(made.DYES, "methyl_green", (0.980, 0.144, 0.133))
    field = Field().add("methyl_green", 0.2)
    field.add("methyl_green", 0.5, field.disc(260, 200, 25))
    where = field.disc(100, 160, 20)
    exam = read(tmp_path, field.add("silver", 1.2, where).pixels())
    assert not {"pen", "colours-do-not-fit", "vectors-far"} & codes(exam)
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.03)


def test_nuclei_in_haematoxylin_are_no_alizarin(tmp_path: Path) -> None:
    field = Field().add("alizarin", 0.06).add("haem", 0.08)
    for k in range(20):
        field.add("haem", 0.6, field.disc(15 + 14 * k, 290, 5))
    where = field.disc(100, 160, 20)
    exam = read(tmp_path, field.add("alizarin", 1.0, where).pixels(), Stain.ALIZARIN_RED)
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.05)
    assert exam.reading.deposits == 1


@pytest.mark.parametrize("thickness", [0.6, 1.0, 1.5])
def test_thick_and_pale_sections_are_measured_by_their_own_nuclei(tmp_path: Path, thickness: float) -> None:
    field = Field().add("eosin", 0.35)
    for k in range(30):
        field.add("haem", 0.65, field.disc(12 + 10 * k, 110 + 60 * (k % 3), 4))
    where = field.disc(100, 270, 14)
    field.add("haem", 1.2, where)
    field.density *= thickness
    exam = read(tmp_path, field.pixels(), Stain.HE)
    assert exam.reading.deposits == 1
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.06)


def test_soot_on_haematoxylin_is_not_counted(tmp_path: Path) -> None:
    field = Field().add("eosin", 0.35)
    field.add("haem", 1.2, field.disc(100, 160, 20)).add("silver", 1.5, field.disc(220, 230, 12))
    assert read(tmp_path, field.pixels(), Stain.HE).reading.deposits == 1


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0])
def test_blur_is_measured(sigma: float) -> None:
    field, _ = von_kossa()
    glass = fit_glass([Block(0, 0, field.pixels())], (SIDE, SIDE), even=True)
    blurred = ndi.gaussian_filter(field.pixels(noise=0.0).astype(float), (sigma, sigma, 0))
    found = blur_px([Block(0, 0, np.rint(blurred).astype(np.uint8))], glass)
    assert found == pytest.approx(sigma, rel=0.2)


def test_an_unsharp_and_a_coarse_picture_are_told(tmp_path: Path) -> None:
    field, _ = von_kossa()
    blurred = ndi.gaussian_filter(field.pixels(), (2.5, 2.5, 0))
    exam = read(tmp_path, blurred, um_per_px=2.0)
    assert {"out-of-focus", "too-coarse"} <= codes(exam)
    sharp = read(tmp_path, field.pixels(), um_per_px=0.5)
    assert not {"out-of-focus", "too-coarse", "jpeg-artefacts", "black-border", "strong-cast"} & codes(sharp)


def test_compression_shows_in_steps_at_every_eighth_pixel() -> None:
    field, _ = von_kossa()
    noise = ndi.gaussian_filter(np.random.default_rng(2).standard_normal((SIDE, SIDE)), 1.5)
    pixels = np.clip(field.pixels() + (12 * noise * field.tissue)[..., None], 0, 255).astype(np.uint8)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=50)
    compressed = np.asarray(Image.open(held))
    assert blockiness([Block(0, 0, pixels)]) < 1.05 < 1.1 < blockiness([Block(0, 0, compressed)])


def test_edges_lie_between_half_of_the_density_and_half_of_the_light() -> None:
    dense = density.edge_table(0.0, 0.5, 0.0, 0.8)
    lit = density.edge_table(0.0, 0.5, 1.0, 0.8)
    middle = density.edge_table(0.0, 0.5, 0.5, 0.8)
    at = 150  # a level of 1.5
    assert dense[at] == pytest.approx(0.75)
    assert 10 ** (-0.8 * lit[at]) == pytest.approx(0.5 * (1 + 10 ** (-0.8 * 1.5)), abs=1e-3)
    assert middle[at] == pytest.approx(0.5 * (dense[at] + lit[at]))


def test_a_ring_is_told_from_a_disc(tmp_path: Path) -> None:
    field, _ = von_kossa()
    ring = field.disc(240, 150, 30) & ~field.disc(240, 150, 25)
    exam = read(tmp_path, field.add("silver", 1.2, ring).pixels())
    assert exam.deposits.rings() == 1
    assert "ring" in codes(exam)
    marks = np.where(ring, 500, -1).astype(np.int16)
    table, sums = rows_of_runs(marks, 0)
    assert join([table], [sums], SIDE, 0.0).rings() == 1


def test_outlines_carry_what_qupath_reads(tmp_path: Path) -> None:
    whole = json.loads(geojson(read(tmp_path, von_kossa()[0].pixels(), um_per_px=0.5)))
    for number, feature in enumerate(whole["features"], 1):
        assert str(uuid.UUID(feature["id"])) == feature["id"]
        said = feature["properties"]
        assert said["objectType"] in ("annotation", "detection")
        assert said["name"] == f"d{number}"
        assert all(0 <= c <= 255 and isinstance(c, int) for c in said["classification"]["color"])
    assert len({f["id"] for f in whole["features"]}) == len(whole["features"])


def test_a_scale_bar_has_a_round_length_and_stands_only_where_pixels_have_a_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    for room in (overlay, annotate):
        monkeypatch.setattr(room, "write", lambda _d, _p, text, _s, **_k: words.append(text))
    pixels = von_kossa()[0].pixels()
    overlay.overlay(read(tmp_path, pixels, um_per_px=0.5))
    assert words == ["1", "2", "20 um"]
    words.clear()
    overlay.overlay(read(tmp_path, pixels))
    assert words == ["1", "2"]


def test_columns_name_their_units(tmp_path: Path) -> None:
    pixels = von_kossa()[0].pixels()
    known = csv_row(read(tmp_path, pixels, um_per_px=0.5).reading)
    unknown = csv_row(read(tmp_path, pixels).reading)
    assert list(known) == list(unknown)
    assert known["largest_um"] == pytest.approx(0.5 * known["largest_px"], rel=1e-3)
    assert known["largest_px"] == pytest.approx(unknown["largest_px"], rel=1e-3)
    assert known["integrated_density_od_px"] == pytest.approx(unknown["integrated_density_od_px"], rel=1e-3)
    assert known["tissue_mm2"] == pytest.approx(known["tissue_px"] * 0.25e-6, rel=1e-3)
    for name in ("largest_um", "tissue_mm2", "deposits_per_mm2", "integrated_density_od_um2"):
        assert unknown[name] is None
    assert known["mineral_percent_low"] <= known["mineral_percent"] <= known["mineral_percent_high"]


@pytest.mark.parametrize("more", range(1, 10))
def test_a_size_that_leaves_a_narrow_block_over_is_read_and_its_compression_told(
    tmp_path: Path, more: int
) -> None:
    field, _ = von_kossa(side=512 + more)
    rows = slice(None) if more % 2 else slice(0, 300)
    noise = ndi.gaussian_filter(np.random.default_rng(2).standard_normal(field.tissue.shape), 1.5)
    pixels = np.clip(field.pixels() + (12 * noise * field.tissue)[..., None], 0, 255).astype(np.uint8)[rows]
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=50)
    assert "jpeg-artefacts" in codes(read(tmp_path, np.asarray(Image.open(held))))
    assert "jpeg-artefacts" not in codes(read(tmp_path, pixels))
