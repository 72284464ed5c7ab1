"""A case form -> person, findings and deposits told in words."""

from __future__ import annotations

from kossa.evidence import Side, State
from kossa.history.case import read_case

CASE = {
    "id": "x",
    "age_years": 57,
    "sex": "F",
    "setting": "inpatient",
    "history": ["calcium chloride drip in left forearm that swelled", "grows orchids"],
    "imaging": [
        {
            "modality": "radiograph",
            "site": "left forearm",
            "description": "sheet of soft tissue calcification",
        },
        {"modality": "CT", "site": "left forearm", "description": "calcified plate under the skin"},
    ],
    "labs": [{"name": "calcium_total", "value": 8.2, "unit": "mg/dL"}],
    "label": {"kind": "iatrogenic"},
}


def test_the_same_deposit_told_twice_is_one_group():
    case = read_case(CASE)
    sites = [g.site for g in case.groups]
    assert sites.count("site_forearm") == 1
    assert case.groups[0].side is Side.LEFT


def test_lab_rows_are_handed_on_and_the_label_is_not_read():
    case = read_case(CASE)
    assert case.labs[0]["value"] == 8.2
    assert case == read_case({k: v for k, v in CASE.items() if k != "label"})


def test_what_was_not_understood_is_listed():
    assert read_case(CASE).not_understood == ("grows orchids",)


def test_a_denied_calcification_tells_no_deposit():
    case = read_case({"imaging": [{"modality": "CT", "site": "chest", "description": "no calcification"}]})
    assert case.groups == ()


def test_a_contradictory_history_is_told_and_halved():
    case = read_case({"history": ["tuberculosis in 1990", "never had tuberculosis"]})
    both = [f for f in case.findings if f.id == "hx_tuberculosis"]
    assert {f.state for f in both} == {State.PRESENT, State.ABSENT}
    assert all(f.certainty == 0.5 for f in both)
    assert [n.code for n in case.notices] == ["contradiction"]


def test_an_empty_case_is_a_person_of_whom_nothing_is_known():
    case = read_case({})
    assert case.findings == ()
    assert case.person.age_years is None


def test_a_form_in_german_or_french_keeps_its_no_and_says_how_it_was_read():
    for words in ("Der Patient hat keinen Diabetes und keine Gicht", "Kein Diabetes"):
        case = read_case({"history": [words]})
        assert {f.id: f.state for f in case.findings}["hx_diabetes"] is State.ABSENT
        assert [n.code for n in case.notices] == ["language"]
    french = read_case({"history": ["Le patient n'a pas de diabète"]})
    assert {f.id: f.state for f in french.findings}["hx_diabetes"] is State.ABSENT


def test_short_english_fields_are_english_whatever_their_commonest_words():
    case = read_case({"history": ["tuberculosis contact as a child, strongly positive skin test"]})
    assert case.notices == ()
