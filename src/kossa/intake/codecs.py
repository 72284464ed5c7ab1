"""Compressed pixels: codestream sizes checked before decoding, imagecodecs as decoder of pydicom.

A codestream names its own size, and decoders ask for memory by it: a JPEG-LS header changed to
60,000 x 60,000 makes one ask for 6.7 GB (research page ecosystem.md, section 3). So the size in the
codestream is held against rows and columns first, and a stream that ends early is refused, because
libjpeg and OpenJPEG fill what is missing without an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kossa.evidence import Refused

if TYPE_CHECKING:
    from pydicom.pixels.decoders.base import DecodeRunner

__all__ = ["DECODER_DEPENDENCIES", "CodestreamSize", "check_codestream", "decode", "is_available"]

JPEG = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70))
JPEG_LS = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (80, 81))
JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91))
HTJ2K = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (201, 202, 203))
RLE = "1.2.840.10008.1.2.5"

DECODER_DEPENDENCIES = dict.fromkeys(JPEG | JPEG_LS | JPEG_2000 | HTJ2K, ("imagecodecs",))
"""What pydicom asks of a decoder plug-in: syntax -> names of the packages needed."""

ENDS = "the compressed picture ends too early"


@dataclass(frozen=True, slots=True)
class CodestreamSize:
    """What a codestream says of itself."""

    rows: int
    columns: int
    samples: int
    bits: int


def check_codestream(
    frame: bytes, syntax: str, *, rows: int, columns: int, samples: int, bits_allocated: int
) -> None:
    """Hold the codestream of one frame against the header; raises `Refused` before anything is decoded."""
    if syntax == RLE:
        _check_rle(frame, rows * columns, samples * bits_allocated // 8)
        return
    size = _jpeg_size(frame) if syntax in JPEG | JPEG_LS else _jpeg_2000_size(frame)
    if (size.rows, size.columns, size.samples) != (rows, columns, samples) or size.bits > bits_allocated:
        raise Refused(
            "size-mismatch",
            f"the compressed picture is {size.rows} x {size.columns} with {size.samples} x {size.bits} bits,"
            f" the header says {rows} x {columns} with {samples} x {bits_allocated}",
        )


def _jpeg_size(frame: bytes) -> CodestreamSize:
    """Read the frame header (SOF0-15 or JPEG-LS SOF55) of ISO 10918-1 and 14495-1 streams."""
    if frame[:2] != b"\xff\xd8":
        raise Refused("decode-failed", "the compressed picture does not begin as JPEG does")
    if b"\xff\xd9" not in frame[-8:]:  # end of image, and up to six bytes of padding
        raise Refused("decode-failed", ENDS)
    place = 2
    while place + 10 <= len(frame):
        if frame[place] != 0xFF:
            break
        marker = frame[place + 1]
        if marker == 0xFF:  # fill bytes
            place += 1
            continue
        length = int.from_bytes(frame[place + 2 : place + 4], "big")
        if marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            return CodestreamSize(
                rows=int.from_bytes(frame[place + 5 : place + 7], "big"),
                columns=int.from_bytes(frame[place + 7 : place + 9], "big"),
                samples=frame[place + 9],
                bits=frame[place + 4],
            )
        place += 2 + length
    raise Refused("decode-failed", "the compressed picture has no frame header")


def _jpeg_2000_size(frame: bytes) -> CodestreamSize:
    """Read the SIZ marker (ISO 15444-1 A.5.1) and see that all tile parts are there."""
    start = frame.find(b"\xff\x4f\xff\x51") if frame[:4] != b"\xff\x4f\xff\x51" else 0  # JP2 boxes before
    if start < 0 or len(frame) < start + 42:
        raise Refused("decode-failed", "the compressed picture does not begin as JPEG 2000 does")

    def word(at: int, size: int) -> int:
        return int.from_bytes(frame[start + at : start + at + size], "big")

    samples = word(40, 2)
    _check_tiles(frame, start)
    return CodestreamSize(
        rows=word(12, 4) - word(20, 4),
        columns=word(8, 4) - word(16, 4),
        samples=samples,
        bits=(word(42, 1) & 0x7F) + 1,
    )


def _check_tiles(frame: bytes, start: int) -> None:
    """Step over marker segments and tile parts (A.4.2); each must end inside the frame."""
    place = start + 2
    while place + 4 <= len(frame):
        marker = frame[place : place + 2]
        if marker == b"\xff\xd9":
            return
        if marker == b"\xff\x90":
            length = int.from_bytes(frame[place + 6 : place + 10], "big")
            if not length:  # up to the end of the codestream
                place = len(frame)
                break
            if length < 14:
                raise Refused("decode-failed", "a tile of the compressed picture has no room for itself")
        else:
            length = 2 + int.from_bytes(frame[place + 2 : place + 4], "big")
        place += length
    if place > len(frame):
        raise Refused("decode-failed", ENDS)


def _check_rle(frame: bytes, plane: int, planes: int) -> None:
    """Count what the runs of each segment give (PS3.5 G.3); more or less than a plane is refused."""
    count = int.from_bytes(frame[:4], "little")
    if len(frame) < 64 or count != planes or count > 15:
        raise Refused("size-mismatch", f"the RLE frame has {count} segments, {planes} belong")
    offsets = [int.from_bytes(frame[4 + 4 * i : 8 + 4 * i], "little") for i in range(count)] + [len(frame)]
    if offsets[0] < 64 or any(a > b for a, b in pairwise(offsets)):
        raise Refused("decode-failed", "the RLE segments do not follow one another inside the frame")
    for start, stop in pairwise(offsets):
        got = _rle_length(frame, start, stop, plane)
        if got != plane:
            raise Refused("size-mismatch", f"an RLE segment gives {got} bytes or more where {plane} belong")


def _rle_length(frame: bytes, place: int, stop: int, plane: int) -> int:
    """Return the bytes that the runs from `place` give, counting no further than past `plane`.

    Zero bytes behind a full plane are padding to an even length and not counted.
    """
    total = 0
    while place < stop and total <= plane:
        if total == plane and not any(frame[place:stop]):
            break
        head = frame[place]
        if head < 128:
            if place + 2 + head > stop:
                break
            total += head + 1
            place += head + 2
        elif head > 128:
            if place + 2 > stop:
                break
            total += 257 - head
            place += 2
        else:
            place += 1
    return total


def is_available(uid: str) -> bool:
    """Say to pydicom that this plug-in decodes a transfer syntax."""
    return uid in DECODER_DEPENDENCIES


def decode(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame for pydicom; the runner is told the width of the decoded samples."""
    frame = _decoder(str(runner.transfer_syntax))(src)
    runner.set_option("bits_allocated", frame.dtype.itemsize * 8)
    if frame.ndim == 3:
        runner.set_option("planar_configuration", 0)
    return bytes(frame.tobytes())


def _decoder(syntax: str) -> Callable[[bytes], Any]:
    import imagecodecs  # noqa: PLC0415 - 0.1 s, in the child process only

    if syntax in JPEG:
        return imagecodecs.jpeg8_decode
    if syntax in JPEG_LS:
        return imagecodecs.jpegls_decode
    return imagecodecs.jpeg2k_decode
