"""Names of tests as hospitals print them, made for kossa: each is read as its test, and no other as one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kossa.blood.analytes import by_loinc, by_name

ROWS = list(csv.DictReader(Path(__file__).with_name("made_names.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["name"])
def test_a_printed_name_means_its_test(row):
    found = by_name(row["name"])
    assert (found.id if found else "") == row["analyte"]


@pytest.mark.parametrize("code", ["33914-3", "48642-3", "69405-9", "98979-8", "62238-1"])
def test_filtration_rates_of_all_formulas_are_one_test(code):
    found = by_loinc(code)
    assert found is not None
    assert found.id == "egfr"
