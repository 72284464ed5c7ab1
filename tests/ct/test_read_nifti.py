"""A NIfTI file as a scan: values, what is no number, what the format does not tell."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from kossa.ct.read import read_volume
from kossa.evidence import FileKind, NothingUsable
from kossa.intake.survey import survey
from tests.ct.made import codes, outcomes, read


def scan(dtype=np.int16) -> np.ndarray:
    values = np.full((10, 9, 12), -1000, dtype)
    values[2:8, 2:7] = 40
    values[4, 4, 6] = 500
    return values


def put(folder, values, *, affine=None, name="ct.nii.gz", slope=None, unit="mm"):
    affine = np.diag([-0.7, -0.7, 2.5, 1]) if affine is None else affine
    made = nib.Nifti1Image(values, affine)
    made.header.set_xyzt_units(unit)
    if slope is not None:
        made.header.set_slope_inter(*slope)
    nib.save(made, folder / name)
    return folder


def test_a_scan_keeps_its_affine_and_order(tmp_path):
    affine = np.array([[-0.7, 0, 0, 3.25], [0, -0.7, 0, 1.5], [0, 0, -2.5, 7], [0, 0, 0, 1]])
    found, met = read(put(tmp_path, scan(), affine=affine))
    volume = found.volume
    assert volume.hu.shape == (12, 9, 10)
    assert np.array_equal(volume.native_affine, nib.load(tmp_path / "ct.nii.gz").affine)
    assert np.array_equal(volume.to_file_order(volume.hu), scan())
    assert (found.hounsfield, found.volume.kvp, found.series.kind) == (True, None, "nifti")
    assert found.geometry.spacing_mm == pytest.approx((2.5, 0.7, 0.7))
    assert outcomes(met) == [("accepted", None)]


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
def test_number_types_give_the_same_volume(tmp_path, dtype):
    found, _ = read(put(tmp_path, scan(dtype)))
    assert np.array_equal(found.volume.to_file_order(found.volume.hu), scan())


@pytest.mark.parametrize(("slope", "stored"), [((1, -1024), 1024), ((1, -1023.5), 1023.5), ((0.5, 0), 0)])
def test_slope_and_intercept_are_applied(tmp_path, slope, stored):
    raw = nib.Nifti1Image(np.zeros((2, 2, 2), np.int16), np.eye(4))
    del raw
    values = scan()
    made = nib.Nifti1Image(np.rint((values.astype(float) - slope[1]) / slope[0]).astype(np.int16), np.eye(4))
    data = bytearray(made.to_bytes())
    data[112:120] = np.array(slope, np.float32).tobytes()
    (tmp_path / "ct.nii").write_bytes(data)
    found, _ = read(tmp_path)
    assert np.abs(found.volume.to_file_order(found.volume.hu) - values).max() <= 1


def test_values_beyond_int16_are_clipped(tmp_path):
    values = scan(np.int32)
    values[0, 0, 0], values[0, 0, 1] = 70_000, -70_000
    found, _ = read(put(tmp_path, values))
    assert (found.volume.hu.max(), found.volume.hu.min()) == (32767, -32768)


def test_voxels_without_a_number_are_outside_and_counted(tmp_path):
    values = scan(np.float32)
    values[0, :3, 0] = (np.nan, np.inf, -np.inf)
    found, _ = read(put(tmp_path, values))
    assert found.volume.padding_hu == -2048
    assert (found.volume.hu == -2048).sum() == 2
    assert found.volume.hu.max() == 32767  # more than any number is dense, not missing
    assert "2 voxels hold no number" in next(n.what for n in found.notices if n.code == "not-numbers")


def test_nothing_but_voxels_without_a_number_is_refused(tmp_path):
    with pytest.raises(NothingUsable, match="no voxel of the file holds a number"):
        read(put(tmp_path, np.full((4, 4, 4), np.nan, np.float32)))


def test_values_from_0_to_255_are_not_hounsfield(tmp_path):
    found, met = read(put(tmp_path, np.random.default_rng(0).integers(0, 256, (8, 8, 8)).astype(np.uint8)))
    assert "no value is below 0" in found.not_hounsfield
    assert outcomes(met) == [("partial", "no-hounsfield")]


def test_an_untold_unit_is_told(tmp_path):
    assert "unit-not-told" in codes(read(put(tmp_path, scan(), unit="unknown"))[0])


def test_four_dimensions_are_refused_with_what_to_do(tmp_path):
    put(tmp_path, np.zeros((4, 4, 4, 2), np.int16))
    with pytest.raises(NothingUsable, match="one volume is read"):
        read(tmp_path)


def test_a_label_map_beside_the_scan_is_no_scan(tmp_path):
    put(tmp_path, scan())
    labels = nib.Nifti1Image((scan() > 0).astype(np.uint8), np.diag([-0.7, -0.7, 2.5, 1]))
    labels.header.set_intent("label")
    nib.save(labels, tmp_path / "a_first.nii.gz")
    met = survey(tmp_path)
    for entry in met.entries:
        entry.kind = FileKind.CT  # as if nobody had noticed before
    found = read_volume(met)
    assert found.hounsfield
    assert outcomes(met) == [("ignored", "label-map"), ("accepted", None)]


def test_a_single_slice_has_no_volume(tmp_path):
    found, _ = read(put(tmp_path, scan()[:, :, :1]))
    assert found.geometry.verdict == "single"
    assert found.volume.grid.single_thickness_mm == pytest.approx(2.5)


def test_several_files_are_several_series(tmp_path):
    put(tmp_path, scan(), name="a.nii.gz")
    put(tmp_path, scan()[:, :, :5], name="b.nii.gz")
    found, _ = read(tmp_path)
    assert found.series.number == 1
    assert len(found.series.others) == 2
