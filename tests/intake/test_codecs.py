"""Codestreams: their own sizes are held against the header before a decoder sees them."""

from __future__ import annotations

import imagecodecs
import pytest

from kossa.evidence import Refused
from kossa.intake.codecs import check_codestream
from tests.intake.test_dicom_pixels import (
    HTJ2K,
    JPEG_2000,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LS,
    RLE,
    encode,
    noise,
    rle,
)

ALL = [JPEG_LOSSLESS, JPEG_LS, JPEG_2000, HTJ2K]


def check(frame: bytes, syntax: str, *, rows: int = 20, columns: int = 30, bits: int = 16) -> None:
    check_codestream(frame, syntax, rows=rows, columns=columns, samples=1, bits_allocated=bits)


def code_of(frame: bytes, syntax: str, **sizes: int) -> str:
    with pytest.raises(Refused) as refused:
        check(frame, syntax, **sizes)
    return refused.value.code


@pytest.mark.parametrize("syntax", ALL)
def test_a_sound_codestream_passes(syntax):
    check(encode(noise(12, shape=(20, 30)), syntax), syntax)


@pytest.mark.parametrize("syntax", ALL)
@pytest.mark.parametrize("sizes", [{"rows": 21}, {"columns": 60000}, {"bits": 8}])
def test_another_size_than_the_headers_is_refused(syntax, sizes):
    assert code_of(encode(noise(12, shape=(20, 30)), syntax), syntax, **sizes) == "size-mismatch"


@pytest.mark.parametrize("syntax", ALL)
def test_a_codestream_that_ends_early_is_refused(syntax):
    """libjpeg and OpenJPEG would fill the rest with grey and say nothing."""
    whole = encode(noise(12, shape=(64, 64)), syntax)
    assert code_of(whole[: len(whole) // 2], syntax, rows=64, columns=64) == "decode-failed"


def test_a_whole_jpeg_2000_without_its_end_marker_passes():
    whole = encode(noise(12, shape=(20, 30)), JPEG_2000)
    assert whole.endswith(b"\xff\xd9")
    check(whole[:-2], JPEG_2000)


def test_jpeg_2000_in_its_file_format_is_read_behind_its_boxes():
    stored = noise(12, shape=(20, 30))
    check(imagecodecs.jpeg2k_encode(stored, codecformat="JP2", reversible=True, level=0), JPEG_2000)


@pytest.mark.parametrize("syntax", [JPEG_BASELINE, JPEG_LS, JPEG_2000])
@pytest.mark.parametrize(
    "frame", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8" + b"\0" * 20 + b"\xff\xd9", b"letter"]
)
def test_what_is_no_codestream_is_refused(syntax, frame):
    assert code_of(frame, syntax) == "decode-failed"


def test_fill_bytes_before_a_marker_are_stepped_over():
    whole = encode(noise(12, shape=(20, 30)), JPEG_LS)
    check(whole[:2] + b"\xff\xff" + whole[2:], JPEG_LS)


def test_a_tile_part_without_room_is_refused():
    whole = bytearray(encode(noise(12, shape=(20, 30)), JPEG_2000))
    at = whole.index(b"\xff\x90")
    whole[at + 6 : at + 10] = (5).to_bytes(4, "big")
    assert code_of(bytes(whole), JPEG_2000) == "decode-failed"
    whole[at + 6 : at + 10] = (0).to_bytes(4, "big")  # "up to the end" is lawful
    check(bytes(whole), JPEG_2000)


class TestRle:
    stored = noise(16, shape=(20, 30))

    def test_sound_runs_pass(self):
        check(rle(self.stored), RLE)

    def test_repeated_bytes_count_as_many(self):
        body = b"\x81\x00" * 4 + b"\xa9\x00"  # 512 + 88 = 600
        offsets = (64).to_bytes(4, "little") + (64 + len(body)).to_bytes(4, "little")
        head = (2).to_bytes(4, "little") + offsets + b"\0" * 52
        check(head + body + b"\x80" + body + b"\0", RLE)  # a no-operation byte and padding

    def test_runs_past_the_frame_are_refused_and_not_cut(self):
        body = b"\x81\x00" * 100
        head = b"".join(n.to_bytes(4, "little") for n in (2, 64, 64 + len(body), *[0] * 13))
        assert code_of(head + body + body, RLE) == "size-mismatch"

    def test_runs_that_end_early_are_refused(self):
        assert code_of(rle(self.stored)[:-40], RLE) == "size-mismatch"
        assert code_of(rle(self.stored[:-1]), RLE) == "size-mismatch"
        whole = rle(self.stored)
        assert code_of(whole[:-90] + b"\x90", RLE) == "size-mismatch"

    def test_a_broken_table_of_segments_is_refused(self):
        whole = rle(self.stored)
        assert code_of(b"\x03" + whole[1:], RLE) == "size-mismatch"
        assert code_of(whole[:30], RLE) == "size-mismatch"
        assert code_of(whole[:4] + (8).to_bytes(4, "little") + whole[8:], RLE) == "decode-failed"
        assert code_of(whole[:8] + (1 << 20).to_bytes(4, "little") + whole[12:], RLE) == "decode-failed"
