"""Whether a mark is the edge of bone or skin, moved: the same edge goes on beyond the mark, a deposit ends.

The shaft's model has every edge where most of the limb has it. Where an edge leaves that place (a bone that
widens to a joint, a skin that narrows) the model is wrong by a shift, and the shift looks like a mark. So the
film itself is asked: rows beyond the mark, moved along with the edge, tell what its rows would hold without
a deposit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

__all__ = ["LEFT", "Ground", "left_by_edge", "told_by_edge"]

Image = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

STEP_MM, ACROSS_MM = 0.5, 0.2  # of the strip, along and across; judgement
BEYOND_MM, LEAST_MM = 8.0, 3.0  # along the edge that tells what goes on, and the least of it; judgement
FLANK_MM = 2.5  # beside the mark, across; judgement
SLOPE = 0.45  # steepest course of the edge against its direction at the mark; judgement
TURN = 0.02  # cost of a step aside, as a share of the strip's own scatter; judgement
LEFT = 0.35  # share of a mark's height; what a moved edge leaves is less; judgement
PIECE_MM, LONG_MM, LEAST_MM2 = 8.0, 16.0, 1.0  # of a long mark, told piece by piece; judgement
WIDE_MM = 6.0  # of a piece whose edge goes on to one side only; wider is a lump; judgement
STEEP = 0.07  # of what bone adds, a mm: less is no edge of bone; judgement
STANDS, STANDS_MM2 = 0.6, 3.0  # share of its height, and area, of what stands beside an edge; judgement
IN_FLESH = 0.9  # share of a part, from which on no edge of bone or skin is near; judgement
OUTLINE = 0.35  # of its own height, at which a piece is drawn; judgement
EIGHT = np.ones((3, 3), bool)
ROUNDS, FITS = 2, 4  # of template and course, and of the fit of each row
FAR = 2.0  # robust deviations from which on a place counts less; judgement
APART_MM = 0.6  # nearest rows that are not asked: the mark's own blur; judgement


@dataclass(frozen=True, eq=False)
class Ground:
    """What a limb's marks lie on: the film without its finest noise, and places (y, x).

    `seen` is where the film may be asked, `flesh` is away from the edges of bone and skin.
    """

    smooth: Image
    seen: Mask
    bone: Mask
    flesh: Mask


@dataclass(frozen=True, eq=False)
class _End:
    """What rows beyond one end leave of marks: its share of their rise, of each (n,); steepness a mm."""

    share: float
    steep: float
    left: Floats


def told_by_edge(
    mine: Mask, height: Image, corner: tuple[int, int], film: Ground, bone: float, pixel_mm: float
) -> Mask:
    """Return which pixels of a part (y, x) an edge tells; `height` is over the model, `corner` its place.

    A part in flesh is told by none. A short part is told or not as a whole, a long one by pieces: an edge
    may run into a deposit. `bone` is what bone adds. A piece of a part that is not told as a whole has to lie
    on an edge as steep as bone's.
    """
    told = np.zeros_like(mine)
    y, x = corner
    if film.flesh[y : y + mine.shape[0], x : x + mine.shape[1]][mine].mean() >= IN_FLESH:
        return told
    marks, rise = _outlined(mine, height, corner)
    ends = _ends(film.smooth, film.seen, marks, rise, pixel_mm)
    short = bool(ends) and max(end.share for end in ends) < LEFT
    along = _along(np.argwhere(mine), pixel_mm)
    if np.ptp(along) < LONG_MM:
        return mine & ~_standing(mine, marks - corner, rise, ends, pixel_mm) if short else told
    slab = np.zeros(mine.shape, np.intp)
    slab[mine] = 1 + np.floor((along - along.min()) / PIECE_MM).astype(np.intp)
    for k in range(1, int(slab.max()) + 1):
        pieces, count = ndi.label(slab == k, EIGHT)
        for piece in range(1, count + 1):
            own = pieces == piece
            if own.sum() * pixel_mm**2 < LEAST_MM2 or height[own].max() <= 0:
                told |= own
                continue
            marks, rise = _outlined(own, height, corner)
            ends = _ends(film.smooth, film.seen, marks, rise, pixel_mm)
            whole = bool(ends) and max(end.share for end in ends) < LEFT
            # bone ends at a joint: its edge goes on from the piece to one side only
            steep = own.sum() * pixel_mm**2 <= WIDE_MM * PIECE_MM and any(
                end.share < LEFT and end.steep >= STEEP * bone for end in ends
            )
            if (whole and short) or steep:
                told |= own & ~_standing(own, marks - corner, rise, ends, pixel_mm)
    return told


def _standing(
    mine: Mask, places: npt.NDArray[np.intp], rise: Floats, ends: list[_End], pixel_mm: float
) -> Mask:
    """Return the pixels of a part that stand beside the edge which tells most of it."""
    left = np.min([end.left for end in ends], axis=0)
    stands = np.zeros_like(mine)
    stands[tuple(places[left >= STANDS * rise].T)] = True
    parts, count = ndi.label(ndi.binary_opening(stands, EIGHT), EIGHT)
    large = np.bincount(parts.ravel(), minlength=count + 1) * pixel_mm**2 >= STANDS_MM2
    large[0] = False
    kept: Mask = large[parts]
    return kept


def _along(places: npt.NDArray[np.intp], pixel_mm: float) -> Floats:
    """Return how far places (n, 2) lie along their main axis, mm."""
    centred = (places - places.mean(0)) * pixel_mm
    axes = np.linalg.eigh(centred.T @ centred)[1]
    return np.asarray(centred @ axes[:, 1], np.float64)


def _outlined(mine: Mask, height: Image, corner: tuple[int, int]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return the places (n, 2) of a part within its outline, and how high they stand."""
    inner = mine & (height >= OUTLINE * float(np.percentile(height[mine], 95)))
    inner = inner if inner.any() else mine  # nothing of it stands over the model
    return np.argwhere(inner) + np.array(corner), height[inner].astype(np.float64)


def left_by_edge(
    smooth: Image, seen: Mask, marks: npt.NDArray[np.intp], rise: Floats, pixel_mm: float
) -> float:
    """Return the share of the `rise` (n,) of marks (n, 2) that no edge which goes on beyond them tells.

    `smooth` (y, x) is the film without its finest noise, `seen` where it may be asked. Of both ends of the
    marks the one that tells less counts; 1 where neither can be asked.
    """
    return max((end.share for end in _ends(smooth, seen, marks, rise, pixel_mm)), default=1.0)


def _ends(
    smooth: Image, seen: Mask, marks: npt.NDArray[np.intp], rise: Floats, pixel_mm: float
) -> list[_End]:
    """Return what each end that can be asked leaves."""
    strip = _strip(smooth, seen, marks, pixel_mm)
    if strip is None:
        return []
    level, usable, row, column = strip
    left = [
        _left(level[::way], usable[::way], at, column, rise)
        for way, at in ((1, row), (-1, len(level) - 1 - row))
    ]
    return [end for end in left if end is not None]


def _strip(
    image: Image, seen: Mask, marks: npt.NDArray[np.intp], pixel_mm: float
) -> tuple[Image, npt.NDArray[np.bool_], npt.NDArray[np.intp], npt.NDArray[np.intp]] | None:
    """Return the film along the edge (along, across), its usable rows, and each mark's row and column."""
    centre = marks.mean(0)
    margin = round(1.5 / pixel_mm)
    low = np.maximum(marks.min(0) - margin, 0)
    high = np.minimum(marks.max(0) + margin + 1, image.shape)
    near = ndi.gaussian_filter(image[low[0] : high[0], low[1] : high[1]], 0.6 / pixel_mm)
    if min(near.shape) < 3:
        return None
    gy, gx = np.gradient(near)
    angle = 0.5 * np.arctan2(2 * (gy * gx).sum(), (gx * gx).sum() - (gy * gy).sum())
    across = np.array([np.sin(angle), np.cos(angle)])
    along = np.array([-across[1], across[0]])
    at = (marks - centre) @ np.column_stack([along, across]) * pixel_mm
    half = np.abs(at[:, 1]).max() + FLANK_MM
    reach = SLOPE * (np.ptp(at[:, 0]) + BEYOND_MM)
    u = np.arange(at[:, 0].min() - BEYOND_MM, at[:, 0].max() + BEYOND_MM + STEP_MM, STEP_MM)
    v = np.arange(-half - reach, half + reach + ACROSS_MM, ACROSS_MM)
    places = (
        centre[:, None, None] + (along[:, None, None] * u[:, None] + across[:, None, None] * v) / pixel_mm
    )
    level = ndi.map_coordinates(image, places, order=1, mode="nearest").astype(np.float32)
    level = ndi.gaussian_filter1d(level, 1.0, axis=0)
    centre_seen = np.abs(v) <= half
    usable = ndi.map_coordinates(seen.astype(np.float32), places[:, :, centre_seen], order=0, cval=0.0).all(1)
    row = np.clip(np.rint((at[:, 0] - u[0]) / STEP_MM).astype(np.intp), 0, len(u) - 1)
    column = np.clip(np.rint((at[:, 1] - v[0]) / ACROSS_MM).astype(np.intp), 0, len(v) - 1)
    return level, usable, row, column


def _left(
    level: Image,
    usable: npt.NDArray[np.bool_],
    row: npt.NDArray[np.intp],
    column: npt.NDArray[np.intp],
    rise: Floats,
) -> _End | None:
    """Return what is left of `rise` when the rows before the marks tell the edge, None for too few rows."""
    before = np.flatnonzero(usable[: max(int(row.min()) - round(APART_MM / STEP_MM), 0)])
    if len(before) * STEP_MM < LEAST_MM:
        return None
    start = int(before[-1])
    before = before[before >= start - round(BEYOND_MM / STEP_MM)]
    rows = np.arange(int(before[0]), int(row.max()) + 1)
    half = int(max(np.ptp(column) / 2, 1)) + round(FLANK_MM / ACROSS_MM)
    first = round((int(column.min()) + int(column.max())) / 2) - half
    template = level[max(start - 1, 0) : start + 1, first : first + 2 * half + 1].mean(0)
    told = np.isin(rows, before)
    for _ in range(ROUNDS):
        course = _course(level, template, rows, start, first)
        place = row - rows[0], np.clip(column - first - course[row - rows[0]], 0, 2 * half)
        free = np.ones((len(rows), len(template)), bool)
        free[place] = False
        free = ndi.binary_erosion(free, np.ones((3, 3), bool), border_value=1)
        aligned, residual = _aligned(level, template, rows, first + course, free)
        template = aligned[told].mean(0)
    steep = float(np.abs(np.gradient(template))[place[1]].mean()) / ACROSS_MM
    left = residual[place].astype(np.float64)
    return _End(float(left.mean() / max(float(rise.mean()), 1e-6)), steep, left)


def _course(
    level: Image, template: Image, rows: npt.NDArray[np.intp], start: int, first: int
) -> npt.NDArray[np.intp]:
    """Return the shift (steps across) of each of `rows` at which it is most like the template."""
    width = len(template)
    reach = min(first, level.shape[1] - width - first)
    windows = np.lib.stride_tricks.sliding_window_view(level[rows], width, axis=1)
    windows = windows[:, first - reach : first + reach + 1] - template
    cost = np.abs(windows - windows.mean(2, keepdims=True)).mean(2)
    cost = cost - cost.min(1, keepdims=True)
    turn = TURN * float(np.abs(template - template.mean()).mean())
    far = np.full(cost.shape[1], 1e6)
    far[reach] = 0
    course = np.zeros(len(rows), np.intp)
    begin = int(np.flatnonzero(rows == start)[0])
    for order in (range(begin, len(rows)), range(begin, -1, -1)):
        total, came = far.copy(), []
        for k in order:
            left = np.concatenate([[1e9], total[:-1]]) + turn
            right = np.concatenate([total[1:], [1e9]]) + turn
            best = np.minimum(total, np.minimum(left, right))
            came.append(np.where(best == total, 0, np.where(best == left, -1, 1)))
            total = best + cost[k]
        at = int(total.argmin())
        for k, step in zip(reversed(order), reversed(came), strict=True):
            course[k] = at - reach
            at += int(step[at])
    return course


def _aligned(
    level: Image, template: Image, rows: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], free: Mask
) -> tuple[Image, Image]:
    """Return rows moved to where they are most like the template, and how far they lie off it then.

    A last small shift, and a level that what is `free` of marks tells, are fitted to each row robustly.
    """
    moved = np.take_along_axis(level[rows], starts[:, None] + np.arange(len(template)), axis=1)
    slope = np.gradient(template)
    off = moved - template
    weight, fitted = np.ones_like(off), np.zeros_like(off)
    for _ in range(FITS):
        ground = weight * free
        even = (ground * (off - fitted)).sum(1, keepdims=True) / (ground.sum(1, keepdims=True) + 1e-6)
        wanted = (weight * slope * (off - even)).sum(1, keepdims=True)
        shift = wanted / ((weight * slope * slope).sum(1, keepdims=True) + 1e-6)
        fitted = np.clip(shift, -1, 1) * slope
        left = off - even - fitted
        spread = 1.4826 * np.median(np.abs(left), axis=1, keepdims=True) + 1e-6
        weight = 1 / np.maximum(1, np.abs(left) / (FAR * spread)) ** 2
    return (moved - even - fitted).astype(np.float32), left.astype(np.float32)
