"""What became of every file, in one table; a remark on many files is one remark."""

from __future__ import annotations

from kossa.evidence import FileKind, Outcome, Refused, Severity
from kossa.intake.files_table import files, locations, notices, settle_rest
from kossa.intake.people import people
from kossa.intake.remedies import REMEDIES
from kossa.intake.survey import survey
from tests.intake.made import LABS, LETTER, dicom, lay, png


def test_what_has_no_reader_yet_is_listed_as_that(tmp_path):
    found = survey(
        lay(
            tmp_path,
            {
                "1": dicom(),
                "2": dicom(modality="MG"),
                "3": LABS,
                "4": LETTER,
                "5": png(4, 4, pixels=bytes(16)),
            },
        )
    )
    settle_rest(found, {FileKind.CT})
    rows = {row.number: (row.kind, row.outcome, row.reason) for row in files(found)}
    assert rows == {
        1: (FileKind.CT, Outcome.IGNORED, "not-used"),
        2: (FileKind.FILM, Outcome.NOT_READ_YET, "not-read-yet"),
        3: (FileKind.BLOOD, Outcome.NOT_READ_YET, "not-read-yet"),
        4: (FileKind.HISTORY, Outcome.NOT_READ_YET, "not-read-yet"),
        5: (FileKind.PICTURE, Outcome.NOT_READ_YET, "not-read-yet"),
    }
    told = {n.source.file: n for n in notices(found)}
    assert told[4].what == "A letter, report or phenopacket: recognised, not read by this command."
    assert told[5].todo.startswith("Say what it is: put a NAME.toml beside it")


def test_what_is_settled_stays_settled(tmp_path):
    found = survey(lay(tmp_path, {"1": dicom()}))
    found.entries[0].settle(Outcome.ACCEPTED, used_by="ct")
    settle_rest(found, {FileKind.CT})
    assert (files(found)[0].outcome, files(found)[0].used_by) == (Outcome.ACCEPTED, "ct")


def test_rows_carry_person_and_codes_and_no_path(tmp_path):
    found = survey(lay(tmp_path, {"folder/scan.dcm": dicom()[:-40]}))
    people(found)
    (row,) = files(found)
    assert row.notices == ("truncated",)
    assert "scan" not in repr(row)
    assert locations(found) == {1: "folder/scan.dcm"}


def test_the_person_of_a_row_is_the_one_known_last(tmp_path):
    found = survey(lay(tmp_path, {"1": dicom()}))
    found.entries[0].settle(Outcome.ACCEPTED)
    people(found)
    assert files(found)[0].person == "p1"


def test_one_remark_on_many_files_is_told_once(tmp_path):
    found = survey(lay(tmp_path, {str(n): b"" for n in range(7)}))
    (notice,) = notices(found)
    assert notice.what == "This file is empty: 0 bytes. (7 files.)"
    assert notice.source.file == 1


def test_a_refusal_is_one_sentence_with_its_remedy(tmp_path):
    entry = survey(lay(tmp_path, {"1": dicom()})).entries[0]
    entry.refuse(Refused("truncated", "the file is cut off"))
    assert entry.notices[0].what == "The file is cut off."
    assert entry.notices[0].severity is Severity.ERROR
    assert entry.notices[0].todo == REMEDIES["truncated"]
    assert entry.outcome.reason == "truncated"


def test_a_notice_names_its_place(tmp_path):
    entry = survey(lay(tmp_path, {"1": LABS})).entries[0]
    notice = entry.tell("row", Severity.WARNING, "Line 3 has no value.", place="line 3")
    assert (notice.source.file, notice.source.place) == (1, "line 3")
