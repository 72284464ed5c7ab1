"""Twelve persons as physicians write them down, each read once cold: the answer, its alarms and its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kossa.cli.main import main
from kossa.evidence import Calcification, Workup, decode

COLD = Path(__file__).parent / "cold"
# name -> state, leading kind, leading cause, floors that are loud
PERSONS = {
    "valve": ("told", "dystrophic", "aortic_valve", {"vascular_emergency"}),
    "phpt": ("told", "metastatic", "phpt", set()),
    "sarcoid": ("told", "metastatic", "sarcoidosis", {"malignancy_hypercalcaemia"}),
    "dialysis": ("told", "calciphylaxis", "calciphylaxis_uraemic", {"calciphylaxis"}),
    "ssc": ("told", "dystrophic", "systemic_sclerosis", set()),
    "cysti": ("told", "dystrophic", "cysticercosis", set()),
    "oldtb": ("told", "dystrophic", "tuberculosis", set()),
    "fatnec": ("told", "dystrophic", "fat_necrosis_breast", set()),
    "myositis": ("told", "other", "myositis_ossificans", set()),
    "milk": ("told", "metastatic", "milk_alkali", {"malignancy_hypercalcaemia", "hypercalcaemic_crisis"}),
    "healthy": ("none_seen", None, None, set()),
    "labonly": ("not_examined", None, None, set()),
}
AGES = {"valve": 80, "phpt": 61, "sarcoid": 47, "dialysis": 66, "ssc": 54, "cysti": 34, "oldtb": 78}
NAMES = ("Fielding", "Thompson", "Holland", "Patricia")
RAW_ID = re.compile(r"\b(?:hx|sx|rx|op|exp|site|pattern|neg|bx|course|spread|tissue)_[a-z_]+")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    found: dict[str, tuple[Workup, str]] = {}

    def one(name):
        if name not in found:
            out = tmp_path_factory.mktemp(name) / "out"
            assert main(["read", str(COLD / name), "-o", str(out)]) == 0
            workup = decode((out / "workup.json").read_bytes(), Workup)
            found[name] = workup, (out / "report.html").read_text(encoding="utf-8")
        return found[name]

    return one


@pytest.mark.parametrize("name", PERSONS)
def test_the_answer_is_the_physicians(read, name):
    state, kind, cause, alarms = PERSONS[name]
    workup, _ = read(name)
    weighing = workup.weighing
    assert workup.calcification is Calcification(state)
    assert (weighing.kinds[0].id if weighing.kinds else None) == kind
    assert (weighing.causes[0].id if weighing.causes else None) == cause
    assert {f.id for f in weighing.floors if not f.quiet} == alarms


@pytest.mark.parametrize("name", AGES)
def test_the_age_is_read_as_it_is_written(read, name):
    assert read(name)[0].person.age_years == AGES[name]


@pytest.mark.parametrize("name", PERSONS)
def test_the_page_holds_no_raw_id_and_no_name(read, name):
    text = re.sub(r"<[^>]+>", " ", read(name)[1])
    assert not RAW_ID.search(text)
    assert not [n for n in NAMES if n in text]


def test_an_old_man_is_not_warned_of_a_disease_of_infants(read):
    assert "infancy" not in " ".join(f.why for f in read("valve")[0].weighing.floors)


def test_a_calcified_pineal_gland_is_not_the_place_of_the_deposits_beside_it(read):
    workup, _ = read("cysti")
    assert workup.weighing.causes[0].prob > 0.8
    assert "physiologic" not in {c.id for c in workup.weighing.causes if c.prob > 0.05}


def test_a_healthy_persons_page_names_no_disease_that_could_bring_calcium(read):
    workup, page = read("healthy")
    assert workup.weighing.could_bring == ()
    assert "nothing was measured here" in page


def test_a_haemolysed_phosphate_leaves_the_word_to_the_sound_one(read):
    workup, _ = read("dialysis")
    assert ("phosphate_high", 2.18) in {(f.id, f.value) for f in workup.findings}


def test_the_side_of_both_hands_is_both(read):
    (group,) = read("ssc")[0].groups
    assert (group.site, group.side.value) == ("site_fingertip", "both")


def test_a_focus_in_the_lung_and_a_node_at_the_hilum_are_two_deposits(read):
    workup, _ = read("oldtb")
    assert {g.site for g in workup.groups} == {"site_lung_nodule", "site_hilar_node"}
    here = next(c for c in workup.weighing.compared if c.feature == "Location")
    assert here.supports == "dystrophic"


def test_done_tests_are_told(read):
    done = {d.id for d in read("sarcoid")[0].weighing.done}
    assert {"chest_ct", "pth_intact"} <= done
