"""Pictures out of PNG, JPEG, TIFF, PGM and PPM: whole where they are small, by blocks where tiled."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import imagecodecs
import numpy as np
import numpy.typing as npt
import tifffile

from kossa.evidence import Refused
from kossa.intake.budget import DEFAULT, Budget
from kossa.intake.entry import Entry
from kossa.intake.picture_info import PictureInfo, inspect
from kossa.intake.sniff import Format

__all__ = ["Picture", "Tiled", "open_tiled", "picture_info", "read_picture"]

T = TypeVar("T")
Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture: `pixels` (y, x) grey or (y, x, 3) red, green, blue, 8 or 16 bits, and its header."""

    pixels: Pixels
    info: PictureInfo


def picture_info(entry: Entry, budget: Budget = DEFAULT) -> PictureInfo:
    """Return a picture's header, checked; raises `Refused` as `picture_info.inspect` does."""
    return inspect(Format(entry.format), entry.read_at(), entry.size, budget)


def read_picture(entry: Entry, budget: Budget = DEFAULT) -> Picture:
    """Decode a picture whole. A PNG's palette is resolved, light made large; nothing is scaled.

    Raises `Refused`: as `picture_info`; too-large (a tiled picture: use `open_tiled`); not-supported
    (print colours, black and white only, floating point); transparent (in any pixel); decode-failed.
    """
    info = picture_info(entry, budget)
    _check(info)
    if info.width * info.height > budget.picture_pixels:
        raise Refused("too-large", "This tiled picture is too large to be decoded whole.")
    return Picture(_guarded(lambda: _plain(DECODERS[info.form](entry, info), info)), info)


@contextmanager
def open_tiled(entry: Entry, budget: Budget = DEFAULT) -> Iterator[Tiled]:
    """Open a TIFF to be read by blocks, in memory bounded by one block; raises as `read_picture`."""
    info = picture_info(entry, budget)
    _check(info)
    if info.form is not Format.TIFF:
        raise Refused("not-supported", "Only a TIFF can be read by blocks.")
    with _guarded(lambda: _open_tiff(entry)) as file:
        if any(file.pages[place].planarconfig != 1 for place in info.levels):
            raise Refused(
                "not-supported", "The colours of this TIFF lie in planes of their own. Save it chunky."
            )
        yield Tiled(info, file)


class Tiled:
    """A TIFF that is read by blocks. `shapes` are (height, width) of its levels, the largest first."""

    def __init__(self, info: PictureInfo, file: Any) -> None:
        self.info = info
        self._file = file
        self._strip: tuple[tuple[int, int], Any] | None = None
        self._pages = [file.pages[place] for place in info.levels]
        self.shapes = tuple((int(p.imagelength), int(p.imagewidth)) for p in self._pages)

    def block(self, rows: tuple[int, int], columns: tuple[int, int], level: int = 0) -> Pixels:
        """Return pixels (y, x) or (y, x, 3) of half-open ranges; blocks that are missing are white.

        Raises `Refused` (decode-failed) where a block is damaged, IndexError outside of the picture.
        """
        height, width = self.shapes[level]
        if not (0 <= rows[0] < rows[1] <= height and 0 <= columns[0] < columns[1] <= width):
            raise IndexError((rows, columns))
        page = self._pages[level]
        white = np.iinfo(page.dtype).max if not self.info.white_is_zero else 0
        out = np.full((rows[1] - rows[0], columns[1] - columns[0], page.samplesperpixel), white, page.dtype)
        tall = page.tilelength if page.is_tiled else page.rowsperstrip
        wide = page.tilewidth if page.is_tiled else width
        across = -(-width // wide)
        for down in range(rows[0] // tall, -(-rows[1] // tall)):
            for right in range(columns[0] // wide, -(-columns[1] // wide)):
                piece = _guarded(partial(self._kept_piece, level, page, down * across + right))
                if piece is not None:
                    _paste(out, piece, (down * tall - rows[0], right * wide - columns[0]))
        return _plain(_named(out, page), self.info)

    def _kept_piece(self, level: int, page: Any, index: int) -> Any:
        """Decode a tile; of a strip, which may hold the whole picture, the last one is kept."""
        if page.is_tiled:
            return self._piece(page, index)
        if self._strip is None or self._strip[0] != (level, index):
            self._strip = None  # one at a time is held
            self._strip = (level, index), self._piece(page, index)
        return self._strip[1]

    def _piece(self, page: Any, index: int) -> Any:
        """Decode one tile or strip to (y, x, samples); None where it has no bytes."""
        where, length = page.dataoffsets[index], page.databytecounts[index]
        if not where or not length:
            return None
        decode, tables = page.decode, page.jpegtables  # looked up first: doing so moves the file's place
        handle = self._file.filehandle
        handle.seek(where)
        pixels, _, _ = decode(handle.read(length), index, jpegtables=tables)
        return None if pixels is None else pixels[0]


def _paste(out: npt.NDArray[Any], piece: npt.NDArray[Any], at: tuple[int, int]) -> None:
    """Lay a piece over `out` with its corner at `at`, which may lie outside."""
    height, width = out.shape[:2]
    y0, x0 = max(at[0], 0), max(at[1], 0)
    y1, x1 = min(at[0] + piece.shape[0], height), min(at[1] + piece.shape[1], width)
    if y1 > y0 and x1 > x0:
        out[y0:y1, x0:x1] = piece[y0 - at[0] : y1 - at[0], x0 - at[1] : x1 - at[1]]


def _check(info: PictureInfo) -> None:
    if info.cmyk:
        raise Refused(
            "not-supported",
            "This picture is in print colours (CMYK), from which a film's or stain's colours cannot be had. "
            "Export it as RGB.",
        )
    if info.bits < 8 or info.bits > 16:
        raise Refused("not-supported", f"This picture has {info.bits} bits a value; save it with 8 or 16.")


def _guarded(decode: Callable[[], T]) -> T:
    """Run a decoder; whatever it raises becomes a refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return decode()
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - decoders of several libraries fail each in its own way
        raise Refused(
            "decode-failed", f"This picture is damaged ({type(error).__name__}). Export it again."
        ) from None


def _png(entry: Entry, info: PictureInfo) -> npt.NDArray[Any]:
    del info
    return np.asarray(imagecodecs.png_decode(entry.read()))


def _jpeg(entry: Entry, info: PictureInfo) -> npt.NDArray[Any]:
    """Decode a JPEG that has its end marker; the decoder would fill up a cut one with grey."""
    data = entry.read()
    if data.rfind(b"\xff\xd9") < info.begins:
        raise Refused("truncated", "This JPEG is cut off. Copy it again.")
    return np.asarray(imagecodecs.jpeg_decode(data))


def _tiff(entry: Entry, info: PictureInfo) -> npt.NDArray[Any]:
    with _open_tiff(entry) as file:
        page = file.pages[info.page]
        pixels = np.asarray(page.asarray())
        pixels = np.moveaxis(pixels, 0, -1) if page.planarconfig == 2 and pixels.ndim == 3 else pixels
        return _named(pixels, page)


def _named(pixels: npt.NDArray[Any], page: Any) -> npt.NDArray[Any]:
    """Leave out samples of a TIFF that it calls neither colour nor alpha (TIFF 6.0 section 18)."""
    extra = page.extrasamples
    if pixels.ndim == 3 and extra and int(extra[0]) not in (1, 2):
        return pixels[..., : pixels.shape[2] - len(extra)]
    return pixels


def _open_tiff(entry: Entry) -> Any:
    source = io.BytesIO(entry.read()) if entry.path is None else entry.path
    return tifffile.TiffFile(source)


def _netpbm(entry: Entry, info: PictureInfo) -> npt.NDArray[Any]:
    """Read PGM and PPM as they stand; values are not stretched to the largest that the header allows."""
    data = entry.read()
    shape = (info.height, info.width) if info.channels == 1 else (info.height, info.width, 3)
    head = re.match(rb"P[2356](?:\s+(?:#[^\n]*\n\s*)*\d+){3}\s", data)
    if head is None:
        raise Refused(
            "not-supported", "This PBM holds black and white only. Save it as PGM with its grey values."
        )
    if data[1:2] in b"23":
        values = np.array(data[head.end() :].split(), np.uint16)
    else:
        values = np.frombuffer(data, ">u2" if info.bits > 8 else "u1", int(np.prod(shape)), head.end())
    return values.reshape(shape).astype(np.uint16 if info.bits > 8 else np.uint8)


def _plain(pixels: npt.NDArray[Any], info: PictureInfo) -> Pixels:
    """Return grey or RGB of 8 or 16 bits, light as large numbers, without the alpha.

    Raises `Refused` (not-supported, transparent).
    """
    if pixels.dtype not in (np.uint8, np.uint16):
        raise Refused(
            "not-supported",
            f"This picture holds numbers of kind {pixels.dtype}; save it with 8 or 16 bits, whole and "
            "without sign.",
        )
    if pixels.ndim == 3:
        samples = pixels.shape[2]
        if samples in (2, 4) and (pixels[..., -1] < np.iinfo(pixels.dtype).max).any():
            raise Refused(
                "transparent",
                "This picture is transparent in parts, and which colour lies there is not known. Save it "
                "without transparency (flattened on white, or on black for a film).",
            )
        pixels = pixels[..., :3] if samples > 2 else pixels[..., 0]
    if info.white_is_zero:
        pixels = np.iinfo(pixels.dtype).max - pixels
    return np.ascontiguousarray(pixels)


DECODERS = {Format.PNG: _png, Format.JPEG: _jpeg, Format.TIFF: _tiff, Format.NETPBM: _netpbm}
