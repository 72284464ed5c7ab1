"""The cylinder on disk is what it says it is, to an outside reader of DICOM."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from kossa.evidence import CannotFinish, Truth, WrongCall, decode
from kossa.virtual import cylinder


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cylinder")
    return folder, cylinder.write(folder, seed=3)


def axial(folder: Path):
    found = [pydicom.dcmread(p) for p in sorted((folder / "scan" / "S0002").iterdir())]
    found.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    hu = np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in found])
    return found, hu


def test_truth_lies_beside_the_scan_and_not_in_it(case):
    folder, truth = case
    assert decode((folder / "truth.json").read_bytes(), Truth) == truth
    assert not list((folder / "scan").rglob("*.json"))


def test_mass_summed_over_the_pixels_is_the_mass_put_in(case, tmp_path):
    truth = cylinder.write(tmp_path, seed=3, noise=False)
    files, hu = axial(tmp_path)
    x0, y0, z0 = (float(v) for v in files[0].ImagePositionPatient)
    pixel = float(files[0].PixelSpacing[0])
    for one in truth.deposits:
        x, y, z = one.centroid_mm
        i, j, k = round((x - x0) / pixel), round((y - y0) / pixel), round((z - z0) / 3)
        cut = hu[k - 2 : k + 3, j - 7 : j + 8, i - 7 : i + 8]
        mass = cut.sum() * pixel**2 * 3 * truth.factor_mg_per_mm3_hu  # water is 0 HU
        assert mass == pytest.approx(one.mass_mg, rel=0.01)


def test_stated_noise_is_the_noise_of_the_water(case):
    folder, truth = case
    _, hu = axial(folder)
    y, x = np.ogrid[-114.75:114.76:0.9, -114.75:114.76:0.9]
    water = hu[3:-3, (np.hypot(x + 0, y) < 18)]
    assert truth.noise_hu == pytest.approx(water.std(), abs=0.8)
    assert abs(water.mean()) < 1


def test_slices_carry_what_a_reader_needs(case):
    folder, _ = case
    files, hu = axial(folder)
    assert hu.shape == (20, 256, 256)
    assert len({f.SOPInstanceUID for f in files}) == 20
    assert {len(f.SOPInstanceUID) <= 64 for f in files} == {True}
    assert {f.file_meta.TransferSyntaxUID for f in files} == {"1.2.840.10008.1.2.1"}
    gaps = np.diff([float(f.ImagePositionPatient[2]) for f in files])
    np.testing.assert_allclose(gaps, 3.0)
    assert {tuple(f.ImageType) for f in files} == {("ORIGINAL", "PRIMARY", "AXIAL")}
    assert hu[:, 0, 0].max() == -1024  # outside of the circle


def test_a_localizer_and_a_dose_sheet_lie_beside_it(case):
    folder, _ = case
    scout = pydicom.dcmread(folder / "scan" / "S0001" / "I0001")
    sheet = pydicom.dcmread(folder / "scan" / "S0999" / "I0001")
    assert "LOCALIZER" in scout.ImageType
    assert sheet.SOPClassUID.name == "Secondary Capture Image Storage"
    assert sheet.pixel_array.max() > 200


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(case, tmp_path):
    folder, truth = case
    again, other = tmp_path / "again", tmp_path / "other"
    cylinder.write(again, seed=3)
    different = cylinder.write(other, seed=4)

    def digest(root):
        return {
            p.relative_to(root): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in root.rglob("*")
            if p.is_file()
        }

    assert digest(again) == digest(folder)
    assert different.factor_mg_per_mm3_hu != truth.factor_mg_per_mm3_hu


def test_a_scan_made_here_is_replaced_and_a_foreign_folder_is_not_touched(tmp_path):
    cylinder.write(tmp_path, seed=1)
    (tmp_path / "scan" / "stale").write_text("old")
    cylinder.write(tmp_path, seed=1)
    assert not (tmp_path / "scan" / "stale").exists()
    (tmp_path / "truth.json").unlink()
    with pytest.raises(WrongCall, match="not made here"):
        cylinder.write(tmp_path, seed=1)
    assert (tmp_path / "scan" / "S0002").is_dir()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotFinish, match="cannot write"):
        cylinder.write(tmp_path / "file" / "case")


def test_the_truth_names_known_sites(case):
    folder, _ = case
    told = json.loads((folder / "truth.json").read_text())
    assert [d["site"] for d in told["deposits"]] == ["site_soft_tissue"] * 3
