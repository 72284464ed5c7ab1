"""The saturation of serum: normal blood is safe, a uraemic serum is nearer to danger, gaps are told."""

from __future__ import annotations

import pytest

from kossa.blood.results import read_rows
from kossa.blood.saturation import saturation_of
from kossa.evidence import Person, Sex, WrongCall
from kossa.workup.serum import serum_of

PERSON = Person(age_years=60.0, sex=Sex.M)


def results(**values):
    units = {"calcium ionized": "mmol/L", "calcium": "mmol/L", "albumin": "g/L", "phosphate": "mmol/L"}
    rows = [
        {"name": n.replace("_", " "), "value": v, "unit": units[n.replace("_", " ")]}
        for n, v in values.items()
    ]
    return read_rows(rows, PERSON)[0]


def test_a_uraemic_serum_is_more_saturated_and_dangerous_at_a_lower_ph():
    normal = saturation_of(results(calcium_ionized=1.24, phosphate=1.1))
    uraemic = saturation_of(results(calcium_ionized=1.24, phosphate=2.6))
    assert normal[0].name == "saturation_octacalcium_phosphate"
    assert uraemic[0].value > normal[0].value + 0.3
    assert uraemic[1].value < normal[1].value
    assert "databases differ" in normal[0].formula


def test_without_phosphate_or_albumin_the_reason_stands_there():
    assert saturation_of(results(calcium_ionized=1.24))[0].reason == "needs phosphate"
    assert "albumin" in saturation_of(results(calcium=2.4, phosphate=1.1))[0].reason
    assert saturation_of(results(phosphate=1.1)) == ()


def test_a_persons_results_become_the_serum_of_a_simulation():
    serum = serum_of(results(calcium=2.4, albumin=40.0, phosphate=2.2))
    # filterable, per kg of serum water: a little below the total per litre
    assert 1.9 < serum.phosphate < 2.4
    assert 1.0 < serum.free_calcium < 1.5
    with pytest.raises(WrongCall, match="needs phosphate"):
        serum_of(results(calcium=2.4))
    with pytest.raises(WrongCall, match="ionised calcium"):
        serum_of(results(calcium=2.4, phosphate=1.1))
