"""Pale tissue, the border of tissue, and nuclei that touch deposits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage as ndi

from kossa.evidence import Stain
from kossa.section.glass import fit_glass
from kossa.section.slide import Block
from tests.section.made import LIGHT, Field, codes, read, states


def smooth(seed: int, sigma: float, side: int = 320) -> np.ndarray:
    field = ndi.gaussian_filter(np.random.default_rng(seed).standard_normal((side, side)), sigma)
    return (field - field.mean()) / field.std()


def pale_alizarin(*, glass: bool) -> tuple[Field, np.ndarray]:
    """Fibres of pale Alizarin with three deposits; without `glass` all of the field is tissue."""
    field = Field()
    if not glass:
        field.tissue[:] = True
    fibres = np.clip(1 + 0.2 * smooth(5, 4.0), 0.3, 2.0)
    truth = field.disc(90, 160, 14) | field.disc(200, 240, 10) | field.disc(250, 150, 7)
    field.add("alizarin", 0.05, field.tissue * fibres)
    return field.add("alizarin", 1.0, truth), truth


def test_pale_tissue_brighter_than_glass_in_a_corner_is_told_from_it(tmp_path: Path) -> None:
    field, truth = pale_alizarin(glass=True)
    pixels = field.pixels(bowl=0.8)
    assert pixels[140:180, 140:180].mean() > 1.02 * pixels[:30, :30].mean()
    glass = fit_glass([Block(0, 0, pixels)], pixels.shape[:2], even=False)
    assert glass.told
    assert glass.light[:, 0] == pytest.approx(LIGHT, rel=0.01)
    exam = read(tmp_path, pixels, Stain.ALIZARIN_RED)
    true = 100 * truth.sum() / field.tissue.sum()
    assert exam.reading.mineral_percent.value == pytest.approx(true, rel=0.05)
    assert "too-pale" not in codes(exam)


def test_pale_tissue_without_glass_gives_the_share_of_the_picture_and_says_so(tmp_path: Path) -> None:
    field, truth = pale_alizarin(glass=False)
    reading = (exam := read(tmp_path, field.pixels(), Stain.ALIZARIN_RED, um_per_px=0.5)).reading
    share = 100 * truth.mean()
    assert reading.mineral_percent.value == pytest.approx(share, rel=0.03)
    assert reading.mineral_percent.low <= share < 2 * share < reading.mineral_percent.high <= 100
    assert reading.tissue_px == truth.size  # the number for each mm2 is of the same area
    assert reading.per_mm2 == pytest.approx(3 / (truth.size * 0.25e-6), rel=1e-6)
    assert "too-pale" in codes(exam)
    assert states(exam)["bx_alizarin_positive"] == "present"
    assert any("of the picture" in f.words for f in reading.findings)


def test_pale_parts_inside_dense_tissue_are_tissue_and_its_edge_does_not_move(tmp_path: Path) -> None:
    field = Field()
    field.add("fast_red", 0.4, field.tissue * np.clip(1 + 0.45 * smooth(2, 18.0), 0.15, 2.0))
    exam = read(tmp_path, field.add("silver", 1.2, field.disc(160, 200, 15)).pixels())
    assert exam.reading.tissue_px == pytest.approx(field.tissue.sum(), rel=0.006)
    percent = exam.reading.mineral_percent
    assert percent.low < 100 * field.disc(160, 200, 15).sum() / field.tissue.sum() < percent.high


def he_field(*, touching: bool) -> tuple[Field, np.ndarray]:
    """A field of nuclei with one deposit; four nuclei touch it or do not."""
    field, nuclei = Field().add("eosin", 0.35), np.zeros((320, 320), bool)
    for y in range(20, 320, 34):
        for x in range(110, 320, 34):
            if np.hypot(y - 160, x - 220) > 50:
                nuclei |= field.disc(y, x, 5)
    truth = field.disc(160, 220, 18)
    for turn in range(4):
        away = 23 if touching else 32
        nuclei |= field.disc(160 + away * np.sin(turn * np.pi / 2), 220 + away * np.cos(turn * np.pi / 2), 6)
    field.add("haem", 0.65, nuclei & ~truth).add("haem", 1.3, truth)
    field.density = ndi.gaussian_filter(field.density, (0.7, 0.7, 0))
    return field, truth


@pytest.mark.parametrize("touching", [False, True])
def test_nuclei_that_touch_a_deposit_are_hardly_counted(tmp_path: Path, touching: bool) -> None:
    field, truth = he_field(touching=touching)
    exam = read(tmp_path, field.pixels(), Stain.HE)
    assert exam.reading.deposits == 1
    nuclei = 4 * np.pi * 36
    assert exam.reading.mineral_px - truth.sum() < (0.6 if touching else 0.1) * nuclei
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.3 if touching else 0.04)


def test_many_deposits_do_not_raise_the_level_above_nuclei(tmp_path: Path) -> None:
    field, nuclei = Field().add("eosin", 0.35), np.zeros((320, 320), bool)
    truth = np.zeros_like(nuclei)
    for number, (y, x) in enumerate((y, x) for y in range(14, 310, 22) for x in range(104, 310, 22)):
        if number % 10 < 3:
            nuclei |= field.disc(y, x, 5)
        else:
            truth |= field.disc(y, x, 5)
    field.add("haem", 0.5, nuclei).add("haem", 0.95, truth)
    exam = read(tmp_path, field.pixels(), Stain.HE)
    assert exam.reading.mineral_px == pytest.approx(truth.sum(), rel=0.1)
