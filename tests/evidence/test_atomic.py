"""Nothing half-written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kossa.evidence import CannotFinish
from kossa.evidence.atomic import aside, folder_for, together, write_bytes


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    target = tmp_path / "a.json"

    def interrupted():
        with aside(target) as draft:
            draft.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    write_bytes(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(CannotFinish, match="choose another folder with -o"):
        folder_for(blocked / "out")
    with pytest.raises(CannotFinish, match="cannot write"):
        write_bytes(tmp_path / "gone" / "a.json", b"x")


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(_self, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(CannotFinish, match="No space left on device"):
        write_bytes(tmp_path / "a.json", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CannotFinish, match="a device or a pipe"):
        write_bytes(pipe, b"new")
    assert pipe.is_fifo()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_files_that_belong_together_appear_together_or_not_at_all(tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")

    def stopped():
        with together(tmp_path) as files:
            files.put("a", b"new")
            files.put("b", b"new")
            assert (tmp_path / "a").read_bytes() == b"old"
            raise error

    with pytest.raises(error):
        stopped()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]
    with together(tmp_path) as files:
        files.put("a", b"new")
        files.put("b", b"more")
    assert sorted((p.name, p.read_bytes()) for p in tmp_path.iterdir()) == [("a", b"new"), ("b", b"more")]


def test_one_of_them_that_cannot_be_written_keeps_the_others_away(tmp_path):
    (tmp_path / "b").mkdir()

    def written():
        with together(tmp_path) as files:
            files.put("a", b"new")
            files.put("b", b"new")

    with pytest.raises(CannotFinish, match="it is a folder"):
        written()
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("links", [True, False])
def test_where_the_last_of_them_finds_no_place_the_first_gives_its_back(tmp_path, monkeypatch, error, links):
    (tmp_path / "a").write_bytes(b"old")
    real = Path.replace
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError(1, "no links")))

    def written():
        with together(tmp_path) as files:
            files.put("a", b"new")
            files.put("b", b"new")
            monkeypatch.setattr(
                Path, "replace", lambda self, to: fail() if to.name == "b" else real(self, to)
            )

    def fail():
        raise error

    with pytest.raises(CannotFinish if isinstance(error, OSError) else KeyboardInterrupt):
        written()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def test_who_may_read_a_file_is_the_users_choice(tmp_path):
    before = os.umask(0o077)
    try:
        write_bytes(tmp_path / "a", b"1")
        with together(tmp_path) as files:
            files.put("b", b"1")
    finally:
        os.umask(before)
    assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}
    (tmp_path / "a").chmod(0o640)
    write_bytes(tmp_path / "a", b"2")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
