"""The words for people: every cause has its page, the comparison its sources."""

from __future__ import annotations

import pytest

from kossa.conditions import load
from kossa.conditions.compare import LAY_SOURCES, table
from kossa.conditions.describe import cause, causes, find
from kossa.evidence import WrongCall


def test_the_list_names_all_causes_by_kind():
    said = causes(load())
    assert all(c in said for c in load().conditions)
    assert "dystrophic (4" in said


@pytest.mark.parametrize("name", sorted(load().conditions))
def test_every_cause_has_a_page_with_sources_and_what_it_may_lead_to(name):
    said = cause(load(), name)
    c = load().conditions[name]
    assert c.names[0] in said
    assert "What it may lead to" in said
    assert "Options" in said
    assert max(map(len, said.splitlines())) <= 125


def test_the_page_shows_counts_grades_and_both_of_two_sources():
    said = " ".join(cause(load(), "systemic_sclerosis").split())
    assert "68 of 91" in said
    assert "64-76 %" in said
    assert "also: 65-82.5 % (68 of 91)" in said
    assert "grade A, read in the source" in said
    assert "odds_ratio" in said
    assert "mg/day" not in said


@pytest.mark.parametrize(
    ("name", "id_"),
    [("PXE", "pxe"), ("scleroderma", "systemic_sclerosis"), ("M34.1", "systemic_sclerosis"), ("sle", "sle")],
)
def test_a_cause_is_found_by_id_by_synonym_and_by_code(name, id_):
    assert find(load(), name).id == id_


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(WrongCall, match="dermatomyositis"):
        find(load(), "dermatomyositiss")
    with pytest.raises(WrongCall, match="lists all"):
        find(load(), "qqqq")
    with pytest.raises(WrongCall, match="several causes match"):
        find(load(), "calcinosis")


def test_the_comparison_puts_both_side_by_side_and_names_sources_for_lay_readers():
    said = table(load())
    for word in ("DYSTROPHIC", "METASTATIC", "Tissue condition", "Serum calcium", "Location", "May lead to"):
        assert word in said
    assert all(s in said for s in LAY_SOURCES)
    assert "Cleveland Clinic" in said
    assert max(map(len, said.splitlines())) <= 100
