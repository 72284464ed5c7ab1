"""Deposits of a radiograph, from how far each pixel stands out: parts joined, metal told, form described."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.kernels.smooth import gaussian
from kossa.film.metal import steps_among
from kossa.film.moved import Ground, told_by_edge
from kossa.film.outline import EIGHT, Outline, describe_outline

__all__ = ["SEED_Z", "Lump", "Step", "find_step", "grown", "lumps_of", "merged"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

SEED_Z, REACH_Z = 6.6, 3.2  # a deposit holds the first, and goes as far as the second; judgement
CLOUD_Z = 7.6  # the first of a cloud without form, which the body's own texture makes most easily; judgement
LEAST_MM2 = 2.0  # judgement
LINK_MM = 10.0  # parts nearer than this are one deposit; judgement
FLANK_MM = 1.0  # round a deposit that is not yet its ground; judgement
FOOT = 0.35  # of a deposit's height, at which its outline is drawn; judgement
CORTEX = 0.7  # of the width of a shaft that its densest ray runs through cortex; judgement
# calcium is hardly denser than cortex; shells and walls of tubes alone are far deeper than wide; judgement
DEEPER, DEEP_MM, DEEP_THIN_MM, THIN_MM, RING = 2.2, 4.5, 8.0, 2.0, 1.3
HOLLOW = ("rim", "lucent_centre", "tram_track")
PIT_MM, PIT, PITS = 3.0, 0.4, 0.25  # dark beside a moved edge: how near, deep and large; judgement
MOST = 40  # deposits that are told of one film


@dataclass(frozen=True, eq=False)
class Lump:
    """One deposit on the working image: pixels, place, strength, form, parts, whether on bone.

    `body` is what its form is read from; `half` counts the pixels that stand at least half as high over
    the ground round it as its top.
    """

    body: Mask
    half: int
    corner: tuple[int, int]
    y: float
    x: float
    z: float
    outline: Outline
    parts: int
    on_bone: bool
    metal: Mask | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """What bone adds to soft tissue: grey levels at its densest, and a mm of its cortex."""

    whole: float
    a_mm: float


def lumps_of(
    z: Image, rest: Image, pixel_mm: float, seed: float, ground: Ground | None, step: Step
) -> tuple[list[Lump], Mask]:
    """Return what holds a seed, parts near each other joined, the strongest first; and pixels left out.

    Left out is what an edge tells, where the `ground` of a limb is known.
    """
    parts, count = ndi.label(z >= REACH_Z, EIGHT)
    if not count:
        return [], np.zeros(z.shape, bool)
    highest = np.zeros(count + 1)
    np.maximum.at(highest, parts[parts > 0], z[parts > 0])
    areas = np.bincount(parts.ravel(), minlength=count + 1) * pixel_mm**2
    keep = (highest >= REACH_Z + 1.3) & (areas >= LEAST_MM2 / 2)
    seeds = keep & (highest >= seed) & (areas >= LEAST_MM2)
    keep[0] = seeds[0] = False
    smooth = gaussian(rest, 0.3 / pixel_mm)
    where = ndi.find_objects(parts)
    if ground is not None:
        for part in np.flatnonzero(keep):
            keep[part] = not _is_edge(parts, int(part), where[part - 1], smooth, pixel_mm)
    seeds &= keep
    kept = keep[parts]
    joined, number = ndi.label(grown(kept, LINK_MM / 2 / pixel_mm), EIGHT)
    out: list[Lump] = []
    edges = np.zeros(z.shape, bool)
    boxes = ndi.find_objects(joined)
    for label in range(1, number + 1):
        box = boxes[label - 1]
        mine = (joined[box] == label) & kept[box]
        if not seeds[parts[box][mine]].any():
            continue
        if ground is not None:
            told = _told(parts, mine, box, smooth, ground, step, pixel_mm)
            edges[box] |= told
            mine &= ~told
            if not (seeds[parts[box]] & mine & (z[box] >= seed)).any():
                continue
        lump = _lump(mine, z[box], smooth[box], box, pixel_mm, ground, step)
        if ground is not None and lump.metal is not None:
            steps = steps_among(lump.metal, smooth[box], ground.smooth, lump.corner, pixel_mm)
            if steps.any():
                edges[box] |= steps
                mine &= ~grown(steps, FLANK_MM / pixel_mm)
                if not (seeds[parts[box]] & mine & (z[box] >= seed)).any():
                    continue
                lump = _lump(mine, z[box], smooth[box], box, pixel_mm, ground, step)
        if lump.z >= CLOUD_Z or lump.outline.word != "amorphous":
            out.append(lump)
    out.sort(key=lambda lump: -lump.z)
    return out[:MOST], edges


def merged(first: list[Lump], again: list[Lump], shape: tuple[int, ...], pixel_mm: float) -> list[Lump]:
    """Return marks of a second look, and those of the first that lie near none of them, strongest first."""
    taken = np.zeros(shape, bool)
    for lump in again:
        _on(taken, lump)[lump.body] = True
    if taken.any():
        taken = grown(taken, LINK_MM / pixel_mm)
    lost = [lump for lump in first if not _on(taken, lump)[lump.body].any()]
    return sorted([*again, *lost], key=lambda lump: -lump.z)[:MOST]


def _on(picture: Mask, lump: Lump) -> Mask:
    """Return the part of a picture (y, x) that a mark's pixels are counted on."""
    (y, x), (rows, columns) = lump.corner, lump.body.shape
    return picture[y : y + rows, x : x + columns]


def _told(
    parts: npt.NDArray[np.int32],
    mine: Mask,
    box: tuple[slice, slice],
    smooth: Image,
    ground: Ground,
    step: Step,
    pixel_mm: float,
) -> Mask:
    """Return the pixels of a joined mark that edges tell."""
    told = np.zeros(mine.shape, bool)
    corner = box[0].start, box[1].start
    for part in np.unique(parts[box][mine]):
        told |= told_by_edge(mine & (parts[box] == part), smooth[box], corner, ground, step.whole, pixel_mm)
    return told


def _is_edge(
    parts: npt.NDArray[np.int32], k: int, box: tuple[slice, slice], smooth: Image, pixel_mm: float
) -> bool:
    """Tell whether a part is an edge that lies elsewhere than the shaft's: as dark on one side as bright.

    Bone that widens to a joint, or bows as its model does not, moves edges; calcium only adds.
    """
    reach = PIT_MM / pixel_mm
    wide = tuple(slice(max(0, b.start - round(reach)), b.stop + round(reach)) for b in box)
    mine, height = parts[wide] == k, smooth[wide]
    peak = float(np.percentile(height[mine], 95))  # a bright deposit has a wide, faint halo
    body = mine & (height >= FOOT * peak)
    pits = (height < -PIT * peak) & grown(body, reach)
    return bool(pits.sum() > PITS * body.sum())


def grown(mask: Mask, reach: float) -> Mask:
    """Return `mask` with all pixels within `reach` pixels of it."""
    wider: Mask = ndi.distance_transform_edt(~mask) <= reach
    return wider


def _ground(mine: Mask, rise: Image, pixel_mm: float) -> float:
    """Return the height of what lies round a deposit, 0 where its box shows nothing but itself."""
    outside = ~grown(mine, FLANK_MM / pixel_mm)
    return float(np.median(rise[outside])) if outside.any() else 0.0


def _half_height(mine: Mask, above: Image) -> Mask:
    """Return the pixels of each part that stand at least half as high as that part's own top."""
    parts, count = ndi.label(grown(mine, 2), EIGHT)
    tops = np.zeros(count + 1, np.float32)
    np.maximum.at(tops, parts[mine], above[mine])
    half: Mask = (parts > 0) & (above >= np.maximum(0.5 * tops[parts], 1e-6))
    return half if half.any() else mine


def _lump(
    mine: Mask,
    z: Image,
    rise: Image,
    box: tuple[slice, slice],
    pixel_mm: float,
    ground: Ground | None,
    step: Step,
) -> Lump:
    """Draw the outline at a share of the lump's own height."""
    peak = float(np.percentile(rise[mine], 90))
    body = mine & (rise >= FOOT * peak)
    body = body if body.any() else mine
    above = rise - np.float32(_ground(mine, rise, pixel_mm))
    half = _half_height(mine, above)
    weight = np.where(half, above, 0)
    cy, cx = ndi.center_of_mass(weight) if weight.sum() > 0 else ndi.center_of_mass(body)
    outline = describe_outline(body, rise / np.float32(step.whole), pixel_mm)
    on_bone = ground is not None and bool(ground.bone[box][body].mean() > 0.6)
    return Lump(
        body=body,
        half=max(1, int(half.sum())),
        corner=(box[0].start, box[1].start),
        y=float(cy) + box[0].start,
        x=float(cx) + box[1].start,
        z=float(z[mine].max()),
        outline=outline,
        parts=int(ndi.label(body, EIGHT)[1]),
        on_bone=on_bone,
        metal=None if outline.word in HOLLOW else _metal_parts(half, above, step, pixel_mm),
    )


def find_step(whole: float, bony: npt.NDArray[np.bool_], pixel_mm: float) -> Step:
    """Return what bone adds; its widest shaft (x,) tells how much cortex a ray meets."""
    runs, count = ndi.label(bony)
    widest = float(np.bincount(runs)[1:].max()) * pixel_mm if count else 1.0
    whole = max(whole, 1.0)
    return Step(whole, whole / (CORTEX * widest))


def _metal_parts(half: Mask, above: Image, step: Step, pixel_mm: float) -> Mask | None:
    """Return the parts that would be deeper than they are wide, were they as dense as the cortex of bone."""
    parts, count = ndi.label(half, EIGHT)
    metal = np.zeros(half.shape, bool)
    for k, box in enumerate(ndi.find_objects(parts), 1):
        mine = parts[box] == k
        filled = ndi.binary_fill_holes(mine)
        assert filled is not None
        if filled.sum() > RING * mine.sum():
            continue  # the wall of a shell is far deeper than wide
        deep = float(np.percentile(above[box][mine], 75)) / step.a_mm
        wide = 2 * float(ndi.distance_transform_edt(np.pad(mine, 1)).max()) * pixel_mm
        if deep > max(DEEPER * wide, DEEP_MM if wide >= THIN_MM else DEEP_THIN_MM):
            metal[box] |= mine
    return metal if count and metal.any() else None
