"""Scores of one scan as rows of a table: what all have in common is told once, above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kossa.evidence import Interval, Score
from kossa.report import words

__all__ = ["score_table"]

Convention = Mapping[str, str | float | int | bool | None]

UNITS = {"mm2": "mm²", "mm3": "mm³", "1": ""}
# parameters whose name in the convention is not plain by itself
NAMES = {
    "kvp": "tube voltage, kV",
    "threshold_hu": "threshold, HU",
    "comparison": "a voxel counts where its value is",
    "connectivity_in_slice": "neighbours in a slice",
    "connectivity_across_slices": "joined across slices",
    "min_area_mm2": "smallest area, mm²",
    "min_pixels": "smallest number of pixels",
    "weight_edges_hu": "edges of the weights, HU",
    "volume_threshold_hu": "threshold of the volume, HU",
    "mass_threshold_hu": "threshold of the mass, HU",
    "mg_per_mm3_hu": "factor, mg/(mm³ HU)",
    "noise_hu": "noise, HU",
    "volume_of_preset": "the preset's own volume",
}
VALUES = {">=": "at or above the threshold", ">": "above the threshold"}


def score_table(scores: Sequence[Score]) -> dict[str, Any]:
    """Return `rows`, and the `convention` and the `remark` that all rows share (empty where none is)."""
    if not scores:
        return {"rows": [], "convention": "", "remark": ""}
    first = scores[0].convention
    shared = {k: v for k, v in first.items() if all(s.convention.get(k) == v for s in scores)}
    remarks = [_remark(s) for s in scores]
    often = max(dict.fromkeys(remarks), key=remarks.count)
    told_once = often if often and remarks.count(often) > 1 else ""
    return {
        "rows": [_row(s, r, shared, told_once) for s, r in zip(scores, remarks, strict=True)],
        "convention": _words(shared),
        "remark": told_once,
    }


def _remark(score: Score) -> str:
    if score.comparable or score.value is None:
        return score.reason
    return f"Not comparable with other scans: {score.reason}"


def _row(score: Score, remark: str, shared: Convention, told_once: str) -> dict[str, Any]:
    spread = Interval(value=score.value, low=score.low, high=score.high)
    value = "not given"
    if score.value is not None:
        value = words.interval(spread, UNITS.get(score.unit, score.unit)).replace("  ", " ").strip()
    own = {k: v for k, v in score.convention.items() if k not in shared}
    return {
        "name": score.name.replace("_", " "),
        "of": "" if score.material == "calcification" else score.material,
        "value": value,
        "convention": _words(own),
        "remark": "as above" if remark and remark == told_once else remark,
    }


def _words(parameters: Convention) -> str:
    return "; ".join(f"{_name(k)}: {_value(v)}" for k, v in parameters.items() if v is not None)


def _name(key: str) -> str:
    return NAMES.get(key, key.replace("_", " "))


def _value(value: str | float | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return VALUES.get(str(value), str(value))
