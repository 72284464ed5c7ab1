"""Attenuation: the table's anchors, interpolation, and what lies beyond it."""

import pytest

from kossa.chemistry.attenuation import hu_per_mg_cm3, mass_attenuation_cm2_per_g, materials
from kossa.evidence import OutsideDomain


def test_the_anchors_of_hydroxyapatite_and_water():
    mu = mass_attenuation_cm2_per_g("hydroxyapatite", [20, 60, 100])
    assert mu == pytest.approx([6.559, 0.407, 0.202], rel=2e-3)
    assert float(mass_attenuation_cm2_per_g("water", 60)) == pytest.approx(0.206, rel=3e-3)
    assert "adipose_ICRU44" in materials()


def test_between_rows_the_attenuation_lies_between_them():
    low, mid, high = mass_attenuation_cm2_per_g("water", [60, 60.5, 61])
    assert high < mid < low


@pytest.mark.parametrize(("kvp", "slope"), [(80, 1.96), (100, 1.62), (120, 1.42), (140, 1.28)])
def test_hu_per_mg_behind_20_cm_of_water(kvp, slope):
    assert hu_per_mg_cm3(kvp) == pytest.approx(slope, rel=0.01)


def test_a_thin_body_hardens_the_beam_less():
    assert hu_per_mg_cm3(120, water_cm=0) > hu_per_mg_cm3(120, water_cm=10) > hu_per_mg_cm3(120)


def test_beyond_the_table_it_is_refused():
    for call in (
        lambda: mass_attenuation_cm2_per_g("water", 5),
        lambda: mass_attenuation_cm2_per_g("unobtainium", 60),
        lambda: hu_per_mg_cm3(200),
        lambda: hu_per_mg_cm3(120, water_cm=50),
    ):
        with pytest.raises(OutsideDomain):
            call()
