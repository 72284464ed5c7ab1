"""Zip files as hospitals export them, inflated member by member into memory, never onto the disk.

The directory of a zip file is a claim: sizes are counted while inflating, names are data, and an
archive inside an archive stays closed.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kossa.evidence import Refused
from kossa.intake.budget import Budget
from kossa.intake.files import read_part

__all__ = ["Archive", "Member"]

STORED, DEFLATED = 0, 8
#: methods of other packers, by number (APPNOTE 4.4.5)
METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd", 99: "AES"}
#: type bits of a Unix mode that mean a symbolic link (the upper half of `external_attr`)
TYPE_BITS, LINK = 0o170000, 0o120000
#: signature, 22 bytes that the directory holds too, length of the name, length of the extra field
LOCAL_HEADER = struct.Struct("<4s22xHH")
PIECE = 1 << 20
OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive."""

    archive: Archive = field(repr=False)
    info: zipfile.ZipInfo = field(repr=False)

    @property
    def name(self) -> str:
        """The path inside the archive, as it is written: it may lead out."""
        return self.info.filename

    @property
    def size(self) -> int:
        """The number of bytes that the directory claims."""
        return self.info.file_size

    def read(self) -> bytes:
        """Return all bytes; raises `Refused` (too-large, truncated, unreadable)."""
        return self.archive.take(self.info)

    def head(self, length: int) -> bytes:
        """Return the first bytes; raises `Refused` as `read` does, and where its name or claim forbids it."""
        if refusal := _refusal(self.info, self.archive.budget):
            raise refusal
        return self.archive.beginning(self.info)[:length]

    def forget(self) -> None:
        """Let go of the bytes: no reader will ask for them."""
        self.archive.forget(self.info)


@dataclass(slots=True)
class Archive:
    """One zip file, and what it has cost so far; `refused` says why it, or a member, was left out."""

    path: Path
    budget: Budget
    refused: list[Refused] = field(default_factory=list)
    _seen: dict[int, int] = field(default_factory=dict)
    _kept: dict[int, bytes] = field(default_factory=dict, repr=False)
    _looked: set[int] = field(default_factory=set)
    _room: int = 0
    _size: int = 0

    def __post_init__(self) -> None:
        self._room = self.budget.kept_bytes

    def members(self) -> Iterator[Member]:
        """Yield the members in the order of the directory."""
        for info in self._directory():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            yield Member(self, info)

    def _directory(self) -> list[zipfile.ZipInfo]:
        try:
            self._size = self.path.stat().st_size
            with zipfile.ZipFile(self.path) as box:
                found = box.infolist()
        except NotImplementedError:  # zipfile: a version, or parts on several discs, that it does not know
            what = "This zip file is of a newer or divided kind that is not read. Unpack it, or zip it anew."
            self.refused.append(Refused("not-supported", what))
            return []
        except (zipfile.BadZipFile, OSError, ValueError, struct.error):
            self.refused.append(Refused("truncated", "This zip file is damaged or cut off. Copy it again."))
            return []
        if len(found) > (most := self.budget.archive_members):
            self.refused.append(
                Refused("too-large", f"This archive has {len(found):,} members; at most {most:,} are opened.")
            )
            return []
        return found

    def beginning(self, info: zipfile.ZipInfo) -> bytes:
        """Return at least the first megabyte of a member; a small one is kept whole."""
        if info.file_size > PIECE:
            return next(self.inflate(info), b"")
        return self._keep(info)

    def take(self, info: zipfile.ZipInfo) -> bytes:
        """Return a member's bytes, which are kept from the survey's look to the reader's."""
        data = self._keep(info)
        if info.header_offset in self._looked:
            self.forget(info)
        self._looked.add(info.header_offset)
        return data

    def forget(self, info: zipfile.ZipInfo) -> None:
        """Let go of a member's bytes."""
        self._room += len(self._kept.pop(info.header_offset, b""))

    def _keep(self, info: zipfile.ZipInfo) -> bytes:
        data = self._kept.get(info.header_offset)
        if data is None:
            data = b"".join(self.inflate(info))
            if len(data) <= self._room:
                self._kept[info.header_offset] = data
                self._room -= len(data)
        return data

    def inflate(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a member's bytes in pieces of 1 MB, each counted before it is given out."""
        raw = self._raw(info)
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        total = crc = 0
        while raw:
            if info.compress_type == STORED:
                piece, raw = raw[:PIECE], raw[PIECE:]
            else:
                try:
                    piece = stream.decompress(raw, PIECE)
                except zlib.error:
                    raise Refused("truncated", "A member of this archive is damaged.") from None
                raw = stream.unconsumed_tail
            total += len(piece)
            crc = zlib.crc32(piece, crc)
            self._count(info, total)
            yield piece
        if crc != info.CRC or total != info.file_size:
            raise Refused("truncated", "A member of this archive is damaged or cut off.")

    def _raw(self, info: zipfile.ZipInfo) -> bytes:
        """Return a member's bytes as they lie in the archive."""
        head = read_part(self.path, info.header_offset, LOCAL_HEADER.size)
        if len(head) < LOCAL_HEADER.size:
            raise Refused("truncated", "This archive is cut off inside a member.")
        signature, name, extra = LOCAL_HEADER.unpack(head)
        if signature != b"PK\x03\x04":
            raise Refused("truncated", "This archive's directory names a place where no member is.")
        return read_part(self.path, info.header_offset + LOCAL_HEADER.size + name + extra, info.compress_size)

    def _count(self, info: zipfile.ZipInfo, total: int) -> None:
        """Hold what came out against the limits; a member read twice counts once."""
        self._seen[info.header_offset] = max(total, self._seen.get(info.header_offset, 0))
        together = sum(self._seen.values())
        budget = self.budget
        if _too_large(total, info.compress_size, budget) or _too_large(together, self._size, budget):
            raise Refused("too-large", _BOMB.format(total >> 20, budget.ratio, budget.inflated_bytes >> 20))
        if together > budget.archive_bytes:
            raise Refused("too-large", f"This archive inflates to more than {budget.archive_bytes >> 30} GB.")


_BOMB = (
    "A member of this archive inflates to {} MB or more; the limits are {} times its packed size and {} MB. "
    "It was not read further."
)


def _too_large(inflated: int, packed: int, budget: Budget) -> bool:
    return inflated > budget.ratio_from_bytes and inflated > budget.ratio * packed


def _refusal(info: zipfile.ZipInfo, budget: Budget) -> Refused | None:
    """Say why a member is not opened, from what the directory admits already."""
    if OUTSIDE.search(info.filename) or (info.external_attr >> 16) & TYPE_BITS == LINK:
        return Refused("path-outside", "The name of a member leads out of this archive.")
    if info.flag_bits & 1:
        return Refused("locked", "A member of this archive is locked by a password. Unpack it first.")
    if info.compress_type not in (STORED, DEFLATED):
        method = METHODS.get(info.compress_type, f"method {info.compress_type}")
        return Refused(
            "not-supported", f"A member is packed by {method}, which is not read. Unpack it first."
        )
    most = max(info.file_size, info.compress_size)
    if most > budget.inflated_bytes or _too_large(info.file_size, info.compress_size, budget):
        return Refused("too-large", _BOMB.format(most >> 20, budget.ratio, budget.inflated_bytes >> 20))
    return None
