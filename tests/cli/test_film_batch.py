"""Several films in one call: a row each, a table of groups, pictures with marks, and which file is which."""

from __future__ import annotations

import csv
import json

import pytest
from PIL import Image
from tests.film import made

from kossa.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("films")
    made.save(made.with_spots(made.breast(), (400, 150)), where / "a.png", bits=16)
    made.save(made.breast(seed=1), where / "b.png", bits=16)
    (where / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    for name in "ab":
        (where / f"{name}.toml").write_text('kind = "mammogram"\nspacing_mm = 0.1\n', encoding="utf-8")
    return where


def table(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_folder_is_read_film_by_film_and_what_was_not_read_has_its_row(folder, tmp_path, capsys):
    assert main(["film", str(folder), "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    out = tmp_path / "out"
    films = table(out / "films.csv")
    assert [row["outcome"] for row in films] == ["read", "read", "rejected"]
    groups = table(out / "groups.csv")
    (first,) = groups
    assert first["number"] == "1"
    assert int(first["row_first_px"]) < 400 < int(first["row_end_px"])
    named = json.loads((out / "run.json").read_text(encoding="utf-8"))["files"]
    assert named == {str(n): str(folder / f"{name}.png") for n, name in enumerate("abc", 1)}
    with Image.open(out / "film-001.png") as picture:
        assert (255, 210, 63) in {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}


def test_several_readings_are_one_json_document(folder, capsys):
    assert main(["film", str(folder / "a.png"), str(folder / "b.png"), "--json"]) == 0
    assert [len(one["groups"]) for one in json.loads(capsys.readouterr().out)] == [1, 0]


def test_one_film_is_told_with_places_and_drawn_where_asked(folder, tmp_path, capsys):
    target = tmp_path / "marks.png"
    assert main(["film", str(folder / "a.png"), "--overlay", str(target)]) == 0
    assert "At rows" in capsys.readouterr().out
    with Image.open(target) as picture:
        assert picture.size[1] == 800
    assert main(["film", str(folder), "--overlay", str(target)]) == 2
    assert "takes one film" in capsys.readouterr().err
