"""Landmarks of the trunk: where the spine runs, how deep a place lies inside the cage of bone and lungs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.midline import cut_sides, find_midline, is_trunk
from kossa.ct.morphology import convex_fill, distance, label_slices, open_up, sums_of
from kossa.ct.skeleton import Skeleton

__all__ = ["Trunk", "find_trunk"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

CORE_MM = 8.0  # judgement: what survives this opening is a vertebra, a hip or the shaft of a limb, no rib
NEAR_MM = 20.0  # judgement: of two thick bones the one nearer to the midline is the spine
MIDLINE_SHARE = 0.12  # judgement: the spine lies within this share of the body's width from its middle
FRONT_SHARE = 0.35  # judgement: it does not lie in the front third
TRUNK_WIDE_MM, TRUNK_MM2 = 230.0, 30_000.0  # judgement: narrower is a limb or a neck, unless lungs are seen
STRAY_MM = 25.0  # judgement: a core further than this from its neighbours' is no vertebra
SPINE_REACH_MM = 45.0  # arches and processes belong to the spine's hull
SPINE_Z_MM = 6.0  # ct_volumes.md rule 10
RIB_ASIDE_MM, RIB_MM2 = 60.0, 40.0  # judgement: bone there is of ribs (or hips)
RIB_Z_MM = 20.0  # judgement: from a rib to the next
BODY_HALF_MM = 16.0  # judgement: half the depth of a vertebral body (25-35 mm); arches lie behind it


@dataclass(frozen=True, eq=False)
class Trunk:
    """Per coarse slice (Z,): `spine` is there, its vertebral centre and front in coarse y, centre in x.

    `ribs` says whether ribs are in the slice or near it. `spine_hull`, `inside_bone_mm` (depth inside the
    convex hull of bone) and `main` (the largest piece of body in each slice, without arms that lie apart)
    are coarse [z, y, x]. `cut` tells whether the picture's edge cuts the body on its right and its left.
    `one_sided`: one of them does, and the spine is told by its bones alone; `part`: no spine is in what the
    picture holds of a trunk.
    """

    spine: Mask
    spine_y: Floats
    spine_x: Floats
    front_y: Floats
    lung: Mask
    width_mm: Floats
    middle_x: Floats
    spine_hull: Mask
    inside_bone_mm: npt.NDArray[np.float32]
    main: Mask
    ribs: Mask
    cut: tuple[bool, bool] = (False, False)
    one_sided: bool = False
    part: bool = False

    def on_both(self, right: float, left: float) -> float:
        """Return what both sides of the midline have at least; of a cut body the fuller side counts."""
        return max(right, left) if self.one_sided else min(right, left)

    @property
    def any(self) -> bool:
        """Whether a trunk is seen at all."""
        return bool(self.spine.any())


def _extent(body: Body, scan: Scan) -> tuple[Floats, Floats, Floats, Mask]:
    """Return width in mm, middle in coarse x, area in mm2 and cells of each slice's largest body piece."""
    labels, count = label_slices(body.mask)
    area = np.bincount(labels.ravel(), minlength=count + 1).astype(np.float64)
    area[0] = 0
    width, middle, size = (np.zeros(labels.shape[0]) for _ in range(3))
    main = np.zeros(labels.shape, np.bool_)
    for z, plane in enumerate(labels):
        numbers = np.unique(plane[plane > 0])
        if numbers.size == 0:
            continue
        best = numbers[np.argmax(area[numbers])]
        main[z] = plane == best
        columns = np.flatnonzero(main[z].any(axis=0))
        width[z] = (columns[-1] - columns[0] + 1) * scan.coarse.pixel_mm[1]
        middle[z] = (columns[0] + columns[-1]) / 2
        size[z] = area[best] * scan.coarse.cell_mm2
    return width, middle, size, main


def _restored(main: Mask, x: float, pixel_mm: float, cut: tuple[bool, bool]) -> tuple[Floats, Floats]:
    """Return the width that a cut body would have around its midline, and the midline, slice by slice."""
    width = np.zeros(main.shape[0])
    for z, plane in enumerate(main):
        columns = np.flatnonzero(plane.any(axis=0))
        if columns.size == 0:
            continue
        half = x - columns[0] if cut[1] else columns[-1] - x
        width[z] = max(0.0, 2 * half * pixel_mm)
    return width, np.full(main.shape[0], x)


def _midline(scan: Scan, body: Body, width: Floats, middle: Floats) -> Mask:
    """Return where a spine may lie: near the middle of the body, not in its front third."""
    out = np.zeros(body.mask.shape, np.bool_)
    for z in np.flatnonzero(width > 0):
        rows = np.flatnonzero(body.mask[z].any(axis=1))
        reach = MIDLINE_SHARE * width[z] / scan.coarse.pixel_mm[1]
        left, right = round(middle[z] - reach), round(middle[z] + reach)
        out[z, round(rows[0] + FRONT_SHARE * (rows[-1] - rows[0])) :, max(left, 0) : right + 1] = True
    return out


def _vertebrae(scan: Scan, skeleton: Skeleton, middle: Mask, centre: Floats) -> tuple[Floats, Floats, Floats]:
    """Return y, x of the thickest bone near the midline of each slice and its front edge (NaN: none).

    The front is that of the largest inscribed circle, so that a spur or a plaque does not move it.
    """
    coarse = scan.coarse
    cores = open_up(skeleton.filled, CORE_MM, coarse.pixel_mm)
    for bare in np.flatnonzero(
        ~(cores & middle).any(axis=(1, 2)) & (skeleton.solid & middle).any(axis=(1, 2))
    ):
        whole = convex_fill(skeleton.solid[bare] & middle[bare])[None]
        cores[bare] = open_up(whole, CORE_MM, coarse.pixel_mm)[0]
    labels, count = label_slices(cores)
    y, x, front = (np.full(labels.shape[0], np.nan) for _ in range(3))
    if count == 0:
        return y, x, front
    places = sums_of(labels, count, coarse.cell_mm3)[1:, 1:]
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    inner = distance(cores, coarse.pixel_mm)
    for z in range(labels.shape[0]):
        mine = np.flatnonzero(np.rint(places[:, 0]) == z)
        at = np.rint(places[mine]).astype(int)
        mine = mine[middle[z, at[:, 1], at[:, 2]]]
        if mine.size == 0:
            continue
        aside = np.abs(places[mine, 2] - centre[z]) * coarse.pixel_mm[1]
        best = mine[np.argmax(sizes[mine] / (1 + (aside / NEAR_MM) ** 2))]
        one = labels[z] == best + 1
        radius = float(inner[z][one].max())
        lines, _ = np.nonzero(one & (inner[z] >= 0.9 * radius))
        front[z] = lines.min() - radius / coarse.pixel_mm[0]
        y[z], x[z] = places[best, 1], np.nonzero(one & middle[z])[1].mean()
    return y, x, front


def _steady(values: Floats, heights: Floats, stray: float) -> tuple[Floats, Mask]:
    """Drop values that stray from the running median, and fill gaps between those that stay."""
    there = ~np.isnan(values)
    if not there.any():
        return values, there
    index = np.flatnonzero(there)
    near = ndimage.median_filter(values[index], size=min(9, 2 * (index.size // 2) + 1), mode="nearest")
    keep = index[np.abs(values[index] - near) <= stray]
    if keep.size == 0:
        return values, there & False
    out = np.interp(heights, heights[keep], values[keep])
    spacing = np.interp(heights, heights[keep], heights[keep])
    far = np.abs(heights - spacing) > SPINE_REACH_MM
    gap = np.array([np.abs(heights[keep] - h).min() for h in heights])
    return out, (gap <= SPINE_REACH_MM) & ~far


def _hulls(mask: Mask) -> Mask:
    """Return the convex hull of every slice."""
    return np.stack([convex_fill(plane) if plane.any() else plane for plane in mask])


def _ribs(scan: Scan, skeleton: Skeleton, spine: Mask, x: Floats, main: Mask, *, one_sided: bool) -> Mask:
    """Return slices with something bright far aside of the spine on both sides, or near such slices."""
    c = scan.coarse
    columns = np.arange(main.shape[2])
    here = np.zeros(spine.size, np.bool_)
    for z in np.flatnonzero(spine):
        aside = (columns - x[z]) * c.pixel_mm[1]
        area = ((skeleton.filled[z] | skeleton.bright[z]) & main[z]).sum(axis=0) * c.cell_mm2
        sides = area[aside <= -RIB_ASIDE_MM].sum(), area[aside >= RIB_ASIDE_MM].sum()
        here[z] = (max(sides) if one_sided else min(sides)) >= RIB_MM2
    near = [bool(here[np.abs(c.heights_mm - h) <= RIB_Z_MM].any()) for h in c.heights_mm]
    return np.array(near)


def find_trunk(scan: Scan, body: Body, skeleton: Skeleton) -> Trunk:
    """Find the spine by its thick bones near the midline, slice by slice, steadied along z."""
    coarse = scan.coarse
    width, middle, size, main = _extent(body, scan)
    cut = cut_sides(main, scan)
    one_sided = cut[0] != cut[1]
    midline = find_midline(scan, skeleton, main) if one_sided else None
    if midline is not None:
        width, middle = _restored(main, midline.x, coarse.pixel_mm[1], cut)
    lost = one_sided and midline is None
    lung = body.lungs.sum(axis=(1, 2)) * coarse.cell_mm2 > 2000.0
    heights = coarse.heights_mm
    broad = (width >= TRUNK_WIDE_MM) & (size >= TRUNK_MM2)
    near_lung = np.zeros(lung.size, np.bool_)
    if lung.any():
        near_lung = np.array([np.abs(heights[lung] - h).min() <= 60.0 for h in heights])
    y, x, front = _vertebrae(scan, skeleton, _midline(scan, body, width, middle), middle)
    here = broad | near_lung if midline is None else width > 0
    for values in (y, x, front):
        values[~here] = np.nan
    stray = STRAY_MM / coarse.pixel_mm[1]
    x, steady_x = _steady(x, heights, stray)
    y, steady_y = _steady(y, heights, stray)
    front, _ = _steady(front, heights, stray)
    y = np.minimum(y, front + BODY_HALF_MM / coarse.pixel_mm[0])
    spine = steady_x & steady_y & here
    if lost or (scan.hu.shape[0] > 1 and spine.sum() < 0.3 * here.sum()):
        spine &= False
    near = np.zeros(coarse.mean.shape, np.bool_)
    columns = np.arange(coarse.mean.shape[2])
    lines = np.arange(coarse.mean.shape[1])
    for z in np.flatnonzero(spine):
        near[z] = (np.abs(columns - x[z]) * coarse.pixel_mm[1] < SPINE_REACH_MM)[None, :] & (
            ((lines - front[z]) * coarse.pixel_mm[0] > -6.0) & ((lines - y[z]) * coarse.pixel_mm[0] < 75.0)
        )[:, None]
    hull = _hulls(skeleton.filled & near)
    more = max(0, round(SPINE_Z_MM / coarse.gap_mm))
    if more and hull.shape[0] > 1:
        hull = ndimage.binary_dilation(hull, np.ones((2 * more + 1, 1, 1), np.bool_))
    cage = _hulls((skeleton.filled | skeleton.bright) & main)
    return Trunk(
        spine,
        y,
        x,
        front,
        lung,
        width,
        middle,
        hull,
        distance(cage, coarse.pixel_mm),
        main,
        _ribs(scan, skeleton, spine, x, main, one_sided=midline is not None),
        cut,
        midline is not None,
        lost and is_trunk(scan, body, skeleton, main, cut),
    )
