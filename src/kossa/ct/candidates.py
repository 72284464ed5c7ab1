"""What is measured of each bright object before anything is said of it.

Cheap figures stand in one table for all objects; the few that noise does not explain are looked at
in a box of the full scan: their surroundings, how near bone lies, whether air is beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.body import Body
from kossa.ct.frame import PADDING_HU, Scan
from kossa.ct.morphology import FAR_MM, distance, fill_holes
from kossa.ct.skeleton import Skeleton, paint_box, row_starts
from kossa.image.components import Components

__all__ = ["Look", "Table", "look_at", "residual_share", "tabulate"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RING_MM = (1.6, 6.0)  # ct_volumes.md rule 6
RING_OFF_BONE_MM = 2.2  # rule 6
MARGIN_MM = 8.0  # holds the ring, and bone up to 8 mm away
LOWEST_LOCAL = 0.8  # rule 1: local noise is at least 0.8 of the scan's
HIGHEST_LOCAL = 3.0  # judgement: more than that is structure, not noise
AIR_HU, FAT_HU = -500.0, (-150.0, -30.0)
SHELL_MM = 2.5  # what lies right beside an object


@dataclass(frozen=True, eq=False)
class Table:
    """Figures of all n objects: volumes in mm3, areas of their largest 2-D piece in mm2, noise in HU.

    `around_hu` and `noise_hu` come from the coarse cells beside the object, `depth_mm` is below the skin.
    """

    volume_mm3: Floats
    piece_mm2: Floats
    slices: npt.NDArray[np.int32]
    around_hu: Floats
    noise_hu: Floats
    depth_mm: Floats
    cell: tuple[npt.NDArray[np.intp], ...]
    rows: npt.NDArray[np.int32]

    def contrast_noise(self, found: Components) -> Floats:
        """Return peak above the surroundings in units of the local noise."""
        return np.asarray((found.peak - self.around_hu) / self.noise_hu)


@dataclass(frozen=True, eq=False)
class Look:
    """One object in its box. `mask` and `hu` are [z, y, x] of the box whose first voxel is `low`.

    `ring` figures are of 1.6-6 mm around, away from bone; None where no such voxel exists.
    """

    low: tuple[int, int, int]
    mask: Mask
    hu: npt.NDArray[np.int16]
    bone: Mask
    ring_median_hu: float | None
    ring_80_hu: float | None
    ring_air: float
    ring_fat: float
    noise_hu: float
    peak_hu: float
    bone_gap_mm: float
    bone_touch: float
    hole_share: float
    air_beside: float
    edge: bool
    centre: tuple[float, float, float]

    @property
    def contrast_noise(self) -> float:
        """Peak above the ring's median, in local noise."""
        return (self.peak_hu - (self.ring_median_hu or 0.0)) / self.noise_hu

    @property
    def edge_noise(self) -> float:
        """Peak above the ring's 80th percentile, in local noise."""
        return (self.peak_hu - (self.ring_80_hu or 0.0)) / self.noise_hu


def _cells_beside(scan: Scan, found: Components) -> npt.NDArray[np.intp]:
    """Return (3, n, k) coarse cells on a square ring around the middle of every object."""
    reach = np.maximum(
        2, np.ceil((found.box[:, 1, 1:] - found.box[:, 0, 1:]).max(axis=1) / (2 * scan.coarse.block[1])) + 1
    ).astype(np.intp)
    turn = np.arange(16) * (2 * np.pi / 16)
    middle = np.stack(scan.cell(found.centre))
    size = np.array(scan.coarse.mean.shape)
    y = np.clip(middle[1][:, None] + np.rint(reach[:, None] * np.sin(turn)).astype(np.intp), 0, size[1] - 1)
    x = np.clip(middle[2][:, None] + np.rint(reach[:, None] * np.cos(turn)).astype(np.intp), 0, size[2] - 1)
    return np.stack([np.broadcast_to(middle[0][:, None], y.shape), y, x])


def _noise_factor(scan: Scan, body: Body) -> float:
    """Return what turns the SD inside coarse cells into the scan's noise (in-plane noise is correlated)."""
    c = scan.coarse
    tissue = body.mask & (c.mean > 0) & (c.mean < 100) & (body.depth_mm > SHELL_MM * 2)
    if not tissue.any() or np.prod(c.block) == 1:
        return 0.0
    inner = float(np.sqrt(np.median(c.variance[tissue])))
    return scan.sigma_hu / inner if inner > 0 else 0.0


def tabulate(scan: Scan, body: Body, found: Components) -> Table:
    """Measure all objects at once, from runs and from coarse cells beside them."""
    n = len(found)
    thickness = scan.weights_mm[found.piece_z]
    volume = np.bincount(
        found.piece_object, weights=found.piece_pixels * thickness * scan.pixel_mm2, minlength=n
    )
    piece = np.zeros(n)
    np.maximum.at(piece, found.piece_object, found.piece_pixels * scan.pixel_mm2)
    z, y, x = _cells_beside(scan, found)
    mean, variance = scan.coarse.mean[z, y, x], scan.coarse.variance[z, y, x]
    around = np.median(mean, axis=1)
    factor = _noise_factor(scan, body)
    local = np.sqrt(np.median(variance, axis=1)) * factor
    noise = np.clip(local, LOWEST_LOCAL * scan.sigma_hu, HIGHEST_LOCAL * scan.sigma_hu)
    cell = scan.cell(found.centre)
    slices = found.box[:, 1, 0] - found.box[:, 0, 0]
    return Table(
        np.asarray(volume, np.float64),
        piece,
        slices.astype(np.int32),
        np.asarray(around, np.float64),
        np.asarray(noise, np.float64),
        np.asarray(body.depth_mm[cell], np.float64),
        cell,
        row_starts(found, scan.hu.shape),
    )


def _box(scan: Scan, low: npt.NDArray[np.int32], high: npt.NDArray[np.int32]) -> tuple[slice, slice, slice]:
    step = np.array([scan.gap_mm, *scan.pixel_mm])
    more = np.ceil(MARGIN_MM / step).astype(np.int64)
    a = np.maximum(low - more, 0)
    b = np.minimum(high + more, scan.hu.shape)
    return slice(int(a[0]), int(b[0])), slice(int(a[1]), int(b[1])), slice(int(a[2]), int(b[2]))


def _bone_in(
    scan: Scan, skeleton: Skeleton, where: tuple[slice, slice, slice], shape: tuple[int, ...]
) -> Mask:
    """Return bone at full resolution: skeleton voxels, and the inside of the coarse outline."""
    labels = np.zeros(shape, np.int32)
    low = (where[0].start, where[1].start, where[2].start)
    paint_box(
        skeleton.rows,
        skeleton.found.x0,
        skeleton.found.x1,
        skeleton.found.object,
        scan.hu.shape[1],
        low,
        labels,
    )
    chosen = np.concatenate([[False], skeleton.is_bone])
    index = [
        np.clip(np.arange(s.start, s.stop) // b - o, 0, n - 1)
        for s, b, o, n in zip(
            where, scan.coarse.block, (0, *scan.coarse.origin), skeleton.inner.shape, strict=True
        )
    ]
    return np.asarray(chosen[labels] | skeleton.inner[np.ix_(*index)])


def _local_noise(scan: Scan, hu: npt.NDArray[np.float32], ring: Mask, share: float) -> float:
    """Return the SD of what a 3 x 3 mean leaves in the ring, scaled to the scan's noise."""
    if ring.sum() < 30 or share <= 0:
        return scan.sigma_hu
    padded = np.pad(hu, ((0, 0), (1, 1), (1, 1)), mode="edge")
    ny, nx = hu.shape[1:]
    total = sum(padded[:, j : j + ny, i : i + nx] for j in range(3) for i in range(3))
    rest = (hu - total / 9)[ring]
    middle = np.median(rest)
    spread = 1.4826 * float(np.median(np.abs(rest - middle)))
    return float(np.clip(spread / share, LOWEST_LOCAL * scan.sigma_hu, HIGHEST_LOCAL * scan.sigma_hu))


def residual_share(scan: Scan, body: Body) -> float:
    """Return the spread that a 3 x 3 mean leaves of the scan's noise, from a few slices of soft tissue."""
    c = scan.coarse
    shares = []
    for k in np.linspace(0, scan.hu.shape[0] - 1, min(7, scan.hu.shape[0])).astype(int):
        cz = min(k // c.block[0], c.mean.shape[0] - 1)
        tissue = body.mask[cz] & (c.mean[cz] > 0) & (c.mean[cz] < 100) & (body.depth_mm[cz] > SHELL_MM * 2)
        fine = np.repeat(np.repeat(tissue, c.block[1], axis=0), c.block[2], axis=1)
        y, x = c.origin[0] * c.block[1], c.origin[1] * c.block[2]
        plane = scan.hu[k, y : y + fine.shape[0], x : x + fine.shape[1]].astype(np.float32)
        rest = (plane - ndimage.uniform_filter(plane, 3))[fine[: plane.shape[0], : plane.shape[1]]]
        if rest.size > 100:
            shares.append(1.4826 * float(np.median(np.abs(rest - np.median(rest)))))
    return float(np.median(shares)) / scan.sigma_hu if shares else 0.0


def look_at(
    scan: Scan,
    skeleton: Skeleton,
    found: Components,
    table: Table,
    number: int,
    residual_share: float,
) -> Look:
    """Measure one object in its box."""
    where = _box(scan, found.box[number, 0], found.box[number, 1])
    hu = scan.hu[where]
    low = (where[0].start, where[1].start, where[2].start)
    labels = np.zeros(hu.shape, np.int32)
    paint_box(table.rows, found.x0, found.x1, found.object, scan.hu.shape[1], low, labels)
    mask = labels == number + 1
    bone = _bone_in(scan, skeleton, where, hu.shape) & ~mask
    heights = scan.heights_mm[where[0]]
    away = distance(~mask, scan.pixel_mm, heights)
    off = distance(~bone, scan.pixel_mm, heights)
    measured = hu >= PADDING_HU
    ring = (away > RING_MM[0]) & (away <= RING_MM[1]) & (off > RING_OFF_BONE_MM) & measured
    values = hu[ring].astype(np.float32)
    shell = (away > 0) & (away <= SHELL_MM) & measured
    touch = away <= 1.01 * max(scan.pixel_mm)
    some = values.size > 0
    box, centre = found.box[number], found.centre[number]
    ny, nx = scan.hu.shape[1:]
    edge = bool(
        box[0, 1] <= 0
        or box[0, 2] <= 0
        or box[1, 1] >= ny
        or box[1, 2] >= nx
        or not measured[away <= 2.0].all()
    )
    gap = float(off[mask].min())
    return Look(
        low,
        mask,
        hu,
        bone,
        float(np.median(values)) if some else None,
        float(np.percentile(values, 80)) if some else None,
        float((values < AIR_HU).mean()) if some else 0.0,
        float(((values > FAT_HU[0]) & (values < FAT_HU[1])).mean()) if some else 0.0,
        _local_noise(scan, hu.astype(np.float32), ring, residual_share),
        float(found.peak[number]),
        min(gap, FAR_MM),
        float(bone[touch].mean()),
        float(1 - mask.sum() / fill_holes(np.pad(mask, ((0, 0), (1, 1), (1, 1)))).sum()),
        float((hu[shell] < AIR_HU).mean()) if shell.any() else 0.0,
        edge,
        (float(centre[0]), float(centre[1]), float(centre[2])),
    )
