"""The index of a disc is read for what it names, and never followed."""

from __future__ import annotations

import struct

import pytest

from kossa.evidence import FileKind, Outcome, Refused
from kossa.intake.dicomdir import read_index
from kossa.intake.survey import survey
from tests.intake.made import dicom, element, lay

UNDEFINED = 0xFFFFFFFF


def index(*records: tuple[int, int, str], undefined: bool = False) -> bytes:
    """Return a DICOMDIR whose records are (number of the next, number of the first below, file id)."""
    meta = element(0x00020002, "UI", "1.2.840.10008.1.3.10") + element(
        0x00020010, "UI", "1.2.840.10008.1.2.1"
    )
    head = b"\0" * 128 + b"DICM" + element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta
    start = len(head) + 12

    def body(following: int, lower: int, file: str) -> bytes:
        return (
            element(0x00041400, "UL", struct.pack("<I", following))
            + element(0x00041420, "UL", struct.pack("<I", lower))
            + (element(0x00041500, "CS", file) if file else b"")
        )

    extra = 16 if undefined else 8
    sizes = [len(body(0, 0, file)) + extra for *_, file in records]
    places = [start + sum(sizes[:n]) for n in range(len(sizes))]
    items = b""
    for following, lower, file in records:
        raw = body(*(places[n - 1] if n else 0 for n in (following, lower)), file)
        items += struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED if undefined else len(raw)) + raw
        items += struct.pack("<HHI", 0xFFFE, 0xE00D, 0) if undefined else b""
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) if undefined else b""
    length = UNDEFINED if undefined else len(items)
    return head + struct.pack("<HH2sHI", 0x0004, 0x1220, b"SQ", 0, length) + items + end


@pytest.mark.parametrize("undefined", [False, True])
def test_the_files_of_an_index_are_told(undefined):
    data = index((0, 2, ""), (3, 0, "DICOM\\IM1"), (0, 0, "DICOM\\IM2"), undefined=undefined)
    assert read_index(data) == ("DICOM/IM1", "DICOM/IM2")


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize(
    "records", [[(1, 0, "A")], [(2, 0, ""), (0, 1, "A")], [(2, 0, ""), (3, 0, ""), (2, 0, "A")]]
)
def test_records_that_run_in_a_circle_are_told(records, undefined):
    with pytest.raises(Refused, match="run in a circle") as refused:
        read_index(index(*records, undefined=undefined))
    assert refused.value.code == "record-loop"


def test_a_long_chain_is_no_circle():
    assert len(read_index(index(*[(n + 2, 0, "A") for n in range(3000)], (0, 0, "B")))) == 3001


@pytest.mark.parametrize("file", ["..\\..\\ETC\\PASSWD", "/ETC/PASSWD", "C:\\X", "A\\..\\..\\B"])
def test_a_file_outside_is_told_and_not_opened(file):
    with pytest.raises(Refused, match="outside the folder; none was opened") as refused:
        read_index(index((0, 0, file)))
    assert refused.value.code == "path-outside"


def test_a_cut_index_is_refused():
    whole = index((0, 2, ""), (0, 0, "DICOM\\IM1"))
    for cut in range(200, len(whole), 7):
        try:
            read_index(whole[:cut])
        except Refused as refused:
            assert refused.code == "truncated"  # noqa: PT017
        else:
            assert b"IM1" not in whole[:cut]


def test_an_index_with_something_else_in_its_sequence_is_refused():
    whole = bytearray(index((0, 0, "A")))
    at = whole.index(struct.pack("<HH", 0xFFFE, 0xE000))
    whole[at] = 0
    with pytest.raises(Refused, match="damaged or cut off"):
        read_index(bytes(whole))


def test_the_folder_is_searched_without_its_index(tmp_path):
    found = survey(lay(tmp_path, {"DICOMDIR": index((0, 0, "IM9")), "IM1": dicom()}))
    assert [(e.kind, e.outcome and e.outcome.outcome) for e in found.entries] == [
        (FileKind.DICOMDIR, Outcome.IGNORED),
        (FileKind.CT, None),
    ]


def test_files_that_the_index_names_and_the_folder_lacks_are_counted(tmp_path):
    disc = {"cd/DICOMDIR": index((2, 0, "DICOM\\IM1"), (3, 0, "DICOM\\IM2"), (0, 0, "DICOM\\IM3"))}
    found = survey(lay(tmp_path, disc | {"cd/dicom/im1": dicom(), "cd/dicom/im2.dcm": dicom(uid="2")}))
    told = [n.what for n in found.entries[0].notices]
    assert told[-1] == "The disc's index names 1 file(s) that are not here; slices may be missing."


def test_an_index_given_alone_says_what_to_give(tmp_path):
    folder = lay(tmp_path, {"DICOMDIR": index((0, 0, "IM1")), "IM1": dicom()})
    (entry,) = survey(folder / "DICOMDIR").entries
    assert entry.notices[0].todo == "Give kossa the folder that it lies in."
