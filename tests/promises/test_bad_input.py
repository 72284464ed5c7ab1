"""Bad input: each kind ends in one clear sentence, a documented exit code, and no half-written file."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from tests.intake.made import LETTER, dicom, png
from tests.promises.nasty import Reader, Run


def slices(*places: float, **options) -> dict[str, bytes]:
    return {f"{n}.dcm": dicom(uid=str(n), z=z, **options) for n, z in enumerate(places)}


def told(run: Run) -> list[str]:
    of_scans = [notice for reading in run.workup["ct"] for notice in reading["notices"]]
    return [notice["what"] for notice in (*run.workup["notices"], *of_scans)]


def outcomes(run: Run) -> list[tuple[str, str | None]]:
    return [(row["outcome"], row["reason"]) for row in run.workup["files"]]


def nifti(values: np.ndarray) -> bytes:
    return nib.Nifti1Image(values, np.eye(4)).to_bytes()


def test_an_empty_folder(calls: Reader):
    run = calls.read({})
    assert run.code == 3
    assert run.stderr.startswith("kossa: Nothing here could be read as evidence")
    assert {"report.html", "run.json", "workup.json"} <= set(run.left)


def test_no_folder(calls: Reader):
    run = calls.read({}, command="ct")
    assert run.code == 3
    run = calls.read({"a": b""}, "--series", "x", command="ct")
    assert run.code == 2


def test_text_named_as_an_image(calls: Reader):
    run = calls.read({"scan.dcm": LETTER.encode()})
    assert run.code == 3
    assert "This file is named like DICOM (.dcm) but holds text." in told(run)


def test_a_slice_that_is_cut_off(calls: Reader):
    files = slices(0, 1, 2, 3, 4)
    run = calls.read(files | {"2.dcm": files["2.dcm"][:-20]})
    assert run.code == 0
    assert ("rejected", "truncated") in outcomes(run)
    assert run.workup["ct"][0]["geometry"]["missing_after"], "the gap is told"


def test_a_slice_missing_in_the_middle(calls: Reader):
    run = calls.read(slices(0, 1, 2, 4, 5))
    assert run.code == 0
    assert set(outcomes(run)) == {("partial", "missing-slices")}
    assert run.workup["ct"][0]["geometry"]["verdict"] == "gap"


def test_slices_that_are_there_twice(calls: Reader):
    files = slices(0, 1, 2)
    run = calls.read(files | {f"again/{name}": data for name, data in files.items()})
    assert run.code == 0
    assert run.workup["ct"][0]["geometry"]["shape"][0] == 3
    assert {outcome for outcome, _ in outcomes(run)} == {"accepted"}


def test_two_people(calls: Reader):
    run = calls.read(slices(0, 1, 2, patient="A") | {"b.dcm": dicom(uid="9", patient="B")})
    assert run.code == 4
    assert "evidence of 2 people" in run.stderr
    assert "--person p1" in run.stderr


def test_a_chest_radiograph_given_as_ct(calls: Reader):
    run = calls.read(
        {"chest.dcm": dicom(modality="DX", sop_class="1.2.840.10008.5.1.4.1.1.1.1")}, command="ct"
    )
    assert run.code == 3
    assert "Radiographs and pictures are not CT." in run.stderr


def test_a_picture_given_as_ct(calls: Reader):
    run = calls.read({"chest.png": png(8, 8, pixels=bytes(64))}, command="ct")
    assert run.code == 3
    assert "Radiographs and pictures are not CT." in run.stderr


def test_nifti_without_hounsfield_units(calls: Reader):
    values = np.arange(20 * 20 * 12, dtype=np.uint8).reshape(20, 20, 12)
    run = calls.read({"scan.nii": nifti(values)})
    assert outcomes(run) == [("partial", "no-hounsfield")]
    assert any("Hounsfield" in sentence for sentence in told(run)), told(run)


def test_a_file_with_time_as_a_fourth_axis(calls: Reader):
    run = calls.read({"scan.nii": nifti(np.zeros((6, 6, 6, 3), np.int16))})
    assert run.code == 3
    assert outcomes(run) == [("rejected", "four-dimensional")]


def test_a_spacing_of_zero(calls: Reader):
    data = dicom().replace(b"1\\1 ", b"0\\0 ", 1)
    run = calls.read({"a.dcm": data})
    assert (run.code, outcomes(run)) == (3, [("rejected", "invalid-geometry")])


def test_an_output_that_cannot_be_written(calls: Reader, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    run = calls.read(slices(0, 1, 2), "-o", str(tmp_path / "file" / "out"))
    assert run.code == 5, run.stderr
    assert "file" in run.stderr


def test_a_disk_that_is_full(calls: Reader, tmp_path):
    run = calls.read(slices(0, 1, 2), "-o", str(tmp_path / "out"), file_bytes=2000)
    assert run.code == 5, run.stderr
    whole = [p for p in tmp_path.rglob("*") if p.is_file() and p.stat().st_size >= 2000]
    assert not whole
    assert not (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3])
def test_ctrl_c_half_way(calls: Reader, tmp_path, seconds):
    many = {f"{n}.dcm": dicom(uid=str(n), z=n, rows=512, columns=512) for n in range(60)}
    run = calls.read(many, "-o", str(tmp_path / "out"), interrupt=seconds)
    assert run.code == 130, run.stderr
    assert "Traceback" not in run.stderr
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["QVORTRUP_JANE", "Qvortrup Jane 1950"])
def test_a_person_s_name_in_a_file_s_name_stays_in_run_json(calls: Reader, name):
    run = calls.read({f"{name}/scan.dcm": dicom(name="Qvortrup^Jane")})
    assert run.code == 0
    assert b"QVORTRUP" not in run.outputs.upper()
    assert any(name in where for where in run.locations.values())
