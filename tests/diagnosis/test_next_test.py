"""Next tests: by what they settle, against cost and harm; twenty persons in whom a needle would do harm."""

from __future__ import annotations

import pytest

from kossa.conditions import load
from kossa.diagnosis.done import known
from kossa.diagnosis.evidence import gather
from kossa.diagnosis.next_test import NOTHING, _judge, entropy
from kossa.evidence import Result

from .made import PEOPLE, no, person, prepared, weighed, yes

CHEMISTRY = "serum_calcium_phosphate_albumin_creatinine"
CORE, DRAW = {"biopsy_core_image_guided"}, {"aspiration_of_collection"}
NEEDLES = {
    "biopsy_skin_punch",
    "biopsy_incisional_deep",
    "biopsy_core_image_guided",
    "aspiration_of_collection",
}
BONE = yes("pattern_trabecular_bone", "site_back")
SKIN = yes("site_skin", "site_subcutis", "sx_hard_nodule")
# findings, person, needles that must not be offered, word of the reason
HARMED = [
    (yes("sx_short_great_toe") + BONE, person(5), NEEDLES, "great toe"),
    (yes("sx_short_great_toe") + SKIN, person(9), NEEDLES, "great toe"),
    (yes("hx_fop") + SKIN, person(25), NEEDLES, "FOP"),
    (yes("hx_fop", "site_muscle", "sx_mass_over_5cm"), person(14), NEEDLES, "FOP"),
    (BONE, person(3), NEEDLES, "FOP"),
    (yes("pattern_bone_in_muscle", "site_neck"), person(6), NEEDLES, "FOP"),
    (yes("sx_swelling_child", "pattern_trabecular_bone", "site_neck"), person(4), NEEDLES, "FOP"),
    (yes("gene_acvr1") + SKIN, person(30), NEEDLES, "FOP"),
    (
        yes("hx_hydatid", "site_liver"),
        person(40),
        CORE | DRAW,
        "hydatid",
    ),
    (
        yes("ab_echinococcus", "site_liver", "pattern_rim"),
        person(40),
        CORE,
        "hydatid",
    ),
    (
        yes("exp_dogs_sheep", "site_liver", "pattern_curvilinear_wall"),
        person(50),
        DRAW,
        "hydatid",
    ),
    (yes("site_lung", "hx_hydatid"), person(50, "M", "radiology"), CORE, "hydatid"),
    (
        yes("sx_mass_over_5cm", "site_muscle", "pattern_cloud_fluffy"),
        person(40),
        DRAW,
        "sarcoma",
    ),
    (
        yes("site_tumour", "site_thigh", "sx_growing", "site_muscle"),
        person(50),
        DRAW,
        "sarcoma",
    ),
    (
        yes("hx_compartment_syndrome", "site_lower_leg", "pattern_plate"),
        person(60),
        DRAW,
        "FOP",
    ),
]
# calciphylaxis: a biopsy may be told, never first, and with its caution
CALCIPHYLAXIS = [
    (yes("sx_painful_necrosis", "hx_dialysis", "site_thigh", "site_subcutis"), person(60, "F", "dialysis")),
    (yes("sx_retiform_purpura", "rx_vka", "site_abdominal_wall", "site_skin"), person(70, "F")),
    (yes("sx_livedo", "egfr_under_15", "site_lower_leg", "site_skin"), person(66, "F", "inpatient")),
    (yes("pattern_net_fine", "sx_severe_pain", "site_breast", "site_skin"), person(58, "F", "dialysis")),
    (yes("hx_calciphylaxis", "site_buttock", "site_subcutis"), person(49, "M")),
]


def considered(findings, who):
    """Every test that makes sense for a person, with what it would be worth, offered or not."""
    case = prepared(findings, who)
    floors = weighed(findings, who).floors
    return {j.row.id: j for j in _judge(case.main, case.evidence, floors, NOTHING)}


def test_there_are_twenty_harm_cases():
    assert len(HARMED) + len(CALCIPHYLAXIS) == 20


@pytest.mark.parametrize(("findings", "who", "forbidden", "word"), HARMED)
def test_a_forbidden_needle_is_never_offered_and_the_reason_is_told(findings, who, forbidden, word):
    said = weighed(findings, who)
    assert not forbidden & {t.id for t in said.next_tests}
    reasons = {a.id: a.why for a in said.avoided}
    assert forbidden <= set(reasons)
    assert all(word.lower() in reasons[i].lower() or "is possible" in reasons[i] for i in forbidden)


@pytest.mark.parametrize(("findings", "who"), CALCIPHYLAXIS)
def test_in_possible_calciphylaxis_a_biopsy_is_never_first_and_carries_its_caution(findings, who):
    said = weighed(findings, who)
    assert said.next_tests
    assert not said.next_tests[0].id.startswith("biopsy")
    punch = considered(findings, who)["biopsy_skin_punch"]
    assert "Calciphylaxis" in punch.harm.partition("(here: ")[2]
    assert punch.utility < 0


def test_a_child_with_bone_in_soft_tissue_is_first_looked_at_the_great_toes():
    said = weighed(BONE, person(6))
    assert said.next_tests[0].id == "look_at_great_toes"
    assert "great toes" in next(f.ask for f in said.floors if f.id == "fop")


def test_a_child_s_computed_tomography_is_cautioned_and_an_adult_s_is_not():
    findings = yes("calcium_high", "pth_high", "site_renal_pyramid") + no("egfr_under_60")
    harm = {
        age: {t.id: t.harm for t in weighed(findings, person(age)).next_tests}["ct_noncontrast_of_site"]
        for age in (8, 61)
    }
    assert harm[8].endswith("(here: age 8)")
    assert "here:" not in harm[61]


def test_most_of_the_people_below_are_offered_a_test():
    offered = {name: len(weighed(findings, who).next_tests) for name, (findings, who) in PEOPLE.items()}
    # their leading cause is so sure that no test would put another in front
    assert [name for name, count in offered.items() if not count] == ["limited scleroderma", "dialysis"]


@pytest.mark.parametrize("name", PEOPLE)
def test_at_most_three_tests_each_with_answers_that_sum_to_one(name):
    findings, who = PEOPLE[name]
    said = weighed(findings, who)
    assert len(said.next_tests) <= 3
    for t in said.next_tests:
        assert t.bits > 0
        assert f"{t.bits:.2f} bit" in t.why
        assert sum(a.prob for a in t.answers) == pytest.approx(1)
        for a in t.answers:
            assert sum(a.kinds_after.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", PEOPLE)
def test_what_a_test_leaves_is_on_average_what_is_believed_now(name):
    """A test promises no direction beforehand: answers weighed by their chance give today's kinds."""
    findings, who = PEOPLE[name]
    case = prepared(findings, who)
    said = weighed(findings, who)
    none = said.none_of_these
    for t in said.next_tests:
        for k in said.kinds:
            mean = sum(a.prob * a.kinds_after[k.id] for a in t.answers)
            assert mean == pytest.approx(k.prob / (1 - none), abs=0.05)
    assert case.answer == "all"


def test_a_test_whose_result_is_known_is_not_offered():
    known = no("calcium_high", "phosphate_high", "egfr_under_60", "pth_high", "pth_low")
    bloods = {CHEMISTRY, "pth_intact"}
    assert bloods <= {t.id for t in weighed(yes("site_lung")).next_tests}
    assert not bloods & {t.id for t in weighed(yes("site_lung") + known).next_tests}


def test_a_cheap_blood_test_comes_before_a_biopsy():
    worth = considered(yes("site_elbow", "site_skin", "sx_hard_nodule"), person(45, "F"))
    assert worth[CHEMISTRY].utility > worth["biopsy_skin_punch"].utility


def test_the_mineral_panel_tells_most_where_the_kind_is_open():
    """Section 4.5: a panel for twenty euro before a wound."""
    findings = yes("site_lung") + no("hx_dialysis", "hx_ckd")
    said = weighed(findings, person(60, "M", "inpatient"))
    assert "serum_calcium_phosphate_albumin_creatinine" in {t.id for t in said.next_tests}


def test_entropy_is_in_bits():
    import numpy as np

    assert entropy(np.array([0.5, 0.5])) == pytest.approx(1)
    assert entropy(np.array([1.0, 0.0])) == pytest.approx(0)


def test_no_order_and_no_dose_stands_in_the_tests():
    for t in load().tests:
        words = f"{t.settles} {t.risk} {t.harm_rule}".lower()
        assert " mg" not in words.replace("mgy", "")
        assert "stop " not in words


def test_a_blood_test_whose_analytes_all_have_values_is_done():
    (row,) = [t for t in load().tests if t.id == CHEMISTRY]
    values = {"calcium_total": 2.3, "phosphate": 1.1, "albumin": 41.0, "creatinine": 80.0}
    done = [Result(analyte=a, value=v, unit="mmol/L") for a, v in values.items()]
    assert known(row, gather([], person(), results=done), (), None).done
    part = known(row, gather([], person(), results=done[1:]), (), None)
    assert not part.how
    assert part.missing == ("calcium_total",)
    (other,) = [t for t in load().tests if t.id == "radiograph_of_site"]
    assert not known(other, gather([], person(), results=done), (), None).how
