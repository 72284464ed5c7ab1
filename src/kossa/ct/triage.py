"""What the coarse figures decide of all objects at once, so that few have to be looked at one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.ct.anatomy import Anatomy
from kossa.ct.aorta import rim_gap_mm
from kossa.ct.candidates import Table, tabulate
from kossa.ct.judgement import Judgement
from kossa.ct.material import METAL_HU
from kossa.ct.recut import holders, recut
from kossa.ct.skeleton import share_inside
from kossa.ct.specks import is_kept, keep_reason
from kossa.evidence import Material
from kossa.image.components import Components, voxels_inside

__all__ = ["metal_places_mm", "to_mm", "triage", "with_cores"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

INSIDE_BONE = 0.5  # judgement: an object with half its voxels inside the outline of bone is bone
OUTSIDE_BODY = 0.5
INSIDE_REGION = 0.5
BONE_METAL_HU = 2600.0  # judgement: denser than any bone; enamel reaches about that
METAL_DEPTH_MM = 3.0  # ct_volumes.md rule 7: less deep it is a device on the skin
COARSE_SD = 4.5  # judgement: what stays below this by coarse figures cannot reach the limit by exact ones
NEVER_SD = 99.0
CORE_MM3, CORE_HU = 500.0, 100.0  # rule 9
ON_RIM_MM = 4.0  # rule 11


def _stand_out(anatomy: Anatomy, inner: Components) -> Flags:
    """Return which pieces of bone objects are small, bright and clear of the noise."""
    table = tabulate(anatomy.scan, anatomy.body, inner)
    never = np.full(len(inner), NEVER_SD)
    clear = is_kept(
        table.contrast_noise(inner), never, table.piece_mm2, table.slices, single=anatomy.scan.single
    )
    return clear & (table.volume_mm3 < CORE_MM3) & (inner.peak >= anatomy.level_hu + CORE_HU)


def with_cores(anatomy: Anatomy, found: Components) -> tuple[Components, Flags]:
    """Cut out of bone objects what stands apart from the skeleton at its own level.

    Returns the objects and which of them hold bone.
    """
    inner, hu = anatomy.skeleton.found, anatomy.scan.hu
    holds = np.zeros(len(found), np.bool_)
    if not len(inner):
        return found, holds
    held = holders(found, inner, hu.shape)
    holds[held[anatomy.skeleton.is_bone]] = True
    apart = holds[held] & ~anatomy.skeleton.is_bone & _stand_out(anatomy, inner)
    apart &= share_inside(inner, anatomy.skeleton.enclosed, anatomy.scan) < INSIDE_BONE
    apart &= share_inside(inner, anatomy.body.mask, anatomy.scan) >= OUTSIDE_BODY
    cut, numbers = recut(found, inner, np.flatnonzero(apart), hu)
    return cut, np.concatenate([holds, np.zeros(numbers.size, np.bool_)])


def _on_rim(anatomy: Anatomy, found: Components) -> Flags:
    """Return which objects have their middle on a sure circle of the aorta."""
    out = np.zeros(len(found), np.bool_)
    z = anatomy.scan.cell(found.centre)[0]
    y, x = anatomy.scan.in_cells(found.centre[:, 1], found.centre[:, 2])
    for circle in (anatomy.aorta, anatomy.ascending):
        for k in np.unique(z[circle.there[z]]):
            mine = z == k
            out[mine] |= np.abs(rim_gap_mm(circle, anatomy.scan, int(k), y[mine], x[mine])) <= ON_RIM_MM
    return out


def triage(
    anatomy: Anatomy, found: Components, table: Table, holds_bone: Flags, region: Flags | None
) -> dict[int, Judgement]:
    """Judge at once: outside of the regions given, table, bone, and what noise explains.

    `region` (Z, Y, X) are voxels that were asked about, None for all.
    """
    inside = share_inside(found, anatomy.body.mask, anatomy.scan)
    stony = share_inside(found, anatomy.skeleton.enclosed, anatomy.scan)
    stony[_on_rim(anatomy, found)] = 0.0
    sd = table.contrast_noise(found)
    never = np.full(len(found), NEVER_SD)
    large = is_kept(never, never, table.piece_mm2, table.slices, single=anatomy.scan.single)
    asked = np.ones(len(found))
    if region is not None:
        asked = voxels_inside(found, np.ascontiguousarray(region)) / found.voxels
    settled = holds_bone | (inside < OUTSIDE_BODY) | (stony >= INSIDE_BONE) | (sd < COARSE_SD) | ~large
    out: dict[int, Judgement] = {}
    for n in np.flatnonzero(settled | (asked < INSIDE_REGION)).tolist():
        if inside[n] < OUTSIDE_BODY:
            out[n] = Judgement(Material.TABLE, f"{1 - inside[n]:.0%} of it lies outside of the body")
        elif holds_bone[n]:
            size = table.volume_mm3[n] / 1000
            out[n] = Judgement(
                Material.BONE, f"part of the skeleton: {size:.1f} cm3 of bright voxels in one piece"
            )
        elif stony[n] >= INSIDE_BONE:
            out[n] = Judgement(Material.BONE, f"{stony[n]:.0%} of it lies inside the outline of bone")
        elif asked[n] < INSIDE_REGION:
            out[n] = Judgement(Material.UNSURE, "outside of the regions given: not looked at", kept=False)
        else:
            why = keep_reason(float(sd[n]), NEVER_SD, float(table.piece_mm2[n]), int(table.slices[n]))
            out[n] = Judgement(Material.CALCIFICATION, why, kept=False, contrast_noise=float(sd[n]))
    return out


def to_mm(anatomy: Anatomy, voxels: Floats) -> Floats:
    """Return (n, 3) places in mm along z, y, x of voxels of the turned scan."""
    scan = anatomy.scan
    z = np.interp(voxels[:, 0], np.arange(scan.heights_mm.size), scan.heights_mm)
    return np.stack([z, voxels[:, 1] * scan.pixel_mm[0], voxels[:, 2] * scan.pixel_mm[1]], axis=1)


def metal_places_mm(anatomy: Anatomy, found: Components, bone: Flags) -> Floats:
    """Return (n, 3) places of runs of metal inside the body."""
    limit = np.where(bone[found.object], BONE_METAL_HU, METAL_HU)
    hot = np.flatnonzero(found.run_peak > limit)
    middle = np.stack([found.z[hot], found.y[hot], (found.x0[hot] + found.x1[hot] - 1) / 2], axis=1)
    middle = middle.astype(np.float64)
    deep = anatomy.body.depth_mm[anatomy.scan.cell(middle)] > METAL_DEPTH_MM
    return to_mm(anatomy, middle[deep])
