"""NIfTI under guard: sizes before memory, any order of axes, the affine bit for bit."""

from __future__ import annotations

import gzip
import itertools
import struct

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kossa.evidence import Refused
from kossa.evidence.volume import Volume
from kossa.intake import nifti
from kossa.intake.nifti import read_nifti, read_nifti_header

SHAPE = (5, 6, 7)


def image(values: np.ndarray, affine: np.ndarray | None = None, *, kind=nib.Nifti1Image) -> nib.Nifti1Image:
    made = kind(values, np.eye(4), dtype=values.dtype)
    made.set_qform(None, 0)
    made.set_sform(np.eye(4) if affine is None else affine, 1)
    made.header.set_xyzt_units("mm")
    return made


def numbers(dtype=np.int16, shape=SHAPE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 120, shape).astype(dtype)


def changed(offset: int, form: str, *values: float, data: bytes | None = None) -> bytes:
    raw = bytearray(data or image(numbers()).to_bytes())
    struct.pack_into(form, raw, offset, *values)
    return bytes(raw)


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_nifti(data)
    return refused.value.code


def affines():
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            affine = np.eye(4)
            affine[:3, :3] = 0
            for axis, world in enumerate(order):
                affine[world, axis] = signs[axis] * (0.5 + world)
            affine[:3, 3] = (10, -20, 30)
            yield affine


@pytest.mark.parametrize("affine", list(affines()))
def test_any_order_of_axes_becomes_slices_rising_towards_the_head(affine):
    values = numbers()
    file = read_nifti(image(values, affine).to_bytes())
    grid = file.header.grid
    assert (grid.gaps_mm > 0).all()
    assert np.allclose(grid.normal, (0, 0, 1))
    assert np.allclose(grid.row_direction, (1, 0, 0))  # x grows to the left of the person, LPS
    for z, y, x in ((0, 0, 0), (1, 2, 3), tuple(n - 1 for n in file.stored.shape)):
        ras = grid.to_mm([z, y, x]) * (-1, -1, 1)
        at = np.rint(np.linalg.inv(affine) @ (*ras, 1))[:3].astype(int)
        assert values[tuple(at)] == file.stored[z, y, x]
    volume = Volume(file.stored, grid, native_axes=file.header.axes)
    assert np.array_equal(volume.to_file_order(volume.hu), values)


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_both_versions_and_both_orders_of_bytes_are_read(kind):
    values = numbers()
    for order in ("<", ">"):
        made = image(values, kind=kind)
        header = made.header.as_byteswapped(order)
        swapped = kind(values, None, header=header)
        assert np.array_equal(read_nifti(swapped.to_bytes()).stored, values.transpose(2, 1, 0)[:, ::-1, ::-1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-2, 2, width=32), min_size=12, max_size=12))
def test_the_affine_is_kept_bit_for_bit(numbers_12):
    data = changed(280, "<12f", *numbers_12)
    try:
        header = read_nifti_header(data)
    except Refused:
        return
    assert np.array_equal(header.affine, nib.Nifti1Image.from_bytes(data).affine)


def test_a_quaternion_alone_places_the_voxels():
    made = nib.Nifti1Image(numbers(), np.diag([-0.7, 0.7, 2.5, 1]))
    made.set_sform(None, 0)
    made.set_qform(np.diag([-0.7, 0.7, 2.5, 1]), 1)
    header = read_nifti_header(made.to_bytes())
    assert header.grid.spacing_mm == pytest.approx((2.5, 0.7, 0.7))


def test_metres_and_microns_become_millimetres():
    for unit, factor in (("meter", 1000), ("micron", 0.001)):
        made = image(numbers())
        made.header.set_xyzt_units(unit)
        assert read_nifti_header(made.to_bytes()).grid.pixel_mm == pytest.approx((factor, factor))
    made = image(numbers())
    made.header["xyzt_units"] = 0
    assert not read_nifti_header(made.to_bytes()).unit_known


def test_a_sheared_affine_gives_sheared_origins():
    affine = np.eye(4)
    affine[1, 2] = 0.3
    grid = read_nifti_header(image(numbers(), affine).to_bytes()).grid
    assert grid.tilt_deg == pytest.approx(np.degrees(np.arctan(0.3)))
    assert np.allclose(grid.gaps_mm, 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int32, np.float32, np.float64, np.int64])
def test_number_types_are_read(dtype):
    assert np.array_equal(
        read_nifti(image(numbers(dtype)).to_bytes()).stored, numbers(dtype).transpose(2, 1, 0)[:, ::-1, ::-1]
    )


def test_gzip_is_read():
    values = numbers()
    data = gzip.compress(image(values).to_bytes())
    assert np.array_equal(read_nifti(data).stored, read_nifti(image(values).to_bytes()).stored)


def test_header_extensions_are_handed_on():
    made = image(numbers())
    made.header.extensions.append(nib.nifti1.Nifti1Extension(0, b"<Label Key='1'>aorta</Label>"))
    assert read_nifti_header(made.to_bytes()).extensions[0].rstrip(b"\0") == b"<Label Key='1'>aorta</Label>"


def test_a_broken_extension_is_left_out():
    made = image(numbers())
    made.header.extensions.append(nib.nifti1.Nifti1Extension(0, b"x" * 40))
    raw = changed(352, "<i", 1 << 20, data=made.to_bytes())
    assert read_nifti_header(raw).extensions == ()


def test_two_dimensions_are_one_slice():
    made = image(numbers(shape=(5, 6, 1)))
    raw = changed(40, "<h", 2, data=made.to_bytes())
    assert read_nifti(raw).stored.shape == (1, 6, 5)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"a letter", "not-nifti"),
        (image(numbers()).to_bytes()[:200], "truncated"),
        (image(numbers()).to_bytes()[:-10], "size-mismatch"),
        (changed(344, "4s", b"xyz\0"), "not-nifti"),
        (changed(344, "4s", b"ni1\0"), "not-supported"),
        (changed(42, "<3h", 32767, 32767, 32767), "size-mismatch"),
        (changed(44, "<h", -6), "invalid-header"),
        (changed(40, "<h", 9), "invalid-header"),
        (changed(108, "<f", 4.0), "invalid-header"),
        (changed(108, "<f", float("nan")), "invalid-header"),
        (changed(112, "<f", float("nan")), "invalid-number"),
        (changed(116, "<f", float("inf")), "invalid-number"),
        (changed(70, "<h", 128), "not-supported"),
        (changed(70, "<h", 32), "not-supported"),
        (changed(70, "<h", 9999), "not-supported"),
        (changed(280, "<f", float("nan")), "invalid-geometry"),
        (changed(280, "<12f", *[0.0] * 12), "invalid-geometry"),
        (changed(280, "<12f", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0), "invalid-geometry"),
        (changed(280, "<12f", 1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), "invalid-geometry"),
    ],
)
def test_what_cannot_be_is_refused_by_name(data, code):
    assert code_of(data) == code


def test_four_dimensions_are_refused_with_what_to_do():
    with pytest.raises(Refused, match="save the volume you mean alone"):
        read_nifti(image(numbers(shape=(4, 4, 4, 3))).to_bytes())
    assert read_nifti(image(numbers(shape=(4, 4, 4, 1))).to_bytes()).stored.shape == (4, 4, 4)


def test_a_stream_that_goes_on_is_not_inflated(monkeypatch):
    data = gzip.compress(image(numbers()).to_bytes() + b"\0" * (1 << 20))
    assert code_of(data) == "too-large"
    monkeypatch.setattr(nifti, "INFLATE_FREE", 100)
    assert code_of(gzip.compress(image(np.zeros((200, 200, 9), np.int16)).to_bytes())) == "too-large"


def test_damaged_and_cut_streams_are_refused():
    data = gzip.compress(image(numbers()).to_bytes())
    assert code_of(data[:-4]) == "truncated"
    assert code_of(data[: len(data) // 2]) == "truncated"
    assert code_of(data[:-8] + b"\0\0\0\0" + data[-4:]) == "truncated"  # wrong checksum
