"""Slices and projections of a scan as PNG, in the proportions of the body.

Every picture is 8-bit grey, radiological (the person's right is on the left of the picture), and
comes with the scale that overlays need. Uneven slices are drawn at their true heights.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from kossa.evidence import Material
from kossa.evidence.volume import Examination, Volume
from kossa.report.labels import label_places

__all__ = ["Marker", "Picture", "deposit_planes", "projections"]

WINDOW_SOFT = (-160.0, 440.0)  # HU, a soft tissue window that keeps calcium apart from muscle
WINDOW_MIP = (-50.0, 900.0)  # HU, wide enough for bone not to drown deposits

# bone is drawn at a fifth of its contrast over soft tissue: its shape stays, deposits shine (looked at)
FADED_FROM_HU, FADED = 100, 5
ROUND_MM = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)

Bytes2 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Marker:
    """A numbered place on a picture, in its pixels."""

    label: str
    x: float
    y: float


@dataclass(frozen=True)
class Box2:
    """A numbered box on a picture, in its pixels."""

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """One picture as a data address, its size, its scale, and what is drawn over it.

    `px_per_mm` is 0 where lengths are not known: no scale bar is drawn then. `left` and `right` are empty
    where the picture has no sides. `boxes` are marked places with a size.
    """

    title: str
    data: str
    width: int
    height: int
    px_per_mm: float
    left: str
    right: str
    markers: tuple[Marker, ...] = ()
    outline: str = ""
    boxes: tuple[Box2, ...] = ()

    @property
    def labelled(self) -> list[tuple[Marker, float, float]]:
        """The markers, each with the place of its number."""
        places = label_places([(m.label, m.x, m.y) for m in self.markers])
        return [(m, x, y) for m, (x, y) in zip(self.markers, places, strict=True)]

    @property
    def bar_mm(self) -> float:
        """Length of the scale bar: the longest round one within a third of the width; 0 for none."""
        if self.px_per_mm <= 0:
            return 0.0
        fits = [mm for mm in ROUND_MM if mm * self.px_per_mm <= self.width / 3]
        return max(fits, default=ROUND_MM[0])

    @property
    def bar_text(self) -> str:
        """The length of the bar in words, in um below a tenth of a millimetre."""
        mm = self.bar_mm
        return f"{mm:g} mm" if mm >= 0.1 else f"{1000 * mm:g} µm"


def _png(pixels: Bytes2) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels, "L").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _grey(hu: npt.NDArray[np.float32], window: tuple[float, float]) -> Bytes2:
    low, high = window
    scaled: Bytes2 = np.clip((hu - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    return scaled


def _resample(
    plane: npt.NDArray[np.generic], rows_mm: npt.NDArray[np.float64], cols_mm: float, scale: float
) -> npt.NDArray[np.float32]:
    """Return a plane on square pixels of 1/scale mm; `rows_mm` are the heights of its rows, rising."""
    span = rows_mm[-1] - rows_mm[0]
    height = max(1, round(span * scale) + 1)
    width = max(1, round(plane.shape[1] * cols_mm * scale))
    at = np.interp(np.linspace(rows_mm[0], rows_mm[-1], height), rows_mm, np.arange(len(rows_mm)))
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, plane.shape[0] - 1)
    part = (at - low)[:, None].astype(np.float32)
    rows = plane[low].astype(np.float32) * (1 - part) + plane[high].astype(np.float32) * part
    x = (np.arange(width) + 0.5) / width * plane.shape[1] - 0.5
    left = np.clip(np.floor(x).astype(int), 0, plane.shape[1] - 1)
    right = np.minimum(left + 1, plane.shape[1] - 1)
    share = np.clip(x - left, 0, 1).astype(np.float32)
    return np.asarray(rows[:, left] * (1 - share) + rows[:, right] * share, np.float32)


def _heights(volume: Volume) -> npt.NDArray[np.float64]:
    """Return slice heights, rising; a single slice stands alone."""
    return np.asarray(volume.grid.heights_mm - volume.grid.heights_mm[0], np.float64)


def _flips(volume: Volume) -> tuple[bool, bool, bool]:
    """Say whether x, y, z must be turned so that R is left, A is up in axial, and head is up."""
    grid = volume.grid
    return (
        bool(grid.row_direction[0] < 0),
        bool(grid.column_direction[1] < 0),
        bool(grid.normal[2] < 0),
    )


def projections(exam: Examination, *, marked: dict[str, str], size_px: int = 560) -> tuple[Picture, ...]:
    """Return the coronal and sagittal maximum projections with numbered deposits.

    `marked` maps a deposit's id to the number that is drawn.
    """
    volume = exam.volume
    hu = volume.hu
    if hu.shape[0] < 2:
        return (_whole_slice(exam, marked, size_px),)
    heights = _heights(volume)
    flip_x, flip_y, flip_z = _flips(volume)
    faded = _projected(exam)
    made = []
    for title, axis, pixel, flip_cols, ends in (
        ("Front view (coronal maximum projection)", 1, volume.grid.pixel_mm[1], flip_x, ("R", "L")),
        ("Side view (sagittal maximum projection)", 2, volume.grid.pixel_mm[0], flip_y, ("A", "P")),
    ):
        plane = faded[axis]
        scale = size_px / max(heights[-1], plane.shape[1] * pixel)
        picture = _resample(plane, heights, pixel, scale)
        height, width = picture.shape
        # z rises towards the head along the usual normal, and the head is drawn up
        turned = picture if flip_z else picture[::-1]
        turned = turned[:, ::-1] if flip_cols else turned
        markers = []
        for deposit in exam.reading.deposits:
            if deposit.id not in marked:
                continue
            z, y, x = deposit.centroid_voxel
            row = np.interp(z, np.arange(len(heights)), heights) / max(heights[-1], 1e-6) * (height - 1)
            col = ((x if axis == 1 else y) + 0.5) / plane.shape[1] * width
            markers.append(
                Marker(
                    marked[deposit.id],
                    float(width - col if flip_cols else col),
                    float(row if flip_z else height - 1 - row),
                )
            )
        grey = _grey(np.ascontiguousarray(turned), WINDOW_MIP)
        made.append(Picture(title, _png(grey), width, height, scale, *ends, tuple(markers)))
    return tuple(made)


def _projected(exam: Examination) -> dict[int, npt.NDArray[np.int16]]:
    """Return the maxima along y (1) and along x (2); bone is faded, for white bone would hide deposits."""
    hu, runs = exam.volume.hu, exam.runs
    bone = np.array([False, *(d.material is Material.BONE for d in exam.reading.deposits)])
    own = np.flatnonzero(bone[runs.label])
    order = own[np.argsort(runs.z[own], kind="stable")]
    starts = np.searchsorted(runs.z[order], np.arange(hu.shape[0] + 1))
    planes = {
        1: np.empty((hu.shape[0], hu.shape[2]), np.int16),
        2: np.empty((hu.shape[0], hu.shape[1]), np.int16),
    }
    for z in range(hu.shape[0]):
        here, plane = order[starts[z] : starts[z + 1]], hu[z]
        if here.size:
            edge = np.zeros((plane.shape[0], plane.shape[1] + 1), np.int16)
            np.add.at(edge, (runs.y[here], runs.x0[here]), 1)
            np.add.at(edge, (runs.y[here], runs.x1[here]), -1)
            inside = np.cumsum(edge, axis=1, dtype=np.int16)[:, :-1] > 0
            faded = np.minimum(plane, (plane - FADED_FROM_HU) // FADED + FADED_FROM_HU)
            plane = np.where(inside, faded, plane)
        planes[1][z], planes[2][z] = plane.max(axis=0), plane.max(axis=1)
    return planes


def _whole_slice(exam: Examination, marked: dict[str, str], size_px: int) -> Picture:
    volume = exam.volume
    dy, dx = volume.grid.pixel_mm
    flip_x, flip_y, _ = _flips(volume)
    plane = volume.hu[0]
    scale = size_px / (max(plane.shape[0] * dy, plane.shape[1] * dx))
    picture = _resample(plane, np.arange(plane.shape[0]) * dy, dx, scale)
    picture = picture[::-1] if flip_y else picture
    picture = picture[:, ::-1] if flip_x else picture
    height, width = picture.shape
    markers = []
    for deposit in exam.reading.deposits:
        if deposit.id in marked:
            _, y, x = deposit.centroid_voxel
            row, col = (y + 0.5) / plane.shape[0] * height, (x + 0.5) / plane.shape[1] * width
            markers.append(
                Marker(
                    marked[deposit.id],
                    float(width - col if flip_x else col),
                    float(height - row if flip_y else row),
                )
            )
    grey = _grey(np.ascontiguousarray(picture), WINDOW_SOFT)
    return Picture("The slice", _png(grey), width, height, scale, "R", "L", tuple(markers))


def deposit_planes(
    exam: Examination, index: int, *, field_mm: float = 50.0, size_px: int = 200
) -> tuple[Picture, ...]:
    """Return axial, coronal and sagittal cuts through one deposit, its outline drawn.

    `index` is the place of the deposit in the reading; the field grows with the deposit.
    """
    deposit, grid = exam.reading.deposits[index], exam.volume.grid
    field = max(field_mm, 2.2 * (deposit.diameter_mm or 0.0))
    heights = _heights(exam.volume)
    z, y, x = (round(c) for c in deposit.centroid_voxel)
    box = _field_box(exam.volume, (z, y, x), field / 2)
    hu = exam.volume.hu[tuple(slice(*b) for b in box)]
    mask = _mask(exam, index, box)
    z, y, x = z - box[0][0], y - box[1][0], x - box[2][0]
    dy, dx = grid.pixel_mm
    rows_z = heights[slice(*box[0])]
    flip_x, flip_y, flip_z = _flips(exam.volume)
    frame = _Frame(field, size_px)
    cuts = [
        frame.cut(
            "axial",
            hu[z],
            mask[z],
            dy * np.arange(hu.shape[1], dtype=np.float64),
            dx,
            (flip_y, flip_x),
            ("R", "L"),
        )
    ]
    if exam.volume.hu.shape[0] > 1:
        up = not flip_z
        cuts.append(frame.cut("coronal", hu[:, y], mask[:, y], rows_z, dx, (up, flip_x), ("R", "L")))
        cuts.append(frame.cut("sagittal", hu[:, :, x], mask[:, :, x], rows_z, dy, (up, flip_y), ("A", "P")))
    return tuple(cuts)


Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


def _field_box(volume: Volume, centre: tuple[int, int, int], half_mm: float) -> Box:
    """Return the half-open voxel box of `half_mm` to each side of `centre`, cut at the scan's edge."""
    heights = _heights(volume)
    near = np.flatnonzero(np.abs(heights - heights[centre[0]]) <= half_mm)
    sides = []
    for axis, pixel in ((1, volume.grid.pixel_mm[0]), (2, volume.grid.pixel_mm[1])):
        reach = round(half_mm / pixel)
        sides.append((max(0, centre[axis] - reach), min(volume.hu.shape[axis], centre[axis] + reach + 1)))
    return ((int(near[0]), int(near[-1]) + 1), sides[0], sides[1])


def _mask(exam: Examination, index: int, box: Box) -> npt.NDArray[np.uint8]:
    """Return the voxels of one deposit inside a box; only its runs are touched."""
    runs = exam.runs
    (z0, z1), (y0, y1), (x0, x1) = box
    mask = np.zeros((z1 - z0, y1 - y0, x1 - x0), np.uint8)
    own = (runs.label == index + 1) & (runs.z >= z0) & (runs.z < z1) & (runs.y >= y0) & (runs.y < y1)
    for i in np.flatnonzero(own):
        start, end = max(0, runs.x0[i] - x0), max(0, runs.x1[i] - x0)
        mask[runs.z[i] - z0, runs.y[i] - y0, start:end] = 1
    return mask


@dataclass(frozen=True)
class _Frame:
    """The size of a cut on the page: a field in mm on `size_px` pixels."""

    field_mm: float
    size_px: int

    def cut(
        self,
        title: str,
        plane: npt.NDArray[np.int16],
        mask: npt.NDArray[np.uint8],
        rows_mm: npt.NDArray[np.float64],
        cols_mm: float,
        flips: tuple[bool, bool],
        ends: tuple[str, str],
    ) -> Picture:
        """Draw one cropped plane with the outline of `mask`; `flips` turn rows and columns."""
        scale = self.size_px / self.field_mm
        picture = _resample(plane, rows_mm, cols_mm, scale)
        shape = _resample(mask.astype(np.float32), rows_mm, cols_mm, scale)
        for axis, flip in enumerate(flips):
            if flip:
                picture, shape = np.flip(picture, axis), np.flip(shape, axis)
        grey = _grey(np.ascontiguousarray(picture), WINDOW_SOFT)
        height, width = grey.shape
        return Picture(title, _png(grey), width, height, scale, *ends, outline=_outline(shape >= 0.5))


def _outline(mask: npt.NDArray[np.bool_]) -> str:
    """Return the border of a mask as an SVG path of unit edges joined into straight lines."""
    padded = np.pad(mask, 1)
    path = []
    horizontal = padded[1:, :] != padded[:-1, :]
    for row, col0, col1 in _stretches(horizontal):
        path.append(f"M{col0 - 1} {row}H{col1 - 1}")
    vertical = (padded[:, 1:] != padded[:, :-1]).T
    for col, row0, row1 in _stretches(vertical):
        path.append(f"M{col} {row0 - 1}V{row1 - 1}")
    return "".join(path)


def _stretches(edges: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Return (line, start, end) of runs of true cells along each row."""
    found = []
    for line in np.flatnonzero(edges.any(axis=1)):
        steps = np.diff(np.concatenate([[0], edges[line].astype(np.int8), [0]]))
        starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
        found += [(int(line), int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
    return found
