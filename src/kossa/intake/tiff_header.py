"""The directories of a TIFF, held against the file before a decoder may act on them.

Classic and BigTIFF, both byte orders (TIFF 6.0; BigTIFF as in libtiff). Only what sizes depend on is
read; every offset and count is compared with the bytes that are there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake.budget import Budget

__all__ = ["TiffPage", "read_pages"]

#: bytes of one value of each field type (TIFF 6.0 section 2; 16-18 BigTIFF)
TYPE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
WHOLE = {1: "B", 3: "H", 4: "I", 16: "Q"}
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 256, 257, 258, 259, 262, 270
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES = 273, 277, 278, 279
X_RESOLUTION, PLANAR, RESOLUTION_UNIT = 282, 284, 296
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
READ = {
    *(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP),
    *(STRIP_BYTES, X_RESOLUTION, PLANAR, RESOLUTION_UNIT, TILE_WIDTH, TILE_HEIGHT),
    *(TILE_OFFSETS, TILE_BYTES),
}
UNCOMPRESSED = 1
#: centimetres of one resolution unit (TIFF 6.0: 2 inch, 3 centimetre)
UNIT_CM = {2: 2.54, 3: 1.0}
#: entries of one directory; the largest scanners write some 50
MOST_TAGS = 4096
#: letters of a description that are looked at
DESCRIPTION_BYTES = 4096

ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One directory. `tile` is (rows, columns) of a block, None for strips; `um_per_px` by its resolution.

    `missing` counts blocks without bytes: a slide scanner leaves out what it did not scan.
    """

    width: int
    height: int
    bits: int
    samples: int
    photometric: int
    compression: int
    tile: tuple[int, int] | None
    um_per_px: float | None
    description: str
    missing: int


def read_pages(read_at: ReadAt, size: int, budget: Budget) -> tuple[list[TiffPage], bool]:
    """Return the pages of a TIFF, and whether its chain of pages runs in a circle.

    `read_at(offset, length)` gives bytes of the file, `size` is its length. Raises `Refused`:
    truncated, invalid-header, size-mismatch (declared sizes against the bytes that are there).
    """
    head = read_at(0, 16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    try:
        place = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
        form = _Form(read_at, size, order, big)
        pages: list[TiffPage] = []
        seen: set[int] = set()
        while place and len(pages) < budget.picture_pages:
            if place in seen:
                return pages, True
            seen.add(place)
            tags, place = form.directory(place)
            pages.append(form.page(tags))
    except struct.error:
        raise Refused(
            "truncated", "This TIFF is cut off: one of its directories lies past its end."
        ) from None
    if not pages:
        raise Refused("truncated", "This TIFF has no page.")
    return pages, False


@dataclass(frozen=True, slots=True)
class _Form:
    """How numbers stand in one file, and the file."""

    read_at: ReadAt
    size: int
    order: str
    big: bool

    def directory(self, place: int) -> tuple[dict[int, tuple[int, int, bytes]], int]:
        """Return tag -> (type, count, the value or its offset) of one directory, and the next one's place."""
        head, entry, link = ("Q", "HHQ8s", "Q") if self.big else ("H", "HHI4s", "I")
        start = place + struct.calcsize(self.order + head)
        count = struct.unpack(self.order + head, self.read_at(place, start - place))[0]
        if count > MOST_TAGS:
            raise Refused("invalid-header", f"A directory of this TIFF claims {count} tags.")
        step = struct.calcsize(self.order + entry)
        raw = self.read_at(start, count * step + struct.calcsize(self.order + link))
        tags: dict[int, tuple[int, int, bytes]] = {}
        for at in range(0, count * step, step):
            tag, kind, number, value = struct.unpack_from(self.order + entry, raw, at)
            if tag in READ:
                tags.setdefault(tag, (kind, number, value))
        return tags, struct.unpack_from(self.order + link, raw, count * step)[0]

    def page(self, tags: dict[int, tuple[int, int, bytes]]) -> TiffPage:
        """Check one directory and return what it says."""
        width, height = self.first(tags, WIDTH), self.first(tags, HEIGHT)
        bits, samples = self.first(tags, BITS, 1), self.first(tags, SAMPLES, 1)
        if not width or not height or not 0 < bits <= 64 or not 0 < samples <= 64:
            raise Refused("invalid-header", "A page of this TIFF has no size, or impossible bits.")
        tiled = TILE_WIDTH in tags
        block = (
            (self.first(tags, TILE_HEIGHT), self.first(tags, TILE_WIDTH))
            if tiled
            else (min(self.first(tags, ROWS_PER_STRIP, height), height), width)
        )
        if min(block) < 1:
            raise Refused("invalid-header", "A page of this TIFF has blocks without a size.")
        compression = self.first(tags, COMPRESSION, UNCOMPRESSED)
        if compression == UNCOMPRESSED and (width * bits * samples + 7) // 8 * height > self.size:
            raise Refused(
                "size-mismatch",
                f"This TIFF claims {width} x {height} pixels, and its file has {self.size} bytes.",
            )
        planes = samples if self.first(tags, PLANAR, 1) == 2 else 1
        blocks = -(-height // block[0]) * -(-width // block[1]) * planes
        return TiffPage(
            width=width,
            height=height,
            bits=bits,
            samples=samples,
            photometric=self.first(tags, PHOTOMETRIC, 1),
            compression=compression,
            tile=block if tiled else None,
            um_per_px=self._spacing(tags),
            description=self._description(tags),
            missing=self._missing(tags, blocks, tiled=tiled),
        )

    def first(self, tags: dict[int, tuple[int, int, bytes]], tag: int, default: int = 0) -> int:
        """Return the first value of a whole-number tag."""
        return next(self._numbers(tags, tag, 1), default)

    def _numbers(
        self, tags: dict[int, tuple[int, int, bytes]], tag: int, most: int | None = None
    ) -> Iterator[int]:
        kind, count, _ = tags.get(tag, (0, 0, b""))
        if kind in WHOLE:
            count = count if most is None else min(count, most)
            raw = self._value(tags[tag], count)
            yield from struct.unpack(f"{self.order}{count}{WHOLE[kind]}", raw)

    def _value(self, field: tuple[int, int, bytes], count: int) -> bytes:
        """Return the bytes of `count` values, which stand in the entry itself where they fit."""
        kind, all_of_them, inline = field
        one = TYPE_BYTES[kind]
        if one * all_of_them <= len(inline):
            return inline[: one * count]
        offset = struct.unpack(self.order + ("Q" if self.big else "I"), inline)[0]
        if offset + one * all_of_them > self.size:
            raise Refused("truncated", "A list in this TIFF lies past the end of the file: it is cut off.")
        return self.read_at(offset, one * count)

    def _missing(self, tags: dict[int, tuple[int, int, bytes]], blocks: int, *, tiled: bool) -> int:
        """Hold the places of all blocks against the file; return how many have no bytes."""
        where, how_many = (TILE_OFFSETS, TILE_BYTES) if tiled else (STRIP_OFFSETS, STRIP_BYTES)
        counts = tags.get(where, (0, 0, b""))[1], tags.get(how_many, (0, 0, b""))[1]
        if min(counts) < blocks:
            raise Refused(
                "size-mismatch", f"This TIFF needs {blocks} blocks of pixels and names {min(counts)}."
            )
        missing = 0
        for start, length in zip(
            self._numbers(tags, where, blocks), self._numbers(tags, how_many, blocks), strict=True
        ):
            if not start or not length:
                missing += 1
            elif start + length > self.size:
                raise Refused("truncated", "Pixels of this TIFF lie past the end of the file: it is cut off.")
        return missing

    def _spacing(self, tags: dict[int, tuple[int, int, bytes]]) -> float | None:
        """Return micrometres a pixel from the resolution, None where its unit is no length."""
        unit = UNIT_CM.get(self.first(tags, RESOLUTION_UNIT, 2))
        kind, count, _ = tags.get(X_RESOLUTION, (0, 0, b""))
        if unit is None or kind != 5 or count < 1:
            return None
        above, below = struct.unpack(self.order + "II", self._value(tags[X_RESOLUTION], 1))
        return unit * 1e4 * below / above if above and below else None

    def _description(self, tags: dict[int, tuple[int, int, bytes]]) -> str:
        kind, count, _ = tags.get(DESCRIPTION, (0, 0, b""))
        if kind != 2 or not count:
            return ""
        raw = self._value(tags[DESCRIPTION], min(count, DESCRIPTION_BYTES))
        return raw.partition(b"\0")[0].decode("utf-8", "replace")
