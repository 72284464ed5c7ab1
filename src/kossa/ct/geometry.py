"""The diagnosis of a stack's geometry, from positions and directions alone: what is wrong, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kossa.evidence import Geometry, Notice, Severity
from kossa.evidence.geometry import EVEN_MM, EVEN_RELATIVE, Grid

__all__ = ["Diagnosis", "diagnose"]

Floats = npt.NDArray[np.float64]

HOLE = 1.5  # a gap this many times the usual one means that slices are missing (ct.md 3.11)
APART = 1.25  # a usual gap this many times the told thickness leaves tissue unseen (judgement)
TOUCH = 1.1  # gaps up to this many times the told thickness leave nothing unseen (judgement)
REGIME = 3  # this many equal gaps in a row are a spacing of their own, where no thickness is told (judgement)
TILT_DEG = 0.1  # smaller angles are rounding of the positions (judgement)
OVERLAP = 0.95  # a gap below this share of the thickness is told as an overlap (judgement)
SHIFT_MM = 0.5  # a slice that lies this far aside of the line of the others is told (judgement)


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The grid of a stack, its verdict, and what the reader must be told."""

    geometry: Geometry
    grid: Grid
    notices: tuple[Notice, ...]


def diagnose(
    origins_mm: Floats,
    orientation: Sequence[float],
    pixel_mm: tuple[float, float],
    size: tuple[int, int],
    *,
    thickness_mm: Sequence[float | None],
    numbers: Sequence[int | None] = (),
) -> Diagnosis:
    """Diagnose slices that are already in rising order along the normal, one at each place.

    Parameters
    ----------
    origins_mm
        (slices, 3) image positions, LPS mm.
    orientation
        Row direction and column direction, six numbers.
    pixel_mm, size
        Distance between rows and between columns; rows and columns.
    thickness_mm
        Told thickness of each slice; never used as a distance, only to say whether slices overlap
        or reach over a wide gap.
    numbers
        Instance numbers, to tell of a series that is numbered against its positions.
    """
    grid = _grid(origins_mm, orientation, pixel_mm, size, thickness_mm)
    gaps = grid.gaps_mm
    if gaps.size == 0:
        return _single(grid)
    missing = _missing(gaps, thickness_mm)
    causes = [*_hole_sentences(grid, missing, thickness_mm), *_gap_sentences(gaps, missing)]
    notices = _hole_notices(missing, causes)
    notices += _uneven_notices(gaps, missing)
    for notice in (
        _tilt(grid),
        _overlap(gaps, thickness_mm),
        _apart(gaps, missing, thickness_mm),
        _aside(grid),
        _reversed(numbers),
    ):
        if notice is not None:
            notices.append(notice)
            causes.append(notice.what)
    verdict = "gap" if missing else ("regular" if _is_even(gaps) else "uneven")
    geometry = Geometry(
        spacing_mm=grid.spacing_mm,
        gaps_mm=tuple(float(g) for g in gaps),
        tilt_deg=grid.tilt_deg,
        shape=grid.shape,
        verdict=verdict,
        causes=tuple(causes),
        missing_after=tuple(missing),
    )
    return Diagnosis(geometry, grid, tuple(notices))


def _grid(
    origins_mm: Floats,
    orientation: Sequence[float],
    pixel_mm: tuple[float, float],
    size: tuple[int, int],
    thickness_mm: Sequence[float | None],
) -> Grid:
    turn = np.asarray(orientation, np.float64)
    row, column = turn[:3] / np.linalg.norm(turn[:3]), turn[3:] / np.linalg.norm(turn[3:])
    return Grid(
        shape=(len(origins_mm), *size),
        pixel_mm=pixel_mm,
        row_direction=row,
        column_direction=column,
        origins_mm=np.asarray(origins_mm, np.float64),
        single_thickness_mm=thickness_mm[0] if len(origins_mm) == 1 else None,
    )


def _single(grid: Grid) -> Diagnosis:
    what = "There is one slice, so no gap can be measured: areas are given, no volume and no total score."
    notice = Notice(code="single-slice", severity=Severity.WARNING, what=what)
    geometry = Geometry(
        spacing_mm=grid.spacing_mm,
        gaps_mm=(),
        tilt_deg=0.0,
        shape=grid.shape,
        verdict="single",
        causes=(what,),
    )
    return Diagnosis(geometry, grid, (notice,))


def _is_even(gaps: Floats) -> bool:
    middle = float(np.median(gaps))
    return bool((np.abs(gaps - middle) <= max(EVEN_MM, EVEN_RELATIVE * middle)).all())


def _missing(gaps: Floats, thickness_mm: Sequence[float | None]) -> list[int]:
    """Return the slices behind which others are missing.

    The usual gap is the median among gaps between slices of the same told thickness, so that a
    series of 4 mm and 7 mm slices has two usual gaps and no hole. Where slices of one thickness
    touch in part of the series, touching is usual, however many are missing elsewhere. Where no
    thickness is told, a row of equal wide gaps passes for a spacing of its own.
    """
    kinds = [_kind(a, b) for a, b in pairwise(thickness_mm)]
    usual = {kind: _usual(gaps[[k == kind for k in kinds]], kind) for kind in set(kinds)}
    found = []
    for k, gap in enumerate(gaps):
        expected = usual[kinds[k]]
        if kinds[k][0] != kinds[k][1]:  # between two thicknesses: either side's gap is usual
            sides = [usual[(t, t)] for t in kinds[k] if (t, t) in usual]
            expected = max(sides, default=expected)
        if gap > HOLE * expected and not (kinds[k][0] is None and _regime(gaps, k)):
            found.append(k)
    return found


def _usual(gaps: Floats, kind: tuple[float | None, float | None]) -> float:
    """Return the usual gap among gaps between slices of one told thickness."""
    middle = float(np.median(gaps))
    touching = gaps[gaps <= TOUCH * kind[0]] if kind[0] and kind[0] == kind[1] else gaps[:0]
    return min(middle, float(np.median(touching))) if touching.size >= 2 else middle


def _kind(a: float | None, b: float | None) -> tuple[float | None, float | None]:
    return (None if a is None else round(a, 2), None if b is None else round(b, 2))


def _regime(gaps: Floats, k: int) -> bool:
    """Say whether gap `k` stands in a row of equal gaps."""
    alike = np.abs(gaps - gaps[k]) <= max(EVEN_MM, EVEN_RELATIVE * gaps[k])
    low = high = k
    while low > 0 and alike[low - 1]:
        low -= 1
    while high + 1 < len(gaps) and alike[high + 1]:
        high += 1
    return high - low + 1 >= REGIME


def _place(grid: Grid, k: int) -> str:
    return (
        f"between slices {k} and {k + 1} (counted from 0 by position;"
        f" {grid.heights_mm[k]:.2f} and {grid.heights_mm[k + 1]:.2f} mm)"
    )


def _hole_sentences(grid: Grid, missing: list[int], thickness_mm: Sequence[float | None]) -> list[str]:
    told = [t for t in thickness_mm if t]
    sentences = []
    for k in missing:
        others = np.delete(grid.gaps_mm, missing)
        usual = float(np.median(others)) if others.size else (told[0] if told else float(grid.gaps_mm[k]))
        count = max(1, round(float(grid.gaps_mm[k]) / usual) - 1)
        slices = "slice is" if count == 1 else "slices are"
        sentences.append(
            f"About {count} {slices} missing {_place(grid, k)}: the gap is {grid.gaps_mm[k]:.2f} mm"
            f" where {usual:.2f} mm is usual."
        )
    return sentences


def _gap_sentences(gaps: Floats, missing: list[int]) -> list[str]:
    """Name the distinct gaps in their order where there are several, holes left out."""
    rest = np.delete(gaps, missing)
    if rest.size == 0 or _is_even(rest):
        return []
    runs: list[list[float]] = []
    for gap in map(float, rest):
        if runs and abs(gap - runs[-1][0]) <= max(EVEN_MM, EVEN_RELATIVE * gap):
            runs[-1].append(gap)
        else:
            runs.append([gap])
    shown = ", ".join(f"{len(run)} x {np.mean(run):.3f} mm" for run in runs[:12])
    return [f"The gaps between slices differ: {shown}{' ...' if len(runs) > 12 else ''}."]


def _hole_notices(missing: list[int], causes: list[str]) -> list[Notice]:
    if not missing:
        return []
    what = " ".join(causes[: min(3, len(missing))])
    if len(missing) > 3:
        what += f" There are {len(missing)} such gaps."
    return [
        Notice(
            code="missing-slices",
            severity=Severity.WARNING,
            what=what,
            done="Nothing is bridged: a deposit that touches a gap gets no volume.",
            todo="Export the whole series again.",
        )
    ]


def _uneven_notices(gaps: Floats, missing: list[int]) -> list[Notice]:
    sentences = _gap_sentences(gaps, missing)
    return [
        Notice(
            code="uneven-slices",
            severity=Severity.WARNING,
            what=sentence,
            done="Each slice is weighed by half of both its gaps.",
        )
        for sentence in sentences
    ]


def _tilt(grid: Grid) -> Notice | None:
    if grid.tilt_deg < TILT_DEG:
        return None
    return Notice(
        code="gantry-tilt",
        severity=Severity.INFO,
        what=f"The slices are tilted by {grid.tilt_deg:.2f} degrees against the step from slice to slice.",
        done="Distances are measured along the slice normal and places carry the shear.",
    )


def _overlap(gaps: Floats, thickness_mm: Sequence[float | None]) -> Notice | None:
    """Tell of a series most of whose gaps are smaller than the told thickness on both sides."""
    sides = list(pairwise(thickness_mm))
    over = [g < OVERLAP * min(a, b) if a and b else False for g, (a, b) in zip(gaps, sides, strict=True)]
    if 2 * sum(over) <= len(over):
        return None
    told = float(np.median([t for t in thickness_mm if t]))
    return Notice(
        code="overlapping-slices",
        severity=Severity.INFO,
        what=f"The slices overlap: they are {told:.2f} mm thick and {np.median(gaps):.2f} mm apart.",
        done="The gap is used, not the thickness, so nothing is counted twice.",
    )


def _apart(gaps: Floats, missing: list[int], thickness_mm: Sequence[float | None]) -> Notice | None:
    """Tell of a series whose slices nowhere touch."""
    told = [t for t in thickness_mm if t]
    rest = np.delete(gaps, missing)
    if not told or rest.size == 0 or float(np.median(rest)) <= APART * float(np.median(told)):
        return None
    return Notice(
        code="slices-apart",
        severity=Severity.WARNING,
        what=(
            f"The slices are {np.median(told):.2f} mm thick and {np.median(rest):.2f} mm apart:"
            " what lies between them was not scanned."
        ),
        done="Volumes take each slice to stand for the space around it.",
    )


def _aside(grid: Grid) -> Notice | None:
    """Tell of slices that lie beside the line through the stack."""
    heights = grid.heights_mm - grid.heights_mm[0]
    aside = grid.origins_mm - grid.heights_mm[:, None] * grid.normal
    slope = (aside[-1] - aside[0]) / heights[-1]
    off = np.linalg.norm(aside - aside[0] - heights[:, None] * slope, axis=1)
    if off.max() <= SHIFT_MM:
        return None
    k = int(off.argmax())
    return Notice(
        code="shifted-slices",
        severity=Severity.WARNING,
        what=f"Slice {k} (counted from 0 by position) lies {off[k]:.1f} mm aside of the line of the others.",
        done="Each slice is placed where it says it lies.",
    )


def _reversed(numbers: Sequence[int | None]) -> Notice | None:
    known = [n for n in numbers if n is not None]
    if len(known) < 2 or len(known) != len(numbers):
        return None
    if not all(a > b for a, b in pairwise(known)):
        return None
    return Notice(
        code="reversed-order",
        severity=Severity.INFO,
        what="The slices are numbered against their positions.",
        done="They are ordered by position.",
    )
