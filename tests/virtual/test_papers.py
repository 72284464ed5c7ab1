"""The papers beside a scan fit the person, and name the person as hospital papers do."""

import json

import pytest

from kossa.virtual import dystrophic, metastatic, papers


@pytest.mark.parametrize(("person", "high"), [(dystrophic.PERSON, False), (metastatic.PERSON, True)])
def test_phosphate_is_raised_in_the_metastatic_person_only(person, high, tmp_path):
    papers.write(tmp_path, person.key, person.patient)
    entries = [e["resource"] for e in json.loads((tmp_path / "labs.json").read_text())["entry"]]
    results = {e["code"]["text"]: e for e in entries if e["resourceType"] == "Observation"}
    assert len(results) == 5
    phosphate = results["Phosphate"]
    above = phosphate["valueQuantity"]["value"] > phosphate["referenceRange"][0]["high"]["value"]
    assert above is high
    born = person.patient.birth_date
    assert entries[0]["birthDate"].replace("-", "") == born
    family = person.patient.name.split("^")[0]
    assert family in (tmp_path / "letter.txt").read_text()


def test_a_person_without_papers_gets_none(tmp_path):
    papers.write(tmp_path, "Z", dystrophic.PERSON.patient)
    assert not list(tmp_path.iterdir())
