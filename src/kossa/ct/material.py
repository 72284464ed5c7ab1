"""What a bright object is made of: table, device, metal, contrast medium, bone, or calcium.

Each rule returns a verdict with the numbers that decided, or None: then the next one is asked. The
rules and their limits are those of the reference page ct_volumes.md; where a number is of this file
alone, it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from kossa.ct.anatomy import Anatomy
from kossa.ct.aorta import rim_gap_mm
from kossa.ct.candidates import Look
from kossa.ct.levels import Level
from kossa.ct.morphology import erode
from kossa.evidence import Material

__all__ = ["METAL_HU", "Verdict", "judge_material", "on_aorta"]

DEVICE_DEPTH_MM, DEVICE_AIR = 3.0, 0.10  # rule 7; share of air beside it, judgement
METAL_HU = 1800.0  # rule 7
METAL_NEAR_MM = 14.0  # rule 7
EVEN_MM3, EVEN_EDGE_MM, EVEN_VOXELS = 1500.0, 3.0, 50  # judgement: room for a core without blurred edges
EVEN_SD, EVEN_LEAST_HU = 1.6, 8.0  # judgement: mineral that grew is never so even
SHELL_SHARE = 0.8  # judgement: of the body's width and of its depth
LINE_SHARE = 0.8  # rule 8: a line through this share of an enhanced scan
FAINT_HU, FAINT_SD = 150.0, 6.0  # rule 8
TOUCH_SHARE = 0.05  # rule 9
BONE_NEAR_MM, BONE_NEAR_PIXELS = 3.5, 3.5  # rule 9, where pixels had 0.98 mm; coarser ones blur further
APART_SD, APART_HU, APART_MM2, APART_MM3 = 8.0, 100.0, 2.4, 500.0  # rule 9
BEHIND_MM, ASIDE_MM, ASIDE_BONE_MM = 25.0, 60.0, 12.0  # rule 10
ASIDE_ENHANCED_MM = 25.0  # judgement: among ribs; with contrast only the hardest part of a rib counts as bone
SHELL_MM, SHELL_DEPTH_MM = 15.0, 45.0  # rule 10
LARGE_MM3, LARGE_SHELL_MM, LARGE_DEPTH_MM = 1000.0, 25.0, 60.0  # rule 10
LUNG_RING = 0.3  # rule 10: not applied where this share of the ring is air
SUBCUTIS_HU = -30.0  # rule 12: what lies in the fat outside of the muscles is no part of the cage
ARCH_AHEAD_MM, ARCH_DEPTH_MM = 60.0, 35.0  # judgement: the costal arch in the front wall of the upper belly
ON_RIM_MM, ON_RIM_SHARE = 4.0, 0.3  # rule 11
PLAQUE_MM = 9.0  # judgement: plaque is thinner across the wall, blur included; nodes are thicker
SKULL_BASE_MM = 12.0  # rule 13
SINUS_AIR = 0.1  # judgement
FACE_MM = 90.0  # judgement: what lies within this height below the skull ring is face


@dataclass(frozen=True, slots=True)
class Verdict:
    """A material with the sentence that says why."""

    material: Material
    reason: str


def _places(
    anatomy: Anatomy, look: Look
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return coarse slice, and coarse (fractional) y and x of all voxels of an object."""
    z, y, x = np.nonzero(look.mask)
    scan = anatomy.scan
    cell_z = np.minimum((z + look.low[0]) // scan.coarse.block[0], scan.coarse.mean.shape[0] - 1)
    return (
        cell_z,
        *scan.in_cells((y + look.low[1]).astype(np.float64), (x + look.low[2]).astype(np.float64)),
    )


def on_aorta(anatomy: Anatomy, look: Look, cell: tuple[int, int, int]) -> str | None:
    """Return "aorta" or "ascending" where an object is a sheet on its rim: near it, and thin across it."""
    z, y, x = _places(anatomy, look)
    best: tuple[str | None, float] = (None, 0.0)
    for name, circle in (("aorta", anatomy.aorta), ("ascending", anatomy.ascending)):
        if name == "ascending" and not anatomy.body.lung_hull[cell]:
            continue
        gap = np.concatenate(
            [rim_gap_mm(circle, anatomy.scan, int(k), y[z == k], x[z == k]) for k in np.unique(z)]
        )
        share = float((np.abs(gap) <= ON_RIM_MM).mean())
        thick = float(np.ptp(np.percentile(gap, (5, 95))))
        if share >= ON_RIM_SHARE and thick <= PLAQUE_MM and share > best[1]:
            best = (name, share)
    return best[0]


def _device(anatomy: Anatomy, look: Look, depth: float, cell: tuple[int, int, int]) -> Verdict | None:
    if depth >= DEVICE_DEPTH_MM or look.air_beside < DEVICE_AIR or anatomy.body.lung_hull[cell]:
        return None
    return Verdict(
        Material.METAL if look.peak_hu > METAL_HU else Material.TABLE,
        f"a device on the skin: {depth:.0f} mm deep, {look.air_beside:.0%} of what lies beside it is air",
    )


def _metal(anatomy: Anatomy, look: Look, metal_mm: float, line: bool) -> Verdict | None:
    if look.peak_hu > METAL_HU and not (anatomy.blood.enhanced and line):
        return Verdict(
            Material.METAL,
            f"metal, or too dense to tell: its peak is {look.peak_hu:.0f} HU (limit {METAL_HU:.0f})",
        )
    if metal_mm <= METAL_NEAR_MM:
        return Verdict(
            Material.UNSURE,
            f"{metal_mm:.0f} mm from metal, whose streaks reach {METAL_NEAR_MM:.0f} mm: cannot be judged",
        )
    return None


def _even(anatomy: Anatomy, look: Look, volume_mm3: float) -> Verdict | None:
    """Recognise a large body of one density: a calibration rod, or contrast in a hollow organ."""
    if volume_mm3 < EVEN_MM3:
        return None
    scan = anatomy.scan
    heights = scan.heights_mm[look.low[0] : look.low[0] + look.mask.shape[0]]
    core = erode(look.mask, EVEN_EDGE_MM, scan.pixel_mm, heights)
    if core.sum() < EVEN_VOXELS:
        return None
    values = look.hu[core].astype(np.float64)
    if values.std() > EVEN_SD * max(scan.sigma_hu, EVEN_LEAST_HU):
        return None
    return Verdict(
        Material.PHANTOM,
        f"{volume_mm3 / 1000:.1f} cm3 of one density, {values.mean():.0f} HU with SD {values.std():.0f}:"
        " a calibration rod, or contrast in a hollow organ",
    )


def _shell(anatomy: Anatomy, look: Look, cell: tuple[int, int, int]) -> Verdict | None:
    """Recognise what goes all around a body: the wall of a phantom, a cast, a wet sheet."""
    here, scan = np.asarray(anatomy.body.mask[cell[0]]), anatomy.scan
    flat = np.asarray(look.mask.any(axis=0))
    for axis in (0, 1):
        body = np.flatnonzero(here.any(axis=axis))
        own = np.flatnonzero(flat.any(axis=axis))
        if body.size == 0:
            return None
        size = (own[-1] - own[0] + 1) * scan.pixel_mm[1 - axis]
        if size < SHELL_SHARE * (body[-1] - body[0] + 1) * scan.coarse.pixel_mm[1 - axis]:
            return None
    return Verdict(Material.PHANTOM, "as wide and as deep as the whole body: a wall around it, or a cast")


def _contrast(anatomy: Anatomy, look: Look, line: bool, arm: bool, rim: str | None) -> Verdict | None:
    if line and anatomy.blood.agent and not anatomy.blood.enhanced:
        why = f"a thin bright line through the scan, whose header names contrast ({anatomy.blood.agent})"
        return Verdict(Material.UNSURE, f"{why}: an enhanced vessel is as likely")
    if not anatomy.blood.enhanced or anatomy.lumen_hu is None:
        return None
    if line:
        return Verdict(
            Material.CONTRAST,
            f"a thin bright line through at least {LINE_SHARE:.0%} of an enhanced scan: contrast in a vessel",
        )
    if arm:
        return Verdict(
            Material.UNSURE,
            "beside the trunk of an enhanced scan, in an arm: contrast in a vein is as likely",
        )
    limit = anatomy.lumen_hu + max(FAINT_HU, FAINT_SD * anatomy.scan.sigma_hu)
    if rim is None and look.peak_hu < limit and look.hole_share < 0.05:
        return Verdict(
            Material.UNSURE,
            f"its peak of {look.peak_hu:.0f} HU is below {limit:.0f} (blood reads {anatomy.lumen_hu:.0f} HU):"
            " contrast in a vessel, organ or bowel is as likely",
        )
    return None


def _cut(anatomy: Anatomy, look: Look, cell: tuple[int, int, int]) -> Verdict | None:
    """Leave open what the picture's edge cuts at half its height, and what may be of a spine beyond it."""
    half = (look.peak_hu + (look.ring_median_hu or 0.0)) / 2
    places = np.argwhere((look.mask & (look.hu >= half)).any(axis=0)) + np.array(look.low[1:])
    if (places <= 0).any() or (places >= np.array(anatomy.scan.hu.shape[1:]) - 1).any():
        return Verdict(Material.UNSURE, "the edge of the picture cuts it: a cut bone is as likely")
    trunk, c = anatomy.trunk, anatomy.scan.coarse
    if not trunk.part:
        return None
    edge = (cell[2] if trunk.cut[0] else trunk.main.shape[2] - 1 - cell[2]) * c.pixel_mm[1]
    bone = min(float(anatomy.bone_mm[cell]), look.bone_gap_mm)
    if edge < ASIDE_MM and bone < ASIDE_BONE_MM:
        why = f"{edge:.0f} mm from the edge that cuts the trunk, {bone:.0f} mm from bone"
        return Verdict(
            Material.UNSURE, f"{why}: a piece of the spine, which is not in the picture, is as likely"
        )
    depth = float(anatomy.body.depth_mm[cell])
    if depth < ARCH_DEPTH_MM and anatomy.flesh.inside[cell]:
        why = f"{depth:.0f} mm deep in the wall of a trunk whose spine is not in the picture"
        return Verdict(Material.UNSURE, f"{why}: a rib or its cartilage is as likely")
    return None


def stands_apart(anatomy: Anatomy, look: Look, volume_mm3: float, piece_mm2: float) -> bool:
    """Return whether an object near bone is cut off from it at half its own height."""
    if anatomy.head.seen or look.contrast_noise < APART_SD or look.peak_hu < anatomy.level_hu + APART_HU:
        return False
    if piece_mm2 < APART_MM2 or volume_mm3 >= APART_MM3:
        return False
    half = (look.peak_hu + (look.ring_median_hu or 0.0)) / 2
    labels, _ = ndimage.label(look.hu >= half, np.ones((3, 3, 3), np.bool_))
    own = labels[look.mask & (look.hu >= look.peak_hu)]
    if own.size == 0 or own[0] == 0:
        return False
    return not bool((labels[look.bone] == own[0]).any())


def _bone(
    anatomy: Anatomy, look: Look, volume_mm3: float, piece_mm2: float, rim: str | None
) -> Verdict | None:
    limit = max(BONE_NEAR_MM, BONE_NEAR_PIXELS * max(anatomy.scan.pixel_mm))
    near = look.bone_gap_mm < limit
    touching = look.bone_touch > TOUCH_SHARE
    if not near and not touching:
        return None
    if rim is not None or stands_apart(anatomy, look, volume_mm3, piece_mm2):
        return None
    how = (
        f"{look.bone_touch:.0%} of its surface touches bone"
        if touching
        else f"it lies {look.bone_gap_mm:.1f} mm from bone"
    )
    return Verdict(
        Material.BONE,
        f"{how} (limits {TOUCH_SHARE:.0%}, {limit:.1f} mm): calcium beside bone cannot be told from it",
    )


def _trunk(
    anatomy: Anatomy, look: Look, volume_mm3: float, cell: tuple[int, int, int], rim: str | None
) -> Verdict | None:
    trunk, c = anatomy.trunk, anatomy.scan.coarse
    z, y, x = cell
    if not trunk.spine[z] or look.ring_air > LUNG_RING or rim is not None:
        return None
    if trunk.spine_hull[cell]:
        return Verdict(Material.BONE, "inside the outline of the spine")
    behind = (y - trunk.spine_y[z]) * c.pixel_mm[0]
    aside = abs(x - trunk.spine_x[z]) * c.pixel_mm[1]
    bone = min(float(anatomy.bone_mm[cell]), look.bone_gap_mm)
    reach = ASIDE_ENHANCED_MM if anatomy.blood.enhanced and trunk.ribs[z] else ASIDE_BONE_MM
    if behind > 0 and (aside < BEHIND_MM or (aside < ASIDE_MM and bone < reach)):
        return Verdict(
            Material.BONE,
            f"{behind:.0f} mm behind the vertebral centre, {aside:.0f} mm aside: part of the spine or a rib",
        )
    return _wall(anatomy, look, volume_mm3, cell)


def _wall(anatomy: Anatomy, look: Look, volume_mm3: float, cell: tuple[int, int, int]) -> Verdict | None:
    trunk = anatomy.trunk
    z, y, _ = cell
    ring = look.ring_median_hu if look.ring_median_hu is not None else 0.0
    subcutis = ring < SUBCUTIS_HU and not anatomy.flesh.inside[cell]
    if subcutis or anatomy.levels.of[z] is Level.PELVIS or not trunk.ribs[z]:
        return None
    depth = float(anatomy.body.depth_mm[cell])
    inside = float(trunk.inside_bone_mm[cell])
    ahead = (trunk.front_y[z] - y) * anatomy.scan.coarse.pixel_mm[0]
    large = volume_mm3 > LARGE_MM3
    shell, reach = (LARGE_SHELL_MM, LARGE_DEPTH_MM) if large else (SHELL_MM, SHELL_DEPTH_MM)
    in_shell = 0 < inside < shell and depth < reach
    outside_lung = bool(trunk.lung[z]) and not anatomy.body.lung_hull[cell]
    arch = ahead > ARCH_AHEAD_MM and depth < ARCH_DEPTH_MM and anatomy.levels.of[z] is Level.ABDOMEN
    if not in_shell and not outside_lung and not arch:
        return None
    why = f"{depth:.0f} mm deep in the wall among {ring:.0f} HU"
    if in_shell:
        why = f"{inside:.0f} mm inside the hull of the bones and {depth:.0f} mm deep"
    elif outside_lung:
        why = f"in the chest wall, outside of the lungs' hull, among {ring:.0f} HU"
    if ahead > 0 and (not large or arch):
        return Verdict(Material.PHYSIOLOGICAL, f"rib cartilage or breastbone's tip: {why}, in front")
    return Verdict(Material.BONE, f"part of the rib cage: {why}")


def _face(anatomy: Anatomy, look: Look, z: int) -> Verdict | None:
    """Judge what lies below or above the slices with a closed skull."""
    heights, ring = anatomy.scan.coarse.heights_mm, anatomy.head.ring
    if heights[z] > heights[ring].max():
        return Verdict(Material.BONE, "above the closed ring of the skull: part of the vault")
    if not heights[ring].min() - FACE_MM <= heights[z] < heights[ring].min():
        return None
    if look.ring_air > SINUS_AIR:
        why = f"in the face, {look.ring_air:.0%} of what surrounds it is air: wall of a sinus or of the nose"
        return Verdict(Material.BONE, why)
    return Verdict(Material.UNSURE, "in the face or at the skull base: thin bone cannot be told from calcium")


def _head(anatomy: Anatomy, look: Look, cell: tuple[int, int, int]) -> Verdict | None:
    head = anatomy.head
    if not head.seen or not head.ring[cell[0]]:
        return _face(anatomy, look, cell[0]) if head.seen else None
    if not head.inside[cell]:
        return Verdict(Material.BONE, "outside of the inside of the skull: part of skull or face")
    bone = float(anatomy.bone_mm[cell])
    if head.base[cell[0]] and bone < SKULL_BASE_MM:
        why = f"{bone:.0f} mm from the skull base (limit {SKULL_BASE_MM:.0f}): not assessable next to bone"
        return Verdict(Material.UNSURE, why)
    return None


def judge_material(
    anatomy: Anatomy, look: Look, volume_mm3: float, piece_mm2: float, metal_mm: float, line: bool, arm: bool
) -> Verdict:
    """Ask the rules in their order; what no rule takes is calcification."""
    cell = tuple(int(v[0]) for v in anatomy.scan.cell(np.array([look.centre])))
    place = (cell[0], cell[1], cell[2])
    depth = float(anatomy.body.depth_mm[place])
    rim = on_aorta(anatomy, look, place)
    verdict = (
        _device(anatomy, look, depth, place)
        or _metal(anatomy, look, metal_mm, line)
        or _even(anatomy, look, volume_mm3)
        or _shell(anatomy, look, place)
        or _bone(anatomy, look, volume_mm3, piece_mm2, rim)
        or _head(anatomy, look, place)
        or _cut(anatomy, look, place)
        or _trunk(anatomy, look, volume_mm3, place, rim)
        or _contrast(anatomy, look, line, arm, rim)
    )
    if verdict:
        return verdict
    ring = "" if look.ring_median_hu is None else f" among {look.ring_median_hu:.0f} HU"
    apart = f", {look.bone_gap_mm:.0f} mm from bone" if look.bone_gap_mm < 8 else ", away from bone"
    return Verdict(
        Material.CALCIFICATION,
        f"peak {look.peak_hu:.0f} HU{ring}, {look.contrast_noise:.1f} SD above, {depth:.0f} mm deep{apart}",
    )
