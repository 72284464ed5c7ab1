"""Nothing half-written."""

from __future__ import annotations

import os

import pytest

from kossa.evidence import CannotFinish
from kossa.evidence.atomic import aside, folder_for, write_bytes


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
