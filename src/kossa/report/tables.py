"""`deposits.csv`: one row a deposit, for spreadsheets and statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kossa.evidence import CtDeposit, CtReading, Interval

__all__ = ["deposits_csv", "guard"]

COLUMNS = (
    "scan",
    "id",
    "group",
    "material",
    "kept",
    "site",
    "site_certainty",
    "side",
    "patterns",
    "centroid_x_mm",
    "centroid_y_mm",
    "centroid_z_mm",
    "slice",
    "row",
    "column",
    "voxels",
    "agatston",
    "volume_mm3",
    "area_mm2",
    "mass_threshold_mg",
    "mass_integrated_mg",
    "mass_integrated_low_mg",
    "mass_integrated_high_mg",
    "mass_below_limit",
    "hu_peak",
    "hu_mean",
    "diameter_mm",
    "sphericity",
    "elongation",
    "noise_probability",
    "reason",
    "site_reason",
)


def guard(cell: object) -> object:
    """Return a cell that no spreadsheet runs as a formula: = + - @ and tab get an apostrophe."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell


def deposits_csv(readings: Iterable[CtReading]) -> bytes:
    """Return all deposits of all scans as UTF-8 CSV; unknown cells are empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for scan, reading in enumerate(readings, 1):
        for deposit in reading.deposits:
            row = {"scan": scan, **_row(deposit)}
            writer.writerow([guard(row[name]) for name in COLUMNS])
    return text.getvalue().encode("utf-8")


def _row(deposit: CtDeposit) -> dict[str, object]:
    threshold = deposit.mass_threshold_mg or Interval(value=None, low=None, high=None)
    integrated = deposit.mass_integrated_mg or Interval(value=None, low=None, high=None)
    z, y, x = deposit.centroid_voxel
    return {
        "id": deposit.id,
        "group": deposit.group,
        "material": deposit.material.value,
        "kept": str(deposit.kept).lower(),
        "site": deposit.site,
        "site_certainty": round(deposit.site_certainty, 3),
        "side": deposit.side.value,
        "patterns": " ".join(deposit.patterns),
        **{f"centroid_{a}_mm": round(v, 2) for a, v in zip("xyz", deposit.centroid_mm, strict=True)},
        "slice": round(z, 2),
        "row": round(y, 2),
        "column": round(x, 2),
        "voxels": deposit.voxels,
        "agatston": deposit.agatston,
        "volume_mm3": deposit.volume_mm3,
        "area_mm2": deposit.area_mm2,
        "mass_threshold_mg": threshold.value,
        "mass_integrated_mg": integrated.value,
        "mass_integrated_low_mg": integrated.low,
        "mass_integrated_high_mg": integrated.high,
        "mass_below_limit": str(integrated.below_limit).lower(),
        "hu_peak": deposit.hu_peak,
        "hu_mean": deposit.hu_mean,
        "diameter_mm": deposit.diameter_mm,
        "sphericity": deposit.sphericity,
        "elongation": deposit.elongation,
        "noise_probability": deposit.noise_probability,
        "reason": deposit.reason,
        "site_reason": deposit.site_reason,
    }
