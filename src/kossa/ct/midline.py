"""Where the midline of a trunk runs that one edge of the picture cuts: by the column of vertebrae alone.

In a whole trunk the midline is the middle of the body. In half of one, or in a field of view beside the
middle, it is not; there a column of thick bones is sought that shows what only a spine has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.body import Body
from kossa.ct.frame import Scan
from kossa.ct.morphology import close, fill_holes, label_slices, open_up, sums_of
from kossa.ct.skeleton import Skeleton

__all__ = ["Midline", "cores_off_spine", "cut_sides", "find_midline", "is_trunk"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

CUT_MM = (
    60.0  # judgement: a cut face this high is the trunk's (or a limb's) own, not that of an arm beside it
)
CUT_SHARE = 0.5  # judgement: in so many slices
CORE_MM = 8.0  # judgement, as for whole trunks: vertebrae, hips and shafts survive this opening, ribs do not
ASIDE_MM = 20.0  # judgement: a spine strays less from a straight line seen from the front
CANAL_MM2, CANAL_HU = (80.0, 900.0), (-40.0, 110.0)  # adult canal 15-25 mm wide; cord, fluid and fat, blurred
CANAL_BEHIND_MM, CANAL_ASIDE_MM = (4.0, 45.0), 12.0  # judgement: the marrow of a shaft lies in its middle
ARCH_BEHIND_MM, ARCH_ASIDE_MM = (22.0, 75.0), 12.0  # judgement: arches and processes, behind the core
ARCH_MM2 = 25.0  # judgement
SHUT_MM = 4.0  # judgement: gaps of the ring of bone around the canal, between arches and with contrast
TALL_MM, TALL_SHARE = (
    80.0,
    0.35,
)  # judgement: a column this tall is told by arches; hips and knees are shorter
CANAL_LEAST, CANAL_SHARE = 0.1, 0.25  # judgement: canal in so many slices, beside arches or alone
SHORT_SHARE = 0.8  # judgement: arches in so many slices of a shorter scan
LUNG_MM3, LUNG_HU = (
    300_000.0,
    (-930.0, -600.0),
)  # judgement: a small half of a chest; air between legs is darker
TRUNK_FACE_MM = 150.0  # judgement: through a thigh a cut is shorter
EDGE_MM = 45.0  # judgement: a spine that the edge cuts, with its arches
MARGIN_SHARE = 0.2  # judgement: a shaft lies in the middle of its limb; an arm lies at the margin of a trunk
BARE_SHARE = 0.5  # judgement: limbs show a shaft everywhere; belly and flank show no thick bone but the spine


@dataclass(frozen=True, slots=True)
class Midline:
    """Coarse column `x` of a spine, and the sentence that says what it was told by."""

    x: float
    reason: str


def cut_sides(main: Mask, scan: Scan) -> tuple[bool, bool]:
    """Return whether the picture's edge cuts the body on its right, and on its left."""
    c = scan.coarse
    seen = main.any(axis=(1, 2))
    if not seen.any():
        return False, False
    low, high = (main[seen][:, :, k].sum(axis=1) * c.pixel_mm[0] >= CUT_MM for k in (0, -1))
    return (
        bool(c.cut[1] and low.mean() >= CUT_SHARE),
        bool(c.cut[3] and high.mean() >= CUT_SHARE),
    )


def _canals(scan: Scan, skeleton: Skeleton) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Return slice, y and x of soft holes in bone that have the size of a spinal canal."""
    c = scan.coarse
    ring = close(skeleton.solid, SHUT_MM, c.pixel_mm)
    hole = fill_holes(ring, CANAL_MM2[1], c.pixel_mm) & ~ring
    labels, count = label_slices(hole)
    if count == 0:
        return np.zeros(0, np.intp), np.zeros(0), np.zeros(0)
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:] * c.cell_mm2
    level = np.bincount(labels.ravel(), c.mean.ravel(), count + 1)[1:] / (area / c.cell_mm2)
    fits = (area >= CANAL_MM2[0]) & (level >= CANAL_HU[0]) & (level <= CANAL_HU[1])
    places = sums_of(labels, count, c.cell_mm3)[1:, 1:][fits]
    return np.rint(places[:, 0]).astype(np.intp), places[:, 1], places[:, 2]


def _arch(scan: Scan, skeleton: Skeleton, z: int, y: float, x: float) -> bool:
    """Return whether bone lies right behind a core."""
    c = scan.coarse
    y0, y1 = (round(y + mm / c.pixel_mm[0]) for mm in ARCH_BEHIND_MM)
    x0, x1 = (round(x + s * ARCH_ASIDE_MM / c.pixel_mm[1]) for s in (-1, 1))
    part = skeleton.solid[z, max(0, y0) : y1 + 1, max(0, x0) : x1 + 1]
    return bool(part.sum() * c.cell_mm2 >= ARCH_MM2)


def find_midline(scan: Scan, skeleton: Skeleton, main: Mask) -> Midline | None:
    """Return where a spine runs, or None where nothing shows what only a spine has."""
    c = scan.coarse
    labels, count = label_slices(open_up(skeleton.filled & main, CORE_MM, c.pixel_mm))
    if count == 0:
        return None
    places = sums_of(labels, count, c.cell_mm3)[1:, 1:]
    canal_z, canal_y, canal_x = _canals(scan, skeleton)
    canal, arch = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for k, (z, y, x) in enumerate(places):
        behind = (canal_y - y) * c.pixel_mm[0]
        canal[k] = bool(
            (
                (canal_z == round(z))
                & (behind >= CANAL_BEHIND_MM[0])
                & (behind <= CANAL_BEHIND_MM[1])
                & (np.abs(canal_x - x) * c.pixel_mm[1] <= CANAL_ASIDE_MM)
            ).any()
        )
        arch[k] = canal[k] or _arch(scan, skeleton, round(z), y, x)
    slices = float(np.count_nonzero(main.any(axis=(1, 2))))
    best: tuple[float, Midline | None] = (0.0, None)
    for x in places[arch, 2]:
        near = np.abs(places[:, 2] - x) * c.pixel_mm[1] <= ASIDE_MM
        z = np.unique(np.rint(places[near & arch, 0]))
        ring = np.unique(np.rint(places[near & canal, 0])).size / slices
        tall = (np.ptp(c.heights_mm[z.astype(int)]) if z.size else 0.0) >= TALL_MM
        share = z.size / slices
        long = share >= (TALL_SHARE if tall else SHORT_SHARE) and ring >= CANAL_LEAST
        if share > best[0] and (long or ring >= CANAL_SHARE):
            why = (
                f"a column of bone with arches behind it in {share:.0%} of the slices, a canal in {ring:.0%}"
            )
            best = (share, Midline(float(np.median(places[near & arch, 2])), why))
    return best[1]


def cores_off_spine(scan: Scan, skeleton: Skeleton, main: Mask, cut: tuple[bool, bool]) -> Mask:
    """Return thick bone, without that of a spine at the edge that cuts the body."""
    c = scan.coarse
    cores = open_up(skeleton.filled & main, CORE_MM, c.pixel_mm)
    edge = round(EDGE_MM / c.pixel_mm[1])
    if cut[0]:
        cores[:, :, :edge] = False
    if cut[1]:
        cores[:, :, -edge:] = False
    return cores


def is_trunk(scan: Scan, body: Body, skeleton: Skeleton, main: Mask, cut: tuple[bool, bool]) -> bool:
    """Return whether a body without a spine in the picture is part of a trunk, not a limb."""
    c = scan.coarse
    lung = body.lungs & main
    volume = float((lung.sum(axis=(1, 2)) * c.cell_mm3).sum())
    if volume >= LUNG_MM3 and LUNG_HU[0] <= float(np.median(c.mean[lung])) <= LUNG_HU[1]:
        return True
    seen = main.any(axis=(1, 2))
    face = main[seen][:, :, 0 if cut[0] else -1].sum(axis=1) * c.pixel_mm[0]
    if not seen.any() or float(np.median(face)) < TRUNK_FACE_MM:
        return False
    thick = np.asarray(cores_off_spine(scan, skeleton, main, cut).any(axis=1))
    bare = 0
    for z, plane in enumerate(main):
        columns = np.flatnonzero(plane.any(axis=0))
        if not columns.size:
            continue
        off = round(MARGIN_SHARE * (columns[-1] - columns[0]))
        bare += not thick[z, columns[0] + off : columns[-1] + 1 - off].any()
    return bool(bare >= BARE_SHARE * seen.sum())
