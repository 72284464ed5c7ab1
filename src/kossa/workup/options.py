"""What a person may ask of one reading of a folder."""

from __future__ import annotations

from pathlib import Path

from kossa.evidence import Record, Setting, Sex

__all__ = ["ReadOptions"]


class ReadOptions(Record, frozen=True, kw_only=True):
    """Choices of one call; `None` means: as the evidence says.

    `preset` names a scoring convention, `series` a series by its number in the table, `roi` a NIfTI
    mask, `mg_per_mm3_hu` the scanner's calibration factor, `person` the key of the person to read.
    """

    preset: str = "agatston-1990"
    series: int | None = None
    roi: Path | None = None
    mg_per_mm3_hu: float | None = None
    person: str | None = None
    age_years: float | None = None
    sex: Sex | None = None
    setting: Setting | None = None
    strict: bool = False
