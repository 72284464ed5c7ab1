"""Stored values: every plain layout, unused bits, and the lossless syntaxes exactly."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from kossa.evidence import Refused
from kossa.intake.dicom import pixels, read_header
from kossa.intake.dicom_pixels import clean_bits
from tests.intake.dicom_bytes import BIG, DEFLATED, EXPLICIT, IMPLICIT, ct, fragments

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
HTJ2K = "1.2.840.10008.1.2.4.201"
RLE = "1.2.840.10008.1.2.5"


def values_of(data: bytes) -> np.ndarray:
    return pixels(data, read_header(data)[0])


def noise(bits: int, *, signed: bool = False, shape=(16, 12), seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    return rng.integers(low, high, shape).astype(np.int16 if signed else np.uint16)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
@pytest.mark.parametrize("signed", [True, False])
def test_plain_pixels_are_exact_in_every_order_and_signedness(syntax, signed):
    stored = noise(16, signed=signed)
    data = ct(stored=stored, signed=signed, bits=(16, 16, 15), syntax=syntax)
    assert np.array_equal(values_of(data), stored[np.newaxis])


def test_several_frames_come_in_their_order():
    stored = noise(12, shape=(5, 4, 6))
    assert np.array_equal(values_of(ct(stored=stored, frames="5")), stored)


def test_eight_thirty_two_and_one_bit_are_read():
    small = noise(8).astype(np.uint8)
    assert np.array_equal(values_of(ct(stored=small, bits=(8, 8, 7)))[0], small)
    wide = noise(16).astype(np.uint32) * 3
    assert np.array_equal(values_of(ct(stored=wide, bits=(32, 32, 31)))[0], wide)
    mask = np.random.default_rng(0).integers(0, 2, (4, 8)).astype(np.uint8)
    packed = np.packbits(mask.ravel(), bitorder="little").reshape(1, -1)
    data = ct(stored=packed, rows=4, columns=8, bits=(1, 1, 0))
    assert np.array_equal(values_of(data)[0], mask)


def test_bits_above_the_stored_ones_mean_nothing():
    stored = noise(12)
    assert np.array_equal(values_of(ct(stored=stored | 0xF000, bits=(16, 12, 11)))[0], stored)


def test_the_sign_is_extended_from_the_highest_stored_bit():
    stored = noise(12, signed=True)
    unsigned_twelve = (stored.astype(np.int32) & 0x0FFF).astype(np.int16)
    data = ct(stored=unsigned_twelve, signed=True, bits=(16, 12, 11))
    assert np.array_equal(values_of(data)[0], stored)


@given(
    stored=st.integers(1, 16),
    shift=st.integers(0, 15),
    signed=st.booleans(),
    words=st.lists(st.integers(0, 65535), min_size=1, max_size=20),
)
def test_clean_bits_equals_whole_arithmetic(stored, shift, signed, words):
    high = min(15, stored - 1 + shift)
    raw = np.array(words, np.uint16)
    got = clean_bits(raw.view(np.int16 if signed else np.uint16).copy(), stored, high)
    for word, value in zip(words, got.tolist(), strict=True):
        field = (word >> (high - stored + 1)) & ((1 << stored) - 1)
        if signed and field >> (stored - 1):
            field -= 1 << stored
        assert value == field


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"syntax": "1.2.840.10008.1.2.4.102", "encapsulated": fragments(b"\0" * 8)}, "unsupported-syntax"),
        ({"syntax": "1.2.840.10008.1.2.4.110", "encapsulated": fragments(b"\0" * 8)}, "unsupported-syntax"),
        ({"syntax": "1.2.3.4", "encapsulated": fragments(b"\0" * 8)}, "unsupported-syntax"),
        ({"photometric": "PALETTE COLOR"}, "unsupported-syntax"),
        (
            {
                "photometric": "RGB",
                "samples": 3,
                "stored": np.zeros((4, 12), np.uint8),
                "columns": 4,
                "bits": (8, 8, 7),
            },
            "unsupported-syntax",
        ),
        ({"syntax": BIG, "stored": np.zeros((4, 4), np.uint8), "bits": (8, 8, 7)}, "unsupported-syntax"),
    ],
)
def test_what_is_not_decoded_is_refused_by_name(options, code):
    data = ct(**options)
    with pytest.raises(Refused) as refused:
        values_of(data)
    assert refused.value.code == code


def test_an_unknown_syntax_is_named():
    data = ct(syntax="1.2.840.10008.1.2.4.102", encapsulated=fragments(b"\0" * 8))
    with pytest.raises(Refused, match="MPEG-4 video"):
        values_of(data)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"syntax": JPEG_LS}, "invalid-header"),  # compressed, but not in fragments
        ({"encapsulated": fragments(b"\0\0")}, "invalid-header"),  # plain, but in fragments
        ({"syntax": JPEG_LS, "encapsulated": fragments()}, "size-mismatch"),
        ({"syntax": JPEG_LS, "encapsulated": fragments(b"\0\0"), "frames": "3"}, "size-mismatch"),
        ({"syntax": JPEG_LS, "encapsulated": fragments(b"ab", close=False)[:-2]}, "truncated"),
        ({"syntax": JPEG_LS, "encapsulated": fragments(b"ab", close=False) + b"xyz"}, "truncated"),
        ({"syntax": JPEG_LS, "encapsulated": b"\x01\x02\x03\x04\x05\x06\x07\x08"}, "truncated"),
        ({"syntax": JPEG_LS, "encapsulated": fragments(b"ab"), "rows": 60000, "columns": 60000}, "too-large"),
        ({"pixel_length": 0xFFFFFFF0}, "size-mismatch"),
        ({"pixel_length": 100}, "size-mismatch"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_from_the_header(options, code):
    with pytest.raises(Refused) as refused:
        read_header(ct(**options))
    assert refused.value.code == code


def test_a_little_padding_behind_the_pixels_is_no_fault():
    stored = np.zeros((9, 8), np.uint16)
    header, _ = read_header(ct(stored=stored, rows=8))
    assert header.rows == 8


def test_an_object_without_pixels_has_none_to_give():
    report = ct(sop_class="1.2.840.10008.5.1.4.1.1.88.67", modality="SR")
    data = report[: report.index(b"\x28\0\x02\0")]
    with pytest.raises(Refused, match="holds no pixels"):
        values_of(data)


def encode(stored: np.ndarray, syntax: str) -> bytes:
    if syntax == JPEG_LS:
        return imagecodecs.jpegls_encode(stored)
    if syntax == JPEG_2000:
        return imagecodecs.jpeg2k_encode(stored, codecformat="J2K", reversible=True, level=0)
    if syntax == HTJ2K:
        return imagecodecs.htj2k_encode(stored, reversible=True)
    if syntax == JPEG_LOSSLESS:
        return imagecodecs.ljpeg_encode(stored)
    return imagecodecs.jpeg8_encode(stored, level=90)


@pytest.mark.parametrize("syntax", [JPEG_LOSSLESS, JPEG_LS, JPEG_2000, HTJ2K])
def test_lossless_syntaxes_are_exact(syntax):
    stored = noise(12, shape=(40, 36))
    data = ct(stored=stored, syntax=syntax, encapsulated=fragments(encode(stored, syntax)))
    assert np.array_equal(values_of(data)[0], stored)
    assert not read_header(data)[0].lossy


def test_signed_values_survive_jpeg_ls_which_knows_no_sign():
    stored = noise(12, signed=True, shape=(20, 20))
    raw = (stored.astype(np.int32) & 0x0FFF).astype(np.uint16)
    data = ct(stored=stored, signed=True, syntax=JPEG_LS, encapsulated=fragments(encode(raw, JPEG_LS)))
    assert np.array_equal(values_of(data)[0], stored)


def test_jpeg_baseline_is_near_and_told_as_lossy():
    ramp = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8)
    data = ct(
        stored=ramp, bits=(8, 8, 7), syntax=JPEG_BASELINE, encapsulated=fragments(encode(ramp, JPEG_BASELINE))
    )
    assert np.abs(values_of(data)[0].astype(int) - ramp).max() <= 4
    assert read_header(data)[0].lossy


def test_frames_split_over_fragments_are_joined():
    stored = noise(12, shape=(64, 64))
    code = encode(stored, JPEG_LS)
    half = len(code) // 2 & ~1
    data = ct(stored=stored, syntax=JPEG_LS, encapsulated=fragments(code[:half], code[half:]))
    assert np.array_equal(values_of(data)[0], stored)


def test_many_compressed_frames_come_in_their_order():
    stored = noise(12, shape=(3, 16, 16))
    parts = [encode(frame, JPEG_LS) for frame in stored]
    data = ct(stored=stored, frames="3", syntax=JPEG_LS, encapsulated=fragments(*parts))
    assert np.array_equal(values_of(data), stored)


def rle(stored: np.ndarray) -> bytes:
    """Encode one frame by bytes: literal runs of at most 128."""
    segments = []
    for plane in (stored >> 8, stored & 0xFF):
        raw = plane.astype(np.uint8).tobytes()
        body = b"".join(
            bytes([len(raw[k : k + 128]) - 1]) + raw[k : k + 128] for k in range(0, len(raw), 128)
        )
        segments.append(body + b"\0" * (len(body) % 2))
    offsets = [64, 64 + len(segments[0])]
    head = b"".join(n.to_bytes(4, "little") for n in (2, *offsets, *[0] * 13))
    return head + b"".join(segments)


def test_rle_is_exact():
    stored = noise(16, shape=(15, 17))
    data = ct(stored=stored, bits=(16, 16, 15), syntax=RLE, encapsulated=fragments(rle(stored)))
    assert np.array_equal(values_of(data)[0], stored)


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_expb.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("MR_small_padded.dcm", "MR_small.dcm"),
        ("emri_small_RLE.dcm", "emri_small.dcm"),
        ("emri_small_jpeg_ls_lossless.dcm", "emri_small.dcm"),
        ("emri_small_jpeg_2k_lossless.dcm", "emri_small.dcm"),
        ("emri_small_big_endian.dcm", "emri_small.dcm"),
        ("693_J2KR.dcm", "693_UNCR.dcm"),
    ],
)
def test_samples_of_one_picture_in_two_syntaxes_are_equal(name, twin):
    one, other = (Path(get_testdata_file(n, download=False)).read_bytes() for n in (name, twin))
    assert np.array_equal(values_of(one), values_of(other))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_jpeg_ls_of_any_size_is_exact(rows, columns, seed):
    stored = noise(12, shape=(rows, columns), seed=seed)
    data = ct(stored=stored, syntax=JPEG_LS, encapsulated=fragments(encode(stored, JPEG_LS)))
    assert np.array_equal(values_of(data)[0], stored)
