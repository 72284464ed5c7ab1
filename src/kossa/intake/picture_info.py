"""What a picture's header says, read and held against the budget before anything is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake.budget import Budget
from kossa.intake.sniff import Format
from kossa.intake.tiff_header import ReadAt, TiffPage, read_pages

__all__ = ["PictureInfo", "inspect"]


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """Sizes of a picture: `height` x `width` pixels of `channels` values of `bits` bits.

    `page` is the place of the page that these sizes are of, `levels` the places of it and of its
    reductions, largest first. `begins` is where the
    picture proper begins in a JPEG. `um_per_px` is what the file claims, and may be a scanner's dots an
    inch. `white_is_zero` says that the file stores light as small numbers. `phone` says that a
    telephone took it, `slide` that it is a slide scanner's own form. `remarks` are (code, sentence).
    """

    form: Format
    width: int
    height: int
    channels: int
    bits: int
    cmyk: bool = False
    lossy: bool = False
    tiled: bool = False
    white_is_zero: bool = False
    page: int = 0
    levels: tuple[int, ...] = (0,)
    begins: int = 0
    um_per_px: float | None = None
    phone: bool = False
    slide: bool = False
    remarks: tuple[tuple[str, str], ...] = ()


def inspect(form: Format, read_at: ReadAt, size: int, budget: Budget) -> PictureInfo:
    """Return what the header says; `read_at(offset, length)` gives bytes of the file of `size` bytes.

    Raises `Refused`: truncated, invalid-header, size-mismatch, too-large (more pixels than are
    decoded whole; a tiled TIFF has no such limit, because it is read by blocks).
    """
    info = READERS[form](read_at, size, budget)
    if info.width < 1 or info.height < 1:
        raise Refused("invalid-header", "This picture has no size.")
    if info.width * info.height > budget.picture_pixels and not info.tiled:
        raise Refused(
            "too-large",
            f"This picture claims {info.width} x {info.height} pixels; at most "
            f"{budget.picture_pixels / 1e6:.0f} million are decoded whole. Save it as a tiled TIFF.",
        )
    return info


#: colour type -> channels (PNG specification, 11.2.2)
PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
ORIENTATION, UPRIGHT = 0x0112, 1  # EXIF 2.3, 4.6.4
HEADER_BYTES = 256 << 10
DEFLATE = 1032  # bytes at the most that one byte of deflate becomes (zlib, technical details)


def _png(read_at: ReadAt, size: int, budget: Budget) -> PictureInfo:
    head = read_at(0, 33)
    if len(head) < 33 or head[12:16] != b"IHDR":
        raise Refused("truncated", "This PNG is cut off in its header.")
    width, height, bits, colour = struct.unpack_from(">IIBB", head, 16)
    if colour not in PNG_CHANNELS:
        raise Refused("invalid-header", "This PNG names a colour type that there is not.")
    samples = 1 if colour == 3 else PNG_CHANNELS[colour]
    if width * height <= budget.picture_pixels:  # beyond, the claim alone is refused
        _check_claim(width, height, size, width * height * bits * samples // 8 // DEFLATE)
    return PictureInfo(Format.PNG, width, height, PNG_CHANNELS[colour], max(8, bits))


def _check_claim(width: int, height: int, size: int, least: int) -> None:
    """Refuse a claim of more pixels than `size` bytes can hold; `least` are the fewest that it takes."""
    if least > size:
        raise Refused(
            "size-mismatch", f"This picture claims {width} x {height} pixels, and its file has {size} bytes."
        )


#: markers of a JPEG frame: C0-CF but tables and arithmetic conditioning (ITU T.81 table B.1)
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PHONES = re.compile(
    rb"(?i)\b(?:apple|samsung|google|huawei|honor|xiaomi|redmi|oneplus|oppo|vivo|motorola|nokia|lge|realme|fairphone)\b"
)


def _jpeg(read_at: ReadAt, size: int, budget: Budget) -> PictureInfo:
    """Step from marker to marker up to the frame header; what cameras write stands before it."""
    place, phone, turned = 2, False, 1
    while place + 4 <= size:
        head = read_at(place, 4)
        marker, length = struct.unpack(">xBH", head)
        if head[0] != 0xFF or length < 2:
            break
        if marker in FRAMES:
            bits, height, width, channels = struct.unpack(">BHHB", read_at(place + 4, 6))
            if width * height <= budget.picture_pixels:
                # a bit at least tells of a square of 8 x 8 that it has one value
                _check_claim(width, height, size, width * height // 64 // 8)
            return PictureInfo(
                Format.JPEG,
                width,
                height,
                channels,
                bits,
                cmyk=channels == 4,
                lossy=marker != 0xC3,
                phone=phone,
                begins=place,
                remarks=() if turned == UPRIGHT else (_turned(turned),),
            )
        if marker == 0xE1 and (exif := read_at(place + 4, min(length - 2, HEADER_BYTES))).startswith(b"Exif"):
            phone = PHONES.search(exif[:4096]) is not None
            turned = _orientation(exif)
        place += 2 + length
    raise Refused("truncated", "This JPEG ends, or is damaged, before its frame header.")


def _orientation(exif: bytes) -> int:
    """Return the way up by which viewers show a picture: 1 as it is stored, 2 to 8 mirrored or turned."""
    try:
        order = "<" if exif[6:8] == b"II" else ">"
        place = 6 + struct.unpack_from(order + "I", exif, 10)[0]
        for at in range(place + 2, place + 2 + 12 * struct.unpack_from(order + "H", exif, place)[0], 12):
            if struct.unpack_from(order + "H", exif, at)[0] == ORIENTATION:
                return int(struct.unpack_from(order + "H", exif, at + 8)[0])
    except struct.error:
        pass  # what a camera wrote is damaged; the picture need not be
    return UPRIGHT


def _turned(turned: int) -> tuple[str, str]:
    what = f"Viewers show this picture turned or mirrored (EXIF orientation {turned})"
    return "turned", f"{what}; it is read, and places are given, as it is stored."


def _netpbm(read_at: ReadAt, size: int, budget: Budget) -> PictureInfo:
    del budget
    head = re.sub(rb"#[^\n]*", b"", read_at(0, 1024))
    words = head.split()[: 3 if head[1:2] in b"14" else 4]
    if len(words) < 3 or not all(word.isdigit() and len(word) < 10 for word in words[1:]):
        raise Refused("truncated", "This PGM or PPM is cut off in its header.")
    width, height, *most = (int(word) for word in words[1:])
    bits = 16 if most and most[0] > 255 else 8
    channels = 3 if head[1:2] in b"36" else 1
    if head[1:2] in b"56" and width * height * channels * bits // 8 > size:
        raise Refused(
            "size-mismatch", f"This picture claims {width} x {height} pixels, and its file has {size} bytes."
        )
    return PictureInfo(Format.NETPBM, width, height, channels, bits)


#: what slide scanners write into the description of their first page
SLIDES = re.compile(r"(?i)aperio|hamamatsu|<scn|leica|ventana|.{0,200}<iscan|philips dp")
#: photometric interpretations (TIFF 6.0 sections 3, 5 and 16, 20 to 23)
WHITE_IS_ZERO, PALETTE, CMYK, YCBCR = 0, 3, 5, 6
FOREIGN = {4: "a mask", 8: "CIELAB", 9: "ICCLAB", 10: "ITULAB", 32803: "a camera's raw mosaic", 32844: "LogL"}
#: compressions that lose: JPEG, JPEG 2000 (irreversible as a rule), JPEG XR, WebP
LOSSY = {6, 7, 33003, 33004, 33005, 34712, 34927, 50001, 22610, 34934}


def _tiff(read_at: ReadAt, size: int, budget: Budget) -> PictureInfo:
    pages, loop = read_pages(read_at, size, budget)
    number, page = max(enumerate(pages), key=lambda p: (p[1].width * p[1].height, -p[0]))
    remarks: list[tuple[str, str]] = []
    if loop:
        remarks.append(("page-loop", "The pages of this TIFF run in a circle; each was counted once."))
    if page.missing:
        remarks.append(
            ("missing-tile", f"{page.missing} block(s) of this picture have no pixels; they stay white.")
        )
    alike = sum((p.width, p.height) == (page.width, page.height) for p in pages)
    if alike > 1:
        remarks.append(("several-pages", f"This TIFF has {alike} pages of one size; the first is read."))
    if page.photometric == PALETTE:
        raise Refused(
            "not-supported",
            "This TIFF keeps its colours in a table (palette), which is not read. Save it as RGB or as grey.",
        )
    strange = FOREIGN.get(page.photometric)
    if page.photometric == YCBCR and page.compression not in LOSSY:  # JPEG's decoder turns it into RGB
        strange = "YCbCr without JPEG"
    if strange:
        raise Refused(
            "not-supported",
            f"The values of this TIFF are {strange}, which is not read. Save it as RGB, or as grey.",
        )
    if page.tile and page.tile[0] * page.tile[1] > budget.picture_pixels:
        raise Refused("too-large", f"A block of this TIFF claims {page.tile[1]} x {page.tile[0]} pixels.")
    return PictureInfo(
        form=Format.TIFF,
        width=page.width,
        height=page.height,
        channels=page.samples,
        bits=page.bits,
        cmyk=page.photometric == CMYK,
        lossy=page.compression in LOSSY,
        tiled=page.tile is not None,
        white_is_zero=page.photometric == WHITE_IS_ZERO,
        page=number,
        levels=tuple(_levels(pages, number)),
        um_per_px=page.um_per_px,
        slide=SLIDES.match(pages[0].description) is not None,
        remarks=tuple(remarks),
    )


def _levels(pages: list[TiffPage], base: int) -> Iterator[int]:
    """Yield the places of a page and of its reductions: smaller, with the same sides' ratio."""
    yield base
    last = pages[base]
    for place in sorted(range(len(pages)), key=lambda n: -pages[n].width):
        page = pages[place]
        ratio = page.width * pages[base].height / (page.height * pages[base].width)
        if page.width < last.width and page.samples == last.samples and abs(ratio - 1) < 0.02:
            yield place
            last = page


READERS = {Format.PNG: _png, Format.JPEG: _jpeg, Format.NETPBM: _netpbm, Format.TIFF: _tiff}
