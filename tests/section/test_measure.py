"""What is measured: share, number, size, edges, light, bit depth, bands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage as ndi

from kossa.evidence import NothingUsable, Stain
from kossa.section import density, measure, slide
from kossa.section.deposits import join, rows_of_runs
from kossa.section.glass import Glass
from kossa.section.reading import examine
from kossa.section.recipe import make_recipe
from kossa.section.stain import RULES, unit, unmixing
from tests.section.made import Field, codes, read, states, von_kossa, write_png, write_tiled


def test_two_discs_are_found_with_their_share_and_sizes(tmp_path: Path) -> None:
    field, truth = von_kossa()
    exam = read(tmp_path, field.pixels(), um_per_px=0.5)
    reading = exam.reading
    share = 100 * truth.sum() / field.tissue.sum()
    assert reading.mineral_percent.value == pytest.approx(share, abs=0.02)
    assert reading.deposits == 2
    assert reading.sizes == pytest.approx((20.0, 9.0), abs=0.3)
    assert reading.largest_um == reading.sizes[0]
    assert reading.per_mm2 == pytest.approx(2 / (field.tissue.sum() * 0.25e-6), rel=0.01)
    assert exam.deposits.centre[0] == pytest.approx((100, 160), abs=0.3)
    density_sum = next(s for s in reading.scores if s.name == "integrated_density")
    assert density_sum.value == pytest.approx(1.2 * truth.sum() * 0.25, rel=0.03)
    assert states(exam)["bx_von_kossa_positive"] == "present"


def test_a_section_without_mineral_is_blank(tmp_path: Path) -> None:
    field, _ = von_kossa(mineral=False)
    exam = read(tmp_path, field.pixels())
    assert exam.reading.mineral_percent.value == 0
    assert exam.reading.mineral_percent.below_limit
    assert states(exam)["bx_von_kossa_negative"] == "present"
    assert "negative-needs-control" in codes(exam)


def test_glass_alone_has_no_share(tmp_path: Path) -> None:
    exam = read(tmp_path, Field().pixels())
    assert exam.reading.mineral_percent.value is None
    assert exam.reading.tissue_px == 0
    assert "no-tissue" in codes(exam)
    assert exam.reading.findings == ()


@pytest.mark.parametrize("bowl", [0.0, 0.4])
def test_light_that_falls_off_to_the_corners_changes_nothing(tmp_path: Path, bowl: float) -> None:
    field, truth = von_kossa()
    exam = read(tmp_path, field.pixels(bowl=bowl))
    assert exam.reading.tissue_px == pytest.approx(field.tissue.sum(), rel=0.01)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.02)


def test_sixteen_bits_give_what_eight_bits_give(tmp_path: Path) -> None:
    field, truth = von_kossa()
    path = write_tiled(tmp_path / "deep.tif", field.pixels(depth=16))
    exam = examine(path, stain=Stain.VON_KOSSA)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.02)


def test_bands_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field, _ = von_kossa()
    field.add("silver", 1.0, field.disc(58, 300, 12) | field.disc(122, 120, 8))
    path = write_tiled(tmp_path / "tiled.tif", field.pixels())
    whole = examine(path, stain=Stain.VON_KOSSA).reading
    steps: list[tuple[str, int, int]] = []
    monkeypatch.setattr(slide, "BAND_PIXELS", 64 * field.side)
    monkeypatch.setattr(slide, "STEP", 64)
    banded = examine(path, stain=Stain.VON_KOSSA, progress=lambda *s: steps.append(s)).reading
    assert banded == whole
    assert [s[1] for s in steps if s[0] == "reading the section"][-1] == field.side
    assert len(steps) >= 5


def test_alizarin_and_haematoxylin_are_read(tmp_path: Path) -> None:
    red = Field().add("alizarin", 0.08)
    where = red.disc(100, 160, 20)
    red.add("alizarin", 1.0, where)
    exam = read(tmp_path, red.pixels(), None)
    assert exam.reading.stain is Stain.ALIZARIN_RED
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.03)
    blue = Field().add("eosin", 0.35).add("haem", 1.2, where)
    exam = read(tmp_path, blue.pixels(), None)
    assert exam.reading.stain is Stain.HE
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.05)
    assert states(exam)["bx_he_calcium"] == "present"


def test_nuclei_are_not_called_mineral(tmp_path: Path) -> None:
    field = Field().add("eosin", 0.35)
    for k in range(20):
        field.add("haem", 0.7, field.disc(15 + 14 * k, 110 + 10 * k, 4))
    exam = read(tmp_path, field.pixels(), Stain.HE)
    assert exam.reading.mineral_percent.value == 0
    assert states(exam) == {"bx_he_calcium": "unknown"}


def test_the_interval_holds_the_value_and_the_curve_falls(tmp_path: Path) -> None:
    reading = read(tmp_path, von_kossa()[0].pixels()).reading
    percent = reading.mineral_percent
    assert percent.low <= percent.value <= percent.high
    shares = [share for _, share in reading.curve]
    assert shares == sorted(shares, reverse=True)
    for score in reading.scores:
        assert score.low is None or score.low <= score.value <= score.high


def test_the_same_picture_gives_the_same_reading(tmp_path: Path) -> None:
    pixels = von_kossa()[0].pixels()
    assert read(tmp_path, pixels).reading == read(tmp_path, pixels).reading


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_turned_pictures_give_the_same_figures(tmp_path: Path, turn: int) -> None:
    pixels = np.ascontiguousarray(np.rot90(von_kossa()[0].pixels(), turn)[:, ::-1])
    reading = read(tmp_path, pixels).reading
    assert reading.deposits == 2
    assert reading.mineral_percent.value == pytest.approx(2.05, abs=0.03)


def test_dyes_are_unmixed_exactly() -> None:
    dyes = [unit(v) for v in (RULES[Stain.HE].mineral, RULES[Stain.HE].counters[0], (0.268, 0.570, 0.776))]
    amounts = np.array([0.7, 0.3, 0.2])
    od = sum(a * d for a, d in zip(amounts, dyes, strict=True))
    assert unmixing(*dyes[:2], dyes[2]) @ od == pytest.approx(amounts)


@pytest.mark.parametrize("core", [-10.0, 1.7])
def test_the_kernels_do_what_plain_arithmetic_does(core: float) -> None:
    draw = np.random.default_rng(0)
    pixels = draw.integers(20, 250, (24, 31, 3)).astype(np.uint8)
    light = np.array([[240.0, 3, -2, -20], [230, 1, 0, -10], [225, 0, 4, -15]])
    rule = RULES[Stain.HE]
    unmix = unmixing(rule.mineral, rule.counters[0])
    maps = [np.empty((24, 31), np.float32) for _ in range(3)]
    density.concentrations(pixels, density.log_light(256), light, (10, 20, 100, 200), unmix, 1, False, *maps)
    y = (10 + np.arange(24)[:, None] + 0.5) / 100 - 0.5
    x = (20 + np.arange(31)[None] + 0.5) / 200 - 0.5
    terms = np.stack([np.ones((24, 31)), x + 0 * y, y + 0 * x, x**2 + y**2], axis=-1)
    od = np.log10(terms @ light.T / pixels)
    amount = od @ unmix.T
    assert maps[0] == pytest.approx(od.sum(axis=2), abs=1e-4)
    assert maps[1] == pytest.approx(amount[..., 0], abs=1e-4)
    other = np.where(od[..., 0] < 0.2 * od[..., 2], np.minimum(amount[..., 2], 0.0), amount[..., 2])
    assert maps[2] == pytest.approx(other, abs=1e-4)
    out = (np.empty((24, 31), np.int16), np.empty((24, 31), bool), np.empty((24, 31), bool))
    histogram = np.zeros(density.BINS, np.int64)
    scratch = (np.empty((24, 31), np.float32), np.empty((24, 31), np.float32))
    edges = density.edge_table(0.05, 0.5, 0.5, 0.8)
    density.mark(tuple(maps), (0, 24), (1.4, 0.9, 0.2, core), edges, scratch, out, histogram)
    smooth, body = maps[1].copy(), maps[0].copy()
    for flat, of in ((smooth, maps[1]), (body, maps[0])):
        flat[1:-1, 1:-1] = ndi.uniform_filter(of, 3)[1:-1, 1:-1]
    level = ndi.maximum_filter(smooth, 7, mode="constant", cval=-9)
    dark = ndi.maximum_filter(maps[1], 11, mode="constant", cval=-9) >= core
    brown = (maps[2] >= density.PIGMENT) & (maps[2] > maps[1])
    lit = -np.log10(0.5 * 10 ** (-0.8 * 0.05) + 0.5 * 10 ** (-0.8 * np.maximum(level, 0.05))) / 0.8
    edge = 0.5 * (0.05 + 0.5 * (np.maximum(level, 0.05) - 0.05)) + 0.5 * lit
    mineral = (maps[1] >= 0.2) & ~brown & (maps[1] >= edge) & dark
    half = 0.5 * ndi.maximum_filter(body, 7, mode="constant", cval=-9)
    tissue = (body >= 1.4) | ((body >= 0.9) & (body >= half)) | (out[0] >= 0)
    assert 0.1 < dark.mean() < (1.1 if core < 0 else 0.95)
    assert (out[1] != tissue).mean() < 0.005 < (tissue & (body < 1.4) & (out[0] < 0)).mean()
    assert (out[0] >= 0).mean() > 0.03
    assert ((out[0] >= 0) != mineral).mean() < 0.005  # rounding at the edges
    assert np.array_equal(out[2], brown)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 19))
def test_cutting_a_picture_into_bands_joins_to_the_same_deposits(seed: int, cut: int) -> None:
    noise = ndi.gaussian_filter(np.random.default_rng(seed).standard_normal((20, 24)), 1)
    marks = np.where(noise > 0.1, 500, -1).astype(np.int16)
    parts = [rows_of_runs(marks[:cut], 0), rows_of_runs(marks[cut:], cut)]
    found = join([t for t, _ in parts], [s for _, s in parts], 20, 0.0)
    labels, count = ndi.label(marks >= 0, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    assert sorted(found.pixels.tolist()) == sorted(s for s in sizes.tolist() if s >= 4)
    assert found.density == pytest.approx(found.pixels * 0.5)


def test_a_recipe_of_nothing_keeps_the_printed_values() -> None:
    glass = Glass(np.array([[240.0, 0, 0, 0]] * 3), 1.0)
    recipe = make_recipe(RULES[Stain.VON_KOSSA], glass, [np.zeros((50, 3))], 256, (10, 10))
    assert recipe.floor == RULES[Stain.VON_KOSSA].floor
    assert recipe.estimated == (False, False)


def test_a_dirty_background_raises_the_floor_but_a_red_field_is_not_blank(tmp_path: Path) -> None:
    field = Field().add("alizarin", 0.2)
    where = field.disc(100, 160, 20)
    exam = read(tmp_path, field.add("alizarin", 1.0, where).pixels(), Stain.ALIZARIN_RED)
    assert exam.reading.mineral_px == pytest.approx(where.sum(), rel=0.05)
    full = read(tmp_path, Field().add("alizarin", 0.9).pixels(), Stain.ALIZARIN_RED)
    assert full.reading.mineral_percent.value == pytest.approx(100, abs=1)


@pytest.mark.parametrize(("side", "words"), [(1, "1 x 1 pixels"), (200, "one colour everywhere")])
def test_a_picture_that_shows_nothing_gives_no_figure(tmp_path: Path, side: int, words: str) -> None:
    for value in (0, 255):
        pixels = np.full((side, side, 3), value, np.uint8)
        with pytest.raises(NothingUsable, match=words):
            examine(write_png(tmp_path / "one.png", pixels), stain=Stain.VON_KOSSA)


def test_the_curve_is_read_at_the_densities_it_names() -> None:
    for at in measure.CURVE:
        assert at / density.BIN == pytest.approx(round(at / density.BIN), abs=1e-9)
