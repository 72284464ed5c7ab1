"""The table of deposits of one place and look, over all scans of a person."""

from __future__ import annotations

from kossa.report.scan_view import group_rows
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
