"""Stored values to HU in int16, equal to plain float arithmetic; and what is no Hounsfield unit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.ct.hounsfield import corner_padding, header_padding, not_hounsfield, rescale
from kossa.intake.dicom import read_header
from tests.intake.dicom_bytes import ct


def header_of(**options):
    header, _ = read_header(ct(**options))
    return header, header.frames[0]


@given(
    signed=st.booleans(),
    bits=st.integers(8, 16),
    slope=st.sampled_from(["1", "1.0", "0.5", "2", "1.37"]),
    intercept=st.sampled_from(["0", "-1024", "-1000.5", "-8192", "1000", "-32768"]),
    words=st.lists(st.integers(0, 65535), min_size=1, max_size=16),
    in_place=st.booleans(),
)
def test_hu_equals_float_arithmetic_clipped_to_int16(signed, bits, slope, intercept, words, in_place):
    header, frame = header_of(signed=signed, bits=(16, bits, bits - 1), slope=slope, intercept=intercept)
    span = 1 << bits
    raw = np.array(words) % span
    stored = np.where(raw >= span // 2, raw - span, raw) if signed else raw
    stored = stored.astype(np.int16 if signed else np.uint16)
    expected = np.clip(np.rint(stored.astype(float) * float(slope) + float(intercept)), -32768, 32767)
    out = np.empty(stored.shape, np.int16)
    if in_place:
        out.view(stored.dtype)[...] = stored
        stored = out.view(stored.dtype)
    rescale(stored, frame, header, out, None)
    assert np.array_equal(out, expected.astype(np.int16))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint32, np.int32])
def test_other_widths_are_scaled_too(dtype):
    header, frame = header_of()
    stored = np.array([0, 24, 200], dtype)
    out = np.empty(3, np.int16)
    rescale(stored, frame, header, out, None)
    assert out.tolist() == [-1024, -1000, -824]


def test_padding_becomes_one_value():
    header, frame = header_of(signed=True, bits=(16, 16, 15), padding=-2000)
    assert header_padding(header, frame) == -3024
    stored = np.array([-2000, 24, -1999], np.int16)
    out = np.empty(3, np.int16)
    rescale(stored, frame, header, out, -3024)
    assert out.tolist() == [-3024, -1000, -3023]


def test_a_range_of_padding_is_taken_whole():
    header, frame = header_of(signed=True, bits=(16, 16, 15), padding=-2000)
    header = dataclasses.replace(header, padding_limit=-1990)
    out = np.empty(3, np.int16)
    rescale(np.array([-1995, -2000, 24], np.int16), frame, header, out, -3024)
    assert out.tolist() == [-3024, -3024, -1000]


def test_a_padding_value_that_tissue_can_have_is_not_believed():
    header, frame = header_of(signed=True, bits=(16, 16, 15), padding=0, intercept="0")
    assert header_padding(header, frame) is None
    out = np.empty(2, np.int16)
    rescale(np.array([0, 40], np.int16), frame, header, out, None)
    assert out.tolist() == [0, 40]


def test_a_padding_value_outside_of_the_type_marks_nothing():
    header, frame = header_of()
    header = dataclasses.replace(header, padding=-2000)
    out = np.empty(2, np.int16)
    rescale(np.array([0, 24], np.uint16), frame, header, out, -3024)
    assert out.tolist() == [-1024, -1000]


def test_padding_without_a_tag_is_the_dark_value_of_all_corners():
    hu = np.full((3, 8, 8), -2048, np.int16)
    hu[:, 2:6, 2:6] = 40
    assert corner_padding(hu) == -2048
    hu[1, 0, 0] = -1000
    assert corner_padding(hu) is None
    assert corner_padding(np.full((3, 8, 8), -1000, np.int16)) is None


HU = np.concatenate([np.full(50, -1000), np.full(50, 40)]).astype(np.int16)


def judged(hu=HU, **options):
    told = {
        "padding_hu": None,
        "scaled": True,
        "rescale_type": "HU",
        "intercept": -1024.0,
        "bits_allocated": 16,
    }
    return not_hounsfield(hu, **{**told, **options})


def test_a_sound_scan_is_hounsfield():
    assert judged() is None
    assert judged(rescale_type=None) is None
    assert judged(rescale_type="Houndsfield Unit") is None
    assert judged(rescale_type="US") is None
    assert judged(HU[50:]) is None  # soft tissue alone, by a rescale that is told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scaled": False}, "no rescale"),
        ({"rescale_type": "OD"}, "'OD'"),
        ({"bits_allocated": 8}, "8 bits"),
        ({"hu": np.arange(256, dtype=np.int16), "intercept": 0.0}, "no value is below 0"),
        ({"hu": np.arange(256, dtype=np.int16), "intercept": None}, "from 0 to 255"),
        ({"hu": HU - 1024}, "below -1500"),
        ({"hu": np.full(9, -1000, np.int16)}, "no tissue"),
        ({"hu": np.full(9, -2048, np.int16), "padding_hu": -2048}, "nothing but padding"),
    ],
)
def test_what_is_no_hounsfield_unit_is_told_with_its_reason(options, words):
    assert words in judged(**options)
