"""One picture of a section, whole in memory where it is small, by bands of rows where it is a tiled TIFF."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.evidence import Refused
from kossa.intake.entry import Entry
from kossa.intake.picture import open_tiled, picture_info, read_picture
from kossa.intake.picture_info import PictureInfo
from kossa.intake.sniff import Format

__all__ = ["HALO", "Band", "Block", "Slide", "open_slide"]

Pixels = npt.NDArray[Any]  # uint8 or uint16 (y, x, 3)

WHOLE_PIXELS = 40_000_000  # a TIFF up to this is decoded whole: 120 MB of 8-bit colour (judgement)
BAND_PIXELS = 6_000_000  # of one band: its maps of densities take some 100 MB (judgement)
STEP = 256  # rows of a band are a multiple: most slides have blocks of 256 or 512 rows (judgement)
HALO = 6  # rows above and below that a band's own rows look at: 1 + 3 for the filters, and spare
SAMPLE_SIDE, SAMPLE_BLOCKS = 512, 16  # 4 million pixels tell the stain of any slide (judgement)


@dataclass(frozen=True, eq=False)
class Block:
    """A rectangle of the picture with its corner at (y, x)."""

    y: int
    x: int
    pixels: Pixels


@dataclass(frozen=True, eq=False)
class Band:
    """Rows `first` to `last` (half-open) of the picture; `pixels` begins at row `top` and holds a halo."""

    first: int
    last: int
    top: int
    pixels: Pixels


@dataclass(frozen=True, eq=False)
class Slide:
    """A picture that is read by rectangles. `get(rows, columns)` gives pixels of half-open ranges."""

    info: PictureInfo
    height: int
    width: int
    get: Callable[[tuple[int, int], tuple[int, int]], Pixels]

    def sample(self) -> list[Block]:
        """Return the whole picture in blocks where it is small, else blocks of a regular grid."""
        side = SAMPLE_SIDE
        rows, columns = (_starts(n, side) for n in (self.height, self.width))
        if len(rows) * len(columns) > SAMPLE_BLOCKS:
            across = int(np.clip(round((SAMPLE_BLOCKS * self.width / self.height) ** 0.5), 1, SAMPLE_BLOCKS))
            rows, columns = _some(rows, SAMPLE_BLOCKS // across), _some(columns, across)
        return [
            Block(y, x, self.get((y, min(y + side, self.height)), (x, min(x + side, self.width))))
            for y in rows
            for x in columns
        ]

    def bands(self) -> Generator[Band]:
        """Yield the picture from above; the next band is decoded while this one is worked on.

        With its halo a band ends where a row of blocks does, so that no block is decoded twice.
        """
        step = max(1, round(BAND_PIXELS / self.width / STEP)) * STEP
        edges = [0, *range(step - HALO, self.height - HALO, step), self.height]
        pairs = list(pairwise(edges))
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(self._rows, *pairs[0], None)
            for number in range(len(pairs)):
                band = coming.result()
                if number + 1 < len(pairs):
                    coming = pool.submit(self._rows, *pairs[number + 1], band)
                yield band

    def _rows(self, first: int, last: int, before: Band | None) -> Band:
        """Read the rows of a band and its halo; rows that the band before holds are not decoded again."""
        top, bottom = max(0, first - HALO), min(self.height, last + HALO)
        if before is None:
            return Band(first, last, top, self.get((top, bottom), (0, self.width)))
        held = before.top + before.pixels.shape[0]
        kept = before.pixels[top - before.top :]
        if held >= bottom:
            return Band(first, last, top, kept)
        return Band(first, last, top, np.concatenate([kept, self.get((held, bottom), (0, self.width))]))


def _starts(length: int, side: int) -> list[int]:
    return list(range(0, length, side))


def _some(starts: list[int], count: int) -> list[int]:
    """Return `count` of the places, evenly spread, the cut-off last one left out."""
    inner = starts[:-1] or starts
    return [inner[i] for i in sorted({round(k) for k in np.linspace(0, len(inner) - 1, max(count, 1))})]


@contextmanager
def open_slide(entry: Entry) -> Iterator[Slide]:
    """Open a picture of a section; raises `Refused` where it cannot be read or has no colours."""
    info = picture_info(entry)
    if info.channels < 3:
        raise Refused(
            "no-colour",
            "This picture is grey: a stain cannot be told without its colours. Give the colour picture.",
        )
    if info.form is Format.TIFF and (info.tiled or info.width * info.height > WHOLE_PIXELS):
        with open_tiled(entry) as tiled:
            height, width = tiled.shapes[0]
            yield Slide(info, height, width, tiled.block)
        return
    pixels = read_picture(entry).pixels
    if pixels.ndim != 3:
        raise Refused("no-colour", "This picture is grey: a stain cannot be told without its colours.")
    height, width = pixels.shape[:2]

    def get(rows: tuple[int, int], columns: tuple[int, int]) -> Pixels:
        return pixels[rows[0] : rows[1], columns[0] : columns[1]]

    yield Slide(info, height, width, get)
