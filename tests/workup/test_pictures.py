"""Films and sections in one folder: joined, weighed, drawn, and told in words that a page may use."""

from __future__ import annotations

import re
import shutil

import pytest
from tests.film import made as film
from tests.section import made as section

from kossa.evidence import Calcification, Material, State
from kossa.report import write_report
from kossa.report.words import copy_text, headline
from kossa.workup import read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two views of one breast with a cluster each, a von Kossa section and its neighbour after acid."""
    where = tmp_path_factory.mktemp("person")
    for number, view in enumerate(("CC", "MLO")):
        spots = film.with_spots(film.breast(seed=number), (400, 150), seed=7 + number)
        film.save(spots, where / f"{view}.png", bits=16)
        told = f'kind = "mammogram"\nspacing_mm = 0.1\nside = "left"\nview = "{view}"\n'
        (where / f"{view}.toml").write_text(told, encoding="utf-8")
    for name, mineral in (("plain", True), ("acid", False)):
        field, _ = section.von_kossa(mineral=mineral)
        section.write_png(where / f"{name}.png", field.pixels())
        told = 'kind = "section"\nstain = "von_kossa"\num_per_px = 1.0\n'
        told += 'control = "acid"\n' if name == "acid" else ""
        (where / f"{name}.toml").write_text(told, encoding="utf-8")
    return where


@pytest.fixture(scope="module")
def found(folder):
    return read(folder)


@pytest.fixture(scope="module")
def page(found, tmp_path_factory):
    return write_report(found, tmp_path_factory.mktemp("report")).read_text(encoding="utf-8")


def test_a_group_on_a_film_is_measured_calcification(found):
    assert found.workup.calcification is Calcification.MEASURED
    assert all(g.site == "site_breast" and g.material is Material.CALCIFICATION for g in found.workup.groups)


def test_two_views_of_one_look_are_one_group_of_the_person(found):
    looks = [(g.site, g.side, g.pattern) for g in found.workup.groups]
    assert len(looks) == len(set(looks))
    ids = {g.id for g in found.workup.groups}
    assert {f.group for f in found.workup.findings if f.group is not None} <= ids


def test_acid_that_clears_the_silver_is_a_finding(found):
    states = {f.id: f.state for f in found.workup.findings}
    assert states["bx_acid_control_clears"] is State.PRESENT
    assert [s.acid for s in found.workup.sections] == [True, False]


def test_each_picture_is_drawn_with_its_groups_boxed(found, page):
    assert page.count("data:image/jpeg") >= 4
    assert page.count("<rect x=") >= sum(len(f.groups) for f in found.workup.films)
    assert "A radiologist must read these films." in page


def test_no_share_of_malignancy_stands_on_the_page(found, page):
    (malignant,) = [c for c in found.workup.weighing.causes if c.id == "breast_malignant"]
    assert malignant.prob > 0.01
    shown = re.sub(r"<[^>]+>", " ", page)
    assert "DCIS" in shown
    assert not re.search(r"0\.\d\d \(0\.\d\d to", shown)


def test_nothing_on_a_film_is_said_with_its_limit_and_not_called_normal(tmp_path):
    film.save(film.breast(), tmp_path / "a.png", bits=16)
    (tmp_path / "a.toml").write_text('kind = "mammogram"\nspacing_mm = 0.1\n', encoding="utf-8")
    empty = read(tmp_path)
    assert empty.workup.calcification is Calcification.NONE_SEEN
    page = write_report(empty, tmp_path / "out").read_text(encoding="utf-8")
    assert "Nothing was found on the film above the limits" in page
    assert "normal film" not in page


def test_a_mammogram_alone_leads_to_a_radiologist_and_to_no_kind_and_no_share(found, page):
    tags = re.compile(r"<style.*?</style>|<script.*?</script>|<[^>]+>", re.DOTALL)
    shown = " ".join(tags.sub(" ", page).split())
    assert "Calcification found on a mammogram" in shown
    assert "a radiologist must read the film" in shown
    for reassuring in ("most likely dystrophic", "Share of each kind", "leave alone", "routine screening"):
        assert reassuring not in shown


def test_the_answer_is_about_what_is_told_elsewhere_and_the_mammogram_is_not_forgotten(folder, tmp_path):
    for one in folder.glob("CC.*"):
        shutil.copy(one, tmp_path)
    letter = "Limited systemic sclerosis since 2012, Raynaud. Calcinosis of the fingers of both hands.\n"
    (tmp_path / "letter.txt").write_text(letter, encoding="utf-8")
    found = read(tmp_path)
    about = next(g for g in found.workup.groups if g.id == found.workup.weighing.answer_group)
    assert about.site == "site_finger"
    text = copy_text(found.workup)
    assert "in the finger or thumb" in text.split("IMPRESSION")[1]
    assert "a radiologist must read it" in text.split("IMPRESSION")[1]


def test_what_acid_does_not_clear_is_not_called_mineral(tmp_path):
    field, _ = section.von_kossa(mineral=True)
    for name in ("plain", "acid"):
        section.write_png(tmp_path / f"{name}.png", field.pixels())
        told = 'kind = "section"\nstain = "von_kossa"\num_per_px = 1.0\n'
        told += 'control = "acid"\n' if name == "acid" else ""
        (tmp_path / f"{name}.toml").write_text(told, encoding="utf-8")
    found = read(tmp_path)
    states = {f.id: f.state for f in found.workup.findings}
    assert states["bx_von_kossa_positive"] is State.UNKNOWN
    assert states["bx_acid_control_clears"] is State.ABSENT
    assert "not called mineral" in headline(found.workup)
    assert found.workup.calcification is Calcification.NONE_SEEN
