"""Attenuation between table rows, and HU per mg by tube voltage."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.chemistry.attenuation import hu_per_mg_cm3, mass_attenuation_cm2_per_g, materials
from kossa.evidence import OutsideDomain


def test_anchors_of_the_table():
    assert mass_attenuation_cm2_per_g("hydroxyapatite", 60) == pytest.approx(0.407, abs=5e-4)
    assert mass_attenuation_cm2_per_g("water", 60) == pytest.approx(0.206, abs=5e-4)


def test_between_rows_the_interpolation_is_log_log():
    ends = mass_attenuation_cm2_per_g("water", [40.0, 41.0])
    middle = mass_attenuation_cm2_per_g("water", np.sqrt(40 * 41.0))
    assert middle == pytest.approx(np.sqrt(ends[0] * ends[1]), rel=1e-12)


def test_hu_per_mg_falls_with_voltage_and_with_the_body():
    assert hu_per_mg_cm3(120) == pytest.approx(1.4148, abs=1e-4)
    assert hu_per_mg_cm3(80) > hu_per_mg_cm3(100) > hu_per_mg_cm3(140)
    assert hu_per_mg_cm3(120, water_cm=0) > hu_per_mg_cm3(120, water_cm=10) > hu_per_mg_cm3(120)


def test_outside_the_table_is_refused():
    with pytest.raises(OutsideDomain, match="15 to 150 keV"):
        mass_attenuation_cm2_per_g("water", 200)
    with pytest.raises(OutsideDomain, match="no attenuation for 'cheese'"):
        mass_attenuation_cm2_per_g("cheese", 60)
    with pytest.raises(OutsideDomain, match="60 kV"):
        hu_per_mg_cm3(60)
    with pytest.raises(OutsideDomain, match="50 cm"):
        hu_per_mg_cm3(120, water_cm=50)
    assert "hydroxyapatite" in materials()
