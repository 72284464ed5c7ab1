"""What the pictures of a folder answer for: by the part of the body that they show, deposit or none."""

from __future__ import annotations

import shutil
from dataclasses import replace

import msgspec
import pydicom
import pytest
from tests.film import made as film

from kossa.evidence import Side, vocabulary
from kossa.film.reading import iterate
from kossa.intake.survey import survey
from kossa.virtual import cylinder
from kossa.workup import read
from kossa.workup.look import Looks
from kossa.workup.taken import _regions, pictures_taken

CHEST_CT = "chest_ct"


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cylinder")
    cylinder.write(folder)
    return folder / "scan"


def of_part(scan, part, to):
    """A copy of the scan whose headers name a part of the body (None: none)."""
    shutil.copytree(scan, to)
    for number, path in enumerate(sorted(p for p in to.rglob("*") if p.is_file())):
        slice_ = pydicom.dcmread(path)
        given = part[number % len(part)] if isinstance(part, list) else part
        slice_.BodyPartExamined = given or ""
        slice_.save_as(path)
    return to


def answered(folder, exams):
    return {(e.test, e.site) for e in pictures_taken(survey(folder), exams, Looks())}


@pytest.fixture(scope="module")
def clean(scan):
    """The examination of the scan as if nothing had been found in it."""
    return [
        replace(e, reading=msgspec.structs.replace(e.reading, groups=())) for e in read(scan).examinations
    ]


@pytest.mark.parametrize("part", ["CHEST", "Thorax", "CHESTABDPELVIS"])
def test_a_scan_of_the_chest_is_one_whatever_lies_in_it(scan, clean, tmp_path, part):
    seen = answered(of_part(scan, part, tmp_path / "scan"), clean)
    assert {(CHEST_CT, "site_chest"), ("ct_noncontrast_of_site", "site_chest")} <= seen


def test_a_chest_that_the_reader_saw_whole_is_one_without_a_word_in_the_header(scan, clean, tmp_path):
    seen_whole = [
        replace(
            e,
            reading=msgspec.structs.replace(
                e.reading, limits=msgspec.structs.replace(e.reading.limits, whole=("chest", "abdomen"))
            ),
        )
        for e in clean
    ]
    seen = answered(of_part(scan, None, tmp_path / "scan"), seen_whole)
    assert {(CHEST_CT, "site_chest"), ("ct_noncontrast_of_site", "site_abdomen")} <= seen


@pytest.mark.parametrize("part", [None, "ABDOMEN", "SOMETHING", ["CHEST", "ABDOMEN"]])
def test_a_scan_of_another_or_an_untold_part_is_none_of_the_chest(scan, clean, tmp_path, part):
    seen = answered(of_part(scan, part, tmp_path / "scan"), clean)
    assert CHEST_CT not in {test for test, _ in seen}
    assert (("ct_noncontrast_of_site", "site_abdomen") in seen) is (part == "ABDOMEN")


def test_a_clean_scan_of_the_chest_is_done_and_not_the_next_test(scan, tmp_path):
    folder = of_part(scan, "CHEST", tmp_path / "in" / "scan").parent
    (folder / "letter.txt").write_text(
        "Calcified nodes in the mediastinum on a radiograph. Cough.\n", encoding="utf-8"
    )
    weighing = read(folder).workup.weighing
    assert CHEST_CT in {d.id for d in weighing.done}
    assert CHEST_CT not in {t.id for t in weighing.next_tests}


def filmed(tmp_path, told, spots=False):
    picture = film.breast()
    film.save(film.with_spots(picture, (400, 150)) if spots else picture, tmp_path / "film.png", bits=16)
    (tmp_path / "film.toml").write_text(told, encoding="utf-8")
    met = survey(tmp_path)
    looks = Looks(films=tuple(e.reading for e in iterate(met)))
    assert len(looks.films) == 1
    return {(e.test, e.site, e.side) for e in pictures_taken(met, (), looks)}


def test_a_mammogram_without_a_mark_is_a_film_of_the_breast_and_no_magnification_view(tmp_path):
    told = 'kind = "mammogram"\nspacing_mm = 0.1\nside = "left"\nview = "CC"\n'
    assert filmed(tmp_path, told) == {("radiograph_of_site", "site_breast", Side.LEFT)}


def test_a_radiograph_without_a_mark_shows_the_place_that_is_told(tmp_path):
    told = 'kind = "radiograph"\nspacing_mm = 0.1\nside = "right"\nsite = "hand"\n'
    seen = filmed(tmp_path, told)
    assert {t for t, _, _ in seen} == {"radiograph_of_site"}
    assert "site_hand" in {site for _, site, _ in seen}


def test_every_region_of_the_table_is_a_place_of_the_vocabulary():
    assert {vocabulary.term(s).kind for sites in _regions().values() for s in sites} == {"site"}
