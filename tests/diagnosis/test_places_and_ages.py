"""What age and place rule out, and what a defining finding points to."""

from __future__ import annotations

from kossa.diagnosis.answer import weigh
from kossa.evidence import Calcification, Finding, Person


def _share(cause: str, *ids: str, age: float = 50) -> float:
    weighing = weigh([Finding(id=i) for i in ids], Person(age_years=age), calcification=Calcification.TOLD)
    return next(c.prob for c in weighing.causes if c.id == cause)


def test_a_child_has_no_adult_dermatomyositis():
    told = ("hx_dermatomyositis", "pattern_sheet_fascial")
    assert _share("dermatomyositis", *told, age=9) < 0.01
    assert _share("dermatomyositis", *told, age=45) > 0.5


def test_scleroderma_brings_no_deposit_inside_the_skull_but_one_at_the_finger():
    brain = _share("systemic_sclerosis", "site_brain_parenchyma", "pattern_nodular_clumped")
    both = _share("systemic_sclerosis", "site_brain_parenchyma", "site_finger", "pattern_nodular_clumped")
    assert brain < 0.005
    assert both > 10 * brain


def test_bone_at_a_new_hip_of_an_old_man_is_no_progressive_ossification():
    assert _share("fop", "op_joint_surgery", "pattern_trabecular_bone", age=63) < 0.005


def test_a_dense_dural_mass_is_a_meningioma_before_basal_ganglia_disease():
    told = ("site_dura", "pattern_dense_homogeneous")
    assert _share("psammomatous", *told, age=61) > 10 * _share("pfbc", *told, age=61)


def test_raised_pthrp_points_to_the_humoral_form():
    told = ("hx_malignancy", "calcium_high", "pth_low", "pthrp_high", "site_lung")
    assert _share("malignancy_pthrp", *told) > 5 * _share("malignancy_lytic", *told)


def test_a_fluffy_deposit_in_the_cuff_is_calcific_tendinitis():
    assert _share("calcific_tendinitis", "site_rotator_cuff", "pattern_cloud_fluffy", "crp_high") > 0.9
