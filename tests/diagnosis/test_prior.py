"""Setting, age, sex and origin."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from kossa.conditions import load
from kossa.diagnosis.evidence import gather
from kossa.diagnosis.prior import setting_prior, shifts

from .made import person, yes


def prior(who, name="life", findings=()):
    values = setting_prior(load(), gather(findings, who), name)
    return dict(zip(load().conditions, values, strict=True))


def share(values, kind):
    return sum(v for c, v in values.items() if load().conditions[c].kind == kind)


@pytest.mark.parametrize("setting", ["clinic", "radiology", "inpatient", "dialysis", "unknown"])
@pytest.mark.parametrize("name", ["life", "published"])
def test_a_prior_sums_to_one_and_keeps_none_of_these(setting, name):
    values = prior(person(50, "F", setting), name)
    assert sum(values.values()) == pytest.approx(1)
    assert values["none_of_these"] >= 0.02 - 1e-12
    assert min(values.values()) > 0


def test_the_settings_are_those_of_the_table():
    assert share(prior(person(None)), "dystrophic") == pytest.approx(0.63, abs=0.02)
    assert share(prior(person(None, setting="dialysis")), "metastatic") == pytest.approx(0.40, abs=0.02)


def test_an_unknown_setting_lies_between_clinic_and_radiology():
    a, b, c = (prior(person(None, setting=s))["atherosclerosis"] for s in ("clinic", "unknown", "radiology"))
    assert a < b < c


def test_published_cases_are_rarer_things():
    who = person(None, setting="radiology")
    life, published = prior(who), prior(who, "published")
    assert published["physiologic"] < 0.01 < life["physiologic"]
    assert share(published, "genetic") > 3 * share(life, "genetic")


def test_splitting_a_cause_into_many_does_not_raise_its_kind_in_published_cases():
    values = prior(person(None), "published")
    life = {k.id: share(prior(person(None)), k.id) for k in load().kinds}
    del life["other"]  # physiologic deposits are left out there
    for (a, x), (b, y) in itertools.combinations(life.items(), 2):
        assert share(values, a) / share(values, b) == pytest.approx((x / y) ** 0.5, rel=0.02)


def test_an_infant_has_no_atheroma_and_a_grown_person_no_heel_stick_nodule():
    infant, grown = prior(person(0.5)), prior(person(60))
    assert infant["atherosclerosis"] < grown["atherosclerosis"] / 50
    assert grown["heel_stick"] < infant["heel_stick"] / 500


def test_of_several_age_rules_only_the_narrowest_counts():
    held = shifts(load(), gather([], person(0.5)))
    assert [m.log10 for m in held["heel_stick"]] == [1.0]
    assert [m.when for m in held["atherosclerosis"]] == ["age < 5"]


def test_origin_shifts_the_parasites():
    here, there = prior(person(30)), prior(person(30), findings=yes("exp_endemic_country"))
    assert there["cysticercosis"] > 4 * here["cysticercosis"]


def test_an_unknown_age_and_sex_shift_nothing():
    assert not shifts(load(), gather([], person(None)))
    assert np.isfinite(list(prior(person(None)).values())).all()
