"""The pixels of one slice, read from its file straight into its place in the volume where possible."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.ct.hounsfield import rescale
from kossa.ct.stacks import Slice
from kossa.evidence import Refused
from kossa.intake.decoding import CHILDREN
from kossa.intake.dicom import pixels
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.dicom_pixels import COMPRESSED, clean_bits
from kossa.intake.files import read_into

__all__ = ["SliceSource"]

WORTH_A_CHILD = 40  # slices whose decoding takes as long as a child takes to start (judgement)
PLAIN = frozenset(("1.2.840.10008.1.2", "1.2.840.10008.1.2.1"))  # uncompressed little endian


class SliceSource:
    """Writes slices in HU into rows of a volume; keeps the frames of the last file it had to decode."""

    def __init__(self, padding_hu: int | None) -> None:
        self.padding_hu = padding_hu
        self._held: tuple[int, npt.NDArray[Any]] | None = None

    def write_all(
        self, slices: list[Slice], out: npt.NDArray[np.int16], done: Callable[[int], None]
    ) -> dict[int, Refused]:
        """Write every slice to its row; return those that could not be, by place in the list.

        Compressed files of one frame each are decoded side by side.
        """
        header = slices[0].header
        side_by_side = min(CHILDREN, 1 + len(slices) // WORTH_A_CHILD)
        if header.transfer_syntax_uid in COMPRESSED and len(header.frames) == 1 and side_by_side > 1:
            with ThreadPoolExecutor(side_by_side) as threads:
                each = [SliceSource(self.padding_hu) for _ in slices]
                results = threads.map(_attempt, each, slices, out)
                return _collected(results, done)
        return _collected((_attempt(self, one, row) for one, row in zip(slices, out, strict=True)), done)

    def write(self, one: Slice, out: npt.NDArray[np.int16]) -> None:
        """Write one slice; raises `Refused` where its pixels are not there or cannot be decoded."""
        header = one.header
        if one.entry.path is not None and _is_plain(header):
            stored = self._straight(one, out)
        else:
            stored = self._decoded(one)
            if stored.dtype.itemsize == 2 and stored.flags.c_contiguous:
                out.view(stored.dtype)[...] = stored
                stored = out.view(stored.dtype)
            else:
                stored = stored.copy()
        rescale(stored, one.frame, header, out, self.padding_hu)

    def _straight(self, one: Slice, out: npt.NDArray[np.int16]) -> npt.NDArray[Any]:
        """Read uncompressed 16-bit pixels from the file into `out` without a copy between."""
        header, path = one.header, one.entry.path
        assert path is not None
        assert header.pixel_offset is not None
        got = read_into(path, header.pixel_offset + one.index * out.nbytes, out.data.cast("B"))
        if got != out.nbytes:
            raise Refused("truncated", "the file has become shorter since it was looked at")
        stored = out.view(np.int16 if header.signed else np.uint16)
        clean_bits(stored, header.bits_stored, header.high_bit)
        return stored

    def _decoded(self, one: Slice) -> npt.NDArray[Any]:
        if self._held is None or self._held[0] != one.entry.number:
            self._held = None  # let the last file go before the next is decoded
            self._held = (one.entry.number, pixels(one.entry.read(), one.header))
        return np.asarray(self._held[1][one.index])


def _attempt(source: SliceSource, one: Slice, row: npt.NDArray[np.int16]) -> Refused | None:
    try:
        source.write(one, row)
    except Refused as refused:
        return refused
    return None


def _collected(results: Iterable[Refused | None], done: Callable[[int], None]) -> dict[int, Refused]:
    failed = {}
    for k, refused in enumerate(results):
        if refused is not None:
            failed[k] = refused
        done(k + 1)
    return failed


def _is_plain(header: DicomHeader) -> bool:
    return (
        sys.byteorder == "little"
        and header.pixel_offset is not None
        and header.bits_allocated == 16
        and header.samples == 1
        and header.photometric in ("MONOCHROME1", "MONOCHROME2", "")
        and header.transfer_syntax_uid in PLAIN
    )
