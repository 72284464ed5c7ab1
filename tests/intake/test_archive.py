"""Zip files: counted while inflating, never written out, never left by a name."""

from __future__ import annotations

import struct
import zipfile

import pytest

from kossa.evidence import Outcome, Refused
from kossa.intake.archive import Archive
from kossa.intake.budget import Budget
from kossa.intake.survey import survey
from tests.intake.made import LETTER, archive, dicom, lay

MB = 1 << 20


def settled(folder) -> tuple[Outcome, str | None]:
    outcome = survey(folder).entries[0].outcome
    return outcome.outcome, outcome.reason


def test_members_that_lead_out_are_skipped_and_named(tmp_path):
    names = ["../../escape.txt", "/etc/escape.txt", "C:\\escape.txt", "a\\..\\..\\escape.txt", "a/../../b"]
    lay(tmp_path, {"x.zip": archive(dict.fromkeys(names, b"out") | {"ok/1": dicom(), "a..b/2": dicom()})})
    found = survey(tmp_path)
    used = [e.location for e in found.entries if e.outcome is None]
    assert used == ["x.zip!ok/1", "x.zip!a..b/2"]
    named = [e.location for e in found.entries if e.outcome and e.outcome.outcome is Outcome.REJECTED]
    assert named == [f"x.zip!{name}" for name in names]
    assert settled(tmp_path) == (Outcome.PARTIAL, "path-outside")
    assert found.entries[0].notices[0].what == (
        "The name of a member leads out of this archive. (This holds for 5 members.)"
    )
    assert [p.name for p in tmp_path.rglob("*")] == ["x.zip"]


def test_a_link_inside_an_archive_leads_out_too(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as box:
        box.writestr(link, "/etc/passwd")
    assert settled(tmp_path) == (Outcome.REJECTED, "path-outside")


def test_a_bomb_that_admits_it_is_refused_unread(tmp_path):
    lay(tmp_path, {"x.zip": archive({"zeros.dcm": bytes(40 * MB)})})
    assert settled(tmp_path) == (Outcome.REJECTED, "too-large")


def lie_about_size(data: bytes, claim: int) -> bytes:
    """Let the directory claim another inflated size."""
    place = data.rindex(b"PK\x01\x02") + 24
    return data[:place] + struct.pack("<I", claim) + data[place + 4 :]


def test_a_bomb_that_lies_is_stopped_while_it_inflates(tmp_path):
    lay(tmp_path, {"x.zip": lie_about_size(archive({"zeros": bytes(40 * MB)}), 1000)})
    box = Archive(tmp_path / "x.zip", Budget(ratio_from_bytes=2 * MB))
    given = []
    with pytest.raises(Refused, match="200 times its packed size") as refused:
        given.extend(len(piece) for piece in box.inflate(next(box.members()).info))
    assert refused.value.code == "too-large"
    assert sum(given) <= 9 * MB


def test_many_small_members_are_counted_together(tmp_path):
    lay(tmp_path, {"x.zip": archive({str(n): bytes(MB) for n in range(20)})})
    box = Archive(tmp_path / "x.zip", Budget(ratio_from_bytes=4 * MB))
    with pytest.raises(Refused, match="inflates to"):
        [member.read() for member in box.members()]
    box = Archive(tmp_path / "x.zip", Budget(archive_bytes=3 * MB))
    with pytest.raises(Refused, match="This archive inflates to more than"):
        [member.read() for member in box.members()]


def test_a_blank_slice_is_no_bomb(tmp_path):
    blank = bytes(512 * 512 * 2)
    lay(tmp_path, {"x.zip": archive({"slice": blank})})
    assert next(Archive(tmp_path / "x.zip", Budget()).members()).read() == blank


def test_archives_inside_archives_stay_closed(tmp_path):
    lay(tmp_path, {"x.zip": archive({"a.zip": archive({"1": dicom()})})})
    assert settled(tmp_path) == (Outcome.REJECTED, "too-deep")
    lay(tmp_path, {"x.zip": archive({"a.zip": archive({"1": dicom()}), "2": dicom()})})
    assert settled(tmp_path) == (Outcome.PARTIAL, "too-deep")


def test_a_locked_member_is_told(tmp_path):
    data = archive({"a": dicom()})
    place = data.rindex(b"PK\x01\x02") + 8
    lay(tmp_path, {"x.zip": data[:place] + b"\x01\x00" + data[place + 2 :]})
    assert settled(tmp_path) == (Outcome.REJECTED, "locked")


def test_other_packers_are_told_by_name(tmp_path):
    lay(tmp_path, {"x.zip": archive({"a": dicom()}, method=zipfile.ZIP_BZIP2)})
    found = survey(tmp_path)
    assert "packed by bzip2" in found.entries[0].notices[0].what


def test_stored_members_are_read(tmp_path):
    lay(tmp_path, {"x.zip": archive({"a": dicom()}, method=zipfile.ZIP_STORED)})
    assert survey(tmp_path).entries[1].read() == dicom()


def test_a_cut_archive_is_refused(tmp_path):
    lay(tmp_path, {"x.zip": archive({"a": dicom()})[:-30]})
    assert settled(tmp_path) == (Outcome.REJECTED, "truncated")


def test_a_damaged_member_is_refused_and_the_others_are_read(tmp_path):
    data = bytearray(archive({"a": dicom(), "b": dicom(uid="2")}, method=zipfile.ZIP_STORED))
    data[31 + len(dicom()) - 5] ^= 0xFF
    lay(tmp_path, {"x.zip": bytes(data)})
    first, second = survey(tmp_path).entries[1:]
    assert (first.outcome.outcome, first.outcome.reason) == (Outcome.REJECTED, "truncated")
    assert second.outcome is None


def test_a_damaged_stream_and_a_false_place_are_refused(tmp_path):
    data = bytearray(archive({"a": LETTER.encode() * 50}))
    data[33:60] = b"\xff" * 27
    lay(tmp_path, {"x.zip": bytes(data)})
    assert settled(tmp_path) == (Outcome.REJECTED, "truncated")
    data = bytearray(archive({"a": LETTER.encode()}))
    data[:4] = b"PK\x05\x06"
    lay(tmp_path, {"x.zip": bytes(data)})
    assert settled(tmp_path) == (Outcome.REJECTED, "truncated")


def test_more_members_than_the_budget_are_refused(tmp_path):
    lay(tmp_path, {"x.zip": archive({str(n): b"" for n in range(5)})})
    entry = survey(tmp_path, budget=Budget(archive_members=4)).entries[0]
    assert entry.outcome.reason == "too-large"


def test_an_empty_archive_is_told(tmp_path):
    lay(tmp_path, {"x.zip": archive({})})
    assert settled(tmp_path) == (Outcome.REJECTED, "empty")


def test_what_the_survey_inflated_is_kept_for_the_reader_and_then_let_go(tmp_path, monkeypatch):
    lay(tmp_path, {"x.zip": archive({"1": dicom(), "2": bytes(3 * MB), "note": b"\x00\x01\x02" * 99})})
    inflated = []
    real = Archive._raw
    monkeypatch.setattr(
        Archive, "_raw", lambda self, info: inflated.append(info.filename) or real(self, info)
    )
    found = survey(tmp_path)
    assert inflated == ["1", "2", "note"]
    member = found.entries[1]
    assert member.read() == dicom()
    assert inflated.count("1") == 1
    assert member.read() == dicom()
    assert inflated.count("1") == 2


def test_members_beyond_the_budget_are_inflated_anew(tmp_path):
    lay(tmp_path, {"x.zip": archive({"1": dicom(), "2": dicom(uid="2")})})
    box = Archive(tmp_path / "x.zip", Budget(kept_bytes=len(dicom()) + 10))
    one, two = box.members()
    for _ in range(3):
        assert (one.read(), two.read()) == (dicom(), dicom(uid="2"))
    assert box._room == len(dicom()) + 10 - sum(map(len, box._kept.values()))


def test_a_zip_of_a_kind_that_is_not_known_is_told_apart_from_a_damaged_one(tmp_path):
    path = tmp_path / "new.zip"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("letter.txt", LETTER)
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 6 : entry + 8] = struct.pack("<H", 99)  # the version that is needed to extract it
    path.write_bytes(bytes(data))
    assert settled(tmp_path) == (Outcome.REJECTED, "not-supported")
