"""A label map from elsewhere: laid on the scan where it fits, refused in millimetres where it does not."""

from __future__ import annotations

import itertools
import json

import nibabel as nib
import numpy as np
import pytest

from kossa.ct.roi import read_roi
from kossa.evidence import Refused, WrongCall
from kossa.evidence.geometry import Grid

SHAPE = (6, 8, 10)  # slices, rows, columns


def grid(*, tilt=0.0, turn=0.0, uneven=False) -> Grid:
    lean, spin = np.radians(tilt), np.radians(turn)
    row = np.array([np.cos(spin), np.sin(spin), 0])
    column = np.array([-np.sin(spin) * np.cos(lean), np.cos(spin) * np.cos(lean), -np.sin(lean)])
    heights = np.arange(SHAPE[0]) * 2.5 + (np.arange(SHAPE[0]) > 3) * (3.0 if uneven else 0)
    return Grid(SHAPE, (0.7, 0.8), row, column, np.array([5.0, -7, 11]) + heights[:, None] * [0, 0, 1.0])


def marked() -> np.ndarray:
    labels = np.zeros(SHAPE, np.int16)
    labels[1:3, 2:4, 3:7] = 1
    labels[4, 6, 1] = 7
    return labels


def affine_of(scan: Grid) -> np.ndarray:
    """RAS affine of [x, y, z], written out from the grid's own definition."""
    m = np.eye(4)
    m[:3, 0], m[:3, 1] = scan.row_direction * scan.pixel_mm[1], scan.column_direction * scan.pixel_mm[0]
    m[:3, 2] = (scan.origins_mm[-1] - scan.origins_mm[0]) / (SHAPE[0] - 1)
    m[:3, 3] = scan.origins_mm[0]
    return np.diag([-1, -1, 1, 1]) @ m


def save(folder, labels, affine, *, order=(0, 1, 2), flips=(1, 1, 1), name="mask.nii.gz", extension=None):
    """Write [z, y, x] labels as NIfTI with permuted and flipped axes, the affine changed with them."""
    data, m = labels.transpose(2, 1, 0), affine.copy()
    for axis, way in enumerate(flips):
        if way < 0:
            data = np.flip(data, axis)
            m[:3, 3] += m[:3, axis] * (data.shape[axis] - 1)
            m[:3, axis] *= -1
    data, m = data.transpose(order), m[:, [*order, 3]]
    made = nib.Nifti1Image(np.ascontiguousarray(data), m)
    made.set_sform(m, 1)
    if extension:
        made.header.extensions.append(nib.nifti1.Nifti1Extension(0, extension))
    nib.save(made, folder / name)
    return folder / name


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("flips", list(itertools.product((1, -1), repeat=3)))
def test_a_map_in_any_axis_order_lands_on_its_voxels(tmp_path, order, flips):
    scan = grid()
    found = read_roi(save(tmp_path, marked(), affine_of(scan), order=order, flips=flips), scan)
    assert np.array_equal(found.labels, marked())


@pytest.mark.parametrize("scan", [grid(tilt=18.5), grid(turn=180), grid(turn=10, tilt=-12)])
def test_a_map_of_a_tilted_or_turned_scan_fits(tmp_path, scan):
    assert np.array_equal(read_roi(save(tmp_path, marked(), affine_of(scan)), scan).labels, marked())


def test_a_map_that_lies_elsewhere_is_refused_with_the_misfit(tmp_path):
    affine = affine_of(grid())
    affine[0, 3] += 3.2
    with pytest.raises(Refused, match=r"up to 3\.2 mm") as refused:
        read_roi(save(tmp_path, marked(), affine), grid())
    assert refused.value.code == "geometry-mismatch"


def test_a_map_with_even_slices_does_not_fit_an_uneven_scan(tmp_path):
    with pytest.raises(Refused, match="mm from the scan"):
        read_roi(save(tmp_path, marked(), affine_of(grid(uneven=True))), grid(uneven=True))


def test_a_map_of_another_size_is_refused(tmp_path):
    with pytest.raises(Refused, match="5 x 8 x 10 voxels and the scan 6 x 8 x 10"):
        read_roi(save(tmp_path, marked()[:5], affine_of(grid())), grid())


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (np.zeros(SHAPE, np.int16), "empty-mask"),
        (marked().astype(np.float32) / 2, "not-labels"),
        (-marked(), "not-labels"),
        (np.full(SHAPE, np.nan, np.float32), "not-labels"),
    ],
)
def test_what_is_no_label_map_is_refused(tmp_path, labels, code):
    with pytest.raises(Refused) as refused:
        read_roi(save(tmp_path, labels, affine_of(grid())), grid())
    assert refused.value.code == code


def test_whole_numbers_stored_as_floats_are_labels(tmp_path):
    found = read_roi(save(tmp_path, marked().astype(np.float32), affine_of(grid())), grid())
    assert np.array_equal(found.labels, marked())


def test_a_path_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(WrongCall, match="no label map"):
        read_roi(tmp_path / "none.nii.gz", grid())


CARET = (
    b'<?xml version="1.0" encoding="UTF-8"?> <CaretExtension><VolumeInformation Index="0"><LabelTable>'
    b'<Label Key="1" Red="1.0"><![CDATA[aorta]]></Label>\n<Label Key="7"><![CDATA[kidney_left]]></Label>'
    b"</LabelTable></VolumeInformation></CaretExtension>\n              "
)


def test_names_come_from_the_header_as_totalsegmentator_writes_them(tmp_path):
    found = read_roi(save(tmp_path, marked(), affine_of(grid()), extension=CARET), grid())
    assert found.names == {1: "aorta", 7: "kidney_left"}
    assert found.sites[7].side == "left"
    assert found.sites[1].site.startswith("site_")
    assert found.notices == ()


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("json", json.dumps({"1": "aorta", "7": "my_region"})),
        ("json", json.dumps({"labels": {"background": 0, "aorta": 1, "my_region": 7}})),
        ("tsv", "index\tname\n1\taorta\n7\tmy_region\n"),
        ("csv", "Label,Name,colour\n1,aorta,red\n7,my_region,blue\n"),
    ],
)
def test_names_come_from_a_table_beside_the_map(tmp_path, suffix, text):
    path = save(tmp_path, marked(), affine_of(grid()), extension=CARET)
    (tmp_path / f"mask.{suffix}").write_text(text)
    found = read_roi(path, grid())
    assert (found.names[1], found.names[7]) == ("aorta", "my_region")
    assert set(found.sites) == {1}
    assert [n.code for n in found.notices] == ["labels-unknown"]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("json", "[1]"),
        ("json", '{"labels": 3}'),
        ("json", '{"one": "two"}'),
        ("json", '{"a": true}'),
        ("tsv", "a\tb\n1\t2\n"),
        ("csv", "index,name\nx,y\n"),
        ("csv", ""),
    ],
)
def test_a_broken_table_is_refused(tmp_path, suffix, text):
    path = save(tmp_path, marked(), affine_of(grid()))
    (tmp_path / f"mask.{suffix}").write_text(text)
    with pytest.raises(Refused) as refused:
        read_roi(path, grid())
    assert refused.value.code == "label-table"


def test_a_map_of_one_label_may_be_named_by_its_file(tmp_path):
    found = read_roi(save(tmp_path, np.minimum(marked(), 1), affine_of(grid()), name="aorta.nii.gz"), grid())
    assert found.names == {1: "aorta"}


@pytest.mark.parametrize(
    "extension",
    [
        b"plain words",
        b"<Label",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><Label Key='1'>&a;</Label>",
        b"<a><Label Key='x'>y</Label></a>",
    ],
)
def test_other_header_extensions_name_nothing(tmp_path, extension):
    found = read_roi(save(tmp_path, marked(), affine_of(grid()), extension=extension), grid())
    assert found.names == {}
    assert [n.code for n in found.notices] == ["labels-unnamed"]


def test_a_map_of_one_slice_fits_one_slice(tmp_path):
    scan = grid()
    one = Grid((1, 8, 10), scan.pixel_mm, scan.row_direction, scan.column_direction, scan.origins_mm[:1])
    labels = marked()[1:2]
    affine = affine_of(scan)
    affine[2, 2] = 99.0
    assert np.array_equal(read_roi(save(tmp_path, labels, affine), one).labels, labels)
