"""DICOMDIR, the index of a disc: read for what it names, and never followed.

The folder is searched without it. What it is good for: to say that a file it names is missing, lies
outside the folder, or that its records run in a circle. A DICOMDIR is explicit little endian by
rule (DICOM PS3.10 8.6), so that one flat pass over its record sequence suffices.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kossa.evidence import Refused

__all__ = ["read_index"]

RECORDS, FOLLOWING, LOWER, FILE_ID = 0x00041220, 0x00041400, 0x00041420, 0x00041500
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF
#: representations with a four-byte length (DICOM PS3.5 table 7.1-1)
LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
LEADS_OUT = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:")

_CUT = "This DICOMDIR is damaged or cut off. The folder is searched without it."


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: the places of the next one and of the first below it (0 = none), and its file."""

    following: int
    lower: int
    file: str


def read_index(data: bytes) -> tuple[str, ...]:
    """Return the files that an index names, as paths with `/`.

    Raises `Refused`: truncated, path-outside (a file outside the folder is named), record-loop.
    """
    try:
        records = dict(_records(data))
    except (struct.error, IndexError):
        raise Refused("truncated", _CUT) from None
    files = tuple(record.file for record in records.values() if record.file)
    outside = sum(bool(LEADS_OUT.search(file)) for file in files)
    if outside:
        raise Refused(
            "path-outside",
            f"This DICOMDIR names {outside} file(s) outside the folder; none was opened. "
            "The folder is searched without it.",
        )
    if _run_in_circle(records):
        raise Refused(
            "record-loop", "The records of this DICOMDIR run in a circle. The folder is searched without it."
        )
    return files


def _records(data: bytes) -> Iterator[tuple[int, _Record]]:
    """Yield every directory record with the offset by which others name it."""
    place, end = next(
        ((at, at + size) for tag, at, size in _elements(data, 132, len(data)) if tag == RECORDS), (0, 0)
    )
    while place < min(end, len(data)):
        group, number, size = struct.unpack_from("<HHI", data, place)
        if group << 16 | number == SEQUENCE_END:
            return
        if group << 16 | number != ITEM:
            raise Refused("truncated", _CUT)
        begin = place + 8
        found: dict[int, bytes] = {}
        stop = begin + size if size != UNDEFINED else end
        after = stop
        for tag, at, length in _elements(data, begin, stop):
            after = at + length if size == UNDEFINED else stop
            if tag in (FOLLOWING, LOWER, FILE_ID):
                found[tag] = data[at : at + length]
        yield (
            place,
            _Record(
                int.from_bytes(found.get(FOLLOWING, b""), "little"),
                int.from_bytes(found.get(LOWER, b""), "little"),
                found.get(FILE_ID, b"").decode("ascii", "replace").rstrip("\0 ").replace("\\", "/"),
            ),
        )
        place = after


def _elements(data: bytes, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (tag, offset, length) of the elements of one level; what is nested is stepped over."""
    while place + 8 <= end:
        group, number, vr, length = struct.unpack_from("<HH2sH", data, place)
        tag = group << 16 | number
        if tag == ITEM_END:
            yield tag, place + 8, 0
            return
        head = 8
        if vr in LONG:
            head, length = 12, struct.unpack_from("<I", data, place + 8)[0]
        if length == UNDEFINED:
            if tag != RECORDS:
                raise Refused("truncated", _CUT)
            length = end - place - head
        if place + head + length > len(data):
            raise Refused("truncated", _CUT)
        yield tag, place + head, length
        place += head + length


def _run_in_circle(records: Mapping[int, _Record]) -> bool:
    """Say whether following the records comes back to one on the way; each is looked at twice at most."""
    done: set[int] = set()
    for start in records:
        way: list[tuple[int, bool]] = [(start, False)]
        on_the_way: set[int] = set()
        while way:
            place, leaving = way.pop()
            if leaving:
                on_the_way.discard(place)
                done.add(place)
            elif place in on_the_way:
                return True
            elif place in records and place not in done:
                on_the_way.add(place)
                way.append((place, True))
                way += [(records[place].following, False), (records[place].lower, False)]
    return False
