"""The published schemas are those of the types, and what a run writes is valid by them."""

import json
from pathlib import Path

import jsonschema
import pytest

from kossa.evidence import encode
from kossa.process import compare, grow
from kossa.process.schema import DOCUMENTS, json_schema

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
# what the programs of others read
OUTCOME = {
    "scenario", "outcome", "advice", "years", "mass_mg", "volume_mm3", "series", "visible", "pattern",
    "phase", "ca_p_molar", "balance", "saturation", "numerics", "parameters", "parameters_sha256", "notices",
}  # fmt: skip
CASE = {
    "name", "outcome", "mass_mg", "peak_mg_cm3", "first_10_days", "first_100_days", "by_site", "balance",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_published_schema_is_that_of_the_type(name):
    published = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(json_schema(name))), "run python -m validate.process schemas"
    jsonschema.Draft202012Validator.check_schema(published)


def test_an_outcome_that_was_run_is_valid_and_one_with_a_field_less_is_not():
    judge = jsonschema.Draft202012Validator(json_schema("outcome"))
    for scenario in ("phlebolith", "osteoarthritis"):
        written = json.loads(encode(grow(scenario, years=0.3, size=16).outcome))
        judge.validate(written)
        assert set(written) >= OUTCOME
        del written["balance"]
        with pytest.raises(jsonschema.ValidationError, match="balance"):
            judge.validate(written)


def test_a_comparison_that_was_run_is_valid():
    written = json.loads(encode(compare(size=16, years=0.1)[0]))
    jsonschema.Draft202012Validator(json_schema("comparison")).validate(written)
    assert {case["name"] for case in written["cases"]} == {
        "injured_normal", "healthy_normal", "healthy_uraemic", "injured_ppi",
    }  # fmt: skip
    assert all(set(case) >= CASE for case in written["cases"])
