"""Stored values to HU in int16, equal to plain float arithmetic; and what is no Hounsfield unit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.ct.hounsfield import corner_padding, drifting_scale, header_padding, not_hounsfield, rescale
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
    assert judged(HU, slope=0.5) is None


def test_metal_dry_bone_and_contrast_agent_are_no_reason_to_doubt_the_scale():
    metal = np.concatenate([HU, np.full(20, 20_000)]).astype(np.int16)
    assert judged(metal) is None
    bone = np.repeat([-1000, 900, 1400], 30).astype(np.int16)
    assert judged(bone) is None
    lung = np.repeat([-850, -700, 350], 40).astype(np.int16)
    assert judged(lung) is None


def scaled(scales, *, noise=0):
    """A body in air in slices, stored as whole numbers by one scale each, and the frames that say so."""
    rng = np.random.default_rng(4)
    hu = np.full((len(scales), 20, 20), -1000.0)
    hu[:, 4:16, 4:16] = 40
    stored = hu + 1024 + rng.normal(0, noise, hu.shape) if noise else hu + 1024
    frames = [dataclasses.replace(header_of()[1], slope=s, intercept=i) for s, i in scales]
    given = np.stack([v * s + i for v, (s, i) in zip(stored, scales, strict=True)])
    return np.clip(np.rint(given), -32768, 32767).astype(np.int16), frames


def test_an_intercept_that_rises_while_the_stored_values_stay_is_seen():
    hu, frames = scaled([(1.0, -1024.0 + 500 * k) for k in range(5)], noise=20)
    assert drifting_scale(hu, frames, None) == (0, pytest.approx(500, abs=10))


def test_a_slope_that_changes_while_the_stored_values_stay_is_seen():
    hu, frames = scaled([(1.0, -1024.0), (1.0, -1024.0), (3.0, -1024.0)])
    assert drifting_scale(hu, frames, None) == (1, 2128)


@given(
    scales=st.lists(
        st.tuples(st.sampled_from([0.5, 1.0, 2.0, 0.37]), st.sampled_from([-1024.0, 0.0, -2000.5])),
        min_size=2,
    ),
    body=st.sampled_from([-800, 0, 40, 1200]),
)
def test_a_scale_of_its_own_for_each_slice_is_believed_where_tissue_stays_in_place(scales, body):
    hu = np.full((len(scales), 20, 20), -1000, np.int16)
    hu[:, 3:15, 2:19] = body
    frames = [dataclasses.replace(header_of()[1], slope=s, intercept=i) for s, i in scales]
    assert drifting_scale(hu, frames, None) is None


def test_slices_of_which_nothing_can_be_compared_are_left_alone():
    hu, frames = scaled([(1.0, -1024.0), (1.0, 0.0)])
    assert drifting_scale(np.full_like(hu, -2000), frames, -2000) is None


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
        ({"hu": np.full(9, 32767, np.int16), "slope": 100.0}, "hardly a value is below 300"),
        (
            {"hu": np.repeat([-784, 9616], 50).astype(np.int16), "slope": 10.0},
            "50% of its values lie above 3071",
        ),
        ({"hu": np.repeat([-976, 1104], 50).astype(np.int16), "slope": 2.0}, "with its slope of 2, 100%"),
    ],
)
def test_what_is_no_hounsfield_unit_is_told_with_its_reason(options, words):
    assert words in judged(**options)
