"""The papers of the virtual persons: sound FHIR, the scan's own person, nothing for anybody else."""

from __future__ import annotations

import json

import pytest

from kossa.virtual import dystrophic, metastatic, papers


@pytest.mark.parametrize("who", [dystrophic.PERSON, metastatic.PERSON], ids=lambda w: w.key)
def test_results_and_letter_are_of_the_person_in_the_scan(who, tmp_path):
    papers.write(tmp_path, who.key, who.patient)
    bundle = json.loads((tmp_path / "labs.json").read_text(encoding="utf-8"))
    person, *results = [entry["resource"] for entry in bundle["entry"]]
    assert person["birthDate"].replace("-", "") == who.patient.birth_date
    assert person["name"][0]["family"] in who.patient.name
    assert {r["code"]["text"] for r in results} >= {"Calcium", "Phosphate", "Creatinine"}
    assert person["name"][0]["family"] in (tmp_path / "letter.txt").read_text(encoding="utf-8")


def test_only_the_two_persons_have_papers(tmp_path):
    papers.write(tmp_path, "Z", dystrophic.PERSON.patient)
    assert list(tmp_path.iterdir()) == []
