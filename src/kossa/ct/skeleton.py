"""Which bright objects are skeleton, and the outline of bone on the coarse grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from numba import njit

from kossa.ct.body import Body
from kossa.ct.contrast import Blood
from kossa.ct.frame import Scan
from kossa.ct.morphology import close, erode, fill_holes, grow, label_slices, open_up
from kossa.image.components import Components

__all__ = [
    "Skeleton",
    "find_skeleton",
    "other_bright",
    "paint_box",
    "row_starts",
    "share_inside",
    "with_vertebrae",
]

Mask = npt.NDArray[np.bool_]

BONE_HU = 150.0  # ct_volumes.md rule 4
BONE_SD = 4.0  # judgement: the page blurs by 0.8 mm first; here the level rises with the noise instead
MUSCLE_HU = 50.0
ENHANCED_BONE_HU = 300.0  # rule 4, with contrast
BONE_MM3 = 4000.0  # rule 4
LONG_MM, LONG_MM3 = 60.0, 1000.0  # rule 4
VESSEL_MM2 = 60.0  # judgement: with contrast, what stays below this in every slice is a vein of the arm
EDGE_MM3 = 300.0  # rule 4: cut by the picture's edge
SINGLE_MM2 = 120.0  # rule 4, one slice alone
TALL_MM = 100.0  # judgement: a scan this tall shows bones whole, and how they are joined
JOINT_MM = 6.0  # judgement: joints are narrower
MARROW_SHARE, MARROW_MM = 0.10, 15.0  # rule 4
CLOSE_MM, FILL_MM2 = 3.0, 5000.0  # rule 4 has 25 cm2; a sacrum encloses up to about 45
ENHANCED_CLOSE_MM = 6.0  # rule 3: at the high level the outline has wide gaps
GAP_MM = 10.0  # judgement: half the width of the spinal canal, which opens the ring of a sacrum
HEAD_CLOSE_MM, HEAD_FILL_MM2 = 1.0, 300.0  # rule 4
SHELL_HU = 50.0  # judgement: a thin shell of bone after blur, above enhanced blood
STONE_MM2 = 2.4  # rule 6
HULL_MM2 = 40.0  # ct_volumes.md, traps met: hulls only of pieces of at least 40 mm2
CELL_SHARE = 0.25  # judgement: a coarse cell is bone where a quarter of it is
GROW_MM = 5.0  # rule 4: with contrast, bone grows 5 mm into what reads above 150 HU


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Objects `found` at `level_hu`, `is_bone` which of them are skeleton, and coarse masks [z, y, x].

    `solid` as it is, `filled` with marrow, `enclosed` also behind wide gaps, `inner` one cell inside of
    `filled`, `bright` every piece of at least 40 mm2, bone or not.
    """

    level_hu: float
    found: Components
    is_bone: npt.NDArray[np.bool_]
    solid: Mask
    filled: Mask
    enclosed: Mask
    inner: Mask
    bright: Mask
    rows: npt.NDArray[np.int32]


def row_starts(found: Components, shape: tuple[int, int, int]) -> npt.NDArray[np.int32]:
    """Return (Z * Y + 1,) the first run of every row, for runs in raster order."""
    row = found.z.astype(np.int64) * shape[1] + found.y
    return np.searchsorted(row, np.arange(shape[0] * shape[1] + 1)).astype(np.int32)


@njit(cache=True, nogil=True)
def _share(
    z: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
    x0: npt.NDArray[np.int32],
    x1: npt.NDArray[np.int32],
    owner: npt.NDArray[np.int32],
    mask: Mask,
    block: tuple[int, int, int],
    origin: tuple[int, int],
    out: npt.NDArray[np.float64],
) -> None:
    """Count for every object the voxels that lie in cells of the mask."""
    for r in range(z.size):
        cz, cy = z[r] // block[0], y[r] // block[1] - origin[0]
        if cy < 0 or cy >= mask.shape[1]:
            continue
        for x in range(x0[r], x1[r]):
            cx = x // block[2] - origin[1]
            if 0 <= cx < mask.shape[2] and mask[cz, cy, cx]:
                out[owner[r]] += 1


def share_inside(found: Components, mask: Mask, scan: Scan) -> npt.NDArray[np.float64]:
    """Return for every object the share of its voxels inside a coarse mask."""
    count = np.zeros(len(found), np.float64)
    _share(
        found.z, found.y, found.x0, found.x1, found.object, mask, scan.coarse.block, scan.coarse.origin, count
    )
    return count / np.maximum(found.voxels, 1)


@njit(cache=True, nogil=True)
def _paint_cells(
    z: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
    x0: npt.NDArray[np.int32],
    x1: npt.NDArray[np.int32],
    owner: npt.NDArray[np.int32],
    chosen: Mask,
    block: tuple[int, int, int],
    origin: tuple[int, int],
    out: npt.NDArray[np.int32],
) -> None:
    """Count in every cell the voxels of the chosen objects (or pieces)."""
    for r in range(z.size):
        cz, cy = z[r] // block[0], y[r] // block[1] - origin[0]
        if not chosen[owner[r]] or cy < 0 or cy >= out.shape[1]:
            continue
        for x in range(x0[r], x1[r]):
            cx = x // block[2] - origin[1]
            if 0 <= cx < out.shape[2]:
                out[cz, cy, cx] += 1


@njit(cache=True, nogil=True)
def _mark_cells(
    z: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
    x0: npt.NDArray[np.int32],
    x1: npt.NDArray[np.int32],
    owner: npt.NDArray[np.int32],
    number: npt.NDArray[np.int32],
    block: tuple[int, int, int],
    origin: tuple[int, int],
    out: npt.NDArray[np.int32],
) -> None:
    """Write into every cell the largest number of an object that reaches it."""
    for r in range(z.size):
        k = number[owner[r]]
        cz, cy = z[r] // block[0], y[r] // block[1] - origin[0]
        if k == 0 or cy < 0 or cy >= out.shape[1]:
            continue
        for x in range(x0[r], x1[r]):
            cx = x // block[2] - origin[1]
            if 0 <= cx < out.shape[2]:
                out[cz, cy, cx] = max(out[cz, cy, cx], k)


@njit(cache=True, nogil=True)
def paint_box(
    rows: npt.NDArray[np.int32],
    x0: npt.NDArray[np.int32],
    x1: npt.NDArray[np.int32],
    owner: npt.NDArray[np.int32],
    height: int,
    low: tuple[int, int, int],
    out: npt.NDArray[np.int32],
) -> None:
    """Write 1 + object number into a box of zeros whose first voxel is `low`."""
    for z in range(out.shape[0]):
        for y in range(out.shape[1]):
            row = (low[0] + z) * height + low[1] + y
            for r in range(rows[row], rows[row + 1]):
                for x in range(max(0, x0[r] - low[2]), min(out.shape[2], x1[r] - low[2])):
                    out[z, y, x] = owner[r] + 1


def _marrow(found: Components, rows: npt.NDArray[np.int32], number: int, scan: Scan) -> float:
    """Return the share of an object's slices that it encloses without filling."""
    low, high = found.box[number]
    box = np.zeros(tuple(high - low), np.int32)
    first = (int(low[0]), int(low[1]), int(low[2]))
    paint_box(rows, found.x0, found.x1, found.object, scan.hu.shape[1], first, box)
    solid = np.pad(box == number + 1, ((0, 0), (1, 1), (1, 1)))
    filled = fill_holes(solid)
    return float(1 - solid.sum() / filled.sum())


def _volumes(found: Components, scan: Scan) -> npt.NDArray[np.float64]:
    """Return (n,) volumes in mm3 with each slice's own thickness."""
    pixels = np.bincount(
        found.object, weights=(found.x1 - found.x0) * scan.weights_mm[found.z], minlength=len(found)
    )
    return np.asarray(pixels * scan.pixel_mm2)


def _slender(found: Components, scan: Scan) -> npt.NDArray[np.bool_]:
    """Return objects whose largest section is that of a vessel."""
    largest = np.zeros(len(found))
    np.maximum.at(largest, found.piece_object, found.piece_pixels * scan.pixel_mm2)
    return largest <= VESSEL_MM2


def _is_bone(
    found: Components, rows: npt.NDArray[np.int32], scan: Scan, body: Body, *, enhanced: bool
) -> npt.NDArray[np.bool_]:
    size = (found.box[:, 1] - found.box[:, 0]).astype(np.float64)
    wide = size * np.array([scan.gap_mm, *scan.pixel_mm])
    inside = share_inside(found, body.mask, scan) > 0.5
    ny, nx = scan.hu.shape[1:]
    cut = (found.box[:, 0, 1:] <= 0).any(axis=1) | (found.box[:, 1, 1] >= ny) | (found.box[:, 1, 2] >= nx)
    if scan.single:
        area = found.voxels * scan.pixel_mm2
        bone = area > SINGLE_MM2
        middling = ~bone & (wide[:, 1:].max(axis=1) >= MARROW_MM)
    else:
        volume = _volumes(found, scan)
        bone = volume >= BONE_MM3
        long = (np.linalg.norm(wide, axis=1) >= LONG_MM) & (volume >= LONG_MM3)
        bone |= long & ~(_slender(found, scan) & enhanced)
        bone |= cut & (volume > EDGE_MM3)
        middling = ~bone & (wide[:, 1:].max(axis=1) >= MARROW_MM) & (volume >= EDGE_MM3 / 3)
    for number in np.flatnonzero(middling & inside):
        bone[number] = _marrow(found, rows, int(number), scan) > MARROW_SHARE
    bone &= inside
    if bone.any() and np.ptp(scan.heights_mm) >= TALL_MM:
        ends = (found.box[:, 0, 0] <= 0) | (found.box[:, 1, 0] >= scan.hu.shape[0])
        anchors = bone & (cut | ends)
        anchors[np.flatnonzero(bone)[np.argmax(found.voxels[bone])]] = True
        bone = _chained(found, bone, anchors, scan)
    return np.asarray(bone)


def _chained(
    found: Components, bone: npt.NDArray[np.bool_], anchors: npt.NDArray[np.bool_], scan: Scan
) -> npt.NDArray[np.bool_]:
    """Return the bones that joints connect to the anchors: a whole, lonely object is no bone."""
    c = scan.coarse
    owner = np.zeros(c.mean.shape, np.int32)
    order = np.flatnonzero(bone)[np.argsort(-found.voxels[bone], kind="stable")]
    number = np.zeros(len(found), np.int32)
    number[order] = np.arange(1, order.size + 1)
    _mark_cells(found.z, found.y, found.x0, found.x1, found.object, number, c.block, c.origin, owner)
    reached = np.concatenate([[False], anchors[order]])
    while True:
        near = grow(reached[owner], JOINT_MM, c.pixel_mm, c.heights_mm)
        more = np.zeros(reached.size, np.bool_)
        more[np.unique(owner[near])] = True
        more[0] = False
        if not (more & ~reached).any():
            break
        reached |= more
    out = np.zeros(len(found), np.bool_)
    out[order[reached[1:]]] = True
    return out


def _behind_gaps(solid: Mask, pixel_mm: tuple[float, float]) -> Mask:
    """Return what bone with wide gaps encloses (a sacrum at its canal)."""
    wide = grow(solid, GAP_MM, pixel_mm)
    held = fill_holes(wide, FILL_MM2, pixel_mm) & ~wide
    return grow(held, GAP_MM, pixel_mm)


def other_bright(found: Components, skeleton: Skeleton, scan: Scan, body: Body) -> Mask:
    """Return coarse cells that hold objects of at least 2.4 mm2 which do not overlap the skeleton."""
    large = np.zeros(len(found), np.bool_)
    large[found.piece_object[found.piece_pixels * scan.pixel_mm2 >= STONE_MM2]] = True
    large &= share_inside(found, skeleton.solid, scan) < 0.2
    count = np.zeros(scan.coarse.mean.shape, np.int32)
    _paint_cells(
        found.z,
        found.y,
        found.x0,
        found.x1,
        found.object,
        large,
        scan.coarse.block,
        scan.coarse.origin,
        count,
    )
    return np.asarray((count > 0) & body.mask)


def with_vertebrae(skeleton: Skeleton, scan: Scan, not_bone: Mask, lumen_hu: float) -> Skeleton:
    """Return the skeleton of an enhanced scan with the insides of vertebrae, whose shells have gaps there.

    What is brighter than blood is closed by 6 mm and filled, and kept where it holds bone; `not_bone` (the
    aorta with its wall) is left out.
    """
    c = scan.coarse
    hard = (c.mean + np.sqrt(c.variance) >= lumen_hu + SHELL_HU) & ~not_bone
    whole = fill_holes(close(hard, ENHANCED_CLOSE_MM, c.pixel_mm), FILL_MM2, c.pixel_mm) & ~not_bone
    labels, count = label_slices(open_up(whole, CLOSE_MM, c.pixel_mm))
    bony = np.zeros(count + 1, np.bool_)
    bony[np.unique(labels[skeleton.solid])] = True
    bony[0] = False
    filled = (skeleton.filled & ~not_bone) | bony[labels]
    inner = erode(filled, c.pixel_mm[0], c.pixel_mm)
    return replace(skeleton, filled=filled, enclosed=filled, inner=inner)


def find_skeleton(
    scan: Scan, body: Body, blood: Blood, found: Components, level_hu: float, *, head: bool = False
) -> Skeleton:
    """Find bone among the objects at `level_hu` and fill its outline."""
    rows = row_starts(found, scan.hu.shape)
    is_bone = _is_bone(found, rows, scan, body, enhanced=blood.enhanced)
    coarse = scan.coarse
    count = np.zeros(coarse.mean.shape, np.int32)
    _paint_cells(
        found.z, found.y, found.x0, found.x1, found.object, is_bone, coarse.block, coarse.origin, count
    )
    solid = count >= CELL_SHARE * np.prod(coarse.block)
    every = np.zeros(coarse.mean.shape, np.int32)
    large = found.piece_pixels * scan.pixel_mm2 >= HULL_MM2
    _paint_cells(found.z, found.y, found.x0, found.x1, found.piece, large, coarse.block, coarse.origin, every)
    bright = (every >= CELL_SHARE * np.prod(coarse.block)) & body.mask
    if blood.enhanced:
        pool = grow(blood.pool, coarse.pixel_mm[0], coarse.pixel_mm)
        solid |= grow(solid, GROW_MM, coarse.pixel_mm) & (coarse.mean >= BONE_HU) & ~pool
    shut, hole = (HEAD_CLOSE_MM, HEAD_FILL_MM2) if head else (CLOSE_MM, FILL_MM2)
    filled = fill_holes(close(solid, shut, coarse.pixel_mm), hole, coarse.pixel_mm)
    enclosed = filled if head else filled | _behind_gaps(solid, coarse.pixel_mm)
    inner = erode(filled, coarse.pixel_mm[0], coarse.pixel_mm)
    return Skeleton(level_hu, found, is_bone, solid, filled, enclosed, inner, bright, rows)
