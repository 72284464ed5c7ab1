"""The child process that decodes: what it answers, and what becomes of a file that kills it."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from kossa.evidence import Refused
from kossa.intake import decoder_child, decoding
from kossa.intake.decoder_child import read_message, serve, write_message
from kossa.intake.decoding import Decoder
from kossa.intake.dicom import pixels, read_header
from kossa.intake.dicom_structure import PIXEL_DATA, open_data_set
from tests.intake.dicom_bytes import ct, fragments
from tests.intake.test_dicom_pixels import (
    JPEG_2000,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LS,
    RLE,
    encode,
    noise,
    rle,
)


def compressed(syntax: str = JPEG_LS, **options) -> tuple[bytes, np.ndarray]:
    stored = noise(12, shape=(16, 12))
    code = rle(stored) if syntax == RLE else encode(stored, syntax)
    return ct(stored=stored, syntax=syntax, encapsulated=fragments(code), **options), stored


def parts(data: bytes):
    return data[open_data_set(data, ()).found[PIXEL_DATA][0] :], read_header(data)[0]


def ask(options: dict, value: bytes) -> list[tuple[dict, bytearray]]:
    """Run the child's loop in this process on one request."""
    source, target = io.BytesIO(), io.BytesIO()
    write_message(source, options, value)
    source.seek(0)
    serve(source, target)
    target.seek(0)
    answers = []
    while (message := read_message(target)) is not None:
        answers.append(message)
    return answers


def options_for(syntax: str, **others) -> dict:
    return {
        "transfer_syntax_uid": syntax,
        "number_of_frames": 1,
        "rows": 16,
        "columns": 12,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "bits_stored": 12,
        "pixel_representation": 0,
        "planar_configuration": 0,
        "pixel_keyword": "PixelData",
        **others,
    }


@pytest.mark.parametrize("syntax", [JPEG_LOSSLESS, JPEG_LS, JPEG_2000, RLE])
def test_the_childs_loop_answers_frame_by_frame(syntax):
    data, stored = compressed(syntax)
    ready, frame, done = ask(options_for(syntax), parts(data)[0])
    assert ready[0] == {"ready": True}
    assert frame[0]["shape"] == [16, 12]
    assert np.array_equal(np.frombuffer(frame[1], frame[0]["dtype"]).reshape(16, 12), stored)
    assert done[0] == {"done": True}


def test_the_childs_loop_tells_what_it_refuses():
    data, _ = compressed()
    assert ask(options_for(JPEG_LS, rows=17), parts(data)[0])[-1][0]["code"] == "size-mismatch"
    assert ask(options_for(JPEG_LS), b"\0\1\2\3")[-1][0]["code"] == "decode-failed"


def test_a_message_that_is_cut_off_is_none():
    stream = io.BytesIO()
    write_message(stream, {"a": 1}, b"payload")
    for end in (0, 10, 20, len(stream.getvalue()) - 1):
        assert read_message(io.BytesIO(stream.getvalue()[:end])) is None


def test_the_child_limits_itself_and_serves(monkeypatch):
    class Pipe:
        buffer = io.BytesIO()

    limits = []
    monkeypatch.setattr("resource.setrlimit", lambda kind, pair: limits.append(pair))
    monkeypatch.setattr(sys, "stdin", Pipe())
    monkeypatch.setattr(sys, "stdout", type("Out", (), {"buffer": io.BytesIO()})())
    monkeypatch.setattr(decoder_child.logging, "disable", lambda: None)
    decoder_child.main()
    assert (decoder_child.MEMORY, decoder_child.MEMORY) in limits


def test_one_child_serves_file_after_file():
    decoder = Decoder()
    for syntax in (JPEG_LS, RLE, JPEG_2000):
        data, stored = compressed(syntax)
        (frame,) = decoder.frames(*parts(data))
        assert np.array_equal(frame, stored)
    first = decoder._process
    list(decoder.frames(*parts(compressed()[0])))
    assert decoder._process is first
    decoder.close()
    assert first.poll() is not None


def test_a_child_that_dies_costs_its_file_and_not_the_next():
    decoder = Decoder()
    data, stored = compressed()
    process = decoder._started()
    os.kill(process.pid, signal.SIGSTOP)  # so that it dies in the middle of the request
    threading.Timer(0.2, process.kill).start()
    with pytest.raises(Refused, match="decoder failed"):
        list(decoder.frames(*parts(data)))
    (frame,) = decoder.frames(*parts(data))
    assert np.array_equal(frame, stored)
    decoder.close()


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(decoding, "BASE_SECONDS", 0.2)
    decoder = Decoder()
    process = decoder._started()
    os.kill(process.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        list(decoder.frames(*parts(compressed()[0])))
    assert refused.value.code == "decode-failed"
    assert time.monotonic() - began < 20
    decoder.close()


def test_after_too_many_deaths_no_child_is_started(monkeypatch):
    monkeypatch.setattr(decoding, "LOST_SECONDS", -1.0)
    with pytest.raises(Refused, match="too often"):
        list(Decoder().frames(*parts(compressed()[0])))


def test_leaving_in_the_middle_does_not_mix_up_the_next_file():
    decoder = Decoder()
    stored = noise(12, shape=(3, 16, 12))
    code = [encode(frame, JPEG_LS) for frame in stored]
    many = ct(stored=stored, frames="3", syntax=JPEG_LS, encapsulated=fragments(*code))
    next(decoder.frames(*parts(many)))
    data, one = compressed()
    (frame,) = decoder.frames(*parts(data))
    assert np.array_equal(frame, one)
    decoder.close()


def test_fewer_frames_than_declared_are_refused():
    code = encode(noise(12, shape=(16, 12)), JPEG_LS)
    # two fragments for two frames, the offset table claims one frame of both
    data = ct(
        stored=noise(12, shape=(2, 16, 12)),
        frames="2",
        syntax=JPEG_LS,
        encapsulated=fragments(code[:20], code[20:], table=(0).to_bytes(4, "little")),
    )
    with pytest.raises(Refused):
        pixels(data, read_header(data)[0])


def test_a_codestream_that_the_decoder_rejects_is_a_refusal():
    stored = np.add.outer(np.arange(16), np.arange(12)).astype(np.uint8)
    code = bytearray(encode(stored, JPEG_BASELINE))
    at = code.index(b"\xff\xc4")  # no Huffman table
    code[at + 4 : at + 40] = b"\xff" * 36
    data = ct(stored=stored, bits=(8, 8, 7), syntax=JPEG_BASELINE, encapsulated=fragments(bytes(code)))
    with pytest.raises(Refused) as refused:
        pixels(data, read_header(data)[0])
    assert refused.value.code == "decode-failed"
