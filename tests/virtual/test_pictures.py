"""The film and the section beside a virtual scan hold what their truth says."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from PIL import Image

from kossa.virtual import dystrophic, metastatic, pictures
from kossa.virtual.radiograph import APATITE, Leg, expose, shell
from kossa.virtual.section import Biopsy, write_section

LEG = Leg(radius_mm=(30.0, 30.0), bone_mm=-10.0, bone_outer_mm=8.0, bone_inner_mm=4.0, rows=200, columns=400)


def test_the_mass_of_a_shell_is_its_volume_times_its_density():
    _, (mark,) = expose(LEG, [shell("s", 0.0, 12.0, 6.0, 1.0, 0.8)], seed=1)
    assert mark.mass_mg == pytest.approx(0.8 * 4 / 3 * np.pi * (6**3 - 5**3), rel=0.01)
    assert mark.centroid_px == pytest.approx((99.5, 199.5 + 12 / 0.2), abs=0.3)


def test_a_film_with_a_deposit_differs_there_by_the_law_of_attenuation_and_nowhere_else():
    with_it, (mark,) = expose(LEG, [shell("s", 0.0, 12.0, 6.0, 1.0, 0.8)], seed=1)
    without, _ = expose(LEG, [], seed=1)
    (y0, x0), (y1, x1) = mark.bbox_px
    change = with_it.astype(float) - without
    assert change[y0:y1, x0:x1].mean() > 20
    assert abs(np.median(change[:, 60:120])) <= 1
    # the middle of the shell: two walls of 1 mm, less what they displace and what scatter adds
    expected = 2 * 1.0 * 0.8 * (APATITE - 0.024 / 3.16) / np.log(10) / 2.2 * 4095
    middle = change[90:110, 250:270].mean()
    assert 0.6 * expected < middle < expected


def test_the_share_of_a_section_is_exact_and_dark(tmp_path):
    truth = write_section(tmp_path, "b", Biopsy(14.0, 0.13, 0.1, along_walls=False), seed=2)
    assert truth.mineral_percent == pytest.approx(13.0, abs=0.01)
    grey = np.asarray(Image.open(io.BytesIO((tmp_path / "b.png").read_bytes())).convert("L"))
    assert (grey < 70).sum() == pytest.approx(0.13 * 0.9 * 0.875 * grey.size, rel=0.1)
    assert 'stain = "von_kossa"' in (tmp_path / "b.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("who", [dystrophic.PERSON, metastatic.PERSON], ids=["A", "B"])
def test_the_pictures_of_a_person_are_theirs_and_the_same_seed_gives_the_same_bytes(who, tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        truth = pictures.write(folder, who.key, who.patient, seed=4)
    film = pydicom.dcmread(first / pictures.FILM)
    assert film.PatientID == who.patient.id
    assert film.Modality == "DX"
    assert (film.Rows, film.Columns) == (1024, 700)
    assert truth.film
    names = sorted(p.name for p in first.iterdir())
    assert names == ["biopsy.png", "biopsy.toml", "film.dcm"]
    assert all((first / n).read_bytes() == (second / n).read_bytes() for n in names)


def test_other_people_get_no_pictures(tmp_path):
    assert pictures.write(tmp_path, "C", dystrophic.PERSON.patient, seed=0) is None
    assert not list(tmp_path.iterdir())
