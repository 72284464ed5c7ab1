"""What was put into the film and the section of a person beside what was read on them."""

from __future__ import annotations

import math

from kossa.evidence import FilmReading, Record, TrueMark, TruePictures, Workup, vocabulary

__all__ = ["MarkMatch", "PictureComparison", "compare_pictures"]

LONG = 3.0  # times as long as wide: a vessel or a sheet
NEAR_MM = 5.0  # a group so near holds the deposit (the bar of films_and_sections.md)


class MarkMatch(Record, frozen=True, kw_only=True):
    """One deposit on the film: how far the nearest group lies, and how it was described."""

    name: str
    pattern_true: str
    found: bool
    away_mm: float | None
    pattern_read: str
    pattern_right: bool


class PictureComparison(Record, frozen=True, kw_only=True):
    """`surplus` counts groups on the film where nothing was put; shares are percent of the tissue."""

    marks: tuple[MarkMatch, ...]
    surplus: int
    section_true: float
    section_read: float | None
    section_low: float | None = None
    section_high: float | None = None
    section_called: bool


def compare_pictures(truth: TruePictures | None, workup: Workup) -> PictureComparison | None:
    """Return what was found of what was put in; None where there is no film or no section to compare."""
    if truth is None or not workup.films or not workup.sections:
        return None
    film, section = workup.films[0], workup.sections[0]
    used: set[str] = set()
    marks = []
    for mark in truth.film:
        best = min(
            ((_away(mark.bbox_px, g.bbox_px) * truth.film_pixel_mm, g) for g in film.groups),
            key=lambda pair: pair[0],
            default=None,
        )
        found = best is not None and best[0] <= NEAR_MM
        if best is not None and found:
            used |= {
                g.id for g in film.groups if _away(mark.bbox_px, g.bbox_px) * truth.film_pixel_mm <= NEAR_MM
            }
        patterns = best[1].patterns if best is not None and found else ()
        marks.append(
            MarkMatch(
                name=mark.id,
                pattern_true=vocabulary.label(mark.pattern),
                found=found,
                away_mm=_from_centre(mark, film, best[1].members, truth.film_pixel_mm)
                if best is not None and found
                else None,
                pattern_read=", ".join(vocabulary.label(p) for p in patterns),
                pattern_right=mark.pattern in patterns,
            )
        )
    percent = section.mineral_percent
    return PictureComparison(
        marks=tuple(marks),
        surplus=sum(g.id not in used for g in film.groups),
        section_true=truth.section.mineral_percent,
        section_read=percent.value,
        section_low=percent.low,
        section_high=percent.high,
        section_called=any(f.id == "score_mineral_area_percent" for f in section.findings),
    )


Box = tuple[tuple[int, int], tuple[int, int]]


def _away(one: Box, other: Box) -> float:
    """Return the gap between two boxes, pixels; 0 where they meet."""
    gaps = [max(one[0][axis] - other[1][axis], other[0][axis] - one[1][axis], 0) for axis in (0, 1)]
    return math.hypot(*gaps)


def _from_centre(
    mark: TrueMark, film: FilmReading, members: tuple[str, ...], pixel_mm: float
) -> float | None:
    """Return how far the nearest mark of a group lies from the deposit's centre, mm; None for a long one.

    The middle of a calcified artery says nothing of where a stretch of it was seen.
    """
    (y0, x0), (y1, x1) = mark.bbox_px
    sides = sorted((y1 - y0, x1 - x0))
    if sides[1] > LONG * sides[0]:
        return None
    y, x = mark.centroid_px
    near = (math.hypot(d.centroid_px[0] - y, d.centroid_px[1] - x) for d in film.deposits if d.id in members)
    return min(near) * pixel_mm
