"""What holds a DICOM file together: every length inside the file, no depth or count without a limit."""

from __future__ import annotations

import struct

import pytest

from kossa.evidence import Refused
from kossa.intake import dicom_structure
from kossa.intake.budget import Budget
from kossa.intake.dicom import is_dicom, read_header
from tests.intake.dicom_bytes import BIG, DEFLATED, EXPLICIT, IMPLICIT, Ct, ct, element, item, sequence


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_header(data)
    return refused.value.code


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
def test_every_plain_syntax_gives_the_same_header(syntax):
    header, _ = read_header(ct(syntax=syntax, z=2.5))
    assert (header.rows, header.columns, header.bits_stored) == (8, 8, 12)
    assert header.frames[0].position_mm == (0, 0, 2.5)
    assert header.transfer_syntax_uid == syntax
    assert header.kvp == 120


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG])
def test_a_file_without_preamble_is_read(syntax):
    header, _ = read_header(ct(syntax=syntax, preamble=None))
    assert (header.rows, header.transfer_syntax_uid) == (8, syntax)


def test_the_preamble_of_a_program_changes_nothing():
    assert read_header(ct(preamble=b"MZ" + b"\x90" * 126))[0] == read_header(ct())[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"Dear colleague, this is a letter about the CT of the chest.", "not-dicom"),
        (b"\x08\0", "not-dicom"),
        (b"\0" * 128 + b"DICM", "truncated"),
        (ct()[:200], "truncated"),
    ],
)
def test_what_is_no_whole_dicom_file_is_refused_by_name(data, code):
    assert code_of(data) == code


def test_every_cut_is_noticed():
    """Wherever the file ends early, nothing is taken from it, not even the name."""
    data = ct()
    for end in range(1, len(data)):
        with pytest.raises(Refused):
            read_header(data[:end])


def test_a_value_longer_than_the_file_is_refused_before_memory_is_asked_for():
    long = element(0x00091001, "UN", b"ab", length=0xFFFFFFF0)
    assert code_of(ct(raw_extra=long)) == "truncated"


@pytest.mark.parametrize("undefined", [True, False])
def test_sequences_are_stepped_over(undefined):
    inner = sequence(
        0x00081140, item(element(0x00280010, "US", 9999), undefined=undefined), undefined=undefined
    )
    block = sequence(
        0x00081032, item(inner + element(0x00080100, "SH", "X"), undefined=undefined), undefined=undefined
    )
    header, _ = read_header(ct(raw_extra=block))
    assert header.rows == 8  # the rows of an icon inside a sequence are not the picture's


def test_an_unknown_sequence_of_undefined_length_is_implicit_inside():
    inside = element(0x00080100, "SH", "X", explicit=False)
    block = sequence(0x00091010, item(inside, undefined=True), undefined=True, vr="UN")
    assert read_header(ct(raw_extra=block))[0].rows == 8


def test_depth_has_a_limit():
    nest = b""
    for _ in range(100):
        nest = sequence(0x00091001, item(nest, undefined=True), undefined=True)
    assert code_of(ct(raw_extra=nest)) == "too-deep"


def test_the_number_of_elements_has_a_limit(monkeypatch):
    monkeypatch.setattr(dicom_structure, "MAX_ELEMENTS", 50)
    many = b"".join(element(0x00091000 + k, "LO", "x") for k in range(60))
    assert code_of(ct(raw_extra=many)) == "too-large"


@pytest.mark.parametrize(
    "broken",
    [
        struct.pack("<HH2sHI", 0x0009, 0x1001, b"SQ", 0, 0xFFFFFFFF) + b"\0" * 16,  # no item follows
        struct.pack("<HH2sHI", 0x0009, 0x1001, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF),
        struct.pack("<HH2sHI", 0x0009, 0x1001, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 1 << 30),
    ],
)
def test_broken_sequences_are_refused(broken):
    assert code_of(ct(raw_extra=broken)) == "truncated"


def test_an_element_left_implicit_inside_an_explicit_file_is_stepped_over():
    odd = element(0x00091001, "LO", "abcd", explicit=False)
    assert read_header(ct(raw_extra=odd))[0].rows == 8


def test_an_element_that_stands_twice_must_say_the_same():
    rows = element(0x00280010, "US", 8)
    assert read_header(ct(raw_extra=rows))[0].rows == 8
    assert code_of(ct(raw_extra=element(0x00280010, "US", 7))) == "invalid-header"


def test_a_deflated_bomb_is_not_inflated(monkeypatch):
    small = Budget(inflated_bytes=1 << 20, ratio_from_bytes=1 << 16)
    monkeypatch.setattr(dicom_structure, "DEFAULT", small)
    slice_ = Ct(syntax=DEFLATED, raw_extra=element(0x00091001, "UN", b"\0" * (4 << 20)))
    assert code_of(slice_.encoded()) == "too-large"


def test_damaged_or_cut_deflated_data_is_refused():
    data = ct(syntax=DEFLATED)
    assert code_of(data[:-20]) == "truncated"
    assert code_of(data[:-200] + b"\xff" * 200) == "truncated"


def test_the_class_of_the_file_meta_stands_in_for_an_empty_one():
    header, _ = read_header(ct(extra={0x00080016: ("UI", "")}))
    assert header.sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"


def test_files_are_known_by_their_first_bytes():
    assert is_dicom(ct()[:132])
    assert is_dicom(ct(preamble=None)[:132])
    assert is_dicom(ct(preamble=None, syntax=IMPLICIT)[:132])
    assert not is_dicom(b"\x08\0\x08\0letter, not DICOM")
