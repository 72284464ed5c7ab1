"""A mammogram's marks and groups, measured and described in BI-RADS words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from scipy.cluster.hierarchy import fcluster, linkage

from kossa.film.detect import Detection
from kossa.film.edges import usual_slope
from kossa.film.groups import REACH_MM
from kossa.film.measure import EIGHT, Mark, measure_mark
from kossa.film.morphology import Form, distribution_of, form_of, word_of
from kossa.film.signs import is_line, is_steep

__all__ = ["Group", "Marks", "mark_groups"]

PART_Z = 3.0  # pixels of a mark lie above this; judgement
MEMBER_Z = 4.0  # the largest z of a mark of a group; judgement
PLAIN_Z, PLAIN_STEEP, PLAIN_MM2 = 10.0, 4.5, 0.12  # of a mark that counts where others stand by; judgement
LARGE_Z, LARGE_MM2, LARGE_HEIGHT = 5.0, 0.4, 25.0  # of a mark with steep edges that counts alone; judgement
ON_MM = 15.0  # from a cluster's middle, within which what goes on from it is looked for; judgement
NEXT_MM = 2.5  # nearest neighbours of real groups lie within it, 95 of 100; films_and_sections.md 2.2
COARSE_LINK_MM = 4.0  # coarse marks nearer than this belong together; judgement
COARSE_LONG_MM = 1.5  # a single one has to be as long to make a group; judgement
BLUR_MM = 0.06  # of screen and film; films_and_sections.md 2.2
MOST = 2000  # parts that are measured, the highest first; a picture with more is no mammogram


@dataclass(frozen=True, eq=False)
class Group:
    """Places of its marks in the list, its form and how it lies; `score` None for a coarse group."""

    members: tuple[int, ...]
    form: Form
    distribution: str
    score: float | None
    pectoral: bool


@dataclass(frozen=True, eq=False)
class Marks:
    """All marks on the working image, the words for single ones, and the groups, largest score first.

    `left_out` counts places that were not measured, since there were too many.
    """

    marks: list[Mark]
    words: list[str | None]
    groups: list[Group]
    left_out: int = 0


def mark_groups(found: Detection) -> Marks:
    """Measure what lies in each cluster, and the coarse marks that count by themselves."""
    parts, count = ndi.label(found.z >= PART_Z, EIGHT)
    boxes = ndi.find_objects(parts)
    highest = np.zeros(count + 1)
    np.maximum.at(highest, parts[parts > 0], found.z[parts > 0])
    peaks = highest[1:]
    areas = np.bincount(parts.ravel(), minlength=count + 1)[1:] * found.pixel_mm**2
    peaks = np.where(_dust_only(found, parts, count), 0.0, peaks)
    coarse = (peaks >= PLAIN_Z) & (areas >= PLAIN_MM2) | (peaks >= LARGE_Z) & (areas >= LARGE_MM2)
    spotted = _spotted(found, parts, count)
    owner, away = _owners(found, boxes, peaks, spotted | coarse)
    owner = np.where(owner < 0, _members(found, parts, count), owner)
    near = (away <= ON_MM) & (peaks >= LARGE_Z) & (spotted | (areas >= PLAIN_MM2)) & (owner < 0) & ~coarse
    near = _reached(boxes, owner >= 0, near, COARSE_LINK_MM / found.pixel_mm)
    measured: dict[int, Mark] = {}
    blur = float(np.hypot(BLUR_MM / found.pixel_mm, 12**-0.5))
    usual = usual_slope(found.image, found.pixel_mm, found.breast)
    chosen = np.flatnonzero(coarse | (owner >= 0) | near)
    for k in chosen[np.argsort(-peaks[chosen], kind="stable")[:MOST]]:
        box = boxes[k]
        mark = measure_mark(
            found.image,
            found.z,
            parts[box] == k + 1,
            (box[0].start, box[1].start),
            pixel_mm=found.pixel_mm,
            blur_px=blur,
            usual=usual,
        )
        if mark is not None and (
            owner[k] >= 0 or spotted[k] or _counts(mark, found.pixel_mm) or _is_piece(mark)
        ):
            measured[int(k)] = mark
    return replace(_grouped(found, measured, owner), left_out=max(0, chosen.size - MOST))


def _reached(
    boxes: list[tuple[slice, slice]],
    start: npt.NDArray[np.bool_],
    may: npt.NDArray[np.bool_],
    gap: float,
) -> npt.NDArray[np.bool_]:
    """Say which parts are reached from those to start with, by boxes nearer than `gap` pixels."""
    low = np.array([[b[0].start, b[1].start] for b in boxes]).reshape(-1, 2)
    high = np.array([[b[0].stop, b[1].stop] for b in boxes]).reshape(-1, 2)
    left, reached = may.copy(), np.zeros(len(boxes), bool)
    front = np.flatnonzero(start)
    while front.size and left.any():
        other = np.flatnonzero(left)
        apart = np.maximum(low[other][:, None] - high[front], low[front] - high[other][:, None])
        front = other[(np.hypot(*np.maximum(apart, 0).transpose(2, 0, 1)) <= gap).any(1)]
        reached[front], left[front] = True, False
    return reached


def _is_piece(mark: Mark) -> bool:
    """Say whether a mark may be a piece of a line that a group is part of."""
    return is_line(mark) and mark.steep >= PLAIN_STEEP


def _dust_only(found: Detection, parts: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.bool_]:
    """Say which parts hold a speck as sharp as dust and no other spot."""
    at = parts[found.spots.y.astype(int), found.spots.x.astype(int)]
    dust, other = np.zeros(count + 1, bool), np.zeros(count + 1, bool)
    dust[at[found.sharp]] = True
    other[at[~found.sharp]] = True
    return (dust & ~other)[1:]


def _spotted(found: Detection, parts: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.bool_]:
    """Say which parts hold a spot that is no dust."""
    out = np.zeros(count + 1, bool)
    usable = ~found.sharp
    out[parts[found.spots.y[usable].astype(int), found.spots.x[usable].astype(int)]] = True
    return out[1:]


def _owners(
    found: Detection,
    boxes: list[tuple[slice, slice]],
    peaks: npt.NDArray[np.float64],
    may: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return for each part the cluster it lies in, -1 for none, and the mm to the nearest cluster."""
    owner, away = np.full(len(boxes), -1), np.full(len(boxes), np.inf)
    if not found.clusters or not len(boxes):
        return owner, away
    middle = np.array([[(b[0].start + b[0].stop) / 2, (b[1].start + b[1].stop) / 2] for b in boxes])
    centres = np.array([[c.y, c.x] for c in found.clusters])
    every = np.hypot(middle[:, None, 0] - centres[:, 0], middle[:, None, 1] - centres[:, 1])
    away = every.min(1) * found.pixel_mm
    inside = (away <= REACH_MM) & (peaks >= MEMBER_Z) & may
    owner[inside] = every.argmin(1)[inside]
    return owner, away


def _members(found: Detection, parts: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    """Return for each part the cluster that counted a spot of it, however faint, -1 for none."""
    owner = np.full(count + 1, -1)
    for number, cluster in enumerate(found.clusters):
        spots = found.spots
        owner[parts[spots.y[cluster.members].astype(int), spots.x[cluster.members].astype(int)]] = number
    return owner[1:]


def _grouped(found: Detection, measured: dict[int, Mark], owner: npt.NDArray[np.int64]) -> Marks:
    keys = sorted(measured)
    marks = [measured[k] for k in keys]
    sets: list[tuple[set[int], float | None]] = [
        ({i for i, k in enumerate(keys) if owner[k] == c}, cluster.score)
        for c, cluster in enumerate(found.clusters)
    ]
    for chain in _chains(marks, found.pixel_mm):
        touching = [s for s in sets if s[0] & chain]
        for s in touching:
            sets.remove(s)
        scores = [s[1] for s in touching if s[1] is not None]
        long = any(
            _large(marks[i], found.pixel_mm) and marks[i].length * found.pixel_mm >= COARSE_LONG_MM
            for i in chain
        )
        if touching or len(chain) > 1 or long:
            merged = set(chain).union(*(s[0] for s in touching))
            sets.append((merged, max(scores, default=None)))
    loose = {i for i in range(len(marks)) if not _counts(marks[i], found.pixel_mm)}
    loose -= set().union(*(s[0] for s in sets))
    for members, _ in sets:
        loose -= _go_on(members, loose, marks, found.pixel_mm)
    groups = []
    for members, score in sets:
        if not members:
            continue
        ordered = tuple(sorted(members))
        inside = [marks[i] for i in ordered]
        middle = np.mean([[m.y, m.x] for m in inside], axis=0)
        form = form_of(inside, found.pixel_mm)
        pectoral = found.breast.in_pectoral(float(middle[0]), float(middle[1]))
        groups.append(Group(ordered, form, distribution_of(inside, found.pixel_mm), score, pectoral))
    groups.sort(key=lambda g: (-(g.score or 0.0), g.members))
    return _without(loose, Marks(marks, [word_of(m, found.pixel_mm) for m in marks], groups))


def _go_on(members: set[int], loose: set[int], marks: list[Mark], pixel_mm: float) -> set[int]:
    """Add to a group, in place, what goes on from it; return which of the loose marks these are.

    Spots do so from neighbour to neighbour, pieces of a line over the gaps of the line.
    """
    joined: set[int] = set()
    front = set(members)
    while front:
        points = np.concatenate([_some(marks[i]) for i in front])
        front = set()
        for i in loose - joined:
            ends = _some(marks[i])
            gap = np.hypot(*(points[:, None] - ends[None]).transpose(2, 0, 1)).min() * pixel_mm
            if gap <= (COARSE_LINK_MM if _is_piece(marks[i]) else NEXT_MM):
                front.add(i)
        joined |= front
    members |= joined
    return joined


def _without(dropped: set[int], told: Marks) -> Marks:
    """Return the marks without those dropped, which no group holds."""
    kept = [i for i in range(len(told.marks)) if i not in dropped]
    new = {i: n for n, i in enumerate(kept)}
    groups = [replace(g, members=tuple(new[i] for i in g.members)) for g in told.groups]
    return Marks([told.marks[i] for i in kept], [told.words[i] for i in kept], groups)


def _some(mark: Mark) -> npt.NDArray[np.int32]:
    """Return some forty of a mark's pixels, which stand for all where distances are measured."""
    return mark.outline[:: max(1, len(mark.outline) // 40)]


def _large(mark: Mark, pixel_mm: float) -> bool:
    """Say whether a mark has the size and the edges that make it count alone."""
    area = mark.area * pixel_mm**2
    return is_steep(mark) and mark.height >= LARGE_HEIGHT and area >= LARGE_MM2 / 2


def _counts(mark: Mark, pixel_mm: float) -> bool:
    """Say whether a mark counts without a cluster of spots, alone or with others like it."""
    plain = mark.z >= PLAIN_Z and mark.steep >= PLAIN_STEEP and mark.area * pixel_mm**2 >= PLAIN_MM2
    return plain or _large(mark, pixel_mm)


def _chains(marks: list[Mark], pixel_mm: float) -> list[set[int]]:
    """Return sets of coarse marks that lie near each other, by their nearest pixels."""
    coarse = [i for i, m in enumerate(marks) if _counts(m, pixel_mm)]
    if len(coarse) < 2:
        return [{i} for i in coarse]
    points = np.concatenate([_some(marks[i]) for i in coarse])
    of = np.concatenate([np.full(len(_some(marks[i])), i) for i in coarse])
    label = fcluster(linkage(points * pixel_mm, "single"), COARSE_LINK_MM, "distance")
    chains: list[set[int]] = []
    for number in np.unique(label):
        new = {int(i) for i in of[label == number]}
        for old in [c for c in chains if c & new]:
            new |= old
            chains.remove(old)
        chains.append(new)
    return chains
