"""Masses where tissue is not plain: at a border, in a vessel's wall within fat, in a node beside lung."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from kossa.evidence import Material
from tests.ct.phantom import ball, examine, judge_as, scan

FACTOR = 0.8e-3
SHAPE = (9, 72, 72)


def at(site):
    """A judge that puts everything at one site."""
    plain = judge_as(Material.CALCIFICATION)

    def judging(volume, **options):
        judged = plain(volume, **options)
        return replace(judged, judgements=tuple(replace(j, site=site) for j in judged.judgements))

    return judging


def blurred(tissue):
    return ndimage.gaussian_filter(tissue.astype(float), (0, 1.2, 1.2))


def mass_of(tissue, deposit, site=None):
    hu = blurred(tissue) + deposit + np.random.default_rng(5).normal(0, 4, SHAPE)
    deposits = [
        d for d in examine(scan(hu), judging=at(site), mg_per_mm3_hu=FACTOR).reading.deposits if d.kept
    ]
    (found,) = [d for d in deposits if d.hu_peak > 250]
    return found.mass_integrated_mg, FACTOR * deposit.sum() * 0.25 * 3.0


def radius(y0=36, x0=36):
    y, x = np.indices(SHAPE[1:])
    return np.hypot(y - y0, x - x0) * 0.5


def test_at_a_border_of_fat_and_muscle_the_background_goes_from_one_to_the_other():
    tissue = np.full(SHAPE, 50.0)
    tissue[:, :, 34:] = -100
    for x, tolerance in ((30, 0.25), (34, 0.06), (38, 0.25)):
        mass, true = mass_of(tissue, ball(SHAPE, (4, 36, x), 2.5, 1100))
        assert mass.value == pytest.approx(true, rel=tolerance)
        assert mass.low < true < mass.high


def test_calcium_in_an_arterys_wall_is_not_held_by_the_fat_around():
    tissue = np.where(radius() <= 5.0, 45.0, -100.0) * np.ones(SHAPE)
    angle = np.arctan2(*(np.indices(SHAPE[1:]) - 36))
    arc = (np.abs(radius() - 4.2) <= 0.7) & (np.abs(angle) < 0.9)
    deposit = blurred(np.where(arc, 900.0, 0.0) * (np.abs(np.arange(9) - 4) <= 1)[:, None, None])
    placed, true = mass_of(tissue, deposit, "site_aorta_abdominal")
    unplaced, _ = mass_of(tissue, deposit)
    assert placed.value == pytest.approx(true, rel=0.12)
    assert placed.low < true < placed.high
    assert abs(placed.value - true) < abs(unplaced.value - true)


def test_calcium_in_a_node_beside_lung_is_not_held_by_the_lung():
    tissue = np.full(SHAPE, -850.0)
    tissue[:, :, 36:] = 45
    tissue[:, radius(36, 34) <= 5.5] = 45
    mass, true = mass_of(tissue, ball(SHAPE, (4, 36, 34), 2.6, 900), "site_hilar_node")
    assert mass.value == pytest.approx(true, rel=0.2)
    assert mass.low < true < mass.high


def test_calcium_in_lung_is_held_by_lung():
    mass, true = mass_of(np.full(SHAPE, -800.0), ball(SHAPE, (4, 36, 36), 3.0, 1900), "site_lung")
    assert mass.value == pytest.approx(true, rel=0.08)


def test_a_node_in_fat_is_soft_tissue_also_where_fat_is_all_around():
    tissue = np.full(SHAPE, -100.0)
    tissue[:, :, :18] = 45  # muscle, far away
    tissue[3:6, radius() <= 3.0] = 45
    deposit = blurred(np.where(radius() <= 2.6, 700.0, 0.0) * (np.abs(np.arange(9) - 4) <= 1)[:, None, None])
    placed, true = mass_of(tissue, deposit, "site_mediastinal_node")
    unplaced, _ = mass_of(tissue, deposit)
    assert placed.value == pytest.approx(true, rel=0.12)
    assert placed.low < true < placed.high
    assert placed.value < unplaced.value


def test_in_a_wall_beside_lung_the_bracket_holds_the_truth():
    wall = np.where(radius() <= 9.0, 45.0, -850.0) * np.ones(SHAPE)
    angle = np.arctan2(*(np.indices(SHAPE[1:]) - 36))
    for middle in (7.4, 8.3):  # within the wall, and up to its edge
        arc = (np.abs(radius() - middle) <= 0.7) & (np.abs(angle) < 0.9)
        deposit = blurred(np.where(arc, 900.0, 0.0) * (np.abs(np.arange(9) - 4) <= 1)[:, None, None])
        mass, true = mass_of(wall, deposit, "site_aorta_arch")
        assert mass.value == pytest.approx(true, rel=0.2)
        assert mass.low < true < mass.high
