"""A deposit as a reader saw it, one subtype a modality, and groups of deposits."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.interval import Interval
from kossa.evidence.person import Side
from kossa.evidence.source import Source

__all__ = ["CtDeposit", "Deposit", "DepositGroup", "FilmDeposit", "Material", "Modality", "ToldDeposit"]

Triple = tuple[float, float, float]
Index3 = tuple[int, int, int]


class Modality(StrEnum):
    """What showed the deposit."""

    CT = "ct"
    FILM = "film"
    SECTION = "section"
    WORDS = "words"


class Material(StrEnum):
    """What a bright thing is taken for; only `calcification` counts in totals."""

    CALCIFICATION = "calcification"
    BONE = "bone"
    METAL = "metal"
    CONTRAST = "contrast"
    PHANTOM = "phantom"
    TABLE = "table"
    PHYSIOLOGICAL = "physiological"
    UNSURE = "unsure"


class Deposit(Record, frozen=True, kw_only=True):
    """What all deposits share; `patterns`, `site` and `tissue` are vocabulary ids."""

    id: str
    modality: Modality
    material: Material = Material.CALCIFICATION
    reason: str = ""
    site: str | None = None
    site_certainty: float = 0.0
    site_reason: str = ""
    side: Side = Side.UNKNOWN
    tissue: str | None = None
    group: str | None = None
    patterns: tuple[str, ...] = ()
    kept: bool = True
    noise_probability: float | None = None
    diameter_mm: float | None = None
    source: Source | None = None


class CtDeposit(Deposit, frozen=True, kw_only=True):
    """A deposit in a scan.

    Voxels are [z, y, x] in the order of slices by position, boxes half-open, `centroid_mm` LPS.
    `volume_mm3` is the plain volume of the components that pass the preset's area rule, which is
    what the label map holds; masses are mg of hydroxyapatite. `area_mm2` sums over slices.
    `diameter_mm` is the longest distance between voxel centres plus one pixel; `sphericity` is 1 for a
    ball and less for what is long, flat or ragged; `elongation` is the longest over the middle axis.
    """

    centroid_voxel: Triple
    centroid_mm: Triple
    bbox_voxel: tuple[Index3, Index3]
    voxels: int
    slices: int
    agatston: float | None
    volume_mm3: float | None
    area_mm2: float
    mass_threshold_mg: Interval | None
    mass_integrated_mg: Interval | None
    hu_peak: float
    hu_mean: float
    contrast_noise: float | None = None
    sphericity: float | None = None
    elongation: float | None = None
    edge: bool = False
    incomplete: bool = False


class FilmDeposit(Deposit, frozen=True, kw_only=True):
    """A mark on a mammogram or radiograph; pixels are [y, x]."""

    centroid_px: tuple[float, float]
    area_mm2: float | None = None
    contrast_noise: float | None = None
    morphology: str | None = None
    because: str = ""


class ToldDeposit(Deposit, frozen=True, kw_only=True):
    """A deposit that only words tell of."""

    words: str = ""


class DepositGroup(Record, frozen=True, kw_only=True):
    """Deposits of one place and look; each group gets its own weighing."""

    id: str
    deposits: tuple[str, ...]
    site: str | None
    side: Side = Side.UNKNOWN
    pattern: str | None = None
    material: Material = Material.CALCIFICATION
    volume_mm3: float | None = None
    mass_mg: Interval | None = None
    words: str = ""
