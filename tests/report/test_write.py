"""What one reading leaves in its folder."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import re

import jsonschema
import nibabel as nib
import numpy as np
import pytest

from kossa.evidence import Workup, decode
from kossa.evidence.schema import json_schema
from kossa.evidence.volume import Examination, Volume
from kossa.report import write
from kossa.report.labelmap import even_blocks, label_maps, ras_affine
from kossa.report.page import page
from kossa.report.tables import deposits_csv, guard
from kossa.report.write import write_report
from tests.report import made


@pytest.fixture
def written(tmp_path):
    write_report(made.result(), tmp_path)
    return tmp_path


def opened(data: bytes) -> nib.Nifti1Image:
    return nib.Nifti1Image.from_bytes(gzip.decompress(data))


def test_all_files_are_there_and_nothing_else(written):
    names = sorted(p.name for p in written.iterdir())
    assert names == ["deposits.csv", "deposits.nii.gz", "report.html", "run.json", "workup.json"]


def test_the_workup_validates_against_its_published_schema_and_reads_back(written):
    data = (written / "workup.json").read_bytes()
    jsonschema.validate(json.loads(data), json_schema("workup"))
    assert decode(data, Workup) == made.result().workup


def test_two_runs_give_the_same_bytes_but_for_the_clock(written, tmp_path):
    again = tmp_path / "again"
    write_report(made.result(), again)
    for name in ("workup.json", "deposits.csv", "deposits.nii.gz", "report.html"):
        assert (again / name).read_bytes() == (written / name).read_bytes()


@pytest.mark.parametrize("earlier", [False, True])
def test_an_interrupt_while_the_page_is_made_leaves_what_was_there_before(tmp_path, monkeypatch, earlier):
    if earlier:
        write_report(made.result(), tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def interrupted(_result):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "page", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(made.result((made.examination(notices=[]),)), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_run_json_tells_the_digest_of_each_file(written):
    told = json.loads((written / "run.json").read_text())["outputs"]
    assert sorted(told) == ["deposits.csv", "deposits.nii.gz", "report.html", "workup.json"]
    for name, digest in told.items():
        assert hashlib.sha256((written / name).read_bytes()).hexdigest() == digest


def test_names_of_files_stand_in_run_json_alone(written):
    assert json.loads((written / "run.json").read_text())["files"] == {"1": "scan/1.dcm"}
    for name in ("workup.json", "deposits.csv", "report.html"):
        assert "scan/1.dcm" not in (written / name).read_text()


def test_each_deposit_in_the_label_map_adds_up_to_its_volume(written):
    image = nib.load(written / "deposits.nii.gz")
    labels = np.asanyarray(image.dataobj)
    voxel_mm3 = abs(np.linalg.det(image.affine[:3, :3]))
    for number, deposit in enumerate(made.reading().deposits, 1):
        assert (labels == number).sum() * voxel_mm3 == pytest.approx(deposit.volume_mm3)


def test_the_label_map_lies_where_the_headers_say(written):
    affine = nib.load(written / "deposits.nii.gz").affine
    # voxel (x 30, y 20, z 10): -80 + 30*2, -60 + 20*2, 10*3 in LPS, the first two turned to RAS
    np.testing.assert_allclose((affine @ [30, 20, 10, 1])[:3], [20, 20, 30], atol=1e-3)


def test_uneven_slices_get_one_map_an_even_block():
    heights = [0, 3, 6, 9, 10, 17, 24]
    grid = made.grid(heights)
    assert even_blocks(grid) == [(0, 3), (4, 4), (5, 6)]
    volume = Volume(hu=made.volume().hu[: len(heights)], grid=grid)
    exam = Examination(reading=made.reading(), volume=volume, runs=made.examination().runs)
    runs = exam.runs
    inside = runs.z < len(heights)
    exam = Examination(
        reading=made.reading(),
        volume=volume,
        runs=type(runs)(*(a[inside] for a in (runs.z, runs.y, runs.x0, runs.x1, runs.label))),
    )
    maps = dict(label_maps(exam, "deposits.nii.gz"))
    assert list(maps) == [f"deposits-{n}.nii.gz" for n in (1, 2, 3)]
    assert [opened(data).shape[2] for data in maps.values()] == [4, 1, 2]
    np.testing.assert_allclose(ras_affine(grid, 5, 6)[:3, 2], [0, 0, 7])


def test_a_nifti_scan_gets_its_own_affine_and_axes_back():
    affine = np.array([[0, -2.0, 0, 11], [-2.0, 0, 0, 7], [0, 0, 3.0, -5], [0, 0, 0, 1]])
    volume = Volume(
        hu=made.volume().hu,
        grid=made.grid(),
        native_affine=affine,
        native_axes=((1, 1), (2, -1), (0, 1)),
    )
    exam = Examination(reading=made.reading(), volume=volume, runs=made.examination().runs)
    ((name, data),) = label_maps(exam, "deposits.nii.gz")
    assert name == "deposits.nii.gz"
    image = opened(data)
    assert (image.affine == affine).all()
    labels = np.asanyarray(image.dataobj)
    assert labels.shape == (60, 80, 24)
    assert labels[20, 79 - 30, 10] == 1


def test_the_table_has_a_row_a_deposit_and_no_formula(written):
    rows = list(csv.DictReader(io.StringIO((written / "deposits.csv").read_text())))
    assert [r["id"] for r in rows] == ["1", "2", "3"]
    assert rows[0]["site"] == "site_aorta_abdominal"
    assert rows[1]["site"] == ""
    assert [guard(c) for c in ("=A1", "-x", "@y", "+1", "\tz", "fine", 3)] == [
        "'=A1", "'-x", "'@y", "'+1", "'\tz", "fine", 3,
    ]  # fmt: skip
    assert deposits_csv([]).decode().startswith("scan,id,")


def test_the_page_allows_only_its_own_script_and_style_by_hash():
    html = page(made.result())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html).group(1)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"sha256-{digest}" in policy
    assert 'style="' not in html
    assert "http" not in re.sub(r"http-equiv", "", html)


def test_what_comes_from_a_file_is_escaped():
    hostile = made.examination(
        contrast=made.Contrast(enhanced=False, reason="<script>alert(1)</script>{{ 7*7 }}")
    )
    html = page(made.result((hostile,)))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "{{ 7*7 }}" in html
