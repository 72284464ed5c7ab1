"""A second run into the same folder, and two at once."""

from __future__ import annotations

import fcntl
import os

import pytest

from kossa.evidence import CannotFinish
from kossa.report import write_report
from kossa.workup import ReadOptions, read


@pytest.fixture(scope="module")
def letter(tmp_path_factory):
    where = tmp_path_factory.mktemp("person")
    (where / "letter.txt").write_text(
        "Chronic kidney disease, on dialysis for five years.\n", encoding="utf-8"
    )
    return read(where)


def test_what_an_earlier_run_left_does_not_stand_beside_another_report(letter, tmp_path):
    from hashlib import sha256
    from json import dumps

    (tmp_path / "deposits.csv").write_bytes(b"of somebody else")
    (tmp_path / "deposits.nii.gz").write_bytes(b"changed by its owner since")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    outputs = {
        "deposits.csv": sha256(b"of somebody else").hexdigest(),
        "deposits.nii.gz": sha256(b"as kossa wrote it").hexdigest(),
    }
    (tmp_path / "run.json").write_text(dumps({"outputs": outputs}), encoding="utf-8")
    write_report(letter, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {
        "deposits.nii.gz", "notes.txt", "report.html", "run.json", "workup.json",
    }  # fmt: skip


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"outputs": 3}', '{"outputs": {"../notes.txt": ""}}'])
def test_a_run_json_of_another_form_takes_nothing_away(letter, tmp_path, content):
    (tmp_path / "notes.txt").write_bytes(b"mine")
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    write_report(letter, tmp_path)
    assert (tmp_path / "notes.txt").read_bytes() == b"mine"


def test_two_runs_do_not_write_to_one_folder_at_once(letter, tmp_path):
    other = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(CannotFinish, match="another run of kossa is writing"):
            write_report(letter, tmp_path)
        assert list(tmp_path.iterdir()) == []
    finally:
        os.close(other)
    write_report(letter, tmp_path)


def test_a_folder_with_nothing_but_a_report_of_kossa_is_called_so(letter, tmp_path):
    write_report(letter, tmp_path)
    again = read(tmp_path)
    assert again.exit_code == 3
    assert "a report that kossa wrote" in again.sentence


def test_evidence_beside_a_report_is_read_and_the_report_is_not(letter, tmp_path):
    write_report(letter, tmp_path)
    (tmp_path / "new.txt").write_text("Known sarcoidosis.\n", encoding="utf-8")
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "old.txt").write_text("Haemodialysis since 2019.\n", encoding="utf-8")
    again = read(tmp_path)
    assert again.exit_code == 0
    assert sorted(again.locations.values()) == ["new.txt", "older/old.txt"]
    assert any("earlier report of kossa" in n.what for n in again.workup.notices)


def test_a_run_json_hides_no_evidence(letter, tmp_path):
    from json import dumps, loads

    write_report(letter, tmp_path)
    (tmp_path / "new.txt").write_text("Known sarcoidosis.\n", encoding="utf-8")
    run = loads((tmp_path / "run.json").read_text())
    run["outputs"]["new.txt"] = "0" * 64
    (tmp_path / "run.json").write_text(dumps(run), encoding="utf-8")
    assert "new.txt" in read(tmp_path).locations.values()


def test_strict_tells_evidence_that_was_left_out_behind_a_link(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("Haemodialysis since 2019.\n", encoding="utf-8")
    folder = tmp_path / "person"
    folder.mkdir()
    (folder / "letter.txt").write_text("Known sarcoidosis.\n", encoding="utf-8")
    assert read(folder, ReadOptions(strict=True)).exit_code == 0
    (folder / "scan.dcm").symlink_to(outside)
    assert read(folder, ReadOptions(strict=True)).exit_code == 6
    assert read(folder).exit_code == 0
