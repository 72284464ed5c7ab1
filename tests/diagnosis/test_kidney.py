"""One hidden state instead of five laboratory values multiplied (clinical reference, section 4.3)."""

from __future__ import annotations

import numpy as np
import pytest

from kossa.conditions import load
from kossa.diagnosis.evidence import Item
from kossa.diagnosis.kidney import KidneyNode, contribution
from kossa.diagnosis.posterior import model_of
from kossa.diagnosis.scale import compile_scale

from .made import causes, kinds, no, person, weighed, yes

# the toy: three causes in a dialysis unit, a hidden mineral control, five laboratory values that follow it
PRIOR = np.array([0.62, 0.08, 0.30])
POOR = np.array([0.75, 0.55, 0.25])
LABS = ("phosphate_high", "pth_high", "alp_high", "calcium_high", "d25_low")
GIVEN_POOR = np.array([0.92, 0.92, 0.8, 0.7, 0.88])
GIVEN_GOOD = np.array([0.2, 0.25, 0.12, 0.1, 0.3])
CASES = 20_000


def toy_scale():
    """The real scale narrowed to three causes; the node uses nothing of it but their number."""
    import dataclasses

    scale = compile_scale(load())
    return dataclasses.replace(scale, causes=scale.causes[:3])


@pytest.fixture(scope="module")
def toy():
    rng = np.random.default_rng(43)
    cause = rng.choice(3, CASES, p=PRIOR)
    poor = rng.random(CASES) < POOR[cause]
    labs = rng.random((CASES, 5)) < np.where(poor[:, None], GIVEN_POOR, GIVEN_GOOD)
    within = np.array([np.tile(GIVEN_GOOD[:, None], 3), np.tile(GIVEN_POOR[:, None], 3)])
    node = KidneyNode(POOR, {name: i for i, name in enumerate(LABS)}, within)
    scale = toy_scale()
    by_pattern = {}
    for pattern in {tuple(row) for row in labs.tolist()}:
        items = [Item(name, present) for name, present in zip(LABS, pattern, strict=True)]
        log = np.log10(PRIOR) + contribution(node, scale, PRIOR, items, told_by_setting=False)
        by_pattern[pattern] = 10**log / (10**log).sum()
    exact = np.array([by_pattern[tuple(row)] for row in labs.tolist()])
    marginal = POOR * GIVEN_POOR[:, None] + (1 - POOR) * GIVEN_GOOD[:, None]
    product = np.where(labs[:, :, None], marginal, 1 - marginal).prod(1) * PRIOR
    return cause, exact, product / product.sum(1, keepdims=True)


def calibration_error(p, truth, bins=10):
    top = p.max(1)
    hit = p.argmax(1) == truth
    order = np.argsort(top)
    parts = np.array_split(order, bins)
    return sum(abs(top[i].mean() - hit[i].mean()) * len(i) for i in parts) / len(truth)


def log_loss(p, truth):
    return -np.log(p[np.arange(len(truth)), truth]).mean()


def test_the_node_is_calibrated_where_the_product_is_not(toy):
    truth, node, product = toy
    assert calibration_error(node, truth) <= 0.02
    assert calibration_error(product, truth) >= 0.10


def test_the_product_is_worse_than_knowing_no_laboratory_value_and_the_node_is_better(toy):
    truth, node, product = toy
    bare = log_loss(np.tile(PRIOR, (len(truth), 1)), truth)
    assert log_loss(product, truth) > bare > log_loss(node, truth) + 0.03


def test_a_toy_scale_is_all_the_node_needs():
    assert len(toy_scale().causes) == 3


def test_in_a_failing_kidney_high_phosphate_says_little():
    """Whoever has kidney failure has high phosphate; so it no longer tells the causes apart."""
    who = person(60, "M")
    known = kinds(weighed(yes("site_hand", "egfr_under_15"), who))
    with_phosphate = kinds(weighed(yes("site_hand", "egfr_under_15", "phosphate_high"), who))
    alone = kinds(weighed(yes("site_hand"), who))
    phosphate_alone = kinds(weighed(yes("site_hand", "phosphate_high"), who))
    assert with_phosphate["metastatic"] / known["metastatic"] < 1.4
    assert phosphate_alone["metastatic"] / alone["metastatic"] > 2


def test_high_phosphate_with_a_working_kidney_points_to_familial_tumoral_calcinosis():
    child = person(14, "F")
    said = causes(
        weighed(yes("site_hip", "pattern_lobulated_fluid_level", "phosphate_high", "egfr_normal"), child)
    )
    assert max(said, key=said.get) == "tumoral_calcinosis_familial"
    uraemic = said["tumoral_calcinosis_uraemic"]
    assert uraemic < 0.05


def test_the_same_mass_on_dialysis_is_uraemic():
    """The worked example of section 4.4: kind metastatic about 0.94."""
    findings = yes("site_hip", "pattern_lobulated_fluid_level", "phosphate_high", "pth_high") + no(
        "sx_pain", "sx_painful_necrosis"
    )
    said = weighed(findings, person(58, "U", "dialysis"))
    assert said.causes[0].id == "tumoral_calcinosis_uraemic"
    assert kinds(said)["metastatic"] == pytest.approx(0.94, abs=0.04)
    assert causes(said)["calciphylaxis_uraemic"] < 0.002
    assert not said.floors


def test_calcium_is_counted_once_however_often_it_was_measured():
    once = kinds(weighed(yes("site_lung", "calcium_ionized_high")))
    thrice = kinds(
        weighed(yes("site_lung", "calcium_ionized_high", "calcium_high", "calcium_corrected_high"))
    )
    assert once == thrice


def test_ionized_calcium_wins_over_total():
    said = kinds(weighed(yes("site_lung", "calcium_ionized_normal", "calcium_high")))
    normal = kinds(weighed(yes("site_lung", "calcium_ionized_normal")))
    assert said == normal


def test_pth_is_read_against_calcium():
    high = causes(weighed(yes("site_renal_pyramid", "calcium_high", "pth_inappropriate", "pth_normal")))
    low = causes(weighed(yes("site_renal_pyramid", "calcium_high", "pth_low")))
    assert high["phpt"] > 0.5 > 10 * low["phpt"]
    assert low["vitd_toxicity"] > high["vitd_toxicity"]


def test_told_kidney_disease_is_weaker_than_dialysis():
    mild = kinds(weighed(yes("site_hand", "hx_ckd")))
    severe = kinds(weighed(yes("site_hand", "hx_dialysis")))
    assert kinds(weighed(yes("site_hand")))["metastatic"] < mild["metastatic"] < severe["metastatic"]


def test_normal_kidneys_nearly_remove_the_renal_causes():
    said = causes(weighed(yes("site_hip", "neg_kidney_normal", "egfr_normal")))
    assert said["tumoral_calcinosis_uraemic"] < 0.005


def test_the_model_is_compiled_once_for_one_knowledge():
    assert model_of(load()) is model_of(load())
