"""The figures of a section with their intervals, as numbers and as scores with their convention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kossa.evidence import Interval, Score, Source
from kossa.section.deposits import LEAST_PIXELS, Deposits
from kossa.section.measure import Measured
from kossa.section.recipe import Recipe
from kossa.section.uncertain import DRAWS, figures

__all__ = ["Spacing", "intervals", "scores", "sizes"]

Moved = dict[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Spacing:
    """The side of a pixel in um, None where it is not known, and how it is known."""

    um: float | None
    source: str | None


def intervals(
    measured: Measured, moved: Moved, spacing: Spacing, least_percent: float
) -> dict[str, Interval]:
    """Return percent, per_mm2, largest (um or pixels) and density (summed over the mineral).

    `moved` is what `spread` returns for the sample: the whole moves by the same share.
    """
    at = figures(measured.deposits, measured.tissue_px)
    um = spacing.um or 1.0
    area = measured.tissue_px * um * um
    percent = _moved(at.percent, moved["percent"])
    return {
        "percent": Interval(
            value=percent.value,
            low=percent.low,
            high=min(percent.high or 0.0, 100.0),
            below_limit=at.percent < least_percent,
        ),
        "per_mm2": _moved(at.number, moved["number"], 1.0 / (um * um)),
        "largest": _moved(at.largest, moved["largest"], um),
        "density": _moved(at.density, moved["density"], area),
    }


def _moved(value: float, on_sample: tuple[float, float, float], scale: float = 1.0) -> Interval:
    at, low, high = on_sample
    ratio = (low / at, high / at) if at > 0 else (0.0, 1.0)
    top = max(value * ratio[1], high if at <= 0 else 0.0)
    return Interval(
        value=round(value * scale, 6), low=round(value * ratio[0] * scale, 6), high=round(top * scale, 6)
    )


def sizes(deposits: Deposits, spacing: Spacing) -> tuple[tuple[float, ...], str]:
    """Return equivalent diameters in falling order, and their unit."""
    lengths = np.sort(deposits.diameters_px())[::-1] * (spacing.um or 1.0)
    return tuple(round(float(d), 3) for d in lengths), "um" if spacing.um is not None else "px"


def scores(
    recipe: Recipe, at: dict[str, Interval], lengths: tuple[float, ...], unit: str, source: Source
) -> tuple[Score, ...]:
    """Return every figure as a score; the convention holds all that made it."""
    rule = recipe.rule
    convention: dict[str, str | float | int | bool | None] = {
        "stain": rule.stain.value,
        "floor_od": round(recipe.floor, 4),
        "edge_at_share": recipe.half,
        "around_od": round(recipe.around, 4),
        "tissue_level_od": round(recipe.tissue_level, 4) if recipe.tissue_level > 0 else None,
        "least_pixels": LEAST_PIXELS,
        "connectivity": 8,
        "vectors_estimated": "mineral" if recipe.estimated[0] else "none",
        "edge_in_light": recipe.in_light,
        "least_peak_od": round(recipe.peak, 4),
        "interval": f"{DRAWS} draws of vectors, light, edge and levels",
        "vector_error_deg": round(recipe.degrees[0], 2),
    }
    region, known = "tissue of the section" if recipe.doubted_level is None else "picture", unit == "um"
    out = [_score("mineral_area_percent", at["percent"], "%", convention, region, source)]
    if known:
        out.append(_score("deposits_per_mm2", at["per_mm2"], "1/mm2", convention, region, source))
    out.append(_score("largest_deposit", at["largest"], unit, convention, region, source))
    area = "OD um2" if known else "OD px"
    out.append(_score("integrated_density", at["density"], area, convention, region, source))
    for share in (10, 50, 90):
        value = round(float(np.percentile(lengths, share)), 3) if lengths else None
        out.append(
            Score(
                name=f"deposit_diameter_p{share}",
                value=value,
                unit=unit,
                convention=convention,
                region=region,
                reason="" if lengths else "no deposits",
                source=source,
            )
        )
    return tuple(out)


def _score(
    name: str,
    at: Interval,
    unit: str,
    convention: dict[str, str | float | int | bool | None],
    region: str,
    source: Source,
) -> Score:
    return Score(
        name=name,
        value=at.value,
        unit=unit,
        convention=convention,
        low=at.low,
        high=at.high,
        level=at.level,
        region=region,
        source=source,
    )
