"""Columns of a table: what a value was measured in, and what nothing is taken from."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest

from kossa.blood import examine
from kossa.blood.results import read_rows
from kossa.blood.specimen import fluid
from kossa.evidence import Person, Severity, encode

CODE = {"coding": [{"system": "http://loinc.org", "code": "17861-6"}], "text": "Calcium"}
DAY = date(2026, 1, 1)


def observation(value, **more):
    quantity = {"value": value, "unit": "mg/dL", "code": "mg/dL"}
    return {"resourceType": "Observation", "status": "final", "code": CODE, "valueQuantity": quantity} | more


def bundle(*resources):
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})


def read(folder, text, name="labs.csv"):
    (folder / name).write_text(text)
    return examine(folder / name, today=DAY)


@pytest.mark.parametrize(
    "column", ["specimen", "Sample", "sample_type", "Material", "Probe", "pr\u00e9l\u00e8vement"]
)
@pytest.mark.parametrize("words", ["urine", "24h Urine", "Sammelurin", "U", "Harn", "CSF"])
def test_a_value_of_another_fluid_than_blood_gives_no_finding(tmp_path, column, words):
    found = read(tmp_path, f"name,value,unit,{column}\ncalcium,3.9,mmol/L,{words}\n")
    assert found.findings == ()
    assert [r.weighed for r in found.results] == [False]
    assert [n.code for n in found.notices if n.severity is Severity.WARNING] == ["other-specimen"]


@pytest.mark.parametrize("words", ["serum", "S", "Plasma", "Vollblut", "venous blood", ""])
def test_a_value_of_blood_counts(tmp_path, words):
    found = read(tmp_path, f"name,value,unit,specimen\ncalcium,3.1,mmol/L,{words}\n")
    assert "calcium_high" in {f.id for f in found.findings}
    assert found.notices == ()


def test_a_urine_test_counts_in_urine_and_not_in_serum(tmp_path):
    rows = "24-hour urine calcium,9.5,mmol/(24.h),urine\nurine calcium,9,mmol/L,serum\n"
    found = read(tmp_path, f"name,value,unit,specimen\n{rows}")
    assert [r.weighed for r in found.results] == [True, False]


def test_a_sample_that_is_not_known_is_told_and_taken_for_blood(tmp_path):
    found = read(tmp_path, "name,value,unit,sample\ncalcium,3.1,mmol/L,xyzzy\n")
    assert "calcium_high" in {f.id for f in found.findings}
    assert [n.code for n in found.notices] == ["specimen-unknown"]
    assert fluid("serum and urine") is None


@pytest.mark.parametrize(
    "specimen",
    [
        {"display": "Urine, 24h"},
        {"reference": "Specimen/s1"},
        {"reference": "#inside"},
    ],
)
def test_a_record_says_by_its_specimen_what_was_measured_in(tmp_path, specimen):
    urine = {"resourceType": "Specimen", "id": "s1", "type": {"text": "Urine, 24h"}}
    coded = urine | {"id": "inside", "type": {"coding": [{"code": "122575003"}]}}
    one = observation(14.0, specimen=specimen, contained=[coded])
    found = read(tmp_path, bundle(urine, one), "record.json")
    assert found.findings == ()
    assert "other-specimen" in {n.code for n in found.notices}
    plain = read(tmp_path, bundle(urine, observation(14.0)), "record.json")
    assert "calcium_high" in {f.id for f in plain.findings}


def test_columns_that_nothing_is_taken_from_are_named_without_their_values(tmp_path):
    found = read(tmp_path, "name,value,unit,Ward,Fasting\ncalcium,2.4,mmol/L,Xyzzy,plugh\n")
    told = next(n for n in found.notices if n.code == "column-not-used")
    assert "ward, fasting" in told.what
    assert b"yzzy" not in encode(found)
    assert b"plugh" not in encode(found)


def seconds(rows: int) -> float:
    """The least of two runs over doubles, values of one day, and one value of many days."""
    base = {"name": "calcium", "unit": "mmol/L"}
    texts = [base | {"value": 2.4, "date": f"2024-01-{1 + n % 28:02}"} for n in range(rows)]
    texts += [base | {"value": 2 + n / rows, "date": "2024-01-02"} for n in range(rows)]
    texts += [base | {"value": 2.4, "date": f"{1990 + n % 30}-01-{1 + n // 30 % 28:02}"} for n in range(rows)]
    took = []
    for _ in range(2):
        began = time.process_time()
        read_rows(texts, Person(key="p1"), today=DAY)
        took.append(time.process_time() - began)
    return min(took)


def test_the_time_of_a_table_grows_with_its_rows_and_not_with_their_square():
    seconds(10)
    # 8 times the rows: 28 lies far above 8, for a busy machine, and far below the 64 of a square
    assert seconds(3200) < 28 * seconds(400)


def test_one_row_many_times_counts_once_and_names_some_places(tmp_path):
    found = read(tmp_path, "name,value,unit\n" + "calcium,2.4,mmol/L\n" * 100)
    assert len(found.results) == 1
    told = next(n for n in found.notices if n.code == "duplicate-result")
    assert "line 7 and 94 more places" in told.what


def test_one_fault_in_many_rows_is_one_notice(tmp_path):
    found = read(tmp_path, "name,value,unit\n" + "".join(f"PTH,{n}.5,mmol/L\n" for n in range(1, 200)))
    assert [n.code for n in found.notices if n.severity is Severity.WARNING] == ["implausible-value"]
    assert found.notices[-1].what.startswith("199 times: line 2: PTH 1.5 mmol/L")


def test_in_a_table_of_decimal_commas_a_point_before_three_digits_is_refused(tmp_path):
    rows = "PTH;1.234;pg/mL;10;65\ncalcium;2,40;mmol/L;2,1;2,6\n"
    found = read(tmp_path, f"name;value;unit;low;high\n{rows}")
    assert [r.analyte for r in found.results] == ["calcium_total"]
    assert "ambiguous" in {n.code for n in found.notices}
    pointed = read(tmp_path, "name;value;unit\nPTH;1.234;pg/mL\n")
    assert [r.value for r in pointed.results] == [1.234]
