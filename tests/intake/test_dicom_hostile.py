"""Files made to break readers: nothing but a refusal comes out, soon and without much memory."""

from __future__ import annotations

import csv
import importlib.util
import time
import tracemalloc
from pathlib import Path

import imagecodecs
import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kossa.evidence import Refused
from kossa.intake.dicom import pixels, read_header
from kossa.intake.nifti import read_nifti
from tests.intake.dicom_bytes import DEFLATED, IMPLICIT, ct, element, enhanced, fragments, item, sequence
from tests.intake.test_dicom_pixels import JPEG_LS

SOUND = {
    "explicit": ct(description="x", acquisition=1),
    "implicit": ct(syntax=IMPLICIT),
    "deflated": ct(syntax=DEFLATED),
    "nested": ct(
        raw_extra=sequence(0x00081140, item(element(0x00080100, "SH", "X"), undefined=True), undefined=True)
    ),
    "enhanced": enhanced([(0, 0, 0), (0, 0, 1)], np.full((2, 4, 4), 1064, np.uint16)),
    "compressed": ct(
        stored=np.arange(64, dtype=np.uint16).reshape(8, 8),
        syntax=JPEG_LS,
        encapsulated=fragments(imagecodecs.jpegls_encode(np.arange(64, dtype=np.uint16).reshape(8, 8))),
    ),
}


@st.composite
def mutated(draw) -> bytes:
    """A sound file with some bytes changed, cut out or put in."""
    data = bytearray(draw(st.sampled_from(list(SOUND.values()))))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                data[at : at + 4] = draw(
                    st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\xfe\xff\0\xe0", b"\x7f\xff\xff\xff"])
                )
            case 2:
                del data[at : at + draw(st.integers(1, 40))]
            case 3:
                data[at:at] = draw(st.binary(max_size=12))
    return bytes(data)


@settings(max_examples=600, deadline=20_000, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
@example(SOUND["explicit"])
def test_a_mutated_file_gives_a_header_or_a_refusal(data):
    try:
        header, _ = read_header(data)
    except Refused:
        return
    if header.transfer_syntax_uid != JPEG_LS:
        try:
            pixels(data, header)
        except Refused:
            return


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_mutated_codestream_gives_pixels_or_a_refusal(at, value):
    data = bytearray(SOUND["compressed"])
    at = len(data) - 1 - at % 200
    data[at] = value
    try:
        header, _ = read_header(bytes(data))
        pixels(bytes(data), header)
    except Refused:
        return


@settings(max_examples=200, deadline=20_000)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_refusal(data):
    with pytest.raises(Refused):
        read_header(data)
    with pytest.raises(Refused):
        read_header(b"\0" * 128 + b"DICM" + data)


@settings(max_examples=300, deadline=20_000)
@given(st.integers(0, 351), st.binary(min_size=1, max_size=8))
def test_a_mutated_nifti_gives_an_image_or_a_refusal(at, patch):
    data = bytearray(nib.Nifti1Image(np.zeros((3, 4, 5), np.int16), np.eye(4)).to_bytes())
    data[at : at + len(patch)] = patch
    try:
        read_nifti(bytes(data))
    except Refused:
        return


@pytest.fixture(scope="module")
def nasty(tmp_path_factory, shared) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    spec = importlib.util.spec_from_file_location("make_nasty", shared / "nasty" / "make_nasty.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.build()
    for name, data in maker.FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.shared
def test_the_reference_set_ends_as_its_table_says(nasty, shared):
    """Every file of dicom/ and nifti/: outcome and reason of expected.csv, in 2 s and 64 MB."""
    rows = list(csv.DictReader((shared / "nasty" / "expected.csv").read_text("utf-8").splitlines()))
    checked = 0
    for row in rows:
        kind = row["file"].split("/")[0]
        if kind not in ("dicom", "nifti") or row["reason"] == "no-values":  # values are the CT room's
            continue
        data = (nasty / row["file"]).read_bytes()
        tracemalloc.start()
        began = time.monotonic()
        try:
            if kind == "dicom":
                pixels(data, read_header(data)[0])
            else:
                read_nifti(data)
            got = "read"
        except Refused as refused:
            got = refused.code
        assert time.monotonic() - began < 10, row["file"]  # the first compressed file starts the child
        assert tracemalloc.get_traced_memory()[1] < 64 << 20, row["file"]
        tracemalloc.stop()
        assert got == (row["reason"] if row["outcome"] == "rejected" else "read"), row["file"]
        checked += 1
    assert checked >= 30
