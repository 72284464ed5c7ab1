"""One person or two: the rule of the house, and that names go no further."""

from __future__ import annotations

import json

import pytest

from kossa.evidence import FileKind, Outcome, Sex, WrongCall, encode
from kossa.intake.files_table import files, notices
from kossa.intake.identity import Identity, name_words
from kossa.intake.people import People, only, people
from kossa.intake.stated import in_case, in_letter, in_phenopacket, written_date
from kossa.intake.survey import survey
from tests.intake.made import CASE, LABS, LETTER, dicom, lay


def met(folder, files_) -> People:
    return people(survey(lay(folder, files_)))


def patient(number="7", *, born="1950-03-12", sex="female", name=("Jane", "Doe"), **more) -> dict:
    given, family = name
    return {
        "resourceType": "Patient",
        "id": number,
        "birthDate": born,
        "gender": sex,
        "name": [{"family": family, "given": [given]}],
        **more,
    }


def result(subject: str, value: float = 2.4, when: str = "2020-03-12") -> dict:
    return {
        "resourceType": "Observation",
        "subject": {"reference": subject},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "mmol/L"},
    }


def bundle(*resources: dict) -> str:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})


def test_one_identifier_is_one_person_whatever_the_name(tmp_path):
    found = met(tmp_path, {"1": dicom(name="Doe^Jane"), "2": dicom(name="Roe^Jane")})
    assert [p.key for p in found.persons] == ["p1"]
    assert [n.code for n in found.notices] == ["names-differ"]


def test_two_identifiers_of_one_issuer_are_two_people(tmp_path):
    found = met(tmp_path, {"1": dicom(patient="A"), "2": dicom(patient="B"), "3": dicom(patient="B")})
    assert [p.key for p in found.persons] == ["p1", "p2"]
    assert sorted(found.whose.values()) in ([("p1",), ("p1",), ("p2",)], [("p1",), ("p2",), ("p2",)])
    assert found.sentence().startswith("This holds evidence of 2 people (p1: ")
    assert found.sentence().endswith("`kossa read` takes one by --person p1.")
    assert found.notices[0].code == "two-people"


def test_two_issuers_are_two_number_systems_and_one_person_with_a_notice(tmp_path):
    found = met(tmp_path, {"1": dicom(patient="A", issuer="X"), "2": dicom(patient="B", issuer="Y")})
    assert len(found.persons) == 1
    assert [n.code for n in found.notices] == ["one-person-assumed"]
    assert found.sentence() == ""


@pytest.mark.parametrize(
    ("one", "other", "people_"),
    [
        ({"born": "19500312"}, {"born": "1950-03-12"}, 1),
        ({"born": "19500312"}, {"born": "1950"}, 1),
        ({"born": "19500312"}, {"born": "1962-01-01"}, 2),
        ({"born": "19000101"}, {"born": "1962-01-01"}, 1),
        ({"sex": "F"}, {"sex": "female"}, 1),
        ({"sex": "M"}, {"sex": "female"}, 2),
        ({"sex": "O"}, {"sex": "female"}, 1),
        ({"name": "DOE^JANE^ANN"}, {"name": ("Jane", "Doe")}, 1),
        ({"name": "Doe^J"}, {"name": ("Jane", "Doe")}, 1),
        ({"name": "M\u00fcller^J\u00f6rg^^Dr"}, {"name": ("Jorg", "Muller")}, 1),
        ({"name": "O'Brien^Jane"}, {"name": ("Jane", "OBrien")}, 1),
        ({"name": "Smith^Jane"}, {"name": ("Jane", "Doe")}, 2),
        ({"name": "Doe^John"}, {"name": ("Jane", "Doe")}, 2),
        ({"name": "ANONYMOUS"}, {"name": ("Jane", "Doe")}, 1),
        ({}, {}, 1),
    ],
)
def test_birth_date_sex_and_name_are_compared_across_kinds(tmp_path, one, other, people_):
    record = patient(**{"born": "", "sex": "", "name": ("", "")} | other)
    found = met(tmp_path, {"ct": dicom(**one), "fhir": bundle(record, result("Patient/7"))})
    assert len(found.persons) == people_


def test_hidden_numbers_are_no_numbers(tmp_path):
    found = met(tmp_path, {"1": dicom(patient="ANONYMOUS", born="19500312"), "2": dicom(patient="A")})
    assert len(found.persons) == 1


def test_files_that_say_nothing_belong_to_the_one_person(tmp_path):
    found = met(tmp_path, {"ct": dicom(), "letter": LETTER, "labs": LABS})
    assert found.whose == {1: ("p1",), 2: ("p1",), 3: ("p1",)}
    assert [n.code for n in found.notices] == ["one-person-assumed"]


def test_one_file_alone_raises_no_question(tmp_path):
    assert met(tmp_path, {"letter": LETTER}).notices == ()


def test_files_that_say_nothing_belong_to_no_one_of_two(tmp_path):
    folder = lay(tmp_path, {"1": dicom(patient="A"), "2": dicom(patient="B"), "letter": LETTER})
    found = survey(folder)
    who = people(found)
    assert who.whose[3] == ()
    assert "1 file(s) do not say whose they are" in who.notices[0].what
    only(found, who, "p2")
    assert sorted(e.outcome.reason for e in found.set_aside) == ["another-person", "person-unknown"]
    assert [e.kind for e in found.entries] == [FileKind.CT]
    assert [row.number for row in files(found)] == [1, 2, 3]


def test_the_chosen_person_keeps_the_key(tmp_path):
    found = survey(lay(tmp_path, {"1": dicom(patient="A"), "2": dicom(patient="B")}))
    only(found, people(found), "p2")
    again = people(found)
    assert [p.key for p in again.persons] == ["p2"]
    assert {row.person for row in files(found) if row.outcome is not Outcome.IGNORED} == {"p2"}


def test_a_name_can_tell_whose_a_file_without_a_number_is(tmp_path):
    found = met(
        tmp_path,
        {
            "1": dicom(patient="A", name="Doe^Jane"),
            "2": dicom(patient="B", name="Roe^Mary"),
            "letter": "Name: Jane Doe\n" + LETTER,
        },
    )
    assert found.whose[3] == found.whose[1]


def test_an_unknown_person_cannot_be_chosen(tmp_path):
    found = survey(lay(tmp_path, {"1": dicom(patient="A")}))
    with pytest.raises(WrongCall, match="no person p9 here; there is p1"):
        only(found, people(found), "p9")
    assert only(found, people(found), "p1") is found


def test_rejected_files_and_kinds_without_reader_do_not_count(tmp_path):
    found = survey(
        lay(
            tmp_path,
            {"1": dicom(patient="A"), "2": dicom(patient="B"), "3": dicom(patient="C", modality="MG")},
        )
    )
    assert len(people(found).persons) == 3
    assert len(people(found, [FileKind.CT]).persons) == 2
    found.entries[1].settle(Outcome.REJECTED, reason="truncated")
    assert len(people(found, [FileKind.CT]).persons) == 1


def test_keys_do_not_depend_on_the_names_of_files(tmp_path):
    a, b = dicom(patient="A"), dicom(patient="B")
    one = met(tmp_path / "x", {"1": a, "2": b})
    other = met(tmp_path / "y", {"1": b, "2": a})
    assert one.whose[1] == other.whose[2]


def test_a_record_of_two_patients_is_two_people_and_is_cut(tmp_path):
    record = bundle(
        patient("7"),
        patient("8", born="1971"),
        result("Patient/7", 2.4),
        result("Patient/8", 2.9),
        {"resourceType": "X"},
    )
    found = survey(lay(tmp_path, {"r.json": record}))
    who = people(found)
    assert [p.key for p in who.persons] == ["p1", "p2"]
    only(found, who, "p1")
    left = [e["resource"] for e in found.entries[0].document().data["entry"]]
    ids = {r.get("id") or r.get("subject", {}).get("reference", "")[-1:] for r in left}
    assert len(left) == 3
    assert len(ids - {""}) == 1
    assert len(people(found).persons) == 1


def test_a_table_of_two_people_cannot_be_cut(tmp_path):
    table = "patient_id,name,value,unit\n1,calcium,2.4,mmol/L\n2,calcium,2.5,mmol/L\n"
    found = survey(lay(tmp_path, {"labs.csv": table}))
    who = people(found)
    assert len(who.persons) == 2
    only(found, who, "p1")
    assert found.entries[0].outcome.reason == "two-people"
    assert "several people" in found.entries[0].notices[0].what


def test_results_in_sister_files_belong_to_the_patient_they_name(tmp_path):
    found = met(
        tmp_path,
        {"a": bundle(patient("7")), "b": bundle(result("Patient/7")), "c": bundle(result("Patient/9"))},
    )
    assert found.whose[1] == found.whose[2] != found.whose[3]
    assert len(found.persons) == 2


def test_a_server_s_own_number_does_not_count_beside_a_hospital_s(tmp_path):
    one = patient("7", identifier=[{"system": "urn:mrn", "value": "1"}])
    other = patient("8", identifier=[{"system": "urn:mrn", "value": "1"}])
    assert len(met(tmp_path, {"a": bundle(one), "b": bundle(other)}).persons) == 1


@pytest.mark.parametrize(
    "reference", ["Patient/7", "urn:uuid:7", "https://server/fhir/Patient/7", "Patient/7/_history/2"]
)
def test_references_of_every_form_name_the_patient(tmp_path, reference):
    entry = {"fullUrl": "https://server/fhir/Patient/7", "resource": patient("7")}
    record = {"resourceType": "Bundle", "entry": [entry, {"resource": result(reference)}]}
    found = met(tmp_path, {"a": json.dumps(record)})
    assert [p.age_years for p in found.persons] == [pytest.approx(70.0, abs=0.01)]


def test_age_and_sex_come_from_the_files(tmp_path):
    found = met(tmp_path, {"a": bundle(patient("7"), result("Patient/7", when="2020-03-12"))})
    assert (found.persons[0].age_years, found.persons[0].sex) == (pytest.approx(70.0, abs=0.01), Sex.F)


def test_what_was_typed_in_wins_over_headers(tmp_path):
    found = met(tmp_path, {"ct": dicom(born="19500312"), "case.toml": CASE})
    assert (found.persons[0].age_years, found.persons[0].sex) == (61, Sex.F)


def test_no_name_stands_in_any_output(tmp_path):
    found = survey(
        lay(
            tmp_path,
            {
                "Zzyzx_Quentin.dcm": dicom(name="Zzyzx^Quentin", patient="NR-4711", born="19500312"),
                "b.dcm": dicom(name="Zzyzx^Quentin", patient="NR-4712")[:400],
                "c": "Name: Quentin Zzyzx\nMRN: 998877\n" + LETTER,
            },
        )
    )
    who = people(found)
    for out in (
        encode(files(found)),
        encode(notices(found)),
        encode(who.notices),
        encode(who.persons),
        repr(who).encode(),
    ):
        assert not any(word in out for word in (b"Zzyzx", b"Quentin", b"4711", b"4712", b"998877", b"1950"))


def test_a_name_s_words_are_those_of_its_first_writing():
    assert name_words("Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=") == ["yamada", "tarou"]
    assert name_words("Prof. Sir \u00c5ngstr\u00f6m-O\u2019Neill") == ["angstrom", "oneill"]
    assert Identity(system="x", name="Patient^Test").names() == frozenset()


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("1950-03-12", "1950-03-12"),
        ("12/03/1950", "1950"),
        ("25/03/1950", "1950-03-25"),
        ("03/25/1950", "1950-03-25"),
        ("12.03.1950", "1950-03-12"),
        ("12 March 1950 (aged 70)", "1950-03-12"),
        ("3rd Feb 1950", "1950-02-03"),
        ("about 1950", "1950"),
        ("12 Foo 1950", "1950"),
        ("unknown", ""),
    ],
)
def test_written_dates_are_taken_no_further_than_they_are_clear(words, date):
    assert written_date(words) == date


def test_a_letter_states_its_person_in_labelled_lines_only():
    (stated,) = in_letter(
        "St Elsewhere\nPatient Name: Mrs Jane DOE | DOB: 25/03/1950\nNHS No: 943 476 5919\nSex: F\n"
    )
    assert (stated.names(), stated.born(), stated.number()) == ({"jane", "doe"}, "19500325", "9434765919")
    assert in_letter("Patient: 45-year-old woman with calcinosis. Name: none given.\n") == ()
    assert in_letter(LETTER) == ()


def test_phenopackets_state_age_and_sex():
    (stated,) = in_phenopacket(
        {
            "subject": {
                "id": "a",
                "sex": "FEMALE",
                "timeAtLastEncounter": {"age": {"iso8601duration": "P2Y4M"}},
            }
        }
    )
    assert (stated.gender(), stated.age_years) == ("F", 2.33)
    (old,) = in_phenopacket(
        {"subject": {"id": "a", "sex": "UNKNOWN_SEX", "ageAtCollection": {"age": "P41Y"}}}
    )
    assert (old.gender(), old.age_years) == ("", 41)
    assert in_phenopacket({}) == in_phenopacket([]) == ()
    assert in_phenopacket({"subject": {"timeAtLastEncounter": {"age": "P"}}})[0].age_years is None


def test_a_case_states_an_age_that_can_be():
    assert in_case({"age_years": 300})[0].age_years is None
    assert in_case({"age_years": True})[0].age_years is None
    assert in_case([]) == ()


def test_a_birth_date_can_tell_whose_a_file_without_a_number_is(tmp_path):
    found = met(
        tmp_path,
        {
            "1": dicom(patient="A", born="19500325"),
            "2": dicom(patient="B"),
            "letter": "DOB: 25/03/1950\n" + LETTER,
            "other": "Name: Jane Doe\n" + LETTER,
        },
    )
    assert found.whose[3] == found.whose[1]
    assert found.whose[4] == ()


def test_a_list_of_resources_is_a_record_too(tmp_path):
    record = json.dumps([patient("7"), patient("8"), result("Patient/8"), "nothing"])
    found = survey(lay(tmp_path, {"r.json": record}))
    who = people(found)
    assert len(who.persons) == 2
    only(found, who, "p1")
    kept = [r for r in found.entries[0].document().data if isinstance(r, dict)]
    assert {r.get("id", "8") for r in kept} in ({"7"}, {"8"})


def test_one_resource_alone_states_its_person(tmp_path):
    assert met(tmp_path, {"p.json": json.dumps(patient("7"))}).persons[0].sex is Sex.F
    odd = {
        "resourceType": "Bundle",
        "entry": [None, {"resource": patient("7") | {"name": {"text": "Jane Doe"}}}],
    }
    assert len(met(tmp_path / "b", {"p.json": json.dumps(odd)}).persons) == 1


@pytest.mark.parametrize(
    ("columns", "one", "other"),
    [
        ("Patient Name", "Anna Meier", "Bert Kunz"),
        ("patient_name", "Anna Meier", "Bert Kunz"),
        ("Patient", "Anna Meier", "Bert Kunz"),
        ("Nachname,Vorname", "Meier,Anna", "Kunz,Bert"),
        ("nom,pr\u00e9nom", "Meier,Anna", "Kunz,Bert"),
        ("birth_date", "1950-03-12", "1962-01-01"),
        ("dob", "12/13/1950", "01/01/1962"),
        ("Date of birth", "1950-03-12", "1962-01-01"),
        ("Geburtsdatum", "12.03.1950", "01.01.1962"),
        ("Date de naissance", "12.03.1950", "01.01.1962"),
        ("birthdate", "19500312", "19620101"),
        ("Geschlecht", "weiblich", "m\u00e4nnlich"),
        ("sex", "F", "M"),
        ("PID", "12", "13"),
        ("MRN", "12", "13"),
        ("Patient-ID", "12", "13"),
        ("Patientennummer", "12", "13"),
        ("Hospital No.", "12", "13"),
    ],
)
def test_two_people_in_one_table_are_told_apart_by_any_column_that_names_them(tmp_path, columns, one, other):
    rows = f"calcium,2.4,mmol/L,{one}\nphosphate,1.1,mmol/L,{other}\n"
    found = met(tmp_path, {"labs.csv": f"test,value,unit,{columns}\n{rows}"})
    assert [p.key for p in found.persons] == ["p1", "p2"]
    alone = f"calcium,2.4,mmol/L,{one}\nphosphate,1.1,mmol/L,{one}\n"
    assert len(met(tmp_path, {"labs.csv": f"test,value,unit,{columns}\n{alone}"}).persons) == 1


def test_a_column_name_is_the_persons_only_beside_one_that_names_the_test(tmp_path):
    rows = "2.4,mmol/L,calcium,Anna Meier\n1.1,mmol/L,phosphate,Bert Kunz\n"
    assert len(met(tmp_path, {"labs.csv": f"value,unit,test,name\n{rows}"}).persons) == 2
    assert len(met(tmp_path, {"labs.csv": "name,value\ncalcium,2.4\nphosphate,1.1\n"}).persons) == 1


def test_the_name_of_a_table_is_compared_with_that_of_a_scan(tmp_path):
    table = "patient name,name,value,unit\n{},calcium,2.4,mmol/L\n"
    folder = {"ct": dicom(name="Meier^Anna"), "labs.csv": table.format("Anna Meier")}
    assert len(met(tmp_path, folder).persons) == 1
    assert len(met(tmp_path, folder | {"labs.csv": table.format("Bert Kunz")}).persons) == 2
