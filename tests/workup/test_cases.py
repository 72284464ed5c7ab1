"""Cases told in words and numbers, and what a change would do."""

from __future__ import annotations

import json

import pytest

from kossa.cli.main import main
from kossa.evidence import Calcification, NothingUsable, Refused, WrongCall
from kossa.workup.cases import answer, cases_in, changed

UREMIC = {
    "id": "u",
    "age_years": 60,
    "sex": "M",
    "setting": "dialysis",
    "history": ["ESRD on haemodialysis for 8 years"],
    "symptoms": [],
    "labs": [{"name": "phosphate", "value": 2.6, "unit": "mmol/L"}],
    "imaging": [{"modality": "CT", "site": "lung", "description": "fine calcification of both upper lobes"}],
}


def test_a_case_is_a_person_in_whom_calcification_is_a_fact():
    found = answer(UREMIC)
    assert found.weighing.calcification is Calcification.TOLD
    assert found.weighing.kinds[0].id == "metastatic"
    assert found.line()["id"] == "u"
    assert sum(found.line()["kinds"].values()) == pytest.approx(1)


def test_a_case_that_says_none_was_seen_is_not_weighed():
    found = answer({**UREMIC, "calcification": "none_seen"})
    assert found.weighing.kinds == ()
    with pytest.raises(Refused, match="calcification is 'perhaps'"):
        answer({**UREMIC, "calcification": "perhaps"})


def test_a_changed_case_shows_before_and_after(tmp_path, capsys):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(UREMIC))
    assert main(["diagnose", str(path), "--set", "phosphate=1.1mmol/L", "--without", "history"]) == 0
    out = capsys.readouterr().out
    assert "before" in out
    assert "after" in out


def test_what_can_be_set_and_left_out():
    other = changed(UREMIC, ["phosphate=1.1mmol/L", "calcium=normal", "age_years=40"], ["symptoms"])
    assert other["labs"] == [
        {"name": "phosphate", "value": 1.1, "unit": "mmol/L"},
        {"name": "calcium", "value": None, "unit": None, "flag": "normal"},
    ]
    assert other["age_years"] == 40
    assert "symptoms" not in other
    assert UREMIC["labs"][0]["value"] == 2.6, "the case itself is not touched"
    assert changed(UREMIC, [], ["phosphate"])["labs"] == []


@pytest.mark.parametrize(
    ("settings", "without", "said"),
    [
        (["phosphate"], [], "NAME=VALUE"),
        (["age_years=old"], [], "years as a number"),
        (["phosphate=mmol/L"], [], "a number with its unit"),
        (["phosphate=2.6kg"], [], "unit kg is not in the table"),
        (["phosphate=2.6"], [], "unit"),
        (["phosphate=26mmol/L"], [], "not what a living person has"),
        (["moon=2mmol/L"], [], "not in the table of tests"),
        (["age_years=-3"], [], "from 0 to 130"),
        (["sex=Q"], [], "it can be F, M"),
        (["phosphate=1mmol/L", "phosphate=3mmol/L"], [], "twice"),
        (["phosphate=3mmol/L"], ["phosphate"], "twice"),
        ([], ["moon"], "no such field"),
    ],
)
def test_a_change_that_cannot_be_made_is_a_sentence(settings, without, said):
    with pytest.raises(WrongCall, match=said):
        changed(UREMIC, settings, without)


def test_cases_come_as_toml_json_and_lines(tmp_path):
    (tmp_path / "a.toml").write_text('age_years = 5\nhistory = ["burn"]\n')
    (tmp_path / "b.json").write_text(json.dumps(UREMIC))
    (tmp_path / "c.jsonl").write_text(json.dumps(UREMIC) + "\n\n" + json.dumps({"id": "2"}) + "\n")
    assert next(cases_in(tmp_path / "a.toml"))["history"] == ["burn"]
    assert next(cases_in(tmp_path / "b.json"))["id"] == "u"
    assert [c["id"] for c in cases_in(tmp_path / "c.jsonl")] == ["u", "2"]


def test_a_broken_case_file_names_the_line(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "1"}\n{"id": \n')
    with pytest.raises(Refused, match=r"c\.jsonl, line 2"):
        list(cases_in(path))
    path.write_text("[1, 2]\n")
    with pytest.raises(Refused, match="a case is a table"):
        list(cases_in(path))
    with pytest.raises(WrongCall, match="cannot open"):
        next(cases_in(tmp_path / "gone.json"))


def test_predictions_are_written_a_line_a_case(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps(UREMIC) + "\n")
    out = tmp_path / "p.jsonl"
    assert main(["diagnose", str(path), "-o", str(out), "--hide", "biopsy", "--prior", "published"]) == 0
    (line,) = [json.loads(row) for row in out.read_text().splitlines()]
    assert set(line["kinds"]) >= {"dystrophic", "metastatic"}
    assert sum(c["prob"] for c in line["causes"]) <= 1.0001


def test_what_is_known_can_be_read(capsys):
    assert main(["causes"]) == 0
    assert "tuberculosis" in capsys.readouterr().out
    assert main(["causes", "tuberculosis"]) == 0
    assert "caseous necrosis" in capsys.readouterr().out
    assert main(["compare"]) == 0
    assert "DYSTROPHIC" in capsys.readouterr().out


def test_a_broken_line_is_left_out_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "a"}\n{broken\n{"id": "b"}\n', encoding="utf-8")
    told: list[str] = []
    assert [case["id"] for case in cases_in(path, told.append)] == ["a", "b"]
    assert "cases.jsonl, line 2" in told[0]


def test_a_file_without_cases_is_nothing_usable(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(NothingUsable, match="holds no case"):
        list(cases_in(path, lambda _: None))


def test_a_name_that_the_case_lacks_is_answered_with_a_near_one():
    with pytest.raises(WrongCall, match=r"it has history$"):
        changed({"age_years": 50, "history": ["scleroderma"]}, (), ("histroy",))
