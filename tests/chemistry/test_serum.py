"""Serum calcium in its parts: the worked examples of the site model, and what is refused."""

import pytest

from kossa.chemistry.serum import free_calcium, serum_saturation
from kossa.evidence import OutsideDomain

# total, inputs, free, ultrafilterable, albumin-bound, globulin-bound, complexed (None: not printed)
WORKED = [
    (2.40, {"albumin_g_l": 42, "ph": 7.40}, 1.234, 1.500, 0.780, 0.120, 0.266),
    (2.40, {"albumin_g_l": 42, "ph": 7.30}, 1.295, 1.571, None, None, None),
    (2.40, {"albumin_g_l": 42, "ph": 7.50}, 1.177, 1.434, None, None, None),
    (2.40, {"albumin_g_l": 42, "ph": 7.60}, 1.124, 1.373, None, None, None),
    (2.00, {"albumin_g_l": 22, "ph": 7.40}, 1.216, 1.478, 0.403, 0.118, 0.263),
    (2.70, {"albumin_g_l": 32, "globulin_g_l": 75, "ph": 7.40}, 1.403, 1.700, 0.666, 0.334, 0.297),
    (3.10, {"albumin_g_l": 42, "ph": 7.40, "phosphate": 0.75}, 1.631, 1.953, 0.996, 0.151, 0.322),
    (3.60, {"albumin_g_l": 42, "ph": 7.40, "phosphate": 1.7}, 1.888, 2.302, 1.128, 0.170, 0.414),
    (
        2.25,
        {"albumin_g_l": 36, "ph": 7.33, "phosphate": 2.3, "bicarbonate": 20},
        1.246,
        1.520,
        0.618,
        0.111,
        0.275,
    ),
    (2.30, {"albumin_g_l": 42, "ph": 7.10, "bicarbonate": 10}, 1.434, 1.618, 0.590, 0.092, 0.184),
    (2.50, {"albumin_g_l": 40, "ph": 7.48, "bicarbonate": 29}, 1.249, 1.545, 0.823, 0.132, 0.296),
    (2.40, {"albumin_g_l": 42, "ph": 7.40, "citrate": 1.0}, 0.989, 1.661, 0.639, 0.099, 0.672),
]


@pytest.mark.parametrize(("total", "inputs", "free", "uf", "albumin", "globulin", "complexed"), WORKED)
def test_the_worked_examples_are_met_to_print(total, inputs, free, uf, albumin, globulin, complexed):
    parts = free_calcium(total, **inputs)
    got = (parts.free, parts.ultrafilterable, parts.albumin_bound, parts.globulin_bound, parts.complexed)
    for value, expected in zip(got, (free, uf, albumin, globulin, complexed), strict=True):
        if expected is not None:
            assert value == pytest.approx(expected, abs=1.001e-3)


def test_the_parts_sum_to_the_total():
    parts = free_calcium(2.4, albumin_g_l=42, ph=7.4)
    assert parts.ultrafilterable + parts.albumin_bound + parts.globulin_bound == pytest.approx(2.4, abs=1e-9)


def test_free_calcium_falls_with_ph_albumin_and_citrate():
    base = free_calcium(2.4, albumin_g_l=42, ph=7.4).free
    assert free_calcium(2.4, albumin_g_l=42, ph=7.5).free < base
    assert free_calcium(2.4, albumin_g_l=48, ph=7.4).free < base
    assert free_calcium(2.4, albumin_g_l=42, ph=7.4, citrate=0.5).free < base


def test_what_was_not_given_is_named_and_widens_the_interval():
    told = free_calcium(
        2.4, albumin_g_l=42, globulin_g_l=30, ph=7.4, bicarbonate=25, phosphate=1.1, citrate=0.12
    )
    guessed = free_calcium(2.4, albumin_g_l=42)
    assert told.assumed == ()
    assert told.sd == 0.06
    assert guessed.sd == 0.10
    assert "ph 7.4" in guessed.assumed


def test_a_measured_ionised_calcium_goes_before_the_model():
    serum = serum_saturation(2.3, ionised=1.25, total=9.9, albumin_g_l=1, ph=7.33)
    assert serum.calcium_source == "measured"
    assert serum.free_calcium == 1.25


def test_uraemic_serum_is_dangerous_at_a_lower_tissue_ph_than_normal_serum():
    uraemic = serum_saturation(2.3, ionised=1.25, ph=7.33)
    normal = serum_saturation(1.1, total=2.4, albumin_g_l=42, ph=7.4)
    assert normal.calcium_source == "site model"
    assert uraemic.tissue_ph + 0.3 < normal.tissue_ph
    assert uraemic.tissue_ph_low < uraemic.tissue_ph < uraemic.tissue_ph_high
    assert uraemic.spread["OCP"] == 0.4


def test_serum_outside_life_is_refused_with_the_range_and_the_likely_fault():
    with pytest.raises(OutsideDomain, match=r"total 9\.6 mmol/L .*check the unit"):
        free_calcium(9.6, albumin_g_l=42)  # mg/dL
    with pytest.raises(OutsideDomain, match="phosphate"):
        serum_saturation(35.0, ionised=1.2)
    with pytest.raises(OutsideDomain, match="needs ionised calcium"):
        serum_saturation(1.1, total=2.4)
