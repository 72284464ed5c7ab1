"""One section as a row of a table."""

from __future__ import annotations

from kossa.evidence import Score, SectionReading

__all__ = ["csv_row"]


def csv_row(reading: SectionReading) -> dict[str, str | int | float | None]:
    """Return the columns of one section, always the same ones; None where a figure is not known."""
    by_name = {score.name: score for score in reading.scores}
    percent = reading.mineral_percent
    per_mm2, largest = by_name.get("deposits_per_mm2"), by_name.get("largest_deposit")
    density = by_name.get("integrated_density")
    return {
        "stain": reading.stain.value,
        "stain_source": reading.stain_source,
        "um_per_px": reading.um_per_px,
        "tissue_px": reading.tissue_px,
        "mineral_px": reading.mineral_px,
        "mineral_percent": percent.value,
        "mineral_percent_low": percent.low,
        "mineral_percent_high": percent.high,
        "called_mineral": int(any(f.id == "score_mineral_area_percent" for f in reading.findings)),
        "deposits": reading.deposits,
        "per_mm2": reading.per_mm2,
        "per_mm2_low": per_mm2.low if per_mm2 else None,
        "per_mm2_high": per_mm2.high if per_mm2 else None,
        "largest": largest.value if largest else None,
        "median_size": _value(by_name.get("deposit_diameter_p50")),
        "size_unit": reading.sizes_unit,
        "integrated_density": density.value if density else None,
        "integrated_density_unit": density.unit if density else None,
        "artefacts": " ".join(reading.artefacts),
        "partial": int(reading.partial),
        "read_share": round(reading.read_share, 4),
        "notices": " ".join(dict.fromkeys(n.code for n in reading.notices)),
    }


def _value(score: Score | None) -> float | None:
    return score.value if score else None
