"""Files with results: FHIR entry by entry, tables row by row, cases, letters; what each becomes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kossa.blood import examine
from kossa.blood.letters import rows_in_text
from kossa.blood.results import read_rows
from kossa.evidence import NothingUsable, Outcome, Person, SeveralPeople, Severity, State, encode
from kossa.intake.survey import survey

DAY = date(2026, 1, 1)
DOCS = Path(__file__).parents[2] / "docs" / "schema"
LOINC = "http://loinc.org"
LAB = {"category": [{"coding": [{"code": "laboratory"}]}]}
RANGE = [{"low": {"value": 8.6}, "high": {"value": 9.9}}]


def loinc(code, name=None):
    return {"coding": [{"system": LOINC, "code": code, "display": name or code}]}


def amount(value, unit, **more):
    return {"valueQuantity": {"value": value, "unit": unit, "code": unit} | more}


def observation(code="17861-6", value=None, unit="mg/dL", name="Calcium", **more):
    concept = {"text": name} | (loinc(code, name) if code else {})
    base = {"resourceType": "Observation", "status": "final", "code": concept}
    dated = {"effectiveDateTime": "2025-01-10"}
    return base | dated | ({} if value is None else amount(value, unit)) | more


def bundle(*resources):
    entries = [{"resource": r} for r in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def read(tmp_path, text, name="record.json"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return examine(path, today=DAY)


def states(reading):
    return {f.id: f.state for f in reading.findings}


def codes(reading):
    return {n.code for n in reading.notices}


def test_a_coded_result_is_read_with_unit_and_place(tmp_path):
    reading = read(tmp_path, bundle(observation(value=10.9)))
    (result,) = reading.results
    assert (result.analyte, result.value_si) == ("calcium_total", pytest.approx(2.71955))
    assert result.source.place == "entry 0"
    assert reading.files[0].outcome is Outcome.ACCEPTED


def test_panels_in_components_are_read(tmp_path):
    parts = [
        {"code": loinc("17861-6")} | amount(9.4, "mg/dL"),
        {"code": loinc("6768-6")} | amount(1.4, "µkat/L"),
    ]
    reading = read(tmp_path, bundle(observation(code="24323-8", name="Panel", component=parts)))
    assert {r.analyte: r.value_si for r in reading.results} == {
        "calcium_total": pytest.approx(2.3453),
        "alp": pytest.approx(84.0),
    }


def test_every_kind_of_value_is_met(tmp_path):
    absent = {"coding": [{"code": "not-performed"}]}
    bound = amount(4, "ng/mL", comparator="<")
    reading = read(
        tmp_path,
        bundle(
            observation("2160-0", name="Creatinine", valueString="0,9 mg/dl"),
            observation("16570-4", name="Centromere", valueCodeableConcept={"text": "positive 1:1280"}),
            observation("17570-3", name="Scl-70", valueString="Not detected"),
            observation("8061-4", name="ANA", valueBoolean=True),
            observation("2777-1", name="Phosphate", valueInteger=3),
            observation("2731-8", name="PTH", dataAbsentReason=absent),
            observation("62292-8", name="25-OH D", **bound),
            observation("26464-8", name="WBC", value=9, unit="10*3/uL", **LAB),
            observation("5778-6", name="Colour of urine", valueString="YELLOW", **LAB),
        ),
    )
    found = {r.analyte: r for r in reading.results}
    assert found["creatinine"].value == 0.9
    assert states(reading)["ab_centromere"] is State.PRESENT
    assert states(reading)["ab_scl70"] is State.ABSENT
    assert states(reading)["ab_ana"] is State.PRESENT
    assert found["phosphate"].value_si is None  # a number without a unit
    assert found["pth_intact"].value is None
    assert found["vitd25"].bound == 4
    assert states(reading)["d25_low"] is State.PRESENT
    assert {"decimal-comma", "no-unit", "no-value"} <= codes(reading)


def test_the_reports_range_and_interpretation_are_used(tmp_path):
    ranged = observation(value=10.0, referenceRange=RANGE, note=[{"text": "fasting"}])
    assert states(read(tmp_path, bundle(ranged)))["calcium_high"] is State.PRESENT
    normal = {"coding": [{"code": "N"}]}
    worded = observation(value=10.0, referenceRange=[{"text": "8.6 - 10.5"}], interpretation=[normal])
    assert states(read(tmp_path, bundle(worded)))["calcium_high"] is State.ABSENT
    odd = observation(value=9.0, referenceRange=RANGE, interpretation={"coding": [{"code": "HH"}]})
    assert "range-contradicts-flag" in codes(read(tmp_path, bundle(odd)))


def test_an_unknown_code_is_told_and_not_guessed_by_its_name(tmp_path):
    reading = read(tmp_path, bundle(observation(code="2865-4", name="Calcium", value=9.0, **LAB)))
    assert reading.results[0].analyte == "calcium"
    assert states(reading) == {}
    assert "unknown-loinc" in codes(reading)


def test_a_result_named_in_words_only_counts_less(tmp_path):
    reading = read(tmp_path, bundle(observation(code=None, name="Calcium, serum", value=12.0)))
    assert {f.certainty for f in reading.findings if f.id == "calcium_high"} == {0.7}
    assert "no-code" in codes(reading)


def test_urine_is_never_serum(tmp_path):
    reading = read(
        tmp_path, bundle(observation(code="6874-2", name="Calcium 24 h", value=240, unit="mg/(24.h)"))
    )
    assert reading.results[0].analyte == "urine_calcium_24h"
    assert "calcium_high" not in states(reading)


def test_one_bad_entry_is_a_notice_and_the_rest_is_read(tmp_path):
    text = bundle(observation(value=9.0), observation(code="2777-1", name="Phosphate", value=3.0))
    bad = text.replace('"value": 3.0', '"value": 3.0, "value": 9.0')
    reading = read(tmp_path, bad)
    assert [r.analyte for r in reading.results] == ["calcium_total"]
    assert "ambiguous" in codes(reading)


def test_the_age_on_the_day_of_the_test_chooses_the_range(tmp_path):
    patient = {"resourceType": "Patient", "id": "a", "birthDate": "2010-06-01", "gender": "female"}
    child = observation(code="2777-1", name="Phosphate", value=6.0) | {"effectiveDateTime": "2012-06-01"}
    (result,) = read(tmp_path, bundle(patient, child)).results
    assert result.flag == "normal"


def test_contained_results_and_lists_are_read(tmp_path):
    report = {"resourceType": "DiagnosticReport", "status": "final", "contained": [observation(value=9.0)]}
    assert [r.source.place for r in read(tmp_path, bundle(report)).results] == ["entry 0, contained 0"]


def test_two_people_in_one_file_are_not_mixed(tmp_path):
    people = [
        {"resourceType": "Patient", "id": i, "name": [{"family": f}], "birthDate": b, "gender": "female"}
        for i, f, b in (("a", "Alpha", "1950-01-01"), ("b", "Beta", "1990-01-01"))
    ]
    own = observation(value=9.0, subject={"reference": "Patient/a"})
    other = observation(value=12.0, subject={"reference": "Patient/b"})
    with pytest.raises(SeveralPeople):
        read(tmp_path, bundle(*people, own, other))


def test_a_table_is_read_row_by_row(tmp_path):
    text = (
        "name,value,unit,date,range\n"
        "calcium,2.40,mmol/L,2024-01-02,2.1-2.6\n"
        "phosphate,-1,mmol/L,2024-01-02,\n"
        "PTH,<0.2,pmol/L,2024-01-02,\n"
        "phosphate,1.1,mmol/L,2024-01-02\n"
        "=SUM(1),2,mmol/L,2024-01-02,\n"
    )
    reading = read(tmp_path, text, "labs.csv")
    assert [r.analyte for r in reading.results] == ["calcium_total", "pth_intact"]
    assert reading.results[0].range.source == "the report's own range"
    assert {"invalid-number", "row-length", "unknown-test"} <= codes(reading)
    assert (reading.files[0].outcome, reading.files[0].reason) == (Outcome.PARTIAL, "rows-refused")
    assert all(n.source is not None for n in reading.notices)


def test_a_table_without_a_usable_row_is_rejected(tmp_path):
    reading = read(tmp_path, "name,value,unit\ncalcium,abc,mmol/L\n", "labs.csv")
    assert reading.files[0].outcome is Outcome.REJECTED
    assert reading.results == ()


def test_a_case_form_and_a_letter_hold_results_too(tmp_path):
    labs = '[[labs]]\nname = "calcium"\nvalue = 2.9\nunit = "mmol/L"\n'
    words = '[[labs]]\nname = "phosphate"\nflag = "normal"\n'
    form = f'age_years = 50\nsex = "F"\n{labs}{words}'
    (tmp_path / "case.toml").write_text(form, encoding="utf-8")
    (tmp_path / "letter.txt").write_text(
        "Dear colleague,\nHer PTH was 12.4 pmol/L (1.6-6.9) and the magnesium 0.8 mmol/L.\n", encoding="utf-8"
    )
    reading = examine(tmp_path, today=DAY)
    assert {r.analyte for r in reading.results} == {"calcium_total", "phosphate", "pth_intact", "magnesium"}
    assert states(reading)["pth_high"] is State.PRESENT
    assert reading.person.age_years == 50


def test_a_folder_without_results_is_told(tmp_path):
    (tmp_path / "letter.txt").write_text("She is well and has no complaints at all.", encoding="utf-8")
    with pytest.raises(NothingUsable, match="no laboratory results"):
        examine(tmp_path)
    assert examine(survey(tmp_path)).results == ()


def test_the_reading_is_json_by_its_schema(tmp_path):
    import jsonschema

    schema = json.loads((DOCS / "blood.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(encode(read(tmp_path, bundle(observation(value=10.9))))), schema)


@pytest.mark.shared
def test_all_results_of_the_shared_records_are_read(shared):
    """Reference page 8, rows 1 to 4: see validate/blood.py for the table."""
    from validate.blood import fhir_rows

    wrong = [row for row in fhir_rows(shared) if row.fault]
    assert wrong == []


def test_a_result_in_a_letter_without_a_unit_counts_by_its_own_range():
    rows = rows_in_text("Ca 2.71 (2.20-2.60), PO4 2.31 [0.80 to 1.50 mmol/L], ALP 188, K 4 (2015-2019)")
    assert [(r.name, r.value, r.unit, r.low, r.high) for r in rows] == [
        ("Ca", "2.71", None, "2.20", "2.60"),
        ("PO4", "2.31", "mmol/L", "0.80", "1.50"),
    ]
    results, findings, notices = read_rows(rows, Person())
    assert [r.flag for r in results] == ["high", "high"]
    assert results[0].likely_unit == "mmol/L"
    assert "calcium_high" in {f.id for f in findings if f.state is State.PRESENT}
    assert [n.code for n in notices] == ["no-unit"]


def test_a_name_that_is_a_unit_or_a_test_costs_no_result(tmp_path):
    (tmp_path / "letter.txt").write_text("Re: Mrs Li Ng\nMr Iron and Dr Ferritin wrote.\n", encoding="utf-8")
    (tmp_path / "labs.csv").write_text(
        "name,value,unit,comment\nFerritin,55,ng/mL,told Ng\nVitamin D,30 ng/mL,,\n", encoding="utf-8"
    )
    results = examine(tmp_path).results
    assert [(r.analyte, r.value, r.unit, r.comment) for r in results] == [
        ("ferritin", 55.0, "ng/mL", "told [name]"),
        ("vitd25", 30.0, "ng/mL", ""),
    ]


def test_a_test_of_an_unknown_name_is_shown_without_the_persons_name(tmp_path):
    (tmp_path / "letter.txt").write_text("Re: Mrs Jane Testperson\n", encoding="utf-8")
    (tmp_path / "labs.csv").write_text(
        "name,value,unit\nTestperson frog index,3,mmol/L\ncalcium,2.4,mmol/L\n", encoding="utf-8"
    )
    blood = examine(tmp_path)
    assert [r.analyte for r in blood.results] == ["name_frog_index", "calcium_total"]
    assert not [n for n in blood.notices if "Testperson" in n.what]


def test_taking_names_out_makes_no_unit_of_what_is_none(tmp_path):
    (tmp_path / "letter.txt").write_text("Re: Mrs Jane Testperson\n", encoding="utf-8")
    (tmp_path / "labs.csv").write_text("name,value,unit\ncalcium,2.4,<b>mmol/L</b>\n", encoding="utf-8")
    blood = examine(tmp_path)
    assert [n.code for n in blood.notices if n.severity is Severity.WARNING] == ["unknown-unit"]
    assert blood.findings == ()


def test_a_row_that_tells_who_the_person_is_goes_nowhere_and_gives_the_name_away(tmp_path):
    (tmp_path / "labs.csv").write_text(
        "name,value,unit,comment\nPatient name,Jane Testperson,,\nDOB,12/03/1966,,\n"
        "calcium,2.4,mmol/L,told Testperson\n",
        encoding="utf-8",
    )
    blood = examine(tmp_path)
    assert [(r.analyte, r.comment) for r in blood.results] == [("calcium_total", "told [name]")]
    assert [n.code for n in blood.notices] == ["not-a-result"] * 2
    for word in (b"Testperson", b"Jane", b"1966"):
        assert word not in encode(blood)
