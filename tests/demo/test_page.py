"""The whole demonstration on a small cylinder-sized scan: made, read, compared, shown."""

import json
import re
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from tests.demo.test_match import held, reading, seen, true

from kossa.demo import conduct
from kossa.demo.bars import bars
from kossa.demo.match import compare
from kossa.demo.page import Case, index_page
from kossa.evidence import Calcification, Kind, Person, Side, Weighing, Workup
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Examination, Runs, Volume
from kossa.workup import WorkupResult


def case(key="A"):
    none = np.zeros(0, np.int32)
    told = reading(seen(1, (3.2, 3.2, 12.0), 40.0), seen(2, (5.0, 1.0, 3.0), 4.0))
    grid = Grid(
        (9, 9, 9),
        (0.8, 0.8),
        np.array([1.0, 0, 0]),
        np.array([0.0, 1, 0]),
        np.column_stack([np.zeros(9), np.zeros(9), 3.0 * np.arange(9)]),
    )
    hu = np.zeros((9, 9, 9), np.int16)
    exam = Examination(told, Volume(hu, grid), Runs(none, none, none, none, none))
    workup = Workup(kossa_version="0", person=Person(), calcification=Calcification.MEASURED, ct=(told,))
    truth = held(
        true("<b>node</b>", 45.0, (3.2, 3.2, 12.0), side=Side.LEFT),
        true("lost", 30.0, (0, 0, 24)),
        true("speck", 0.4, (0, 0, 0)),
    )
    return Case(key, "A made person.", compare(key, truth, told), WorkupResult(workup, (exam,)), 2.0)


def test_the_page_shows_truth_beside_reading_and_links_both_reports():
    cases = [case("A"), case("B")]
    page = index_page(cases, bars([c.comparison for c in cases], [2.0, 2.0]))
    assert 'href="A/report.html"' in page
    assert 'href="B/report.html"' in page
    assert "1 of 2" in page
    assert "&lt;b&gt;node" in page
    assert "<b>node</b>" not in page
    assert "1 specks below the limit" in page
    assert "Kind put in: <b>dystrophic</b>" in page
    assert "not weighed" in page
    assert page.count("deposits read where none was put") >= 2


def test_the_two_likeliest_kinds_are_told_with_their_intervals():
    shown = case()
    kinds = (
        Kind(id="metastatic", prob=0.2, low=0.1, high=0.3),
        Kind(id="dystrophic", prob=0.7, low=0.6, high=0.8),
        Kind(id="other", prob=0.1, low=0.0, high=0.2),
    )
    weighing = Weighing(calcification=Calcification.MEASURED, kinds=kinds, none_of_these=0.0)
    workup = msgspec.structs.replace(shown.result.workup, weighing=weighing)
    page = index_page([replace(shown, result=replace(shown.result, workup=workup))], ())
    assert "dystrophic 0.70 (0.60 to 0.80), metastatic 0.20 (0.10 to 0.30)." in page


def test_the_page_loads_nothing_and_runs_nothing():
    page = index_page([case()], ())
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!A/report\.html|data:)', page)


def test_a_folder_that_holds_something_else_is_not_overwritten(tmp_path):
    scan = tmp_path / "A" / "scan"
    scan.mkdir(parents=True)
    (scan / "mine").write_text("keep")
    with pytest.raises(ValueError, match="not made here"):
        conduct.run(tmp_path, slice_mm=12.0, matrix=64)
    assert (scan / "mine").read_text() == "keep"


def test_made_read_and_compared_like_any_other_folder(tmp_path, monkeypatch):
    """The readers' own tests say how well they read; here the conduct is checked with a stand-in."""
    asked = []

    def read(path, options, *, progress):
        asked.append(sorted(p.name for p in path.iterdir()))
        return case().result

    def write_report(result, folder, *, progress):
        (folder / "report.html").write_text("report")

    monkeypatch.setattr(conduct, "read", read)
    monkeypatch.setattr(conduct, "write_report", write_report)
    result = conduct.run(tmp_path, seed=2, slice_mm=24.0, matrix=64, simulate=False)
    papers = ["biopsy.png", "biopsy.toml", "film.dcm", "labs.json", "letter.txt"]
    assert asked == [["S0001", "S0002", "S0999", *papers]] * 2  # never the truth
    told = json.loads(result.comparison.read_text())
    assert told["schema"] == "kossa/demo/1"
    assert [p["person"] for p in told["people"]] == ["A", "B"]
    assert (
        result.page.read_text().startswith("<!doctype html>") or "<!doctype html>" in result.page.read_text()
    )
    names = ["Ahlgren", "Konstantin", "Brandvold", "Liselotte"]
    for file in (result.page, result.comparison):
        assert not any(name in file.read_text() for name in names)


def test_a_made_scan_that_is_not_read_is_said_so(tmp_path, monkeypatch):
    empty = Workup(kossa_version="0", person=Person(), calcification=Calcification.NOT_EXAMINED)
    monkeypatch.setattr(conduct, "read", lambda *_a, **_k: WorkupResult(empty, sentence="Nothing usable."))
    monkeypatch.setattr(conduct, "write_report", lambda *_a, **_k: None)
    with pytest.raises(OSError, match="made but not read"):
        conduct.run(tmp_path, people=conduct.PEOPLE[:1], slice_mm=24.0, matrix=64)
