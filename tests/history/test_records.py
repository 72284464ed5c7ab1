"""Records, phenopackets and letters as files: what they say, and that nobody's name comes out."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kossa.evidence import NothingUsable, Outcome, State, Whose, encode
from kossa.history import examine
from kossa.history.codes import hpo_excluded, hpo_observed, icd10
from kossa.history.letter import language, read_letter
from kossa.history.phenopacket import read_phenopacket
from kossa.intake.names import cleaner
from kossa.intake.survey import survey

DOCS = Path(__file__).parents[2] / "docs" / "schema"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def bundle(*resources):
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})


def read(tmp_path, text, name="record.json"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return examine(path)


def said(reading, whose=Whose.PERSON):
    return {f.id: f.state for f in reading.findings if f.whose is whose}


def condition(text, **more):
    return {"resourceType": "Condition", "code": {"text": text}} | more


def test_a_condition_is_read_by_code_and_by_words(tmp_path):
    coded = {"resourceType": "Condition", "code": {"coding": [{"system": ICD, "code": "N18.6"}]}}
    reading = read(tmp_path, bundle(coded, condition("Limited scleroderma", onsetDateTime="2012")))
    assert said(reading)["hx_dialysis"] is State.PRESENT
    assert {f.when for f in reading.findings if f.id == "hx_limited_ssc"} == {"2012"}


@pytest.mark.parametrize(
    ("status", "state", "certainty"),
    [("refuted", State.ABSENT, 1.0), ("confirmed", State.PRESENT, 1.0), ("provisional", State.PRESENT, 0.6)],
)
def test_a_verification_is_minded_in_every_version(tmp_path, status, state, certainty):
    for form in (status, {"coding": [{"code": status}]}):
        reading = read(tmp_path, bundle(condition("Sarcoidosis", verificationStatus=form)))
        assert [(f.state, f.certainty) for f in reading.findings if f.id == "hx_sarcoidosis"] == [
            (state, certainty)
        ]


def test_what_was_entered_in_error_is_nothing(tmp_path):
    reading = read(
        tmp_path, bundle(condition("Gout", verificationStatus="entered-in-error"), condition("Lupus"))
    )
    assert set(said(reading)) == {"hx_sle"}


def test_drugs_of_all_versions_and_their_status(tmp_path):
    drug = {"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": "Warfarin"}}
    r5 = {"resourceType": "MedicationStatement", "status": "recorded"}
    r5["medication"] = {"concept": {"text": "diltiazem"}}
    pointed = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "medicationReference": {"reference": "#m"},
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "prednisolone"}}],
    }
    reading = read(tmp_path, bundle(drug | {"status": "stopped"}, r5, pointed))
    assert {f.id: f.when for f in reading.findings if f.id == "rx_vka"} == {"rx_vka": "past"}
    assert {"rx_diltiazem", "rx_corticosteroid"} <= set(said(reading))
    assert said(read(tmp_path, bundle(drug | {"status": "not-taken"})))["rx_vka"] is State.ABSENT


def done(text, status="completed"):
    return {"resourceType": "Procedure", "status": status, "code": {"text": text}}


def test_procedures_family_allergies_and_observations_in_words(tmp_path):
    smoking = {"resourceType": "Observation", "status": "final", "code": {"text": "Smoking"}}
    reading = read(
        tmp_path,
        bundle(
            done("Excision of calcinosis, left index finger"),
            done("Kidney transplant", "not-done"),
            {"resourceType": "FamilyMemberHistory", "condition": [{"code": {"text": "Gout"}}]},
            {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}},
            smoking | {"valueString": "never smoked"},
        ),
    )
    assert [(g.site, g.side) for g in reading.groups] == [("site_finger", "left")]
    assert said(reading)["op_kidney_transplant"] is State.ABSENT
    assert said(reading)["hx_penicillin_allergy"] is State.PRESENT
    assert said(reading)["hx_smoker"] is State.ABSENT
    assert "hx_gout" in said(reading, Whose.FAMILY)


def test_reports_and_attached_letters_are_read_and_others_told(tmp_path):
    letter = base64.b64encode(
        b"Radiograph: calcification of the left thigh, tram-track of the femoral artery."
    ).decode()
    page = base64.b64encode(b"<p>Calcified <b>aortic valve</b>.</p>").decode()
    reading = read(
        tmp_path,
        bundle(
            {
                "resourceType": "DiagnosticReport",
                "status": "final",
                "conclusion": "No calcification of the lungs.",
            },
            {
                "resourceType": "DocumentReference",
                "content": [
                    {"attachment": {"contentType": "text/plain", "data": letter}},
                    {"attachment": {"contentType": "text/html", "data": page}},
                    {"attachment": {"contentType": "application/pdf", "data": "JVBERg=="}},
                ],
            },
        ),
    )
    assert said(reading)["site_lung"] is State.ABSENT
    sites = {g.site for g in reading.groups}
    assert sites == {"site_thigh", "site_femoral_artery", "site_aortic_valve"}
    assert "attachment-not-read" in {n.code for n in reading.notices}
    assert reading.files[0].outcome is Outcome.PARTIAL


LETTER = """St Elsewhere Hospital
Dear Dr Whittingstall,

Re: Mrs Ottoline ZAPPERLY, DOB 14/03/1961, NHS No: 943 476 5919

Diagnoses:
1. Limited systemic sclerosis since 2012
2. Calcinosis of the right index finger

Mrs Zapperly denies dysphagia. Ottoline's mother had gout. She collects postage stamps at home.

Family history: father with diabetes; sister has similar lumps.
Medication: diltiazem. Warfarin was stopped in 2020.
Plan: start colchicine if inflamed.

Yours sincerely,

Dr Peregrine Ashcombe-Trout
"""


def test_a_letter_is_read_section_by_section(tmp_path):
    reading = read(tmp_path, LETTER, "letter.txt")
    assert said(reading)["hx_limited_ssc"] is State.PRESENT
    assert said(reading)["sx_reflux"] is State.ABSENT
    assert {"hx_gout", "hx_diabetes"} <= set(said(reading, Whose.FAMILY))
    assert said(reading)["hx_family_same"] is State.PRESENT
    assert [(g.site, g.side) for g in reading.groups] == [("site_finger", "right")]
    assert {f.certainty for f in reading.findings if f.id == "rx_colchicine"} == {0.4}
    assert any("postage stamps" in n for n in reading.not_understood)


def test_no_name_comes_out(tmp_path):
    text = encode(read(tmp_path, LETTER, "letter.txt")).decode()
    for name in ("apperly", "ZAPPERLY", "ttoline", "hittingstall", "shcombe", "eregrine", "943 476", "1961"):
        assert name not in text
    patient = {
        "resourceType": "Patient",
        "id": "a",
        "name": [{"family": "Quibblesworth", "given": ["Zebedee"]}],
    }
    told = condition(
        "Lupus of zebedee quibblesworth", note=[{"text": "Quibblesworth has hard lumps of the thigh"}]
    )
    record = encode(read(tmp_path, bundle(patient, told))).decode()
    assert "uibblesworth" not in record
    assert "ebedee" not in record


def test_mr_stone_does_not_cost_a_kidney_stone(tmp_path):
    reading = read(tmp_path, "Dear Mr Stone,\n\nThe patient has a kidney stone and gout.\n", "letter.txt")
    assert {"hx_kidney_stone", "hx_gout"} <= set(said(reading))


GERMAN = "Die Patientin leidet seit 2010 an einer Sklerodermie und hat keine Beschwerden bei der Arbeit."
FRENCH = "La patiente est suivie pour une maladie depuis 2010 et ne présente pas de douleur dans les doigts."
SPANISH = "La paciente tiene esclerodermia desde 2010 y no presenta dolor en los dedos de la mano."
ENGLISH = "She has had systemic sclerosis since 2010 and there is no pain of the fingers."
TERMS = "limited scleroderma, ESRD, haemodialysis, hypertension, diabetes, gout, lupus, morphea"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (GERMAN, "German"),
        (FRENCH, "French"),
        (SPANISH, "Spanish"),
        (ENGLISH, "English"),
        ("Scleroderma 2010.", None),
        (TERMS, None),
    ],
)
def test_the_language_is_told(text, spoken):
    assert language(text) == spoken


def test_a_language_that_is_not_read_is_a_notice_that_says_what_to_do(tmp_path):
    reading = read(tmp_path, SPANISH, "carta.txt")
    (notice,) = [n for n in reading.notices if n.code == "language"]
    assert "Spanish" in notice.what
    assert "case.toml" in notice.todo
    assert reading.files[0].outcome is Outcome.REJECTED


AGE = {"age": {"iso8601duration": "P10Y"}}
PACKET = {
    "id": "x",
    "subject": {"id": "P1", "sex": "FEMALE", "timeAtLastEncounter": AGE},
    "phenotypicFeatures": [
        {"type": {"id": "HP:0002905", "label": "Hyperphosphatemia"}},
        {"type": {"id": "HP:0003072", "label": "Hypercalcemia"}, "excluded": True},
        {
            "type": {"id": "HP:0000121", "label": "Nephrocalcinosis"},
            "onset": {"age": {"iso8601duration": "P3Y"}},
        },
        {"type": {"id": "HP:9999999", "label": "Low back pain"}},
        {"type": {"id": "HP:8888888", "label": "Frogs"}},
    ],
    "interpretations": [
        {"diagnosis": {"disease": {"id": "OMIM:103580", "label": "Pseudohypoparathyroidism Ia"}}}
    ],
}


GERMAN_NOTE = (
    "Der Patient hat keinen Diabetes und keine Sarkoidose. Es besteht eine Sklerodermie. "
    "Die Röntgenaufnahme der linken Hand zeigt eine Verkalkung am Daumen."
)
FRENCH_NOTE = (
    "Le patient n'a pas de diabète et pas de sarcoïdose. Il a une sclérodermie depuis dix ans. "
    "La radiographie de la main gauche montre une calcification du pouce."
)


def inside(form, text, encoding="utf-8"):
    data = base64.b64encode(text.encode(encoding)).decode()
    held = {"contentType": "text/plain", "data": data}
    return {
        "attachment": {
            "resourceType": "DocumentReference",
            "status": "current",
            "content": [{"attachment": held}],
        },
        "form": {"resourceType": "DiagnosticReport", "status": "final", "presentedForm": [held]},
        "conclusion": {"resourceType": "DiagnosticReport", "status": "final", "conclusion": text},
    }[form]


@pytest.mark.parametrize("form", ["attachment", "form", "conclusion"])
@pytest.mark.parametrize("note", [GERMAN_NOTE, FRENCH_NOTE])
def test_a_letter_inside_a_record_is_read_in_its_language_as_a_file_is(tmp_path, form, note):
    (tmp_path / "file").mkdir()
    letter = read(tmp_path / "file", note, "letter.txt")
    record = read(tmp_path, bundle(inside(form, note)))
    assert said(record)["hx_diabetes"] is State.ABSENT
    assert said(record)["hx_sarcoidosis"] is State.ABSENT
    assert said(record) == said(letter)
    assert [(g.site, g.side) for g in record.groups] == [(g.site, g.side) for g in letter.groups]
    assert [n.code for n in record.notices] == ["language"]
    assert record.files[0].outcome is Outcome.ACCEPTED


def test_an_attached_letter_that_is_not_utf_8_is_read(tmp_path):
    record = read(tmp_path, bundle(inside("attachment", GERMAN_NOTE, "latin-1")))
    assert said(record)["hx_diabetes"] is State.ABSENT


def test_a_short_condition_in_another_language_keeps_its_no(tmp_path):
    assert said(read(tmp_path, bundle(condition("Kein Diabetes"))))["hx_diabetes"] is State.ABSENT


def test_a_text_of_a_record_whose_language_is_not_read_is_told_once_and_the_rest_is_read(tmp_path):
    other = inside("conclusion", SPANISH)
    record = read(tmp_path, bundle(other, other, condition("Limited scleroderma")))
    assert set(said(record)) == {"hx_limited_ssc"}
    (notice,) = [n for n in record.notices if n.code == "language"]
    assert notice.what.startswith("A text of this record seems to be Spanish")
    assert (record.files[0].outcome, record.files[0].reason) == (Outcome.PARTIAL, "text-not-read")


def test_a_phenopacket_without_its_answer(tmp_path):
    reading = read(tmp_path, json.dumps(PACKET))
    assert said(reading)["phosphate_high"] is State.PRESENT
    assert said(reading)["calcium_high"] is State.ABSENT
    assert said(reading)["sx_back_pain"] is State.PRESENT
    assert reading.not_understood == ("Frogs",)
    assert "Pseudohypopara" not in encode(reading).decode()
    assert len(reading.groups) == 1
    assert reading.person.age_years == 10


def test_an_excluded_parent_excludes_what_the_table_puts_under_it():
    assert "phosphate_high" in hpo_excluded("HP:0100529")
    assert hpo_observed("HP:0100529") == ()
    findings, _ = read_phenopacket({"phenotypicFeatures": [{"type": {"id": "HP:0100529"}, "excluded": True}]})
    assert {f.id for f in findings if f.state is State.ABSENT} >= {"phosphate_high"}


def test_no_acute_phase_response_does_not_say_that_pth_is_normal():
    assert "pth_high" not in hpo_excluded("HP:0011134")


@pytest.mark.parametrize(
    ("code", "id_"),
    [
        ("N18.6", "hx_dialysis"),
        ("n186", "hx_dialysis"),
        ("C50.911", "hx_malignancy"),
        ("S72.001A", "hx_fracture"),
        ("T31.0", "hx_burn"),
        ("C81.9", "hx_lymphoma"),
    ],
)
def test_icd10_by_the_longest_known_beginning(code, id_):
    assert icd10(code) == (id_,)
    assert icd10("Z00.0") == ()


def test_a_case_form_is_read(tmp_path):
    text = 'age_years = 60\nsetting = "dialysis"\nhistory = ["haemodialysis for 6 years"]\n'
    reading = read(tmp_path, text, "case.toml")
    assert said(reading)["hx_dialysis"] is State.PRESENT
    assert said(reading)["hx_age_over_40"] is State.PRESENT
    assert reading.person.setting == "dialysis"


def test_a_folder_without_words_is_told(tmp_path):
    (tmp_path / "labs.csv").write_text("name,value,unit\ncalcium,2,mmol/L\n", encoding="utf-8")
    with pytest.raises(NothingUsable, match="no letters"):
        examine(tmp_path)
    assert examine(survey(tmp_path)).findings == ()


def test_the_reading_is_json_by_its_schema(tmp_path):
    import jsonschema

    schema = json.loads((DOCS / "history.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(encode(read(tmp_path, LETTER, "letter.txt"))), schema)


def test_what_stands_behind_the_frame_of_a_letter_is_read():
    text = (
        "Thank you for referring this man with end-stage renal disease on haemodialysis.\n"
        "Re: Mr Tom Kelly, 12/03/1950. Systemic sclerosis.\n"
        "DOB 01/02/1960 Known sarcoidosis\n"
        "NHS number 943 476 5919. He has gout.\n"
        "Reported by Dr Lee: calcification of the breast.\n"
        "Jane Brown, Consultant in Diabetes\n"
    )
    letter = read_letter(cleaner([])(text))
    ids = {f.id for f in letter.findings}
    assert {"hx_dialysis", "hx_systemic_sclerosis", "hx_sarcoidosis", "hx_gout", "site_breast"} <= ids
    assert "943" not in cleaner([])(text)
    assert "Kelly" not in cleaner([])(text)


def test_a_name_broken_over_two_lines_is_taken_out_and_a_heading_is_not():
    text = "He was seen at length in clinic by us and Dr Jane\nBrown.\nSigned by Dr Patel\nRe: gout\n"
    clean = cleaner([])(text)
    assert "Brown" not in clean
    assert "Re: gout" in clean
