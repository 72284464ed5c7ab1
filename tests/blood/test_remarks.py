"""Numbers with something beside them in one cell, and results that stand twice."""

from __future__ import annotations

import pytest

from kossa.blood import examine
from kossa.blood.results import join, measure_rows, read_rows
from kossa.blood.saturation import serum_values
from kossa.evidence import Comparator, Flag, Outcome, Person, Severity, Sex, State


def read(*rows):
    return read_rows(rows, Person(age_years=50))


def cell(value, name="phosphate", unit="mmol/L", **more):
    return {"name": name, "value": value, "unit": unit, **more}


@pytest.mark.parametrize(
    ("value", "number", "comment"),
    [
        ("2.2 (haemolysed)", 2.2, "haemolysed"),
        ("2,2*", 2.2, "*"),
        ("2.2 mmol/L (hemolyzed)", 2.2, "hemolyzed"),
        ("2.2 H", 2.2, ""),
        ("2.2 mmol/L", 2.2, ""),
        ("2.2 [H]", 2.2, ""),
        ("2.2+", 2.2, ""),
        ("2.2, slightly lipaemic", 2.2, "slightly lipaemic"),
        ("2.2 (0.8-1.45)", 2.2, ""),
        ("2.2 repeated", 2.2, "repeated"),
    ],
)
def test_a_value_with_a_remark_is_read_and_the_remark_kept(value, number, comment):
    (result,), _, _ = read(cell(value))
    assert (result.value, result.comment) == (number, comment)


def test_a_bound_in_a_cell_keeps_its_sign_and_its_remark():
    (result,), _, _ = read(cell("<0.1 (repeat)"))
    assert (result.comparator, result.bound, result.comment) == (Comparator.LESS, 0.1, "repeat")


@pytest.mark.parametrize("value", ["2.2-2.5", "2.2/3", "1.2.3", "2 of 5", "2.2 and 3.1", "3 (1) 4"])
def test_two_numbers_in_one_cell_give_none(value):
    results, _, notices = read(cell(value))
    assert results == ()
    assert notices[0].code in ("invalid-number", "ambiguous")


@pytest.mark.parametrize(("value", "flag"), [("1.2 H", Flag.HIGH), ("1.2 L", Flag.LOW), ("1.2 ↑", Flag.HIGH)])
def test_a_letter_beside_the_number_is_the_laboratorys_flag(value, flag):
    (result,), _, _ = read(cell(value))
    assert result.flag is flag


def test_a_star_gives_no_direction():
    (result,), _, _ = read(cell("1.2*", low=0.8, high=1.45))
    assert result.flag is Flag.NORMAL


def test_a_range_beside_the_number_judges_it():
    (result,), _, _ = read(cell("1.3 (0.8 - 1.2)"))
    assert (result.range.low, result.range.high, result.flag) == (0.8, 1.2, Flag.HIGH)


@pytest.mark.parametrize("name", ["phosphate", "potassium", "LDH"])
def test_haemolysis_takes_the_weight_from_what_red_cells_hold(name):
    (result,), found, notices = read(cell("7.2 (haemolysed)", name, "U/L" if name == "LDH" else "mmol/L"))
    assert result.value == 7.2
    assert result.flag is Flag.UNKNOWN
    assert not [f for f in found if f.state is State.PRESENT]
    (notice,) = [n for n in notices if n.code == "haemolysed"]
    assert "raises it falsely" in notice.what


def test_an_earlier_sound_result_speaks_before_a_haemolysed_one():
    _, found, _ = read(
        cell("2.3", date="2025-02-20"), cell("2.6 (haemolysed)", date="2025-03-02"), cell("1.0", "magnesium")
    )
    assert ("phosphate_high", 2.3) in {(f.id, f.value) for f in found if f.state is State.PRESENT}


def test_haemolysis_leaves_calcium_with_less_certainty():
    (result,), found, notices = read(cell("2.9 (haemolysed)", "calcium", low=2.1, high=2.6))
    assert result.flag is Flag.HIGH
    assert {f.certainty for f in found if f.id == "calcium_high"} == {0.7}
    assert [n.severity for n in notices if n.code == "sample-remark"] == [Severity.INFO]


def test_a_unit_in_the_cell_that_contradicts_the_column_gives_no_value():
    (result,), _, notices = read(cell("2.2 mg/dL"))
    assert (result.value, result.flag) == (None, Flag.UNKNOWN)
    assert "ambiguous" in {n.code for n in notices}


def test_a_remark_behind_a_value_of_a_letter_counts_too(tmp_path):
    (tmp_path / "letter.txt").write_text(
        "Bloods today: potassium 6.9 mmol/L (haemolysed).\n", encoding="utf-8"
    )
    (result,) = examine(tmp_path).results
    assert (result.value, result.comment, result.flag) == (6.9, "haemolysed", Flag.UNKNOWN)


ROW = "name,value,unit,date\n"


def test_the_same_result_of_two_files_counts_once_and_says_where_it_stands_again(tmp_path):
    (tmp_path / "a.csv").write_text(ROW + "phosphate,2.2,mmol/L,2024-03-01\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(ROW + "Phosphate,2.2,mmol/L,2024-03-01T08:10\n", encoding="utf-8")
    blood = examine(tmp_path)
    (result,) = blood.results
    assert [s.file for s in result.also_in] == [2]
    assert result.when == "2024-03-01T08:10"
    (notice,) = [n for n in blood.notices if n.code == "duplicate-result"]
    assert "file 2" in notice.what


def test_values_that_differ_at_one_time_both_stay_and_are_told(tmp_path):
    (tmp_path / "a.csv").write_text(ROW + "phosphate,2.2,mmol/L,2024-03-01\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(ROW + "phosphate,1.2,mmol/L,2024-03-01\n", encoding="utf-8")
    blood = examine(tmp_path)
    assert [r.value for r in blood.results] == [2.2, 1.2]
    assert "same-day" in {n.code for n in blood.notices}


@pytest.mark.parametrize(
    "other", ["phosphate,2.2,mg/dL,2024-03-01", "phosphate,2.2,mmol/L,2024-03-02", "phosphate,2.2,mmol/L,"]
)
def test_another_unit_or_time_is_another_result(tmp_path, other):
    (tmp_path / "a.csv").write_text(ROW + "phosphate,2.2,mmol/L,2024-03-01\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(ROW + other + "\n", encoding="utf-8")
    assert len(examine(tmp_path).results) == 2


SPOILT = {"comment": "contaminated sample", "date": "2026-05-01"}


@pytest.mark.parametrize(
    "row",
    [
        cell(3.9, "calcium", **SPOILT),
        cell(500, "creatinine", "umol/L", **SPOILT),
        cell(None, "calcium", None, flag="high", **SPOILT),
        cell("<1.0", "calcium", **SPOILT),
    ],
)
def test_a_result_of_a_contaminated_sample_is_shown_and_says_nothing(row):
    blood = join(measure_rows([row], Person(age_years=60, sex=Sex.F)), Person(age_years=60, sex=Sex.F))
    (result,) = blood.results
    assert (result.weighed, result.counts, result.flag) == (False, False, Flag.UNKNOWN)
    assert result.value == (row["value"] if row["value"] != "<1.0" else None)
    assert (blood.findings, blood.derived, blood.highest) == ((), (), ())
    assert [n.code for n in blood.notices] == ["sample-not-usable"]


@pytest.mark.parametrize(
    "void", [{"comment": "contaminated sample"}, {"status": "entered-in-error"}, {"status": "cancelled"}]
)
def test_a_sound_result_speaks_in_place_of_a_newer_one_that_does_not_count(void):
    rows = [
        cell(2.4, "calcium", date="2026-04-01"),
        cell(3.9, "calcium", date="2026-05-01", **void),
        cell(1.1, "phosphate", date="2026-05-01"),
        cell(40, "albumin", "g/L", date="2026-05-01"),
    ]
    blood = join(measure_rows(rows, Person(age_years=60)), Person(age_years=60))
    assert {f.value for f in blood.findings if f.id.startswith("calcium_over")} == {2.4}
    assert {d.name: round(d.value, 2) for d in blood.derived}["calcium_corrected"] == 2.4
    assert blood.highest == ()
    assert serum_values(blood.results)["total"] == 2.4


def test_of_two_spoilt_and_void_results_a_serum_has_nothing():
    rows = [cell(3.9, "calcium", status="entered-in-error"), cell(2.6, "phosphate", **SPOILT)]
    results, _, _ = read(*rows)
    assert serum_values(results) == {}


def test_a_file_of_nothing_but_a_contaminated_sample_is_told_as_such(tmp_path):
    (tmp_path / "labs.csv").write_text(
        "name,value,unit,comment\ncalcium,3.9,mmol/L,contaminated sample\n", encoding="utf-8"
    )
    blood = examine(tmp_path)
    assert [(f.outcome, f.reason) for f in blood.files] == [(Outcome.REJECTED, "sample-not-usable")]
    assert [r.value for r in blood.results] == [3.9]
