"""What must change nothing: order, repetition, what nobody asked, the names of causes."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kossa.conditions import load
from kossa.evidence import Calcification, Finding, State, Whose, to_plain
from kossa.evidence.vocabulary import terms

from .made import PEOPLE, kinds, no, person, prepared, weighed, yes

EVERYBODY = pytest.mark.parametrize("name", PEOPLE)


@EVERYBODY
def test_the_order_of_findings_changes_nothing(name):
    findings, who = PEOPLE[name]
    shuffled = list(findings)
    random.Random(4).shuffle(shuffled)
    assert weighed(shuffled, who) == weighed(findings, who)


@EVERYBODY
def test_a_finding_told_twice_changes_nothing(name):
    findings, who = PEOPLE[name]
    assert weighed([*findings, *findings], who) == weighed(findings, who)


@EVERYBODY
def test_an_unknown_finding_changes_nothing(name):
    findings, who = PEOPLE[name]
    unknown = [Finding(id=i, state=State.UNKNOWN) for i in ("phosphate_high", "site_lung", "bx_necrosis")]
    assert weighed([*findings, *unknown], who) == weighed(findings, who)


@EVERYBODY
def test_a_relative_s_disease_is_not_the_person_s(name):
    findings, who = PEOPLE[name]
    relative = yes("hx_dermatomyositis", "hx_diabetes", whose=Whose.FAMILY)
    assert weighed([*findings, *relative], who) == weighed(findings, who)


@EVERYBODY
def test_the_unit_beside_a_finding_changes_no_probability(name):
    findings, who = PEOPLE[name]
    si = [*yes("phosphate_high", value=2.3, unit="mmol/L"), *findings]
    conventional = [*yes("phosphate_high", value=7.12, unit="mg/dL"), *findings]
    assert kinds(weighed(si, who)) == kinds(weighed(conventional, who))


@EVERYBODY
def test_other_names_for_the_causes_change_only_the_names(name):
    findings, who = PEOPLE[name]
    known = load()
    fixed = {"none_of_these", "physiologic"}
    new = {c: c if c in fixed else f"x_{c}" for c in known.conditions}
    conditions = {new[c]: msgspec.structs.replace(k, id=new[c]) for c, k in known.conditions.items()}
    modifiers = tuple(
        msgspec.structs.replace(m, causes=tuple(new[c] for c in m.causes)) for m in known.modifiers
    )
    renamed = msgspec.structs.replace(known, conditions=conditions, modifiers=modifiers)
    before = prepared(findings, who)
    after = prepared(findings, who, knowledge=renamed)
    assert np.array_equal(before.main.posterior(), after.main.posterior())


@EVERYBODY
def test_probabilities_are_shares_that_sum_to_one_inside_their_intervals(name):
    findings, who = PEOPLE[name]
    said = weighed(findings, who)
    assert sum(c.prob for c in said.causes) + said.none_of_these == pytest.approx(1)
    assert sum(k.prob for k in said.kinds) + said.none_of_these == pytest.approx(1)
    for one in (*said.kinds, *said.causes):
        assert 0 <= one.low <= one.prob <= one.high <= 1
        assert one.prob_each >= one.prob - 1e-9
    assert said.none_of_these > 0


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("prior", ["life", "published"])
def test_without_any_laboratory_value_the_metastatic_share_is_that_of_the_rest(name, prior):
    """Missing is not normal: unknown laboratory results leave the posterior where it was."""
    findings, who = PEOPLE[name]
    rest = [f for f in findings if terms()[f.id].kind != "lab"]
    unknown = [
        Finding(id=i, state=State.UNKNOWN)
        for i in ("calcium_high", "phosphate_high", "pth_high", "egfr_under_60")
    ]
    assert weighed([*rest, *unknown], who, prior=prior) == weighed(rest, who, prior=prior)
    nothing = prepared([], who, prior=prior)
    assert nothing.main.posterior() == pytest.approx(nothing.weights)


def test_present_goes_up_and_counts_once():
    """A fingertip is a finger and a hand: told thrice it is one place."""
    once = kinds(weighed(yes("site_fingertip")))
    thrice = kinds(weighed(yes("site_fingertip", "site_finger", "site_hand")))
    assert once == thrice


def test_absent_is_evidence_and_unknown_is_not():
    asked = kinds(weighed(yes("site_lung") + no("calcium_high", "phosphate_high", "egfr_under_60")))
    not_asked = kinds(weighed(yes("site_lung")))
    assert asked["metastatic"] < not_asked["metastatic"] / 2


def test_an_unsure_finding_lies_between_none_and_a_sure_one():
    none, half, sure = (
        kinds(weighed(f))["calciphylaxis"]
        for f in ([], yes("sx_painful_necrosis", certainty=0.6), yes("sx_painful_necrosis"))
    )
    assert none < half < sure
    tossed = kinds(weighed(yes("sx_painful_necrosis", certainty=0.02)))["calciphylaxis"]
    assert tossed < none


def test_two_words_that_contradict_each_other_are_unknown():
    both = yes("hx_trauma", words="fell") + no("hx_trauma", words="no injury")
    assert kinds(weighed(both)) == kinds(weighed([]))


def test_what_was_measured_wins_over_what_was_told():
    told = yes("calcium_high", words="calcium raised") + no("calcium_high", value=2.3, unit="mmol/L")
    measured = no("calcium_high", value=2.3, unit="mmol/L")
    assert kinds(weighed(told)) == kinds(weighed(measured))


def test_old_laboratory_values_say_less():
    new = yes("calcium_high", value=3.0, when="2026-01-01") + yes("alp_high", when="2026-01-02")
    old = yes("calcium_high", value=3.0, when="2023-01-01") + yes("alp_high", when="2026-01-02")
    assert kinds(weighed(old))["metastatic"] < kinds(weighed(new))["metastatic"]


def test_a_person_on_dialysis_is_not_told_so_twice():
    who = person(58, "M", "dialysis")
    plain = kinds(weighed(yes("site_aorta"), who))
    told = kinds(weighed(yes("site_aorta", "hx_dialysis", "hx_ckd", "egfr_under_15"), who))
    assert told == plain


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(terms())), max_size=25, unique=True), st.integers(0, 2**32 - 1))
def test_any_findings_at_all_give_a_posterior(ids, seed):
    rng = random.Random(seed)
    findings = [
        Finding(
            id=i,
            state=rng.choice([State.PRESENT, State.ABSENT, State.UNKNOWN]),
            certainty=rng.choice([0.3, 0.6, 1.0]),
        )
        for i in ids
    ]
    p = prepared(findings, person(rng.choice([None, 0.2, 7, 40, 90]))).main.posterior()
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1)
    assert (p > 0).all()


def test_the_answer_is_the_same_bytes_twice():
    findings, who = PEOPLE["dialysis"]
    assert to_plain(weighed(findings, who)) == to_plain(weighed(findings, who))
    assert weighed(findings, who).calcification is Calcification.TOLD
