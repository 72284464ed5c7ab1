"""The room's one function: a folder of slices in, a reading with its files, notices and labels out."""

from __future__ import annotations

import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest

from kossa.ct import examine
from kossa.evidence import Material, SeveralPeople, WrongCall, encode
from kossa.intake.survey import survey
from tests.ct.made import put, slices
from tests.ct.phantom import ball

SIDE = 96
SHAPE = (14, SIDE, SIDE)
FACTOR = 0.8e-3


def limb():
    """A round limb of muscle with noise, and one ball of mineral: HU, and the mass put in."""
    y, x = np.indices(SHAPE[1:]) - SIDE / 2
    hu = np.where(np.hypot(y, x) < 42, 50.0, -1000.0) * np.ones(SHAPE)
    deposit = ball(SHAPE, (7, 48, 60), 3.5, 900, gap=3.0, pixel=1.0)
    hu += deposit + np.random.default_rng(4).normal(0, 8, SHAPE)
    return np.clip(np.rint(hu), -1024, 3071), FACTOR * deposit.sum() * 3.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    hu, _ = limb()
    files = [
        one
        for k in range(SHAPE[0])
        for one in slices(
            [3.0 * k],
            prefix=f"1.{k}",
            stored=(hu[k] + 1024).astype(np.uint16),
            spacing="1\\1",
            instance=k + 1,
        )
    ]
    return put(tmp_path_factory.mktemp("limb"), files)


@pytest.fixture(scope="module")
def exam(folder):
    return examine(folder, mg_per_mm3_hu=FACTOR)


def test_a_folder_becomes_deposits_with_their_mass(exam):
    kept = [d for d in exam.reading.deposits if d.kept and d.material is Material.CALCIFICATION]
    (deposit,) = kept
    assert deposit.centroid_voxel == pytest.approx((7, 48, 60), abs=0.5)
    assert deposit.mass_integrated_mg.value == pytest.approx(limb()[1], rel=0.08)
    assert (exam.runs.paint(exam.volume.hu.shape) == int(deposit.id)).sum() == deposit.voxels
    assert exam.reading.limits.smallest_mass_mg > 0
    assert exam.reading.groups


def test_the_reading_holds_the_table_of_files(exam):
    assert [f.used_by for f in exam.reading.files] == ["ct"] * SHAPE[0]
    assert exam.reading.series.files == tuple(range(1, SHAPE[0] + 1))


def test_the_same_folder_gives_the_same_bytes(exam, folder):
    assert encode(examine(folder, mg_per_mm3_hu=FACTOR).reading) == encode(exam.reading)


def test_progress_is_told_in_words(folder):
    told = []
    examine(folder, progress=lambda stage, done, total: told.append(stage))
    assert {"reading slices", "measuring noise", "measuring deposits"} <= set(told)


def test_a_label_map_narrows_the_reading(folder, exam, tmp_path):
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ exam.volume.grid.affine
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, :, :48] = 1
    path = tmp_path / "roi.nii.gz"
    nib.save(nib.Nifti1Image(labels.transpose(2, 1, 0), affine), path)
    reading = examine(folder, roi=path).reading
    assert not any(d.kept and d.material is Material.CALCIFICATION for d in reading.deposits)
    assert "outside-region" in [n.code for n in reading.notices]


def test_a_survey_made_before_is_taken_and_only_scans_are_listed(folder, exam):
    reading = examine(survey(folder), mg_per_mm3_hu=FACTOR).reading
    assert reading.deposits == exam.reading.deposits
    assert len(reading.files) == SHAPE[0]


def test_two_people_are_refused(tmp_path):
    put(
        tmp_path / "a",
        slices([0, 3, 6], prefix="1.7", patient="A1", name="Test^Anna", study="1.1", series="1.1.1"),
    )
    put(
        tmp_path / "b",
        slices([0, 3, 6], prefix="1.8", patient="B2", name="Probe^Bert", study="1.2", series="1.2.1"),
    )
    with pytest.raises(SeveralPeople, match="2 people"):
        examine(tmp_path)


def test_an_unknown_preset_is_told_before_any_file_is_read(tmp_path):
    with pytest.raises(WrongCall, match="no preset"):
        examine(tmp_path / "nowhere", preset="best")


def test_naming_the_room_loads_no_array_library():
    code = "import sys, kossa.ct; sys.exit(any(m in sys.modules for m in ('numpy', 'numba', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_room_offers_nothing_else():
    import kossa.ct

    with pytest.raises(AttributeError, match="no attribute 'score'"):
        _ = kossa.ct.score
