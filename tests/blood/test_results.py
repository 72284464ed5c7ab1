"""Rows of a report -> results, findings and notices."""

from __future__ import annotations

from datetime import date

import pytest

from kossa.blood.results import read_rows
from kossa.evidence import Comparator, Flag, Person, Sex, State

WOMAN = Person(age_years=55, sex=Sex.F)
DAY = date(2026, 1, 1)


def read(*rows, person=WOMAN):
    return read_rows(rows, person, today=DAY)


def states(found):
    return {f.id: f.state for f in found}


def test_both_unit_systems_give_the_same_finding():
    conventional = read({"name": "phosphate", "value": 7.8, "unit": "mg/dL"})
    si = read({"name": "phosphate", "value": 2.51862, "unit": "mmol/L"})
    assert states(conventional[1]) == states(si[1])
    assert states(si[1])["phosphate_high"] is State.PRESENT


def test_a_decimal_comma_is_read_and_told():
    (result,), _, (notice,) = read({"name": "calcium", "value": "2,40", "unit": "mmol/L"})
    assert result.value == 2.4
    assert notice.code == "decimal-comma"


def test_a_value_that_fits_another_unit_is_flagged_not_corrected_and_not_weighed():
    (result,), found, (notice,) = read({"name": "calcium", "value": 3.6, "unit": "mg/dL"})
    assert (result.value, result.unit, result.plausible, result.likely_unit) == (
        3.6,
        "mg/dL",
        False,
        "mmol/L",
    )
    assert found == ()
    assert "if this is 3.6 mmol/L it is an emergency" in notice.todo


def test_a_doubtful_low_calcium_is_called_an_emergency_too():
    _, _, (notice,) = read({"name": "calcium", "value": 1.6, "unit": "mg/dL"})
    assert "if this is 1.6 mmol/L it is an emergency" in notice.todo


def test_a_bound_is_kept_and_judged_as_far_as_it_decides():
    (result,), found, _ = read({"name": "PTH", "value": "<0.2", "unit": "pmol/L"})
    assert (result.value, result.bound, result.comparator) == (None, 0.2, Comparator.LESS)
    assert states(found)["pth_low"] is State.PRESENT


def test_a_range_of_nought_to_nought_is_ignored_with_a_notice():
    row = {"name": "calcium", "value": 9.6, "unit": "mg/dL", "low": 0, "high": 0}
    (result,), _, (notice,) = read(row)
    assert result.flag is Flag.NORMAL
    assert notice.code == "range-ignored"


def test_the_reports_own_range_comes_first():
    row = {"name": "calcium", "value": 2.58, "unit": "mmol/L", "low": 2.1, "high": 2.6}
    (result,), _, _ = read(row)
    assert result.flag is Flag.NORMAL
    assert result.range.source == "the report's own range"


def test_an_unknown_age_leaves_a_childs_value_open():
    row = {"name": "phosphate", "value": 1.9, "unit": "mmol/L"}
    (result,), found, (notice,) = read(row, person=Person())
    assert (result.flag, found, notice.code) == (Flag.UNKNOWN, (), "age-unknown")
    assert read(row)[0][0].flag is Flag.HIGH
    assert read(row, person=Person(age_years=3))[0][0].flag is Flag.NORMAL


@pytest.mark.parametrize(
    ("flag", "id_"), [("normal", "calcium_normal"), ("high", "calcium_high"), ("low", "calcium_low")]
)
def test_a_verdict_without_a_number_is_a_finding(flag, id_):
    _, found, _ = read({"name": "calcium_total", "value": None, "unit": None, "flag": flag})
    assert states(found)[id_] is State.PRESENT


def test_a_unit_that_is_not_in_the_table_is_shown_and_not_used():
    (result,), found, (notice,) = read({"name": "calcium", "value": 96, "unit": "furlong"})
    assert (result.value, result.unit, result.value_si, found) == (96, "furlong", None, ())
    assert notice.code == "unknown-unit"


def test_the_newest_value_speaks():
    old = {"name": "calcium", "value": 3.2, "unit": "mmol/L", "date": "2024-01-01"}
    new = {"name": "calcium", "value": 2.4, "unit": "mmol/L", "date": "2025-01-01"}
    for rows in ((old, new), (new, old)):
        assert states(read(*rows)[1])["calcium_normal"] is State.PRESENT


@pytest.mark.parametrize("value", ["positive 1:640", "Positive (titre 1:320)", "positive 1/80"])
def test_a_verdict_with_its_titre_is_the_laboratorys_verdict(value):
    (result,), found, _ = read({"name": "ANA", "value": value})
    assert result.flag is Flag.HIGH
    assert states(found)["ab_ana"] is State.PRESENT


@pytest.mark.parametrize(
    ("value", "code"),
    [("haemolysed", "haemolysed"), ("hemolyzed", "haemolysed"), ("sample insufficient", "invalid-number")],
)
def test_an_unusable_sample_is_said_to_be_one(value, code):
    results, found, (notice,) = read({"name": "potassium", "value": value, "unit": "mmol/L"})
    assert (results, found, notice.code) == ((), (), code)
    assert "the sample was not usable" in notice.what
