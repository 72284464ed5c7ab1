"""Fourteen dangers: one person with and one without each; unknown and-parts are asked, never taken as no."""

from __future__ import annotations

import pytest

from kossa.blood.bands import EMERGENCIES, bands, emergency
from kossa.conditions import load
from kossa.evidence import Calcification, Result

from .made import kinds, no, person, weighed, yes

WITH = {
    "calciphylaxis": (yes("sx_livedo", "sx_severe_pain", "hx_dialysis"), person(62, "F", "dialysis")),
    "malignancy_breast": (yes("site_breast", "pattern_fine_pleomorphic"), person(55, "F")),
    "malignancy_mass": (yes("site_muscle", "sx_mass_over_5cm", "sx_growing"), person(40, "M")),
    "malignancy_hypercalcaemia": (yes("calcium_high", "pth_low"), person(70, "M", "inpatient")),
    "hypercalcaemic_crisis": (
        yes("calcium_over_3", "sx_hypercalcaemia_symptoms"),
        person(70, "M", "inpatient"),
    ),
    "vascular_emergency": (yes("site_renal_artery", "sx_infant_arterial"), person(0.2, "M", "inpatient")),
    "fop": (yes("sx_swelling_child", "sx_short_great_toe"), person(5, "F")),
    "hypocalcaemia": (yes("calcium_under_1_9"), person(30, "F")),
    "infection": (yes("sx_skin_ulcer", "sx_infected_ulcer"), person(60, "F")),
    "active_tb": (yes("site_hilar_node", "sx_cough", "sx_constitutional"), person(40, "M", "radiology")),
    "spinal_cord": (yes("site_disc", "sx_myelopathy"), person(60, "M")),
    "eye": (yes("sx_angioid_streaks", "sx_visual_distortion"), person(45, "F")),
    "dm_cancer": (yes("hx_dermatomyositis", "ab_tif1g"), person(58, "F")),
    "adrenal_insufficiency": (yes("site_ear_cartilage", "sx_fatigue", "sodium_low"), person(50, "M")),
}
WITHOUT = {
    "calciphylaxis": (
        yes("sx_livedo")
        + no(
            "egfr_under_30",
            "hx_dialysis",
            "rx_vka",
            "hx_obesity",
            "hx_phpt",
            "site_thigh",
            "site_abdominal_wall",
        )
        + no("site_buttock", "site_breast"),
        person(62, "F"),
    ),
    "malignancy_breast": (yes("site_breast", "pattern_popcorn"), person(55, "F")),
    "malignancy_mass": (yes("site_finger") + no("sx_growing", "sx_mass_over_5cm"), person(40, "M")),
    "malignancy_hypercalcaemia": (
        yes("calcium_high", "pth_high") + no("pth_low", "calcium_over_3"),
        person(70),
    ),
    "hypercalcaemic_crisis": (yes("calcium_high") + no("calcium_over_3"), person(70)),
    "vascular_emergency": (yes("site_coronary"), person(70, "M", "radiology")),
    "fop": (yes("sx_swelling_child", "neg_toes_normal"), person(5, "F")),
    "hypocalcaemia": (yes("calcium_low") + no("calcium_under_1_9", "sx_tetany", "sx_qt_long"), person(30)),
    "infection": (yes("sx_skin_ulcer") + no("sx_infected_ulcer", "sx_constitutional"), person(60)),
    "active_tb": (
        yes("site_hilar_node") + no("sx_cough", "sx_constitutional", "course_second_film_change"),
        person(40),
    ),
    "spinal_cord": (yes("site_disc") + no("sx_myelopathy"), person(60)),
    "eye": (yes("sx_angioid_streaks") + no("sx_visual_distortion"), person(45)),
    "dm_cancer": (yes("hx_dermatomyositis") + no("ab_tif1g", "ab_nxp2"), person(12, "F")),
    "adrenal_insufficiency": (
        yes("site_ear_cartilage") + no("sx_fatigue", "sodium_low", "glucose_low", "sx_sbp_under_100"),
        person(50),
    ),
}
FLAGS = [f.id for f in load().floors]


def shown(findings, who, **more):
    return {f.id: f for f in weighed(findings, who, **more).floors}


def test_there_are_fourteen_floors_and_each_has_its_two_persons():
    assert len(FLAGS) == 14
    assert set(WITH) == set(WITHOUT) == set(FLAGS)


@pytest.mark.parametrize("flag", FLAGS)
def test_the_floor_is_shown_with_its_reason_and_who_and_when(flag):
    findings, who = WITH[flag]
    floor = shown(findings, who)[flag]
    assert "because of" in floor.why
    assert floor.who
    assert floor.how_soon
    assert not floor.ask


@pytest.mark.parametrize("flag", FLAGS)
def test_the_floor_is_not_shown_where_its_and_part_is_known_to_be_absent(flag):
    findings, who = WITHOUT[flag]
    assert flag not in shown(findings, who)


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("state", [Calcification.NONE_SEEN, Calcification.NOT_EXAMINED])
def test_floors_are_shown_in_every_state(flag, state):
    findings, who = WITH[flag]
    said = weighed(findings, who, calcification=state)
    assert flag in {f.id for f in said.floors}
    assert not said.kinds


@pytest.mark.parametrize(
    ("flag", "findings", "who", "asked"),
    [
        ("calciphylaxis", yes("sx_livedo"), person(60, "F"), "kidney"),
        ("fop", yes("pattern_trabecular_bone", "site_back"), person(6), "great toes"),
        ("fop", yes("sx_swelling_child"), person(None), "great toes"),
        ("malignancy_mass", yes("sx_growing"), person(40), "size"),
        ("malignancy_hypercalcaemia", yes("calcium_high"), person(60), "PTH"),
        ("hypercalcaemic_crisis", yes("calcium_over_3"), person(60), "drowsiness"),
        ("vascular_emergency", yes("sx_infant_arterial"), person(None), "age"),
        ("infection", yes("sx_skin_ulcer"), person(60), "pus"),
        ("active_tb", yes("site_mediastinal_node"), person(60), "cough"),
        ("spinal_cord", yes("site_spinal_canal"), person(60), "gait"),
        ("eye", yes("hx_pxe"), person(40), "sight"),
        ("dm_cancer", yes("hx_dermatomyositis"), person(None), "age"),
        ("adrenal_insufficiency", yes("site_adrenal"), person(40), "fatigue"),
        ("hypocalcaemia", yes("sx_tetany"), person(40), "calcium"),
    ],
)
def test_an_and_part_that_nobody_asked_counts_as_possible_and_is_asked(flag, findings, who, asked):
    floor = shown(findings, who)[flag]
    assert asked in floor.ask
    assert "counted as possible" in floor.why


def test_calcium_of_an_artery_warns_of_an_infants_only_where_a_young_age_is_told():
    assert "vascular_emergency" not in shown(yes("site_artery"), person(None))
    assert "vascular_emergency" not in shown(yes("site_artery"), person(60))
    assert "vascular_emergency" in shown(yes("site_artery"), person(0.4))


def test_calcium_that_words_call_suspicious_in_a_breast_is_shown():
    assert "malignancy_breast" in shown(yes("site_breast", "pattern_mammo_suspicious"), person(52, "F"))


@pytest.mark.parametrize("sign", ["sx_painful_necrosis", "sx_retiform_purpura", "sx_eschar"])
def test_necrosis_or_retiform_purpura_alone_shows_calciphylaxis(sign):
    healthy = no("egfr_under_60", "hx_ckd", "hx_dialysis", "rx_vka", "hx_obesity", "hx_phpt")
    assert "calciphylaxis" in shown(yes(sign) + healthy, person(60, "F"))


def test_a_proximal_lesion_with_cancer_shows_calciphylaxis_a_distal_one_does_not():
    kidneys = no("egfr_under_30", "hx_dialysis", "rx_vka", "hx_obesity", "hx_phpt", "op_kidney_transplant")
    rest = no("hx_alcohol_liver", "hx_connective_tissue_disease")
    places = no("site_abdominal_wall", "site_buttock", "site_breast")
    proximal = yes("sx_livedo", "hx_malignancy", "site_thigh") + kidneys + rest + places
    distal = yes("sx_livedo", "hx_malignancy") + no("site_thigh") + kidneys + rest + places
    assert "calciphylaxis" in shown(proximal, person(60))
    assert "calciphylaxis" not in shown(distal, person(60))


def test_a_floor_changes_what_is_shown_and_no_probability():
    """With no floors in the knowledge the kinds are the same to the last digit."""
    findings, who = WITH["hypocalcaemia"]
    said = weighed(findings, who)
    assert said.floors
    total = sum(kinds(said).values()) + said.none_of_these
    assert total == pytest.approx(1)
    import msgspec

    quiet = msgspec.structs.replace(load(), floors=())
    assert kinds(weighed(findings, who, knowledge=quiet)) == kinds(said)


def test_an_implausible_calcium_fires_no_floor_as_a_fact_but_asks_for_the_unit_today():
    doubtful = Result(
        analyte="calcium_total", value=14.4, unit="mmol/L", plausible=False, likely_unit="mg/dL"
    )
    floor = shown(yes("site_lung"), person(60), results=(doubtful,))["hypercalcaemic_crisis"]
    assert floor.why.startswith("check the unit today")
    assert "3.6 mmol/L" in floor.why
    assert floor.ask == "the unit of the calcium"


def test_an_implausible_low_calcium_warns_the_other_way_and_a_harmless_one_not_at_all():
    low = Result(analyte="calcium_total", value=6.0, unit="mmol/L", plausible=False, likely_unit="mg/dL")
    harmless = Result(analyte="calcium_total", value=9.6, unit="mmol/L", plausible=False, likely_unit="mg/dL")
    odd = Result(analyte="calcium_total", value=9.6, unit="mmol/L", plausible=False, likely_unit="furlong")
    assert "hypocalcaemia" in shown([], person(60), results=(low,))
    assert not shown([], person(60), results=(harmless, odd))


def test_the_limits_of_a_doubtful_calcium_are_those_of_the_floors():
    signs = {f.id: {a.sign for a in f.alternatives} for f in load().floors}
    for flag, band in EMERGENCIES.items():
        assert band in signs[flag]
        limit = bands()[band].limit("calcium_total")
        past = 1e-6 if bands()[band].comparator == ">" else -1e-6
        assert emergency("calcium_total", limit) is None
        assert (
            emergency("calcium_total", limit + past) == emergency("calcium_corrected", limit + past) == flag
        )
    assert emergency("phosphate", 9.0) is None


@pytest.mark.parametrize("void", [{"status": "entered-in-error"}, {"weighed": False}])
def test_a_result_that_does_not_count_asks_for_no_unit(void):
    doubtful = Result(
        analyte="calcium_total", value=14.4, unit="mmol/L", plausible=False, likely_unit="mg/dL", **void
    )
    assert not shown([], person(60), results=(doubtful,))


def _mass(found):
    (floor,) = [f for f in weighed(found, person(61, "M")).floors if f.id == "malignancy_mass"]
    return floor


def test_a_denied_injury_is_not_called_unknown():
    floor = _mass(yes("sx_growing", "site_thigh") + no("hx_trauma"))
    assert "injury" not in floor.ask
    assert floor.ask in floor.why


def test_a_told_sarcoma_needs_no_biopsy_first():
    floor = _mass(yes("sx_growing", "bx_sarcoma") + no("hx_trauma"))
    assert floor.why.startswith("biopsy told: sarcoma")
    assert (floor.who, floor.ask) == ("sarcoma centre", "")
    assert _mass(yes("sx_growing")).who == "sarcoma centre, before any biopsy that is not done yet"


def test_a_question_mark_is_told_as_a_question():
    (asked,) = weighed(yes("hx_tuberculosis", certainty=0.5)).floors
    assert asked.why.startswith("asked about with a question mark")
    assert "because of" not in asked.why
    (known,) = weighed(yes("hx_tuberculosis")).floors
    assert known.why.startswith("possible active tuberculosis, because of")


def test_a_filtration_rate_is_told_in_whole_numbers():
    found = yes("sx_livedo") + yes("egfr_under_30", value=20.7394, unit="mL/min/{1.73_m2}")
    (floor,) = [f for f in weighed(found).floors if f.id == "calciphylaxis"]
    assert "(21 mL/min/1.73 m2)" in floor.why
