"""The tables of the room: codes that hold, names that resolve, ranges with a source."""

from __future__ import annotations

import pytest

from kossa.blood.analytes import analytes, by_loinc, by_name, check_digit_holds, rows
from kossa.blood.ranges import for_person, judge, own_range
from kossa.chemistry.units import parse, units
from kossa.evidence import Flag, Sex
from kossa.evidence.vocabulary import terms

BANNED = {"53019-6", "11235-9", "11090-8"}  # valid codes of other tests: Ro60, fentanyl in urine, anti-Sm


def test_every_loinc_code_has_its_check_digit_and_a_known_test():
    for row in rows("loinc.csv"):
        assert check_digit_holds(row["loinc"]), row
        assert by_loinc(row["loinc"]).id == row["analyte"]
        assert row["verified"]
    assert not BANNED & {row["loinc"] for row in rows("loinc.csv")}


@pytest.mark.parametrize("code", ["14866-0", "1988-1", "LP1234", "17861", "", "17861-66"])
def test_a_wrong_check_digit_is_seen(code):
    assert not check_digit_holds(code)


def test_every_unit_of_a_test_is_in_the_table_of_units():
    for one in analytes().values():
        for code in (one.conventional, one.si):
            assert code is None or code in units(), one


def test_every_range_has_a_source_and_an_order():
    for row in rows("ranges.csv"):
        assert row["source"]
        assert row["tag"]
        assert row["analyte"] in analytes()
        assert float(row["low"]) < float(row["high"])


def test_every_band_is_a_finding_in_a_known_unit_with_a_source():
    for row in rows("bands.csv"):
        assert row["id"] in terms()
        assert parse(row["unit"]) is not None
        assert row["source"]


def test_every_stem_has_a_finding():
    for one in analytes().values():
        if one.stem:
            assert one.stem in terms() or any(t.startswith(one.stem + "_") for t in terms()), one


def test_the_same_test_by_any_of_its_codes_and_names():
    assert {by_loinc(c).id for c in ("17861-6", "49765-1", "2000-8")} == {"calcium_total"}
    assert by_name("Calcium, serum") is by_name("S-Ca") is by_name("calcium [Mass/volume] in Serum or Plasma")


@pytest.mark.parametrize("name", ["Urine calcium", "Calcium, urine", "ionized calcium", "24 h urine calcium"])
def test_urine_and_ionized_calcium_are_never_total_calcium(name):
    found = by_name(name)
    assert found is None or found.id != "calcium_total"
    assert by_loinc("6874-2").id == "urine_calcium_24h"
    assert by_loinc("1995-0").id == "calcium_ionized"


def test_a_row_of_the_own_sex_beats_any_and_a_union_stands_for_unknown():
    assert for_person("creatinine", 50, Sex.F).high == 90
    assert for_person("creatinine", 50, Sex.M).high == 110
    assert for_person("creatinine", 50, Sex.U).low == 45
    assert for_person("phosphate", 0.5, Sex.F).high == 2.7
    assert for_person("c3", 50, Sex.F) is None


@pytest.mark.parametrize(("low", "high"), [(0, 0), (5, 5), (6, 2)])
def test_a_range_that_is_none_is_not_used(low, high):
    found, why = own_range(low, high, "mg/dL")
    assert found is None
    assert why


def test_a_range_with_one_end_judges_that_end():
    assert judge(6, None, 5) is Flag.HIGH
    assert judge(4, None, 5) is Flag.NORMAL
    assert judge(4, 5, None) is Flag.LOW
    assert judge(4, None, None) is Flag.UNKNOWN
