"""Several pictures in one call: a bad one costs nobody else, and no result takes a picture's place."""

from __future__ import annotations

import csv
import os
import signal
from pathlib import Path

import pytest
from tests.film import made as film
from tests.section import made as section

from kossa.cli.main import main


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    return section.write_png(tmp_path / "cut.png", section.von_kossa()[0].pixels())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path / "bad.png"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_bad_section_among_others_keeps_its_row_and_number(tmp_path, cut, bad, capsys):
    assert (
        main(["section", str(cut), str(bad), str(cut), "--stain", "von_kossa", "-o", str(tmp_path / "o")])
        == 0
    )
    told = rows(tmp_path / "o" / "sections.csv")
    assert [(r["number"], r["outcome"]) for r in told] == [("1", "read"), ("2", "rejected"), ("3", "read")]
    assert told[0]["mineral_percent"] == told[2]["mineral_percent"] != ""
    assert "cut off" in told[1]["reason"]
    assert told[1]["mineral_percent"] == ""
    assert "picture 2: " in capsys.readouterr().err


def test_a_bad_film_among_others_keeps_its_row_and_number(tmp_path, bad):
    sound = film.save(film.breast(), tmp_path / "f.png")
    call = ["film", str(bad), str(sound), "--kind", "mammogram", "-o", str(tmp_path / "o")]
    assert main(call) == 0
    told = rows(tmp_path / "o" / "films.csv")
    assert [(r["number"], r["outcome"], r["marks"]) for r in told] == [
        ("1", "rejected", ""),
        ("2", "read", "0"),
    ]


@pytest.mark.parametrize("command", ["film", "section"])
def test_a_path_that_is_not_there_stops_a_batch_before_anything_is_read(tmp_path, cut, capsys, command):
    assert main([command, str(cut), str(tmp_path / "gone.png"), "-o", str(tmp_path / "o")]) == 2
    err = capsys.readouterr().err
    assert "gone.png (number 2 of 2)" in err
    assert not (tmp_path / "o").exists()


def test_none_that_can_be_read_is_3_and_writes_nothing(tmp_path, bad):
    assert main(["section", str(bad), str(bad), "-o", str(tmp_path / "o")]) == 3
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("option", ["overlay", "geojson"])
def test_a_result_never_takes_the_place_of_the_picture(tmp_path, cut, capsys, option):
    before = cut.read_bytes()
    (tmp_path / "link.png").symlink_to(cut)
    for target in (cut, tmp_path / "link.png"):
        assert main(["section", str(cut), "--stain", "von_kossa", f"--{option}", str(target)]) == 2
        assert "take the place of the picture" in capsys.readouterr().err
    assert cut.read_bytes() == before


def test_two_results_of_one_name_are_a_wrong_call(tmp_path, cut, capsys):
    both = ["--overlay", str(tmp_path / "x"), "--geojson", str(tmp_path / "x")]
    assert main(["section", str(cut), "--stain", "von_kossa", *both]) == 2
    assert "name the same file" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("where", ["missing/y.png", "z" * 300 + ".png", ".", "cut.png/y.png"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path, cut, capsys, monkeypatch, where):
    monkeypatch.setattr("kossa.section.reading.examine", lambda *a, **k: pytest.fail("was read"))
    assert main(["section", str(cut), "--stain", "von_kossa", "--overlay", str(tmp_path / where)]) == 5
    assert capsys.readouterr().err.startswith("kossa: cannot write ")


@pytest.mark.parametrize("words", [["section"], ["film"]])
def test_out_below_a_file_is_told_before_the_work(tmp_path, cut, capsys, words):
    assert main([*words, str(cut), str(cut), "-o", str(cut / "o")]) == 5
    assert "is a file and not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_a_batch_keeps_what_was_read_and_marks_the_rest(
    tmp_path, cut, capsys, monkeypatch, number
):
    from kossa.section import reading

    calls = 0
    real = reading.examine

    def second_is_interrupted(path, **options):
        nonlocal calls
        calls += 1
        if calls == 2:
            os.kill(os.getpid(), number)
        return real(path, **options)

    monkeypatch.setattr(reading, "examine", second_is_interrupted)
    call = ["section", *[str(cut)] * 3, "--stain", "von_kossa", "-o", str(tmp_path / "o")]
    assert main(call) == 130
    assert "2 of 3 pictures were not read" in capsys.readouterr().err
    told = rows(tmp_path / "o" / "sections.csv")
    assert [r["outcome"] for r in told] == ["read", "interrupted", "interrupted"]
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "run.json",
        "sections.csv",
        "sections.png",
    ]


@pytest.mark.parametrize("figure", ["0", "-1", "nan", "inf", "1e9", "1e-9", "abc", ""])
def test_a_length_that_is_none_is_a_wrong_call(cut, capsys, figure):
    assert main(["film", str(cut), "--spacing-mm", figure]) == 2
    assert main(["section", str(cut), "--um-per-px", figure]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_name_with_as_many_letters_as_a_name_can_have_is_read(tmp_path, cut):
    path = cut.rename(tmp_path / ("x" * 251 + ".png"))
    assert main(["section", str(path), "--stain", "von_kossa"]) == 0


def test_a_name_that_no_file_can_have_is_a_wrong_call(capsys):
    assert main(["section", "x" * 300 + ".png"]) == 2
    assert "no name that a file can have" in capsys.readouterr().err


def test_a_report_may_not_lie_in_the_folder_that_is_read(tmp_path, cut, capsys):
    assert main(["read", str(tmp_path), "-o", str(tmp_path)]) == 2
    assert "among the evidence" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["cut.png"]


@pytest.mark.parametrize(
    "words", [["nosuch"], ["healthy", "--serum", "bogus"], ["healthy", "--set", "bogus=1"]]
)
def test_a_word_that_no_scenario_knows_is_a_wrong_call(tmp_path, capsys, words):
    assert main(["simulate", *words, "-o", str(tmp_path / "o")]) == 2
    assert capsys.readouterr().err.startswith("kossa: ")
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("figure", ["1e300/d", "1e9/d", "-1/d", "nan/d", "3mmol/L", "3"])
def test_an_amount_that_no_tissue_has_is_a_wrong_call(tmp_path, capsys, figure):
    assert main(["simulate", "tuberculosis", "--set", f"tnap_dead={figure}", "-o", str(tmp_path / "o")]) == 2
    assert capsys.readouterr().err.startswith(f"kossa: tnap_dead={figure}")


@pytest.mark.parametrize("words", [["section"], ["film", "--kind", "radiograph"]])
def test_results_among_the_pictures_are_refused_before_the_work(tmp_path, cut, capsys, words):
    for name in ("1.png", f"{words[0]}s.png"):
        (tmp_path / name).write_bytes(cut.read_bytes())
    assert main([*words, str(tmp_path), "-o", str(tmp_path)]) == 2
    assert "among the pictures; choose another -o" in capsys.readouterr().err
    assert (tmp_path / f"{words[0]}s.png").read_bytes() == cut.read_bytes()


def cases(path, count=3):
    path.write_text('{"id": "a", "history": ["dialysis"]}\n' * count)
    return path


def test_cases_are_never_replaced_by_their_answers(tmp_path, capsys):
    path = cases(tmp_path / "c.jsonl")
    before = path.read_bytes()
    assert main(["diagnose", str(path), "-o", str(tmp_path / "." / "c.jsonl")]) == 2
    assert "take the place of the cases" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_an_interrupt_keeps_the_cases_that_were_weighed(tmp_path, capsys, monkeypatch):
    from kossa.workup import cases as room

    real, calls = room.answer, []

    def third_is_interrupted(*args, **options):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr(room, "answer", third_is_interrupted)
    path = cases(tmp_path / "c.jsonl", 5)
    assert main(["diagnose", str(path), "-o", str(tmp_path / "o.jsonl")]) == 130
    assert "2 cases were weighed, the rest is missing" in capsys.readouterr().err
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("device", ["pipe", "/dev/zero"])
def test_a_pipe_or_device_is_no_file_of_cases(tmp_path, capsys, device):
    path = tmp_path / device
    if device == "pipe":
        os.mkfifo(path)
    assert main(["diagnose", str(path)]) == 2
    assert "is no file" in capsys.readouterr().err
