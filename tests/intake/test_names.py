"""Names of people are taken out of words wherever they stand; medicine that bears a name stays."""

from __future__ import annotations

import base64
import json

import pytest

from kossa.intake.identity import Identity
from kossa.intake.known_names import known_names
from kossa.intake.names import Names, cleaner
from kossa.intake.survey import survey


def stated(*names, **more):
    return cleaner([Identity(system="dicom", name=n) for n in names], **more)


def given(*names, **more):
    return cleaner(names=Names(given=frozenset(names)), **more)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Testperson^Jane", "seen with jane testperson today"),
        ("Testperson^Jane", "TESTPERSON was phoned"),
        ("Müller^Hans", "Müller was phoned, Mueller too, and muller"),
        ("MUELLER^HANS", "Herrn Müller gesehen"),
        ("Strauß^Eva", "Strauss and Strauß and STRAUSS"),
        ("O'Brien^Pat", "O'Brien and O’Brien and OBrien's"),
        ("Núñez^Ana", "Nunez phoned, Núñez did not"),
    ],
)
def test_a_stated_name_is_taken_out_in_any_spelling(name, text):
    clean = stated(name)(text)
    for word in text.replace(",", "").split():
        if word[0].isupper() or word in ("jane", "testperson", "muller"):
            assert word not in clean.replace("Herrn", ""), clean
    assert "[name]" in clean


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Stone^Jane", "passed a kidney stone, a stone of the bladder"),
        ("Brown^Jane", "Brown tumour of the jaw; brown tumor"),
        ("White^Jane", "White matter calcification"),
        ("Young^Jane", "a young woman"),
        ("Bone^Jane", "Bone scan, bone density and bone pain"),
        ("Black^Jane", "a black eschar"),
        ("Paget^Jane", "Paget's disease of bone, Paget disease"),
        ("Ng^Li", "PTH 55 ng/L"),
        ("An^Li", "an ulcer"),
        ("Anonymous^Patient", "the patient is anonymous"),
    ],
)
def test_a_name_that_is_a_word_of_medicine_costs_no_finding(name, kept):
    phrases = ("ng/l", "at a young age")
    assert stated(name, phrases=phrases)(kept) == kept
    words = frozenset(w.lower() for w in name.split("^"))
    assert given(*(words - {"patient", "anonymous"}), phrases=phrases)(kept) == kept


@pytest.mark.parametrize("name", ["Stone", "Brown", "White", "Young", "Bone", "Black", "Paget"])
def test_the_same_name_is_taken_out_where_it_is_a_persons(name):
    for clean in (stated(f"{name}^Jane"), given(name.lower())):
        assert name not in clean(f"{name} has calcinosis of the hip. I saw {name}. {name.upper()} phoned.")
    assert (
        stated(f"{name}^Jane")(f"sample of jane {name.lower()} haemolysed") == "sample of [name] haemolysed"
    )


def test_a_heading_about_a_disease_gives_no_name_away():
    clean = cleaner()
    assert clean("Re: Gout\nGout since 2010.") == "Re: Gout\nGout since 2010."
    assert "Gout" not in clean("Re: Mrs Gout\nI saw Gout.")


def test_a_column_of_patients_may_hold_names():
    clean = cleaner([Identity(system="table", identifier="Jane Testperson")])
    assert clean("Testperson phoned") == "[name] phoned"


def test_the_names_of_a_folder_are_found_in_all_its_files_once(tmp_path):
    (tmp_path / "letter.txt").write_text("Re: Mrs Jane Alphason\nShe has gout.\n", encoding="utf-8")
    (tmp_path / "labs.csv").write_text(
        "name,value,unit,comment\ncalcium,2.4,mmol/L,phoned to Dr Bravosen\n", encoding="utf-8"
    )
    (tmp_path / "case.toml").write_text('history = ["seen by Mr Charlieson"]\n', encoding="utf-8")
    note = base64.b64encode(b"Yours sincerely\nDr Deltasen\n").decode()
    record = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Practitioner", "name": [{"family": "Echoson", "given": ["Ed"]}]}},
            {
                "resource": {
                    "resourceType": "DocumentReference",
                    "status": "current",
                    "content": [{"attachment": {"contentType": "text/plain", "data": note}}],
                }
            },
            {"resource": {"resourceType": "DocumentReference", "content": [{"attachment": {"data": "%"}}]}},
        ],
    }
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    found = survey(tmp_path)
    names = known_names(found)
    assert {"jane", "alphason", "bravosen", "charlieson", "deltasen"} <= names.given
    assert {"echoson", "ed"} <= names.stated
    assert known_names(found) is names
    assert cleaner(names=names)("Alphason and Bravosen by echoson") == "[name] and [name] by [name]"
