"""Laboratory units: the closed table against pint and ucumvert, and what it refuses."""

from __future__ import annotations

import warnings
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.blood.analytes import analytes
from kossa.chemistry.units import Substance, convert, parse, spellings, units
from kossa.evidence import Refused

# molar masses in g/mol (CIAAW 2021 atomic masses), independent of the printed factors
MOLAR = {
    "calcium_total": 40.078,
    "phosphate": 30.97376,
    "magnesium": 24.305,
    "creatinine": 113.12,
    "urate": 168.11,
    "glucose": 180.156,
    "vitd25": 400.64,
    "vitd1_25": 416.64,
    "cortisol": 362.46,
    "pth_intact": 9425.6,
    "acth": 4541.0,
    "bilirubin": 584.66,
}
# units of one kind whose reference the judge counts otherwise (arbitrary units, or a name without a size)
NO_JUDGE = {"index", "inr", "titer", "arbitrary/volume"}


@pytest.fixture(scope="module")
def judge():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ucumvert import PintUcumRegistry

        yield PintUcumRegistry()


def day(code: str) -> str:
    """The judge reads `/(24.h)` wrongly, `/d` rightly; both are the same unit."""
    return code.replace("/(24.h)", "/d")


def by_kind():
    kinds: dict[str, list[str]] = {}
    for unit in units().values():
        if unit.kind not in NO_JUDGE:
            kinds.setdefault(unit.kind, []).append(unit.code)
    return [(codes[0], code) for codes in kinds.values() for code in codes[1:]]


@pytest.mark.parametrize(("reference", "code"), by_kind())
def test_units_of_one_kind_agree_with_pint_and_ucumvert(judge, reference, code):
    theirs = judge.from_ucum(day(code)).to(judge.from_ucum(day(reference))).magnitude
    assert convert(1.0, code, reference) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("analyte", MOLAR)
def test_mass_becomes_substance_by_the_molar_mass(judge, analyte):
    one = analytes()[analyte]
    mass = judge.from_ucum(one.conventional)
    theirs = (mass / (judge.from_ucum("g/mol") * MOLAR[analyte])).to(judge.from_ucum(one.si)).magnitude
    assert convert(1.0, one.conventional, one.si, one.substance) == pytest.approx(theirs, rel=1e-3)


@pytest.mark.parametrize("analyte", ["calcium_total", "magnesium", "potassium", "bicarbonate"])
def test_charge_becomes_substance_by_the_valence(judge, analyte):
    one = analytes()[analyte]
    theirs = judge.from_ucum("meq/L").to(judge.from_ucum("mmol/L")).magnitude / one.valence
    assert convert(1.0, "meq/L", "mmol/L", one.substance) == pytest.approx(theirs, rel=1e-9)


@given(st.floats(min_value=1e-6, max_value=1e9), st.sampled_from(sorted(MOLAR)))
def test_there_and_back_is_the_same_value(value, analyte):
    one = analytes()[analyte]
    there = convert(value, one.conventional, one.si, one.substance)
    assert convert(there, one.si, one.conventional, one.substance) == pytest.approx(value, rel=1e-12)


def test_every_spelling_means_one_unit_of_the_table():
    for spelling in spellings():
        assert parse(spelling).code in units()
        assert parse(spelling.upper()) == parse(spelling)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("mg/dl", "mg/dL"),
        ("µmol/L", "umol/L"),
        ("μmol/l", "umol/L"),
        ("x10^9/L", "10*9/L"),
        ("IU/L", "[IU]/L"),
    ],
)
def test_laboratories_spellings_are_known(printed, code):
    assert parse(printed).code == code


@pytest.mark.parametrize("printed", ["furlong", "<b>mmol/L</b>", "", None, "mmol", "mg"])
def test_what_the_table_does_not_hold_is_not_guessed(printed):
    assert parse(printed) is None


def test_units_of_different_kinds_are_refused_without_the_analyte():
    with pytest.raises(Refused, match="cannot be converted"):
        convert(1.0, "mg/dL", "mmol/L")
    with pytest.raises(Refused, match="not in the table"):
        convert(1.0, "furlong", "mmol/L")
    albumin = Substance("g/dL", "g/L", Decimal(10))
    with pytest.raises(Refused, match="cannot be converted"):
        convert(1.0, "mmol/L", "g/L", albumin)


def test_enzymes_in_katal_iu_and_u():
    alp = analytes()["alp"].substance
    assert convert(1.4, "ukat/L", "U/L", alp) == pytest.approx(84.0)
    assert convert(37.0, "[IU]/L", "U/L", alp) == 37.0
