"""A folder is walked once, sorted by content, and left as it was."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pydicom
import pytest

from kossa.evidence import CannotFinish, FileKind, NothingUsable, Outcome, Refused, WrongCall
from kossa.intake import walk
from kossa.intake.budget import Budget
from kossa.intake.dicom import read_header
from kossa.intake.files import map_file, read_file, read_head, read_part
from kossa.intake.survey import survey
from tests.intake.made import CASE, LABS, LETTER, archive, dicom, lay, png


def kinds(folder: Path, **options) -> dict[str, FileKind]:
    return {e.location: e.kind for e in survey(folder, **options).entries}


def outcome(folder: Path, location: str) -> tuple[Outcome, str | None]:
    entry = next(e for e in survey(folder).entries if e.location == location)
    return entry.outcome.outcome, entry.outcome.reason


def test_every_kind_is_known_by_its_content_whatever_its_name(tmp_path):
    lay(
        tmp_path,
        {
            "a/IM0001": dicom(),
            "b/labs": LABS,
            "b/deep/er/letter": LETTER,
            "case.toml": CASE,
            "film.dat": png(4, 4, pixels=bytes(16)),
            "record": '{"resourceType": "Observation", "status": "final"}',
        },
    )
    assert kinds(tmp_path) == {
        "a/IM0001": FileKind.CT,
        "b/labs": FileKind.BLOOD,
        "b/deep/er/letter": FileKind.HISTORY,
        "case.toml": FileKind.CASE,
        "film.dat": FileKind.PICTURE,
        "record": FileKind.FHIR,
    }


def test_numbers_follow_the_names_and_not_the_disk(tmp_path):
    lay(tmp_path, {name: dicom(uid=str(n)) for n, name in enumerate(["c", "a", "b/x", "B"])})
    assert [e.location for e in survey(tmp_path).entries] == ["B", "a", "c", "b/x"]
    assert [e.number for e in survey(tmp_path).entries] == [1, 2, 3, 4]


def test_one_file_works_like_a_folder_of_one(tmp_path):
    lay(tmp_path, {"one.dcm": dicom(), "other.dcm": dicom(uid="2")})
    assert kinds(tmp_path / "one.dcm") == {"one.dcm": FileKind.CT}


def test_one_picture_brings_its_sidecar(tmp_path):
    lay(tmp_path, {"f.png": png(4, 4, pixels=bytes(16)), "f.toml": 'kind = "mammogram"\nspacing_mm = 0.1\n'})
    assert kinds(tmp_path / "f.png") == {"f.png": FileKind.FILM, "f.toml": FileKind.SIDECAR}


def test_an_empty_folder_has_no_entries(tmp_path):
    assert survey(tmp_path).entries == []


def test_no_path_is_a_wrong_call(tmp_path):
    with pytest.raises(WrongCall, match=r"no file or folder .*nowhere; check the path"):
        survey(tmp_path / "nowhere")


def test_a_folder_that_may_not_be_listed_is_told(tmp_path, monkeypatch):
    def forbid(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", forbid)
    with pytest.raises(NothingUsable, match=r"may not be read; check its permissions"):
        survey(tmp_path)


def test_an_inner_folder_that_may_not_be_listed_is_counted(tmp_path, monkeypatch):
    lay(tmp_path, {"sound": dicom(), "shut/inside": dicom()})
    real = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(walk.os, "scandir", scandir)
    found = survey(tmp_path)
    assert [e.location for e in found.entries] == ["sound"]
    assert [n.what for n in found.notices] == ["1 folder(s) may not be listed; what is in them is not known."]


def test_a_file_that_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path, monkeypatch):
    lay(tmp_path, {"a": dicom(), "b": dicom(uid="2")})
    real = os.open

    def forbid(path, flags, *rest):
        if str(path).endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", forbid)
    first, second = survey(tmp_path).entries
    assert (first.outcome.outcome, first.outcome.reason) == (Outcome.REJECTED, "unreadable")
    assert "permission denied" in first.notices[0].what
    assert second.kind is FileKind.CT


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    lay(tmp_path, {"outside/secret": dicom(), "case/sound": dicom()})
    (tmp_path / "case" / "link").symlink_to(tmp_path / "outside" / "secret")
    (tmp_path / "case" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "case" / "dangling").symlink_to(tmp_path / "nowhere")
    found = survey(tmp_path / "case")
    reasons = {e.location: e.outcome and e.outcome.reason for e in found.entries}
    assert reasons == {
        "dangling": "broken-link",
        "folder": "link-outside",
        "link": "link-outside",
        "sound": None,
    }
    with pytest.raises(Refused):
        found.entries[0].read()


def test_a_link_inside_the_folder_counts_its_file_once(tmp_path):
    lay(tmp_path, {"a": dicom()})
    (tmp_path / "again").symlink_to(tmp_path / "a")
    assert [e.location for e in survey(tmp_path).entries] == ["a"]


def test_a_link_into_the_store_of_git_annex_is_its_file(tmp_path):
    lay(tmp_path, {".git/annex/objects/k": dicom()})
    (tmp_path / "a.dcm").symlink_to(tmp_path / ".git/annex/objects/k")
    assert kinds(tmp_path) == {"a.dcm": FileKind.CT}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_and_sockets_are_not_opened(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        assert {e.location: e.outcome.reason for e in survey(tmp_path).entries} == {
            "pipe": "special",
            "socket": "special",
        }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_that_took_the_place_of_a_file_does_not_stop_the_program(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="pipe, a socket or a device"):
        read_head(tmp_path / "pipe", 100)


def test_a_file_larger_than_the_budget_is_not_read_into_memory(tmp_path):
    lay(tmp_path, {"a": bytes(100)})
    with pytest.raises(Refused, match="at most 0 GB are read"):
        read_file(tmp_path / "a", Budget(plain_bytes=99))


def test_a_part_of_a_file_ends_where_the_file_ends(tmp_path):
    lay(tmp_path, {"a": b"0123456789"})
    assert read_part(tmp_path / "a", 8, 5) == b"89"
    assert read_part(tmp_path / "a", 80, 5) == b""


def test_a_name_that_is_no_text_can_still_be_written(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9")).write_bytes(dicom())
    assert survey(tmp_path).entries[0].location == "caf\\xe9"
    survey(tmp_path).entries[0].location.encode("utf-8")


def test_what_is_no_evidence_is_counted_and_not_listed_by_the_thousand(tmp_path):
    lay(tmp_path, {f"src/{n}.py": "import os\n" for n in range(120)} | {"scan": dicom()})
    found = survey(tmp_path)
    assert len(found.entries) == 51
    assert found.passed_over == {"source_code": 120}
    assert found.notices[0].what == "70 more files are no evidence (in all: 120 source code)."
    assert [e.number for e in found.entries] == list(range(1, 52))


def test_an_earlier_report_is_not_evidence(tmp_path):
    lay(tmp_path, {"out/workup.json": '{"schema": "kossa/workup/1"}', "out/map.nii": b"x", "scan": dicom()})
    found = survey(tmp_path)
    assert [e.location for e in found.entries] == ["scan"]
    assert "earlier report" in found.notices[0].what


def test_folders_of_programs_are_passed_over_and_told(tmp_path):
    lay(tmp_path, {".git/HEAD": "ref", "__MACOSX/._a": "x", "scan": dicom()})
    found = survey(tmp_path)
    assert [e.location for e in found.entries] == ["scan"]
    assert found.notices[0].what.startswith("2 folder(s)")


def test_too_many_files_end_the_survey_with_a_sentence(tmp_path):
    lay(tmp_path, {str(n): "x" for n in range(12)})
    with pytest.raises(CannotFinish, match="more than 10 files"):
        survey(tmp_path, budget=Budget(files=10))


def test_folders_too_deep_are_told(tmp_path):
    lay(tmp_path, {"a/b/c/d": dicom(), "a/x": dicom(uid="2")})
    found = survey(tmp_path, budget=Budget(folders_deep=1))
    assert [e.location for e in found.entries] == ["a/x"]
    assert found.notices[0].code == "folder-too-deep"


def test_the_survey_tells_of_its_progress(tmp_path):
    lay(tmp_path, {str(n): LETTER for n in range(210)})
    told = []
    survey(tmp_path, progress=lambda *step: told.append(step))
    assert told == [("looking at files", 100, 0), ("looking at files", 200, 0)]


def test_a_hash_is_that_of_the_bytes(tmp_path):
    lay(tmp_path, {"a": b"abc"})
    digest = survey(tmp_path).entries[0].sha256()
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_text_with_the_name_of_an_image_is_told_as_that(tmp_path):
    lay(tmp_path, {"scan.dcm": "This is not an image.\n", "film.png": b"\x00\x01\x02\x03" * 20})
    entries = {e.location: e for e in survey(tmp_path).entries}
    assert entries["scan.dcm"].notices[0].what == "This file is named like DICOM (.dcm) but holds text."
    assert entries["film.png"].notices[0].what == (
        "This file is named like PNG (.png) but holds bytes of no known form."
    )
    assert entries["scan.dcm"].outcome.reason == "misnamed"


@pytest.mark.parametrize(
    ("modality", "kind"), [("CT", FileKind.CT), ("MG", FileKind.FILM), ("DX", FileKind.FILM)]
)
def test_a_dicom_image_goes_to_the_reader_of_its_modality(tmp_path, modality, kind):
    lay(tmp_path, {"a": dicom(modality=modality)})
    assert kinds(tmp_path) == {"a": kind}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modality": "MR"}, "magnetic resonance"),
        ({"modality": "PT"}, "PET"),
        ({"modality": "OT"}, "does not say what it shows"),
        ({"modality": "XX"}, "no image that a reader takes"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.88.67", "modality": "SR", "pixels": False}, "dose sheet"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.66.4", "modality": "SEG"}, "segmentation"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.481.3", "modality": "RTSTRUCT", "pixels": False}, "RTSTRUCT"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.104.1", "modality": "DOC", "pixels": False}, "PDF"),
        ({"sop_class": "1.2.840.10008.5.1.4.1.1.77.1.6", "modality": "SM"}, "whole slide"),
    ],
)
def test_a_dicom_object_without_a_reader_is_told_with_a_sentence(tmp_path, options, words):
    lay(tmp_path, {"a": dicom(**options)})
    entry = survey(tmp_path).entries[0]
    assert words in entry.notices[0].what
    assert entry.outcome.outcome in (Outcome.IGNORED, Outcome.REJECTED)


def test_members_of_a_zip_file_are_entries_of_their_own(tmp_path):
    lay(
        tmp_path,
        {"export.zip": archive({"DICOM/1": dicom(), "letter.txt": LETTER.encode()}), "b": dicom(uid="2")},
    )
    found = survey(tmp_path)
    assert [(e.location, e.kind, e.packed_in) for e in found.entries] == [
        ("b", FileKind.CT, None),
        ("export.zip", FileKind.ARCHIVE, None),
        ("export.zip!DICOM/1", FileKind.CT, 2),
        ("export.zip!letter.txt", FileKind.HISTORY, 2),
    ]
    assert outcome(tmp_path, "export.zip") == (Outcome.ACCEPTED, None)
    assert found.entries[2].read() == dicom()
    assert found.entries[2].read() == dicom()


def test_entries_of_a_kind_are_those_still_open(tmp_path):
    lay(tmp_path, {"a": dicom(), "b": dicom(uid="2")})
    found = survey(tmp_path)
    first, second = found.of(FileKind.CT)
    first.settle(Outcome.ACCEPTED, used_by="ct")
    assert found.of(FileKind.CT) == [second]
    assert found.numbered(2) is second
    with pytest.raises(KeyError):
        found.numbered(3)


def test_an_identity_is_not_printed_by_mistake(tmp_path):
    lay(tmp_path, {"a": dicom(name="Doe^Jane", patient="SECRET-7", born="19500312")})
    shown = repr(survey(tmp_path))
    assert not any(word in shown for word in ("Doe", "Jane", "SECRET", "1950"))


def test_a_large_file_is_mapped_and_not_read_for_its_header(tmp_path, monkeypatch):
    data = dicom(columns=2048, rows=2048)
    monkeypatch.setattr("kossa.intake.survey.read_file", lambda *_: pytest.fail("read whole"))
    (entry,) = survey(lay(tmp_path, {"a": data})).entries
    assert entry.kind is FileKind.CT
    assert entry.header.pixel_length == 2048 * 2048 * 2


def test_a_mapped_file_has_the_same_header_as_one_read_whole(tmp_path):
    samples = sorted(Path(pydicom.__file__).parent.glob("data/test_files/*.dcm"))
    assert len(samples) > 10
    for number, path in enumerate(samples):
        data = path.read_bytes()
        copy = lay(tmp_path, {str(number): data}) / str(number)
        said = []
        for way in (bytes, None):
            try:
                if way is bytes:
                    said.append(read_header(data))
                else:
                    with map_file(copy) as mapped:
                        said.append(read_header(mapped))
            except Refused as refused:
                said.append((refused.code, str(refused)))
        assert said[0] == said[1], path.name
