"""Short ways to write findings and to weigh them."""

from __future__ import annotations

from kossa.diagnosis import prepare, weigh
from kossa.evidence import Calcification, Finding, Person, Setting, Sex, State


def yes(*ids, **more):
    return [Finding(id=i, **more) for i in ids]


def no(*ids, **more):
    return [Finding(id=i, state=State.ABSENT, **more) for i in ids]


def person(age=None, sex="U", setting="clinic"):
    return Person(age_years=age, sex=Sex(sex), setting=Setting(setting))


def weighed(findings, who=None, **more):
    more.setdefault("calcification", Calcification.TOLD)
    return weigh(findings, who or person(), **more)


def prepared(findings, who=None, **more):
    return prepare(findings, who or person(), **more)


def kinds(weighing):
    return {k.id: k.prob for k in weighing.kinds}


def causes(weighing):
    return {c.id: c.prob for c in weighing.causes}


# a dozen persons that the invariances are tried on
PEOPLE = {
    "limited scleroderma": (
        yes("site_finger", "sx_raynaud", "ab_centromere", "sx_pain") + no("calcium_high", "hx_trauma"),
        person(58, "F"),
    ),
    "dialysis": (
        yes("site_hip", "pattern_lobulated_fluid_level", "phosphate_high", "pth_high") + no("sx_pain"),
        person(58, "M", "dialysis"),
    ),
    "primary hyperparathyroidism": (
        yes("calcium_high", "pth_high", "site_renal_pyramid") + no("egfr_under_60"),
        person(61, "F", "inpatient"),
    ),
    "a child with bone in the back": (yes("pattern_trabecular_bone", "site_back"), person(4)),
    "an unsure reader": (
        yes("site_lung", certainty=0.6) + yes("hx_tuberculosis", certainty=0.7),
        person(66, "M", "radiology"),
    ),
    "nothing known": ([], person(None)),
}
