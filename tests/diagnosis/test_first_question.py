"""Is there calcification at all? Twenty persons without a deposit, twenty with one told only in words."""

from __future__ import annotations

import pytest

from kossa.diagnosis import calcification_state, weigh
from kossa.evidence import Calcification, CtDeposit, Finding, Material, Modality, ToldDeposit, Whose
from kossa.evidence.vocabulary import term

from .made import no, person, yes


def ct(material=Material.CALCIFICATION, **more):
    return CtDeposit(
        id="d1", modality=Modality.CT, material=material, centroid_voxel=(0, 0, 0), centroid_mm=(0, 0, 0),
        bbox_voxel=((0, 0, 0), (1, 1, 1)), voxels=4, slices=1, agatston=4.0, volume_mm3=4.0, area_mm2=4.0,
        mass_threshold_mg=None, mass_integrated_mg=None, hu_peak=400, hu_mean=300, **more,
    )  # fmt: skip


def told(site="site_lung"):
    return ToldDeposit(id="w1", modality=Modality.WORDS, site=site, words="calcified")


CLEAN = [
    [], no("pattern_rim"), yes("neg_ct_normal"), yes("neg_film_normal"), yes("neg_mammogram_normal"),
    yes("site_lung"),
]  # fmt: skip
LABS = [
    yes("calcium_high", "pth_high"), yes("phosphate_high", "egfr_under_15"), yes("d25_high"),
    yes("calcium_low", "pth_low"), no("calcium_high", "phosphate_high"), yes("crp_high", "ck_high"),
    yes("ab_centromere", "ab_ana"),
]  # fmt: skip
DISEASE = [
    yes("hx_systemic_sclerosis"), yes("hx_dialysis"), yes("hx_dermatomyositis"), yes("hx_phpt"),
    yes("hx_pxe"), yes("sx_painful_necrosis"), yes("hx_calcinosis_old", whose=Whose.FAMILY),
]  # fmt: skip
WORDS = [
    "site_lung", "site_finger", "site_breast", "site_aorta", "site_kidney_any", "site_stomach", "site_hip",
    "site_scrotum", "site_basal_ganglia", "site_ear", "site_meniscus", "site_thyroid", "site_liver",
]  # fmt: skip
SIGNS = [
    "bx_von_kossa_positive", "bx_calcium", "pattern_tram_track", "pattern_popcorn", "pattern_rice_grain",
    "hx_calcinosis_old", "sx_chalky_discharge",
]  # fmt: skip


def test_there_are_twenty_of_each():
    assert len(CLEAN) + len(LABS) + len(DISEASE) == 20
    assert len(WORDS) + len(SIGNS) == 20


@pytest.mark.parametrize("findings", CLEAN + LABS + DISEASE)
@pytest.mark.parametrize("looked", [True, False])
def test_without_a_deposit_nothing_is_weighed(findings, looked):
    state = calcification_state([], findings, looked=looked)
    assert state is (Calcification.NONE_SEEN if looked else Calcification.NOT_EXAMINED)
    said = weigh(findings, person(60, "F"), calcification=state)
    assert (said.kinds, said.causes, said.groups, said.none_of_these) == ((), (), (), None)
    assert all(t.bits == 0 and not t.answers for t in said.next_tests)


@pytest.mark.parametrize("site", WORDS)
def test_a_deposit_told_only_in_words_is_weighed(site):
    state = calcification_state([told(site)])
    assert state is Calcification.TOLD
    assert weigh(yes(site), person(60, "F"), calcification=state).kinds


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_cannot_be_without_a_deposit_is_weighed(sign):
    state = calcification_state([], yes(sign))
    assert state is Calcification.TOLD
    assert weigh(yes(sign), person(60, "F"), calcification=state).causes


def test_what_was_measured_comes_before_what_was_told():
    assert calcification_state([told(), ct()]) is Calcification.MEASURED


@pytest.mark.parametrize("material", [m for m in Material if m is not Material.CALCIFICATION])
def test_physiological_deposits_metal_and_bone_alone_count_as_none(material):
    assert calcification_state([ct(material)], looked=True) is Calcification.NONE_SEEN


def test_a_deposit_that_was_not_kept_and_an_unsure_word_count_as_none():
    unsure = Finding(id="bx_calcium", certainty=0.3)
    assert calcification_state([ct(kept=False)], [unsure], looked=True) is Calcification.NONE_SEEN


def test_what_could_bring_calcium_and_the_test_that_would_show_it_are_told_without_numbers():
    findings = yes("hx_dialysis", "phosphate_high", "pth_high")
    said = weigh(findings, person(60, "M"), calcification=Calcification.NOT_EXAMINED)
    assert "ckd_mbd" in said.could_bring
    assert said.next_tests
    assert all("would show a deposit" in t.why for t in said.next_tests)


def test_a_healthy_person_gets_no_list_of_diseases():
    said = weigh([], person(30, "F"), calcification=Calcification.NONE_SEEN)
    assert said.could_bring == ()
    assert said.next_tests == ()


def test_breast_disease_would_be_shown_by_a_mammogram_and_a_valve_by_ultrasound():
    breast = weigh(yes("op_breast_implant"), person(50, "F"), calcification=Calcification.NOT_EXAMINED)
    assert "mammogram_magnification" in {t.id for t in breast.next_tests}
    assert term("site_breast_implant").kind == "site"


def test_what_could_bring_calcium_begins_with_what_is_likely_not_with_what_is_rare():
    findings = yes("hx_ckd", "egfr_under_60", "phosphate_high", "pth_high")
    answer = weigh(findings, person(), calcification=Calcification.NOT_EXAMINED)
    assert answer.could_bring[0] == "ckd_mbd"
