"""The table of deposits of one place and look, over all scans of a person."""

from __future__ import annotations

from kossa.report.scan_view import group_rows
from kossa.report.words import copy_text, headline, lead
from kossa.workup.join import join
from tests.report import made


def rows(count):
    readings = [made.reading() for _ in range(count)]
    exams = [made.examination() for _ in readings]
    return group_rows(made.result(exams, groups=join(readings, None).groups).workup)


def test_groups_of_two_scans_tell_what_each_scan_measured():
    alone, both = rows(1), rows(2)
    assert [r["known_from"] for r in alone] == ["CT, deposit 1", "CT, deposit 2"]
    assert [r["known_from"] for r in both] == [
        "scan 1, deposit 1",
        "scan 1, deposit 2",
        "scan 2, deposit 1",
        "scan 2, deposit 2",
    ]
    for first, again in zip(alone * 2, both, strict=True):
        assert (first["largest"], first["certainty"]) == (again["largest"], again["certainty"])
        assert first["largest"] != "not measured"


def test_deposits_and_masses_of_two_scans_are_not_added_up():
    readings = [made.reading(), made.reading()]
    exams = [made.examination() for _ in readings]
    told = made.result(exams, groups=join(readings, None).groups).workup
    assert "2 deposits on scan 1 and 2 deposits on scan 2 in " in headline(told)
    assert "A deposit that two scans show counts on each." in lead(told)
    findings = copy_text(told)
    assert "deposit on scan 2" in findings
    assert "Scan 2: Agatston " in findings
    alone = made.result().workup
    assert "scan 1" not in (headline(alone) + lead(alone) + copy_text(alone)).lower()
