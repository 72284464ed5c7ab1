"""The pixels of a DICOM file: declared sizes against bytes, native decoding, and unused bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kossa.evidence import Refused
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.dicom_structure import (
    CUT,
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    ITEM,
    MAX_ELEMENTS,
    PIXEL_DATA,
    SEQUENCE_END,
    UNDEFINED,
    open_data_set,
)
from kossa.intake.safe_text import safe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "COMPRESSED",
    "EITHER_SYNTAXES",
    "LOSSY_SYNTAXES",
    "NATIVE",
    "Layout",
    "check_layout",
    "check_syntax",
    "clean_bits",
    "pixels",
]

NATIVE = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED))
COMPRESSED = {
    "1.2.840.10008.1.2.4.50": "JPEG baseline",
    "1.2.840.10008.1.2.4.51": "JPEG extended",
    "1.2.840.10008.1.2.4.57": "JPEG lossless",
    "1.2.840.10008.1.2.4.70": "JPEG lossless, first-order prediction",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS near-lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "high-throughput JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.202": "high-throughput JPEG 2000 lossless with RPCL",
    "1.2.840.10008.1.2.4.203": "high-throughput JPEG 2000",
    "1.2.840.10008.1.2.5": "RLE lossless",
}
"""Transfer syntaxes that are decoded, by their names in PS3.6 annex A, shortened."""

LOSSY_SYNTAXES = frozenset(("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81"))
"""Syntaxes that lose by definition (.81 can be set not to, and is hardly ever)."""

EITHER_SYNTAXES = frozenset(("1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"))
"""Syntaxes that may lose or not."""

OTHERS = {
    "1.2.840.10008.1.2.4.100": "MPEG-2 video",
    "1.2.840.10008.1.2.4.101": "MPEG-2 video",
    "1.2.840.10008.1.2.4.102": "MPEG-4 video",
    "1.2.840.10008.1.2.4.103": "MPEG-4 video",
    "1.2.840.10008.1.2.4.92": "JPEG 2000 multi-component lossless",
    "1.2.840.10008.1.2.4.93": "JPEG 2000 multi-component",
    "1.2.840.10008.1.2.4.94": "pixels kept at another address (JPIP)",
    "1.2.840.10008.1.2.4.95": "pixels kept at another address (JPIP)",
    "1.2.840.10008.1.2.4.110": "JPEG XL lossless",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.113619.5.2": "a private syntax of GE",
}
"""Names of syntaxes that are not decoded, for the sentence that refuses them."""

FRAME_BYTES = 512 << 20  # one decoded frame; a digital mammogram has some 60 MB (judgement)
BLOCK = 512  # bytes behind the last pixel that pass for padding, or one row (judgement)
FILE_BYTES = 4 << 30  # all frames of one compressed file (judgement; 8,000 slices of 512 x 512)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the pixels of a file are laid out, as declared."""

    frames: int
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str

    @property
    def frame_bits(self) -> int:
        """Return the bits of one native frame (4:2:2 colour has two samples a pixel)."""
        samples = 2 if self.photometric == "YBR_FULL_422" and self.samples == 3 else self.samples
        return self.rows * self.columns * samples * self.bits_allocated


def check_layout(layout: Layout, syntax: str, data: bytes, place: tuple[int, int]) -> None:
    """Hold declared bits and sizes against each other and against the bytes; raises `Refused`.

    Nothing is allocated: whole numbers only.
    """
    if layout.samples not in (1, 3, 4) or layout.bits_allocated not in (1, 8, 16, 32, 64):
        raise Refused(
            "invalid-header", f"{layout.samples} samples of {layout.bits_allocated} bits make no picture"
        )
    if not 1 <= layout.bits_stored <= layout.bits_allocated:
        raise Refused(
            "invalid-header",
            f"{layout.bits_stored} bits are said to be stored in {layout.bits_allocated} allocated ones",
        )
    if not layout.bits_stored - 1 <= layout.high_bit < layout.bits_allocated:
        raise Refused("invalid-header", f"the high bit is {layout.high_bit} of {layout.bits_stored} bits")
    if syntax in NATIVE:
        _check_native(layout, len(data), *place)
    elif place[1] == UNDEFINED:
        _check_fragments(layout, data, place[0])
    elif syntax in COMPRESSED:
        raise Refused("invalid-header", "compressed pixels must come in fragments, and these do not")


def _check_native(layout: Layout, size: int, offset: int, length: int) -> None:
    if length == UNDEFINED:
        raise Refused("invalid-header", "uncompressed pixels must have a length, and these have none")
    wanted = (layout.frames * layout.frame_bits + 7) // 8
    row = layout.frame_bits // layout.rows // 8
    if length < wanted or length > wanted + max(row, BLOCK):
        raise Refused(
            "size-mismatch",
            f"{layout.frames} x {layout.rows} x {layout.columns} pixels need {wanted} bytes"
            f" and the header promises {length}",
        )
    if offset + wanted > size:
        raise Refused(
            "truncated", f"{max(0, size - offset)} of {wanted} bytes of pixels are there: the file is cut off"
        )


def _check_fragments(layout: Layout, data: bytes, offset: int) -> None:
    """Walk the fragments; each must lie inside the file, and every frame needs at least one."""
    if layout.frame_bits // 8 > FRAME_BYTES or layout.frames * layout.frame_bits // 8 > FILE_BYTES:
        raise Refused(
            "too-large",
            f"{layout.frames} x {layout.rows} x {layout.columns} pixels are more than kossa decodes at once",
        )
    count = len(list(fragments(data, offset)))
    if count - 1 < layout.frames:
        raise Refused(
            "size-mismatch", f"{layout.frames} frames are declared, in {max(0, count - 1)} fragments"
        )


def fragments(data: bytes, offset: int) -> list[tuple[int, int]]:
    """Return (offset, length) of every fragment, the offset table first; raises `Refused`."""
    found: list[tuple[int, int]] = []
    place = offset
    while place + 8 <= len(data):
        tag = int.from_bytes(data[place : place + 2], "little") << 16 | int.from_bytes(
            data[place + 2 : place + 4], "little"
        )
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if tag == SEQUENCE_END:
            return found
        if tag != ITEM or place + 8 + length > len(data) or len(found) > MAX_ELEMENTS:
            raise Refused("truncated", CUT)
        found.append((place + 8, length))
        place += 8 + length
    if place != len(data):
        raise Refused("truncated", CUT)
    return found


def clean_bits(values: npt.NDArray[np.generic], bits_stored: int, high_bit: int) -> npt.NDArray[np.generic]:
    """Return values without the bits above `high_bit` and below the stored ones, sign extended.

    Bits beyond those stored have no meaning (PS3.5 8.1.1); shifting in the type's own signedness
    clears them or extends the sign. Changes `values` where it can be written, else returns a copy.
    """
    up = values.dtype.itemsize * 8 - 1 - high_bit
    down = values.dtype.itemsize * 8 - bits_stored
    if not up and not down:
        return values
    import numpy as np  # noqa: PLC0415 - headers are read without an array library

    out = values if values.flags.writeable else values.copy()
    np.left_shift(out, up, out=out)
    np.right_shift(out, down, out=out)
    return out


def pixels(data: bytes, header: DicomHeader) -> npt.NDArray[np.generic]:
    """Return the stored values of all frames of a grey picture, (frames, rows, columns).

    Unused bits are cleared and signs extended; no rescale is applied. Compressed pixels are
    decoded in a child process.

    Raises
    ------
    Refused
        `no-pixels`, `unsupported-syntax`, `decode-failed`, `size-mismatch`, `truncated`, `too-large`.
    """
    if not header.frames:
        raise Refused("no-pixels", "this object holds no pixels")
    if header.samples != 1 or header.photometric not in ("MONOCHROME1", "MONOCHROME2", ""):
        how = "in colour" if header.samples != 1 else f"of the form {safe(header.photometric, limit=20)!r}"
        raise Refused(
            "unsupported-syntax", f"the picture is {how}; only grey (MONOCHROME1 or MONOCHROME2) is read"
        )
    check_syntax(header.transfer_syntax_uid)
    return _native(data, header) if header.transfer_syntax_uid in NATIVE else _decoded(data, header)


def check_syntax(syntax: str) -> None:
    """Refuse by name a transfer syntax that is not decoded."""
    if syntax not in NATIVE and syntax not in COMPRESSED:
        name = OTHERS.get(syntax, f"the transfer syntax {syntax}")
        raise Refused("unsupported-syntax", f"the pixels are stored as {name}, which kossa does not decode")


def _decoded(data: bytes, header: DicomHeader) -> npt.NDArray[np.generic]:
    import numpy as np  # noqa: PLC0415 - headers are read without an array library

    from kossa.intake.decoding import decode_frames  # noqa: PLC0415 - only compressed files need it

    offset = open_data_set(data, ()).found[PIXEL_DATA][0]
    out: npt.NDArray[np.generic] | None = None
    for index, coded in enumerate(decode_frames(memoryview(data)[offset:], header)):
        # the codestream may know neither the sign nor the bits stored (JPEG, JPEG-LS)
        frame = clean_bits(coded, header.bits_stored, header.bits_stored - 1)
        if out is None:
            single = len(header.frames) == 1
            out = frame[np.newaxis] if single else np.empty((len(header.frames), *frame.shape), frame.dtype)
        if len(header.frames) > 1:
            out[index] = frame
    assert out is not None  # a missing frame was refused
    return out


def _native(data: bytes, header: DicomHeader) -> npt.NDArray[np.generic]:
    import numpy as np  # noqa: PLC0415 - headers are read without an array library

    offset = header.pixel_offset
    if offset is None:
        found = open_data_set(data, ())
        data, offset = found.data, found.found[PIXEL_DATA][0]
    shape = (len(header.frames), header.rows, header.columns)
    count = shape[0] * shape[1] * shape[2]
    if header.bits_allocated == 1:
        packed = np.frombuffer(data, np.uint8, (count + 7) // 8, offset)
        return np.unpackbits(packed, count=count, bitorder="little").reshape(shape)
    order = "<"
    if header.transfer_syntax_uid == EXPLICIT_BIG:
        order = ">"
        if header.bits_allocated == 8:  # words of two pixels, swapped or not by the way they are written
            raise Refused("unsupported-syntax", "8-bit pixels in big-endian order are not read")
    dtype = np.dtype(f"{order}{'i' if header.signed else 'u'}{header.bits_allocated // 8}")
    values = np.frombuffer(data, dtype, count, offset).reshape(shape)
    return clean_bits(values.astype(dtype.newbyteorder("="), copy=False), header.bits_stored, header.high_bit)
