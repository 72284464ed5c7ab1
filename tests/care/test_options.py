"""Options: first whether it causes a problem, then by sense, with evidence, needs and cautions."""

from __future__ import annotations

import re

import pytest

from kossa.care import options, problem
from kossa.care.first_question import ASK
from kossa.conditions import load
from kossa.diagnosis import weigh
from kossa.diagnosis.evidence import gather
from kossa.evidence import Calcification, Finding, OptionKind, Person, Sex, State, Weighing

WOMAN = Person(age_years=58, sex=Sex.F)


def yes(*ids):
    return [Finding(id=i) for i in ids]


def no(*ids):
    return [Finding(id=i, state=State.ABSENT) for i in ids]


def told(findings, who=WOMAN):
    said = weigh(findings, who, calcification=Calcification.TOLD)
    return options(said, findings, who, ())


SCLERODERMA = yes("hx_systemic_sclerosis", "site_finger", "sx_raynaud", "ab_centromere")


def test_a_problem_is_known_by_its_signs_denied_or_asked():
    assert problem(gather(yes("sx_pain"), WOMAN)).value is True
    assert "pain" in problem(gather(yes("sx_pain"), WOMAN)).sentence
    assert problem(gather(yes("neg_no_symptoms"), WOMAN)).value is False
    assert problem(gather([], WOMAN)).value is None
    assert problem(gather(no("sx_pain"), WOMAN)).value is None


def test_where_nobody_asked_no_treatment_is_listed_but_the_question():
    found = told(SCLERODERMA)
    assert {o.kind for o in found} == {OptionKind.CAUSE, OptionKind.LEAVE}
    assert all(o.needs[0] == ASK for o in found)


def test_without_a_problem_it_is_left_alone_or_its_cause_treated():
    found = told(SCLERODERMA + yes("neg_no_symptoms"))
    assert {o.kind for o in found} == {OptionKind.CAUSE, OptionKind.LEAVE}
    assert all(ASK not in o.needs for o in found)


def test_with_a_problem_all_five_senses_are_told_in_their_order():
    found = [o for o in told(SCLERODERMA + yes("sx_pain")) if o.for_cause == "systemic_sclerosis"]
    order = [list(OptionKind).index(o.kind) for o in found]
    assert order == sorted(order)
    assert {o.kind for o in found} == set(OptionKind)


def test_a_caution_tells_the_datum_and_a_missing_one_is_needed():
    found = {o.id: o for o in told(SCLERODERMA + yes("sx_pain", "rx_beta_blocker"))}
    assert "diltiazem_av" in {c.rule for c in found["diltiazem"].cautions}
    assert "eGFR" in found["bisphosphonate"].needs
    assert "HBsAg and anti-HBc" in found["rituximab"].needs


def test_low_dose_warfarin_is_never_an_option():
    found = {o.id: o for o in told(SCLERODERMA + yes("sx_pain", "rx_vka"))}
    assert "warf_calcinosis" in {c.rule for c in found["warfarin_no"].cautions}
    assert not [o for o in found.values() if o.what.lower().startswith("warfarin")]


def test_where_fop_is_possible_nothing_is_cut():
    child = Person(age_years=6)
    found = told(yes("pattern_trabecular_bone", "site_back", "sx_pain"), child)
    assert found
    assert OptionKind.SURGICAL not in {o.kind for o in found}
    assert "fop_care" in {o.id for o in found}


def test_a_shown_calciphylaxis_brings_its_options_however_unlikely_it_is():
    found = told(yes("sx_painful_necrosis", "site_thigh", "hx_diabetes"))
    assert {"calciphylaxis_bundle", "sts_iv"} <= {o.id for o in found}
    assert any("not shown" in o.source or "not significant" in o.grade for o in found if o.id == "sts_iv")


def test_without_a_deposit_there_is_nothing_to_treat():
    assert options(Weighing(calcification=Calcification.NONE_SEEN), SCLERODERMA, WOMAN) == ()


def test_a_cause_without_an_option_says_so():
    import msgspec

    bare = msgspec.structs.replace(load(), care=())
    said = weigh(SCLERODERMA, WOMAN, calcification=Calcification.TOLD)
    (only,) = options(said, SCLERODERMA, WOMAN, knowledge=bare)
    assert only.id == "no_specific_option"
    assert "no specific option with evidence on file" in only.what


@pytest.mark.parametrize("row", load().care, ids=lambda r: r.id)
def test_every_option_has_evidence_source_aim_and_no_dose_or_order(row):
    assert row.grade
    assert row.source
    assert row.aim
    words = f"{row.what} {row.aim}".lower()
    assert not re.search(r"\d ?m?g\b", words)
    assert not words.startswith(("stop ", "start ", "give ", "take "))
    assert row.kind in set(OptionKind)


@pytest.mark.parametrize("cause", sorted(load().conditions))
def test_every_cause_has_options_in_more_than_one_row(cause):
    assert sum(cause in o.causes for o in load().care) >= 2


def test_every_caution_is_used_by_an_option():
    used = {c for o in load().care for c in o.cautions}
    assert used == set(load().cautions)
