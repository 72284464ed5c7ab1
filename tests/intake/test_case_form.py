"""A slip in a case form is told, and loses nothing silently."""

from __future__ import annotations

import pytest

from kossa.intake.case_form import form_notices, lab_rows


def codes(**form):
    return [n.code for n in form_notices(form)]


def test_a_sound_form_has_no_notice():
    assert codes(age_years=60, sex="F", history=["dialysis"], biopsy="von Kossa positive", labs=[{}]) == []


def test_an_unknown_field_is_named_with_the_nearest_one():
    (notice,) = form_notices({"histroy": "dialysis"})
    assert notice.code == "unknown-field"
    assert "'histroy'" in notice.what
    assert notice.todo == "Did you mean history?"


@pytest.mark.parametrize("value", [5, {"a": 1}, [1, 2], True])
def test_words_of_another_type_are_told(value):
    assert codes(history=value) == ["field-type"]


def test_one_table_of_labs_is_taken_as_one_row_and_told():
    form = {"labs": {"name": "calcium", "value": 2.4, "unit": "mmol/L"}}
    assert lab_rows(form) == [form["labs"]]
    assert [n.code for n in form_notices(form)] == ["one-table"]


def test_labs_that_are_no_table_are_told_and_give_no_row():
    assert lab_rows({"labs": "calcium 2.4"}) == []
    assert codes(labs="calcium 2.4") == ["field-type"]
    assert codes(imaging=["CT of the chest"]) == ["field-type"]
