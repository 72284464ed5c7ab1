"""What a virtual person holds: the answer sheet that lies beside made evidence."""

from __future__ import annotations

from kossa.evidence.base import Record
from kossa.evidence.person import Side

__all__ = ["TrueDeposit", "TrueMark", "TruePictures", "TrueSection", "Truth"]


class TrueDeposit(Record, frozen=True, kw_only=True):
    """One deposit that was put in; `centroid_mm` is LPS, mass is mg of hydroxyapatite."""

    id: str
    mass_mg: float
    centroid_mm: tuple[float, float, float]
    site: str
    side: Side = Side.UNKNOWN
    kind: str
    cause: str
    diameter_mm: float | None = None
    material: str = "calcification"


class TrueMark(Record, frozen=True, kw_only=True):
    """A deposit put into a film: places in its pixels, [y, x], the box half-open."""

    id: str
    pattern: str
    mass_mg: float
    centroid_px: tuple[float, float]
    bbox_px: tuple[tuple[int, int], tuple[int, int]]


class TrueSection(Record, frozen=True, kw_only=True):
    """What a made section holds: the share of its tissue that is mineral."""

    stain: str
    mineral_percent: float


class TruePictures(Record, frozen=True, kw_only=True):
    """What the film and the section beside a scan hold."""

    film: tuple[TrueMark, ...]
    film_pixel_mm: float
    section: TrueSection


class Truth(Record, frozen=True, kw_only=True):
    """All that was put in, and the scanner's factor that the reader is not told."""

    deposits: tuple[TrueDeposit, ...]
    factor_mg_per_mm3_hu: float
    noise_hu: float | None = None
    note: str = ""
    pictures: TruePictures | None = None
