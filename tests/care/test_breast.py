"""A deposit of the breast is not left alone, and no mass is cut, before somebody read it."""

from __future__ import annotations

import pytest

from kossa.care import options
from kossa.care.breast import not_called_benign, stained_only
from kossa.diagnosis.answer import weigh
from kossa.evidence import Calcification, Finding, OptionKind, Person


def _told(*ids: str, age: float = 55):
    findings = [Finding(id=i) for i in ids]
    person = Person(age_years=age)
    weighing = weigh(findings, person, calcification=Calcification.TOLD)
    return weighing, options(weighing, findings, person)


def test_a_breast_deposit_that_nobody_called_benign_is_not_left_alone():
    _, offered = _told("site_breast", "bx_von_kossa_positive", "neg_no_symptoms")
    assert offered
    assert all(o.kind is not OptionKind.LEAVE for o in offered)


def test_a_typically_benign_form_may_be_left_alone():
    _, offered = _told("site_breast", "pattern_popcorn", "neg_no_symptoms")
    assert any(o.kind is OptionKind.LEAVE for o in offered)


@pytest.mark.parametrize(
    ("ids", "unread", "stained"),
    [
        (["site_breast", "bx_von_kossa_positive"], True, True),
        (["site_breast"], True, False),
        (["site_breast", "bx_von_kossa_positive", "bx_fat_necrosis"], False, False),
        (["site_breast", "bx_von_kossa_positive", "bx_dcis"], True, False),
        (["site_thigh", "bx_von_kossa_positive"], False, False),
    ],
)
def test_a_stain_is_no_reading_of_the_tissue(ids, unread, stained):
    assert not_called_benign(ids) is unread
    assert stained_only(ids) is stained


def test_a_deep_mass_goes_to_mri_and_to_no_generic_cut():
    weighing, offered = _told("sx_mass_over_5cm", "sx_pain", "site_knee", "pattern_stippled", age=27)
    assert weighing.next_tests[0].id == "mri"
    assert "surgery" not in {o.id for o in offered}
    assert "sarc_refer" in {o.id for o in offered}


def test_a_calcified_gallbladder_gets_ultrasound_and_a_surgeon():
    weighing, offered = _told("site_gallbladder", "sx_pain")
    assert weighing.next_tests[0].id == "ultrasound"
    assert "gallbladder_wall" in {o.id for o in offered}
