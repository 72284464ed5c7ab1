"""One scale: counts, ranges and ratios become probabilities that hold together."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.conditions import Likelihood, load
from kossa.diagnosis.scale import compile_scale, estimate, expit


@pytest.fixture(scope="module")
def scale():
    return compile_scale(load())


def p(scale, finding, cause):
    return scale.p[scale.ids[finding], scale.column[cause]]


def likelihood(**more):
    return Likelihood(id="site_lung", grade="C", checked="judgement", source="test", **more)


def test_two_of_two_is_not_certain():
    assert expit(estimate(likelihood(low=0.34, high=1.0, n=2, N=2))[0]) == pytest.approx(2.5 / 3)


def test_more_counted_patients_make_a_surer_number():
    few = estimate(likelihood(low=0.34, high=0.97, n=4, N=5))[1]
    many = estimate(likelihood(low=0.77, high=0.82, n=800, N=1000))[1]
    assert many < few / 5


def test_a_row_with_a_ratio_only_has_no_range():
    with pytest.raises(ValueError, match="no range"):
        estimate(likelihood(lr=3.0))


def test_nothing_is_impossible_and_nothing_certain(scale):
    assert scale.p.min() > 0
    assert scale.p.max() <= 0.995


def test_a_sourced_count_stands_before_expert_numbers(scale):
    assert p(scale, "site_hand", "systemic_sclerosis") == pytest.approx(0.72, abs=0.03)
    assert p(scale, "sx_angioid_streaks", "pxe") == pytest.approx(38.5 / 41, abs=1e-6)


def test_a_ratio_is_against_the_background(scale):
    b = scale.background[scale.ids["hx_systemic_sclerosis"]]
    assert p(scale, "hx_systemic_sclerosis", "systemic_sclerosis") / b == pytest.approx(200, rel=0.01)


def test_a_child_finding_inherits_the_parent_s_ratio_but_is_no_more_frequent(scale):
    for cause in ("dermatomyositis", "jdm"):
        assert p(scale, "sx_gottron", cause) <= p(scale, "sx_dm_rash", cause)
        assert p(scale, "sx_gottron", cause) > 10 * p(scale, "sx_gottron", "atherosclerosis")


def test_a_parent_is_at_least_as_frequent_as_its_child(scale):
    assert p(scale, "site_kidney_any", "nephrocalcinosis_other") >= 0.9


def test_excluded_must_be_propagated_down_the_ontology(scale):
    """In the GNAS phenopackets 39 of 65 have high phosphate, not 39 of 39 (section 0.5)."""
    assert p(scale, "phosphate_high", "php1a") == pytest.approx(39.5 / 66, abs=1e-6)


def test_the_mean_over_all_causes_is_the_background(scale):
    """Total probability: what the listed causes hold is not left for the others."""
    weights = np.array(
        [(c.prior["clinic"].weight * c.prior["radiology"].weight) ** 0.25 for c in load().conditions.values()]
    )
    weights /= weights.sum()
    for finding in ("site_finger", "site_lung", "pattern_sheet_fascial", "hx_morphea"):
        f = scale.ids[finding]
        assert scale.p[f] @ weights <= scale.background[f] * 1.35
        unknown = scale.p[f, ~scale.known[f]]
        assert unknown.max() <= scale.background[f]


def test_normal_calcium_is_what_high_and_low_leave(scale):
    high, low = p(scale, "calcium_high", "phpt"), p(scale, "calcium_low", "phpt")
    assert p(scale, "calcium_normal", "phpt") == pytest.approx(1 - high - low, abs=1e-6)


def test_definitions_of_the_kinds_hold_where_a_cause_has_no_row(scale):
    assert p(scale, "tissue_normal", "phpt") > 0.6 > 0.2 > p(scale, "tissue_normal", "tuberculosis")
    assert p(scale, "spread_widespread", "ckd_mbd") > 3 * p(scale, "spread_widespread", "tuberculosis")


def test_a_prevalence_in_the_disease_fills_gaps_of_genetic_causes_only(scale):
    conditions = load().conditions
    filled = [k for k, r in scale.origin.items() if r.gap]
    assert filled
    assert {conditions[c].kind for _, c in filled} == {"genetic"}
