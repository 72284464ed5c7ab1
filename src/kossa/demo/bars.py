"""The figures by which the demonstration is judged, over all its persons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from kossa.demo.match import Comparison, Match
from kossa.demo.pictures import PictureComparison
from kossa.evidence import Record

__all__ = ["Bar", "bars", "picture_bars", "three_standard_errors_mg"]

K = 2.75  # correlated noise against white noise (research page ct.md 3.6)
REGION_MM, RING_MM = 2.44, 4.88  # radii of region and ring there (5 and 10 pixels of 0.488 mm)
REGION_LONG_MM = 15.0  # five slices of 3 mm
SHARE_POINTS = 1.0  # error of a section's share that is let pass (films_and_sections.md, row 12)


class Bar(Record, frozen=True, kw_only=True):
    """One demand and what was met: `figure` in words, `met` None where nothing could be judged."""

    what: str
    demand: str
    figure: str
    met: bool | None


def three_standard_errors_mg(noise_hu: float, factor: float, pixel_mm: float, slice_mm: float) -> float:
    """Return 3 SE of the integrated mass of the smallest region of ct.md 3.6 at this noise, mg.

    SE = k c V sigma sqrt(n_O (1 + n_O / n_B)).
    """
    voxel = pixel_mm**2 * slice_mm
    region = math.pi * REGION_MM**2 * REGION_LONG_MM / voxel
    ring = math.pi * (RING_MM**2 - (REGION_MM + pixel_mm) ** 2) * REGION_LONG_MM / voxel
    return 3 * K * factor * voxel * noise_hu * math.sqrt(region * (1 + region / ring))


def bars(people: Sequence[Comparison], three_se_mg: Sequence[float]) -> tuple[Bar, ...]:
    """Return the demands of the demonstration and the figures of these people."""
    above = [row for person in people for row in person.rows if row.above_limit]
    found = [row for row in above if row.found]
    right = [row for row in above if row.found and row.site_right]
    return (
        _limit(people, three_se_mg),
        Bar(
            what="deposits above the stated limit",
            demand=">= 12 over both",
            figure=str(len(above)),
            met=len(above) >= 12,
        ),
        Bar(
            what="found within 3 mm",
            demand="each above the limit",
            figure=f"{len(found)} of {len(above)}",
            met=len(found) == len(above) if above else None,
        ),
        Bar(
            what="at the right site",
            demand="each above the limit",
            figure=f"{len(right)} of {len(above)}",
            met=len(right) == len(above) if above else None,
        ),
        _mass_error(found),
        *_intervals(found),
        Bar(
            what="deposits read where none was put",
            demand="none: shown",
            figure=str(sum(len(p.surplus) for p in people)),
            met=None,
        ),
    )


def _limit(people: Sequence[Comparison], three_se_mg: Sequence[float]) -> Bar:
    told = [p.limit_mg for p in people]
    pairs = " / ".join(
        f"{p.person}: {'none stated' if limit is None else f'{limit:.2f} mg'}, {most:.2f} mg allowed"
        for p, limit, most in zip(people, told, three_se_mg, strict=True)
    )
    met = all(limit is not None and limit <= most for limit, most in zip(told, three_se_mg, strict=True))
    return Bar(
        what="smallest mass that the report says it can tell from noise",
        demand="at most three standard errors of a mass at the noise put in",
        figure=pairs,
        met=met,
    )


def _mass_error(found: Sequence[Match]) -> Bar:
    errors = [abs(row.mass_error) for row in found if row.mass_error is not None]
    figure = "no mass"
    if errors:
        figure = f"{100 * median(errors):.1f} % over {len(errors)}; the worst {100 * max(errors):.0f} %"
    return Bar(
        what="median error of mass, factor given",
        demand="<= 10 %",
        figure=figure,
        met=median(errors) <= 0.10 if errors else None,
    )


def _intervals(found: Sequence[Match]) -> tuple[Bar, Bar]:
    told = [row for row in found if row.in_interval is not None]
    inside = sum(bool(row.in_interval) for row in told)
    widths = [
        (row.mass.high - row.mass.low) / row.mass.value
        for row in told
        if row.mass and row.mass.value and row.mass.low is not None and row.mass.high is not None
    ]
    return (
        Bar(
            what="true mass in the 95 % interval, no factor given",
            demand=">= 90 %",
            figure=f"{inside} of {len(told)}",
            met=inside >= 0.9 * len(told) if told else None,
        ),
        Bar(
            what="width of that interval",
            demand="none: shown beside it",
            figure=f"median {100 * median(widths):.0f} % of the mass" if widths else "none",
            met=None,
        ),
    )


def picture_bars(shown: Sequence[PictureComparison | None]) -> tuple[Bar, ...]:
    """Return the demands on the films and sections of these people; none where there are no pictures."""
    read = [pictures for pictures in shown if pictures is not None]
    if not read:
        return ()
    marks = [mark for pictures in read for mark in pictures.marks]
    found = [mark for mark in marks if mark.found]
    named = sum(mark.pattern_right for mark in found)
    surplus = sum(pictures.surplus for pictures in read)
    errors = [p.section_read - p.section_true for p in read if p.section_read is not None]
    inside = sum(_within(pictures) for pictures in read)
    return (
        Bar(
            what="deposits on the films found",
            demand="each",
            figure=f"{len(found)} of {len(marks)}",
            met=len(found) == len(marks) if marks else None,
        ),
        Bar(
            what="their form as it was put in",
            demand="each of those found",
            figure=f"{named} of {len(found)}",
            met=named == len(found) if found else None,
        ),
        Bar(
            what="groups on the films where none was put",
            demand="none",
            figure=str(surplus),
            met=surplus == 0,
        ),
        Bar(
            what="share of mineral on the sections",
            demand=f"within {SHARE_POINTS:.0f} point of the true one, each",
            figure=", ".join(f"{error:+.2f}" for error in errors) or "no share",
            met=len(errors) == len(read) and all(abs(error) <= SHARE_POINTS for error in errors),
        ),
        Bar(
            what="true share in the interval told",
            demand="each",
            figure=f"{inside} of {len(read)}",
            met=inside == len(read),
        ),
    )


def _within(pictures: PictureComparison) -> bool:
    low, high = pictures.section_low, pictures.section_high
    return low is not None and high is not None and low <= pictures.section_true <= high
