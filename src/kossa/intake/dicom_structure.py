"""The bones of a DICOM file: where each element lies, proven to lie inside the file.

The usual readers take a cut header, a length past the end of the file and two thousand nested
sequences without a word (research page ecosystem.md, section 7). Here every length is held against
the bytes that are left before anything is believed, and depth and count have limits. Values are
not touched: `dicom_values` reads them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake.budget import DEFAULT

__all__ = ["PIXEL_DATA", "UNDEFINED", "DataSet", "is_dicom", "open_data_set"]

PIXEL_DATA = 0x7FE00010
UNDEFINED = 0xFFFFFFFF

MAX_ELEMENTS = 1_000_000  # about a second of work; 2,000 enhanced frames have some 200,000 (judgement)

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"

# PS3.5 table 7.1-1: value representations with a four-byte length after two reserved bytes, and the rest
LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
SHORT = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD

CUT = "the file is cut off, or a value in it claims to be longer than the file"


@dataclass(slots=True)
class DataSet:
    """Elements of one level: tag -> (offset, length) of the value in `data`.

    `order` is `<` or `>`. An undefined length was resolved to the true one, except for pixel data,
    where it stays `UNDEFINED` (the fragments begin at the offset). `syntax` is the transfer syntax
    as the file names it; `inflated` says that `data` is not the file's own bytes.
    """

    data: bytes
    order: str
    explicit: bool
    found: dict[int, tuple[int, int]]
    syntax: str = EXPLICIT_LITTLE
    inflated: bool = False

    def items(self, tag: int, wanted: Collection[int]) -> Iterator[DataSet]:
        """Yield the items of a sequence, each with its elements out of `wanted`."""
        place = self.found.get(tag)
        if place is None:
            return
        walk = _Walk(self.data, self.order, explicit=self.explicit)
        for start, stop, _ in walk.items(place[0], place[0] + place[1], depth=1):
            found, _ = walk.elements(start, stop, wanted=wanted, depth=1)
            yield DataSet(self.data, self.order, self.explicit, found, self.syntax, self.inflated)


class _Walk:
    """One pass over elements with a budget that all levels share."""

    def __init__(self, data: bytes, order: str, *, explicit: bool) -> None:
        self.data = data
        self.explicit = explicit
        self.left = MAX_ELEMENTS
        self.head = struct.Struct(order + "HH2sH").unpack_from
        self.plain = struct.Struct(order + "HHI").unpack_from
        self.long = struct.Struct(order + "I").unpack_from

    def elements(
        self, start: int, end: int, *, wanted: Collection[int], depth: int = 0, marked: bool = False
    ) -> tuple[dict[int, tuple[int, int]], int]:
        """Return the wanted elements from `start`, and where the level ended.

        That is `end`, or where `marked` the place of the item's end marker, or on level 0 the
        pixel data, which is included whether wanted or not.
        """
        found: dict[int, tuple[int, int]] = {}
        place = start
        while place < end:
            if place + 8 > end:
                raise Refused("truncated", CUT)
            tag, vr, value, length = self._head(place, end)
            if marked and tag == ITEM_END:
                return found, place
            if tag == PIXEL_DATA and not depth:
                found[tag] = (value, length)
                return found, value
            if length == UNDEFINED:
                stop, place = self._sequence_end(value, end, depth + 1, implicit=vr == b"UN")
                length = stop - value
            else:
                place = value + length
                if place > end:
                    raise Refused("truncated", CUT)
            if tag in wanted:
                if tag in found and not self._same(found[tag], (value, length)):
                    raise Refused("invalid-header", f"the element {tag:08x} stands twice, with two values")
                found[tag] = (value, length)
        if marked:
            raise Refused("truncated", CUT)
        return found, place

    def _same(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        a, b = (self.data[offset : offset + length] for offset, length in (one, other))
        return a == b

    def _head(self, place: int, end: int) -> tuple[int, bytes, int, int]:
        """Return tag, value representation, where the value begins, and its declared length."""
        self.left -= 1
        if self.left < 0:
            raise Refused("too-large", f"the header has more than {MAX_ELEMENTS} elements")
        if self.explicit:
            group, number, vr, length = self.head(self.data, place)
            if vr in SHORT:
                return group << 16 | number, vr, place + 8, length
            if vr in LONG:
                if place + 12 > end:
                    raise Refused("truncated", CUT)
                return group << 16 | number, vr, place + 12, self.long(self.data, place + 8)[0]
        # items and markers have no representation; neither has an element that some writers
        # leave implicit inside an explicit file
        group, number, length = self.plain(self.data, place)
        return group << 16 | number, b"", place + 8, length

    def _sequence_end(self, place: int, end: int, depth: int, *, implicit: bool) -> tuple[int, int]:
        """Step over a value of undefined length; return where it ends and where the next element begins."""
        if depth > DEFAULT.nesting:
            raise Refused("too-deep", f"sequences are nested more than {DEFAULT.nesting} deep")
        before = self.explicit
        self.explicit = before and not implicit  # PS3.5 6.2.2 note 2: UN of undefined length is implicit
        try:
            for _, _, after in self.items(place, end, depth=depth):
                place = after
            tag, _ = self._marker(place, end)
        finally:
            self.explicit = before
        if tag != SEQUENCE_END:
            raise Refused("truncated", CUT)
        return place, place + 8

    def items(self, place: int, end: int, *, depth: int) -> Iterator[tuple[int, int, int]]:
        """Yield for each item where its elements begin and stop, and where the next item begins."""
        while place < end:
            tag, length = self._marker(place, end)
            if tag != ITEM:
                return
            begin = place + 8
            if length == UNDEFINED:
                _, stop = self.elements(begin, end, wanted=(), depth=depth, marked=True)
                place = stop + 8
            else:
                place = stop = begin + length
                if stop > end:
                    raise Refused("truncated", CUT)
            yield begin, stop, place

    def _marker(self, place: int, end: int) -> tuple[int, int]:
        self.left -= 1
        if place + 8 > end or self.left < 0:
            raise Refused("truncated", CUT)
        group, number, length = self.plain(self.data, place)
        return group << 16 | number, length


def is_dicom(head: bytes) -> bool:
    """Say whether a file that begins with these bytes (132 suffice) can be DICOM.

    Without the prefix `DICM` the first element must be one of groups 0002 or 0008 with a known
    representation or a plausible length, as old files have it.
    """
    if head[128:132] == b"DICM":
        return True
    if len(head) < 12 or head[:2] not in (b"\x02\0", b"\x08\0", b"\0\x08"):
        return False
    if head[4:6] in SHORT or head[4:6] in LONG:
        return True
    group, number, length = struct.unpack_from("<HHI", head)
    return bool(group == 0x0008 and number <= 0x18 and length < 1024)


def open_data_set(data: bytes, wanted: Collection[int]) -> DataSet:
    """Find the wanted elements of a file's data set, file meta information included.

    Raises
    ------
    Refused
        `empty`, `not-dicom`, `truncated`, `too-deep`, `too-large`.
    """
    if not data:
        raise Refused("empty", "the file is empty")
    if not is_dicom(data[:132]):
        raise Refused("not-dicom", "this is not a DICOM file")
    start = 132 if data[128:132] == b"DICM" else 0
    meta, place = _meta(data, start)
    if place >= len(data):
        raise Refused("truncated", "the file ends before its data set: it is cut off")
    syntax = _uid(data, meta.get(0x00020010))
    body, inflated = data, False
    if syntax == DEFLATED:
        body, place, inflated = _inflate(data, place), 0, True
    order = ">" if syntax == EXPLICIT_BIG or body[place : place + 2] == b"\0\x08" else "<"
    explicit = body[place + 4 : place + 6] in SHORT or body[place + 4 : place + 6] in LONG
    found, _ = _Walk(body, order, explicit=explicit).elements(place, len(body), wanted=wanted)
    if not syntax:
        syntax = (EXPLICIT_BIG if order == ">" else EXPLICIT_LITTLE) if explicit else IMPLICIT_LITTLE
    if 0x00080016 not in found or not found[0x00080016][1]:
        named = meta.get(0x00020002)
        if named is not None and not inflated:
            found[0x00080016] = named
    return DataSet(body, order, explicit, found, syntax, inflated)


def _uid(data: bytes, place: tuple[int, int] | None) -> str:
    if place is None:
        return ""
    return data[place[0] : place[0] + place[1]].rstrip(b"\0 ").decode("ascii", "replace")


def _meta(data: bytes, start: int) -> tuple[dict[int, tuple[int, int]], int]:
    """Return the file meta elements (always explicit little endian) and where the data set begins."""
    found: dict[int, tuple[int, int]] = {}
    walk = _Walk(data, "<", explicit=True)
    place, end = start, len(data)
    while place + 8 <= end and data[place : place + 2] == b"\x02\x00":
        tag, _, value, length = walk._head(place, end)  # noqa: SLF001
        place = value + length
        if place > end:
            raise Refused("truncated", CUT)
        found[tag] = (value, length)
    return found, place


def _inflate(data: bytes, place: int) -> bytes:
    """Inflate a deflated data set in pieces, never past the limits."""
    limit = min(DEFAULT.inflated_bytes, max(DEFAULT.ratio_from_bytes, DEFAULT.ratio * len(data)))
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    out = bytearray()
    rest: bytes = data[place:]
    try:
        while rest and not stream.eof:
            out += stream.decompress(rest, 1 << 20)
            rest = stream.unconsumed_tail
            if len(out) > limit:
                raise Refused(
                    "too-large", f"the file inflates to more than {limit >> 20} MB; it was not read further"
                )
    except zlib.error:
        raise Refused("truncated", "the deflated data set is damaged or cut off") from None
    if not stream.eof:
        raise Refused("truncated", "the deflated data set is cut off")
    return bytes(out)
