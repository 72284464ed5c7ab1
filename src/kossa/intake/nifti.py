"""The guarded opening of a NIfTI file: an image in Hounsfield units, or a label map.

nibabel reads the header's meaning; sizes, offsets and the gzip stream are checked here, because it
takes NaN affines, infinite slopes and streams that go on for ever (ecosystem.md, section 7).
Arrays leave as [z, y, x] with x towards the left, y towards the back and slices rising, LPS mm.
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.evidence import Refused
from kossa.evidence.geometry import Grid
from kossa.intake.budget import DEFAULT

__all__ = ["NiftiFile", "NiftiHeader", "read_nifti", "read_nifti_header"]

Floats = npt.NDArray[np.float64]
Axes = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]

HEAD = 540 + 4  # the longer header (NIfTI-2) and the flag of extensions
INFLATE_FREE = 256 << 20  # allowed at any ratio: an empty label map of 512 x 512 x 1000 (judgement)
EXCESS = 4096  # bytes behind the last voxel that pass for padding (judgement)
VOXEL_BYTES = 4 << 30  # of one image (judgement; 2,000 slices of 512 x 512 as float64)
FAR_MM = 1e5  # a place farther than this from the origin is no place in a scanner (judgement)
SMALL_MM = 1e-4  # smaller voxels are none of tomography (judgement)
SQUARE = 1e-3  # cosine between rows and columns that still passes for a right angle (ct.md 3.11)
STEEP = 1e5  # slope and intercept beyond this make no Hounsfield units (judgement)
NOWHERE = "the file does not say where its voxels lie (affine)"
LABEL_INTENT = 1002  # NIFTI_INTENT_LABEL (nifti1.h)
EXTENSION_BYTES = 8 << 20  # of all header extensions together (judgement)

MILLIMETRES = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}  # xyzt_units & 7: unknown, metre, mm, micron
SMALLEST = {348: "n+1", 540: "n+2"}

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class NiftiHeader:
    """Checked header. `shape` and `affine` (RAS mm, as nibabel gives it) are in the file's own order.

    `label_map` is True where the file itself says that its values are labels.
    """

    shape: tuple[int, int, int]
    affine: Floats
    dtype: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    grid: Grid
    axes: Axes
    unit_known: bool
    label_map: bool
    extensions: tuple[bytes, ...]

    @property
    def voxel_bytes(self) -> int:
        """Return the bytes of all voxels as they lie in the file."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, eq=False)
class NiftiFile:
    """`stored` are the values before slope and intercept, turned to [z, y, x] of `header.grid`."""

    header: NiftiHeader
    stored: npt.NDArray[Any]


def read_nifti_header(data: bytes) -> NiftiHeader:
    """Read and check the header alone; see `read_nifti` for the codes of refusal."""
    stream = _Stream(data)
    return _header(stream.read(HEAD), stream)


def read_nifti(data: bytes) -> NiftiFile:
    """Read one 3-D NIfTI file, gzipped or not.

    Raises
    ------
    Refused
        `empty`, `not-nifti`, `truncated`, `size-mismatch`, `too-large`, `invalid-header`,
        `invalid-number`, `invalid-geometry`, `four-dimensional`, `not-supported`.
    """
    if not data:
        raise Refused("empty", "the file is empty")
    stream = _Stream(data)
    header = _header(stream.read(HEAD), stream)
    raw = stream.read(header.offset + header.voxel_bytes)
    if len(raw) < header.offset + header.voxel_bytes:
        raise Refused(
            "truncated", f"{len(raw)} of {header.offset + header.voxel_bytes} bytes are there: it is cut off"
        )
    stream.finish()
    values = np.frombuffer(raw, header.dtype, math.prod(header.shape), header.offset)
    return NiftiFile(header, _turned(values.reshape(header.shape, order="F"), header.axes))


class _Stream:
    """The beginning of a file, inflated as far as it was asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.zipped = data[:2] == b"\x1f\x8b"
        self._zip = zlib.decompressobj(31) if self.zipped else None
        self._rest: bytes = data
        self._out = bytearray()
        self.limit = max(INFLATE_FREE, DEFAULT.ratio * len(data)) if self._zip else len(data)

    def read(self, size: int) -> bytes | bytearray:
        """Return the first `size` bytes, fewer where the file ends before."""
        if self._zip is None:
            return self._data if size >= len(self._data) else self._data[:size]
        if size > self.limit:
            raise Refused(
                "too-large", f"the file is to inflate to {size >> 20} MB, more than {DEFAULT.ratio} x"
            )
        self._inflate(size)
        return self._out

    def finish(self) -> None:
        """See that a gzip stream ends here, checksum included; the excess is not inflated."""
        if self._zip is None:
            return
        before = len(self._out)
        self._inflate(before + EXCESS)
        if len(self._out) == before + EXCESS:
            raise Refused(
                "too-large", "the file holds far more than its header speaks of; it was not read further"
            )
        if not self._zip.eof:
            raise Refused("truncated", "the gzip stream is cut off")

    def _inflate(self, size: int) -> None:
        assert self._zip is not None
        try:
            while len(self._out) < size and self._rest and not self._zip.eof:
                self._out += self._zip.decompress(self._rest, min(size - len(self._out), 4 << 20))
                self._rest = self._zip.unconsumed_tail
        except zlib.error:
            raise Refused("truncated", "the gzip stream is damaged") from None


def _header(head: bytes | bytearray, stream: _Stream) -> NiftiHeader:
    """Check the header's numbers in whole arithmetic before anything is asked for."""
    raw, size, order = _binary(head)
    dims = struct.unpack_from(order + ("8h" if size == 348 else "8q"), raw, 40 if size == 348 else 16)
    shape = _shape(dims)
    meaning = _nibabel_header(raw, size, order)
    dtype = _dtype(meaning)
    offset = _offset(meaning, size)
    length = math.prod(shape) * dtype.itemsize
    if length > VOXEL_BYTES or (not stream.zipped and offset + length > stream.limit):
        raise Refused(
            "size-mismatch",
            f"{shape[0]} x {shape[1]} x {shape[2]} voxels need {length} bytes, the file is smaller",
        )
    slope, intercept = _scaling(meaning)
    affine = _affine(meaning)
    unit = int(meaning["xyzt_units"]) & 7
    grid, axes = _place(affine, shape, MILLIMETRES.get(unit, 1.0))
    extensions = _extensions(stream, size, offset, order)
    return NiftiHeader(
        shape=shape,
        affine=affine,
        dtype=dtype,
        offset=offset,
        slope=slope,
        intercept=intercept,
        grid=grid,
        axes=axes,
        unit_known=unit in (1, 2, 3),
        label_map=int(meaning["intent_code"]) == LABEL_INTENT or any(b"<LabelTable" in e for e in extensions),
        extensions=extensions,
    )


def _binary(head: bytes | bytearray) -> tuple[bytes, int, str]:
    """Return the header's bytes, its size (348 or 540) and its byte order."""
    for size, name in SMALLEST.items():
        for order in "<>":
            if len(head) >= 4 and struct.unpack_from(order + "i", head)[0] == size:
                magic = bytes(head[344:348] if size == 348 else head[4:8])
                if len(head) < size:
                    raise Refused("truncated", "the file ends inside its header: it is cut off")
                if magic[:2] == b"ni":
                    raise Refused(
                        "not-supported", "header and voxels are two files (.hdr, .img): save them as one .nii"
                    )
                if magic[:3] != name.encode():
                    raise Refused("not-nifti", "the file has the size mark of NIfTI and not its name")
                return bytes(head[:size]), size, order
    raise Refused("not-nifti", "this is not a NIfTI file")


def _shape(dims: tuple[int, ...]) -> tuple[int, int, int]:
    count, sizes = dims[0], dims[1:]
    if not 1 <= count <= 7 or any(n < 1 for n in sizes[:count]):
        raise Refused("invalid-header", f"the sizes of the image are {sizes[: max(0, min(count, 7))]}")
    if any(n > 1 for n in sizes[3:count]):
        long = " x ".join(str(n) for n in sizes[:count])
        raise Refused(
            "four-dimensional", f"the image is {long}: one volume is read, so save the volume you mean alone"
        )
    x, y, z = (*sizes[:count], 1, 1, 1)[:3]
    return (x, y, z)


def _nibabel_header(raw: bytes, size: int, order: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nibabel.nifti1 import Nifti1Header  # noqa: PLC0415 - 0.3 s, and only NIfTI needs it
        from nibabel.nifti2 import Nifti2Header  # noqa: PLC0415

    kind: Any = Nifti1Header if size == 348 else Nifti2Header
    return kind(raw, endianness=order, check=False)


def _dtype(meaning: Any) -> np.dtype[Any]:
    try:
        dtype: np.dtype[Any] = np.dtype(meaning.get_data_dtype())
    except Exception:  # noqa: BLE001 - nibabel raises its own error for a code it does not know
        raise Refused(
            "not-supported", f"the type of voxels {int(meaning['datatype'])} is not known"
        ) from None
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise Refused("not-supported", f"voxels of type {dtype} are no Hounsfield units and no labels")
    return dtype


def _offset(meaning: Any, size: int) -> int:
    offset = float(meaning["vox_offset"])
    if not math.isfinite(offset) or offset != int(offset) or offset < size + 4:
        raise Refused("invalid-header", f"the voxels are said to begin at byte {offset:g}, inside the header")
    return int(offset)


def _scaling(meaning: Any) -> tuple[float, float]:
    """Return slope and intercept; slope 0 means that there is no scaling (nifti1.h)."""
    slope, intercept = float(meaning["scl_slope"]), float(meaning["scl_inter"])
    if slope == 0:
        return 1.0, 0.0
    if not 0 < slope <= STEEP or not abs(intercept) <= STEEP:
        raise Refused("invalid-number", f"the scaling of the voxels is {slope:g} and {intercept:g}")
    return slope, intercept


def _affine(meaning: Any) -> Floats:
    """Return voxel to RAS mm as nibabel gives it; raises `Refused` where it is not finite."""
    try:
        with np.errstate(all="ignore"):
            affine = np.asarray(meaning.get_best_affine(), np.float64)
    except Exception:  # noqa: BLE001 - nibabel raises several kinds for a quaternion that is none
        raise Refused("invalid-geometry", NOWHERE) from None
    if not np.isfinite(affine).all():
        raise Refused("invalid-geometry", NOWHERE)
    return affine


def _place(affine: Floats, shape: tuple[int, int, int], unit_mm: float) -> tuple[Grid, Axes]:
    """Turn the affine into a `Grid` [z, y, x] with LPS directions, and say how the file's axes lie in it."""
    lps = LPS_TO_RAS @ affine
    lps[:3] *= unit_mm
    steps = lps[:3, :3]
    if np.abs(lps).max() > FAR_MM:
        raise Refused("invalid-geometry", f"the affine places voxels more than {FAR_MM:g} mm away")
    lengths = np.linalg.norm(steps, axis=0)
    if lengths.min() < SMALL_MM:
        raise Refused("invalid-geometry", "the affine is singular: its voxels have no volume")
    if abs(np.linalg.det(steps / lengths)) < SQUARE:
        raise Refused("invalid-geometry", "the affine is singular: its voxels have no volume")
    order = _closest(steps / lengths)  # file axis of x, y, z
    ways = [1 if steps[world, axis] > 0 else -1 for world, axis in enumerate(order)]
    origin = lps[:3, 3].copy()
    for axis, way in zip(order, ways, strict=True):
        if way < 0:
            origin += steps[:, axis] * (shape[axis] - 1)
    x, y, z = (steps[:, axis] * way for axis, way in zip(order, ways, strict=True))
    size = tuple(shape[axis] for axis in order)
    row, column = x / np.linalg.norm(x), y / np.linalg.norm(y)
    if abs(float(row @ column)) > SQUARE:
        raise Refused("invalid-geometry", "rows and columns of the image do not stand at a right angle")
    grid = Grid(
        shape=(size[2], size[1], size[0]),
        pixel_mm=(float(np.linalg.norm(y)), float(np.linalg.norm(x))),
        row_direction=row,
        column_direction=column,
        origins_mm=origin + np.arange(size[2])[:, None] * z,
        single_thickness_mm=float(np.linalg.norm(z)) if size[2] == 1 else None,
    )
    ours = {order[0]: (2, ways[0]), order[1]: (1, ways[1]), order[2]: (0, ways[2])}
    return grid, (ours[0], ours[1], ours[2])


def _closest(directions: Floats) -> tuple[int, int, int]:
    """Return for x, y, z of the body the file axis that runs closest to it, each axis once."""
    ways = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    best = max(ways, key=lambda way: sum(abs(directions[world, axis]) for world, axis in enumerate(way)))
    return (best[0], best[1], best[2])


def _turned(values: npt.NDArray[Any], axes: Axes) -> npt.NDArray[Any]:
    """Return an array in the file's order as [z, y, x] of the grid (a view)."""
    back = [0, 0, 0]
    for place, (ours, _) in enumerate(axes):
        back[ours] = place
    flips = tuple(slice(None, None, axes[place][1]) for place in back)
    return values.transpose(back)[flips]


def _extensions(stream: _Stream, size: int, offset: int, order: str) -> tuple[bytes, ...]:
    """Return the contents of the header extensions (nifti1.h: size, code, bytes; in steps of 16)."""
    head = stream.read(min(offset, size + 4 + EXTENSION_BYTES))
    if len(head) < size + 4 or head[size] == 0:
        return ()
    found: list[bytes] = []
    place = size + 4
    while place + 8 <= min(offset, len(head)):
        length = struct.unpack_from(order + "i", head, place)[0]
        if length < 16 or place + length > offset:
            break
        found.append(bytes(head[place + 8 : place + length]).rstrip(b"\0"))
        place += length
    return tuple(found)
