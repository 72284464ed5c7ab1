"""The figures by which the demonstration is judged, over all its persons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from kossa.demo.match import Comparison, Match
from kossa.evidence import Record

__all__ = ["Bar", "bars", "three_standard_errors_mg"]

K = 2.75  # correlated noise against white noise (research page ct.md 3.6)
REGION_MM, RING_MM = 2.44, 4.88  # radii of region and ring there (5 and 10 pixels of 0.488 mm)
REGION_LONG_MM = 15.0  # five slices of 3 mm


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
