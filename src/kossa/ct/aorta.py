"""The aorta as a circle in every slice: an even disc with an edge, beside and in front of the spine.

Descending and abdominal aorta are sought everywhere in the trunk, the ascending aorta only between
lungs. A circle is a landmark for calcium on its rim, never a finding of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.circle import Rule, circles
from kossa.ct.contrast import Blood
from kossa.ct.frame import Scan
from kossa.ct.skeleton import Skeleton
from kossa.ct.trunk import Trunk

__all__ = ["Circle", "discs", "find_aorta", "find_ascending", "rim_gap_mm"]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RADIUS_MM = (9.0, 20.0)  # ct_volumes.md rule 11
ASCENDING_MM = (12.0, 23.0)  # rule 11
ASIDE_MM = (-20.0, 58.0)  # rule 11: to the patient's left of the spine
AHEAD_MM = (75.0, -5.0)  # rule 11: in front of the vertebral centre
BELLY_BEHIND_MM = 6.0  # judgement: below the chest its middle lies in front of the spine; psoas lies behind
ASCENDING_ASIDE_MM = 40.0  # rule 11
ASCENDING_AHEAD_MM = (150.0, 45.0)  # judgement: between the breastbone and the descending aorta
LEAST_SCORE = 1.6  # rule 11
BLOOD_HU = (5.0, 90.0)  # judgement: blood without contrast, anaemia and noise included
ENHANCED_HU = (100.0, 700.0)  # ct.md 3.8 and arterial phases
EIGHTH_BONUS = 0.15  # rule 11
DESCENDING_BONUS = 0.1  # judgement: calcium on the rim tells the aorta from the caval vein beside it
LEAST_COVERAGE = (
    0.45  # judgement: nearly half of a rim must be seen, where bowel and caval vein touch the rest
)
ASCENDING_COVERAGE = 0.35  # judgement: without contrast its rim fades into the heart
ROUGH_SCORE = 0.3  # judgement: a circle two cells off scores this much less
APART_MM, RIVALS = 8.0, 6  # judgement: rival circles of a slice, and how far they lie apart at least
STEP_COST, STEP_FREE = 0.1, 1.5  # judgement: per mm that a vessel moves beyond 1.5 mm a mm of height
FAR_MM = 1e3  # "no circle in this slice"
FEW_SLICES = 2  # fewer tell nothing of a path
AROUND_MM, MENDERS, STRAY_MM, BESIDE_MM = 20.0, 3, 10.0, 8.0  # judgement: the aorta does not leap
MENDED_SCORE = LEAST_SCORE + 0.01  # there, but by its neighbours alone
LOSE_COST, FIND_COST = 0.3, 1.0  # judgement: to lose the vessel, and to find one somewhere


@dataclass(frozen=True, eq=False)
class Circle:
    """Per coarse slice (Z,): whether a circle is there, its centre in coarse y and x, radius in mm, score."""

    there: Mask
    y: Floats
    x: Floats
    radius_mm: Floats
    score: Floats
    coverage: Floats
    level_hu: Floats


@dataclass(frozen=True, eq=False)
class _Hunt:
    """What is sought: slices, boxes (n, 4) of rows and columns, radii, and the rule of each slice."""

    slices: npt.NDArray[np.intp]
    boxes: npt.NDArray[np.int64]
    radii_mm: tuple[float, float]
    rules: tuple[Rule, ...]


def _rivals(found: Floats, cell: float) -> Floats:
    """Return the best circles of a slice that lie apart, best first."""
    found = found[np.argsort(-found[:, 0], kind="stable")]
    kept: list[Floats] = []
    for one in found:
        if len(kept) == RIVALS or one[0] < LEAST_SCORE - ROUGH_SCORE:
            break
        if all(np.hypot(*(one[1:3] - other[1:3])) * cell >= APART_MM for other in kept):
            kept.append(one)
    return np.array(kept).reshape(-1, 6)


def _track(rivals: list[Floats], heights: Floats, cell: float) -> list[int]:
    """Return which rival of every slice lies on the steadiest bright path (-1: none)."""
    best = [np.zeros(1)]
    back: list[npt.NDArray[np.intp]] = []
    before = np.zeros((0, 6))
    for k, here in enumerate(rivals):
        rise = abs(heights[k] - heights[k - 1]) if k else 1.0
        cost = np.full((len(before) + 1, len(here) + 1), LOSE_COST)
        cost[-1] = FIND_COST if len(rivals) > FEW_SLICES else 0.0
        cost[-1, -1] = 0.0
        if len(before) and len(here):
            away = np.hypot(*(before[:, None, 1:3] - here[None, :, 1:3]).transpose(2, 0, 1)) * cell
            cost[:-1, :-1] = STEP_COST * np.maximum(0.0, away - STEP_FREE * rise)
        total = best[-1][:, None] - cost
        back.append(np.asarray(total.argmax(axis=0)))
        gain = np.append(here[:, 0] - LEAST_SCORE, 0.0)
        best.append(total.max(axis=0) + gain)
        before = here
    chosen = [int(best[-1].argmax())]
    for k in range(len(rivals) - 1, 0, -1):
        chosen.append(int(back[k][chosen[-1]]))
    chosen.reverse()
    return [-1 if c == len(r) else c for c, r in zip(chosen, rivals, strict=True)]


def _follow(scan: Scan, barred: Mask, calcium: Mask, hunt: _Hunt) -> Circle:
    """Search every slice roughly, choose the steadiest path, and place its circles exactly.

    No centre and little of a rim lies in cells that are `barred`.
    """
    c = scan.coarse
    cell = c.pixel_mm[1]
    count = c.mean.shape[0]
    wide = np.arange(hunt.radii_mm[0], hunt.radii_mm[1] + 0.1, 3.0)
    planes = [(c.mean[z], barred[z].astype(np.float32), calcium[z].astype(np.float32)) for z in hunt.slices]
    rivals = [
        _rivals(circles(*p, tuple(box), wide, rule, 2), cell)
        for p, box, rule in zip(planes, hunt.boxes.tolist(), hunt.rules, strict=True)
    ]
    out = np.zeros((count, 6))
    chosen = _track(rivals, c.heights_mm[hunt.slices], cell) if rivals else []
    for k, z in enumerate(hunt.slices):
        if chosen[k] < 0:
            continue
        rough = rivals[k][chosen[k]]
        y, x = int(rough[1]), int(rough[2])
        near = np.unique(np.clip(rough[3] + np.array([-3.0, -1.5, 0.0, 1.5, 3.0]), *hunt.radii_mm))
        fine = circles(*planes[k], (y - 2, y + 2, x - 2, x + 2), near, hunt.rules[k], 1)
        out[z] = max([*fine.tolist(), rough.tolist()])
    _mend(out, hunt.slices, c.heights_mm, cell)
    there = out[:, 0] > LEAST_SCORE
    return Circle(there, out[:, 1], out[:, 2], out[:, 3], out[:, 0], out[:, 4], out[:, 5])


def _mend(out: Floats, slices: npt.NDArray[np.intp], heights: Floats, cell: float) -> None:
    """Put circles that stray from those around them, or are missing among them, where those are."""
    seen = out.copy()
    for z in slices:
        near = slices[(np.abs(heights[slices] - heights[z]) <= AROUND_MM) & (seen[slices, 0] > LEAST_SCORE)]
        near = near[near != z]
        if near.size < MENDERS:
            continue
        middle = np.median(seen[near], axis=0)
        stray = float(np.hypot(*(seen[z, 1:3] - middle[1:3]))) * cell
        beside = float(np.abs(heights[near] - heights[z]).min()) <= BESIDE_MM
        if (seen[z, 0] > LEAST_SCORE and stray > STRAY_MM) or (seen[z, 0] <= LEAST_SCORE and beside):
            out[z] = middle
            out[z, 0] = MENDED_SCORE


def _boxes(edges: tuple[Floats, ...]) -> npt.NDArray[np.int64]:
    return np.maximum(np.rint(np.stack(edges, axis=1)), 0).astype(np.int64)


def _rules(
    scan: Scan, blood: Blood, calcium_hu: float, bonus: float, least: float, places: tuple[Floats, Floats]
) -> tuple[Rule, ...]:
    """Return the rule of every slice; `places` are the spine's middle and front in cells."""
    c = scan.coarse
    sigma = scan.sigma_hu / max(1.0, float(np.sqrt(np.prod(c.block))) / 2)
    low, high = ENHANCED_HU if blood.enhanced else BLOOD_HU
    return tuple(
        (c.pixel_mm[1], sigma, calcium_hu, low, high, bonus, float(x), float(front), least)
        for x, front in zip(*places, strict=True)
    )


def find_aorta(
    scan: Scan,
    skeleton: Skeleton,
    trunk: Trunk,
    blood: Blood,
    calcium: Mask,
    calcium_hu: float,
    where: Mask,
    chest: Mask,
) -> Circle:
    """Find the descending or abdominal aorta beside and in front of the spine, in the slices of `where`."""
    dy, dx = scan.coarse.pixel_mm
    slices = np.flatnonzero(trunk.spine & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    behind = np.where(chest[slices], y - AHEAD_MM[1] / dy, trunk.front_y[slices] + BELLY_BEHIND_MM / dy)
    edges = (y - AHEAD_MM[0] / dy, behind, x + ASIDE_MM[0] / dx, x + ASIDE_MM[1] / dx)
    rules = _rules(scan, blood, calcium_hu, DESCENDING_BONUS, LEAST_COVERAGE, (x, trunk.front_y[slices]))
    return _follow(scan, skeleton.filled, calcium, _Hunt(slices, _boxes(edges), RADIUS_MM, rules))


def find_ascending(
    scan: Scan,
    skeleton: Skeleton,
    trunk: Trunk,
    blood: Blood,
    calcium: Mask,
    calcium_hu: float,
    where: Mask,
    lung_hull: Mask,
) -> Circle:
    """Find the ascending aorta between the lungs (inside their hull), helped by calcium on its rim."""
    dy, dx = scan.coarse.pixel_mm
    slices = np.flatnonzero(trunk.spine & trunk.lung & where)
    y, x = trunk.spine_y[slices], trunk.spine_x[slices]
    reach = ASCENDING_ASIDE_MM / dx
    edges = (y - ASCENDING_AHEAD_MM[0] / dy, y - ASCENDING_AHEAD_MM[1] / dy, x - reach, x + reach)
    anywhere = (np.full(x.size, -1e3), np.full(x.size, -1e3))
    rules = _rules(scan, blood, calcium_hu, EIGHTH_BONUS, ASCENDING_COVERAGE, anywhere)
    barred = skeleton.filled | ~lung_hull
    return _follow(scan, barred, calcium, _Hunt(slices, _boxes(edges), ASCENDING_MM, rules))


def rim_gap_mm(circle: Circle, scan: Scan, z: int, y: Floats, x: Floats) -> Floats:
    """Return how far places (coarse y, x of slice z) lie outside of the rim (negative: inside of it).

    Large where there is no circle.
    """
    if not circle.there[z]:
        return np.full(y.shape, FAR_MM)
    c = scan.coarse
    away = np.hypot((y - circle.y[z]) * c.pixel_mm[0], (x - circle.x[z]) * c.pixel_mm[1])
    return np.asarray(away - circle.radius_mm[z])


def discs(circle: Circle, scan: Scan, more_mm: float, least: float) -> Mask:
    """Return coarse cells inside circles of at least a score, grown by `more_mm`."""
    c = scan.coarse
    count, ny, nx = c.mean.shape
    out = np.zeros((count, ny, nx), np.bool_)
    lines, columns = np.arange(ny)[:, None], np.arange(nx)[None]
    for z in np.flatnonzero(circle.there & (circle.score >= least)):
        down, across = lines - circle.y[z], columns - circle.x[z]
        away = np.hypot(down * c.pixel_mm[0], across * c.pixel_mm[1])
        out[z] = away <= circle.radius_mm[z] + more_mm
    return out
