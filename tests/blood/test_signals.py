"""Signals against the value of a FHIR observation: each is told, and what is forbidden is not weighed."""

from __future__ import annotations

import json
from datetime import date

import pytest

from kossa.blood import examine
from kossa.evidence import Severity

DAY = date(2026, 1, 1)


def code(loinc="17861-6", text="Calcium", display="Calcium"):
    return {"coding": [{"system": "http://loinc.org", "code": loinc, "display": display}], "text": text}


def read(folder, **more):
    quantity = {"value": 14.0, "unit": "mg/dL", "code": "mg/dL"} | more.pop("quantity", {})
    one = {"resourceType": "Observation", "status": "final", "code": code(), "valueQuantity": quantity} | more
    (folder / "record.json").write_text(json.dumps(one))
    return examine(folder / "record.json", today=DAY)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"quantity": {"comparator": "~"}}, "unknown-comparator"),
        ({"quantity": {"comparator": "ad"}}, "unknown-comparator"),
        ({"quantity": {"comparator": 7}}, "unknown-comparator"),
        (
            {"modifierExtension": [{"url": "http://x.org/negated", "valueBoolean": True}]},
            "modifier-extension",
        ),
        ({"modifierExtension": "x"}, "modifier-extension"),
        ({"implicitRules": "http://x.org/rules"}, "implicit-rules"),
        ({"dataAbsentReason": {"coding": [{"code": "error"}]}}, "value-and-absent"),
        ({"code": code(text="Phosphate")}, "code-contradicts-name"),
        ({"code": code(text="", display="Phosphate")}, "code-contradicts-name"),
        ({"code": code(text="Ionized calcium")}, "code-contradicts-name"),
    ],
)
def test_a_signal_against_a_value_is_told_and_the_value_not_weighed(tmp_path, more, told):
    found = read(tmp_path, **more)
    assert found.findings == ()
    assert [r.weighed for r in found.results] == [False]
    assert told in {n.code for n in found.notices if n.severity is Severity.WARNING}


@pytest.mark.parametrize("when", [20240102, True, {"start": 5}])
def test_a_time_that_is_no_date_is_told_and_the_value_counts_without_one(tmp_path, when):
    found = read(tmp_path, effectiveDateTime=when)
    assert [r.when for r in found.results] == [None]
    assert "invalid-date" in {n.code for n in found.notices}
    assert "calcium_high" in {f.id for f in found.findings}


@pytest.mark.parametrize("text", ["Calcium", "Calcium, serum", "Ca", "a name that no table knows"])
def test_a_name_of_the_same_test_is_no_contradiction(tmp_path, text):
    assert "calcium_high" in {f.id for f in read(tmp_path, code=code(text=text)).findings}


def test_a_wider_name_of_the_same_test_is_no_contradiction(tmp_path):
    found = read(tmp_path, code=code("1995-0", "Calcium", "Calcium.ionized"), quantity={"value": 6.5})
    assert "code-contradicts-name" not in {n.code for n in found.notices}
