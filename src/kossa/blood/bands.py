"""The bounds of single tests that matter beyond high and low, as `bands.csv` holds them with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kossa.blood.analytes import analytes, rows
from kossa.chemistry.units import convert

__all__ = ["EMERGENCIES", "Band", "bands", "emergency"]

#: bounds beyond which a calcium is an emergency by itself (the red flags of these names)
EMERGENCIES = {"hypercalcaemic_crisis": "calcium_over_3_5", "hypocalcaemia": "calcium_under_1_9"}


@dataclass(frozen=True, slots=True)
class Band:
    """Values of some tests under or over a bound; its id is that of the finding."""

    id: str
    analytes: frozenset[str]
    comparator: str
    bound: float
    unit: str

    def limit(self, analyte: str) -> float:
        """Return the bound in the test's SI unit."""
        known = analytes()[analyte]
        return convert(self.bound, self.unit, known.si or self.unit, known.substance)

    def holds(self, analyte: str, value_si: float) -> bool:
        """Return whether a value in the test's SI unit lies in the band."""
        limit = self.limit(analyte)
        return value_si < limit if self.comparator == "<" else value_si > limit


@cache
def bands() -> Mapping[str, Band]:
    """Return the bands by id, in the order of the table."""
    return {
        r["id"]: Band(
            r["id"], frozenset(r["analytes"].split("|")), r["comparator"], float(r["bound"]), r["unit"]
        )
        for r in rows("bands.csv")
    }


def emergency(analyte: str, value_si: float) -> str | None:
    """Return the red flag that a value of a test raises by itself, None where it raises none."""
    for flag, band in EMERGENCIES.items():
        if analyte in bands()[band].analytes and bands()[band].holds(analyte, value_si):
            return flag
    return None
