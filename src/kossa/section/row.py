"""One section as a row of a table."""

from __future__ import annotations

from kossa.evidence import Score, SectionReading

__all__ = ["csv_row"]


def csv_row(reading: SectionReading) -> dict[str, str | int | float | None]:
    """Return the columns of one section, always the same ones, with their units; None where not known."""
    by_name = {score.name: score for score in reading.scores}
    percent, um = reading.mineral_percent, reading.um_per_px
    per_mm2, largest = by_name.get("deposits_per_mm2"), by_name.get("largest_deposit")
    median, density = by_name.get("deposit_diameter_p50"), by_name.get("integrated_density")
    return {
        "stain": reading.stain.value,
        "stain_source": reading.stain_source,
        "um_per_px": um,
        "tissue_px": reading.tissue_px,
        "tissue_mm2": round(reading.tissue_px * um * um * 1e-6, 6) if um is not None else None,
        "mineral_px": reading.mineral_px,
        "mineral_percent": percent.value,
        "mineral_percent_low": percent.low,
        "mineral_percent_high": percent.high,
        "called_mineral": int(any(f.id == "score_mineral_area_percent" for f in reading.findings)),
        "deposits_count": reading.deposits,
        "deposits_per_mm2": reading.per_mm2,
        "deposits_per_mm2_low": per_mm2.low if per_mm2 else None,
        "deposits_per_mm2_high": per_mm2.high if per_mm2 else None,
        **_lengths("largest", largest, um),
        **_lengths("median", median, um),
        "integrated_density_od_um2": density.value if density and um is not None else None,
        "integrated_density_od_px": _in_pixels(density, um, 2),
        "pigment_px": reading.pigment_px,
        "artefacts": " ".join(reading.artefacts),
        "partial": int(reading.partial),
        "read_share": round(reading.read_share, 4),
        "notices": " ".join(dict.fromkeys(n.code for n in reading.notices)),
    }


def _lengths(name: str, score: Score | None, um: float | None) -> dict[str, float | None]:
    known = score.value if score and um is not None else None
    return {f"{name}_um": known, f"{name}_px": _in_pixels(score, um, 1)}


def _in_pixels(score: Score | None, um: float | None, power: int) -> float | None:
    """Return a figure in pixels, squared for areas; scores are in um where its size is known."""
    if score is None or score.value is None:
        return None
    return round(score.value / (um or 1.0) ** power, 3)
