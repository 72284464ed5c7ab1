"""What one reader gives back: the envelope that all readers share, and CT's own block."""

from __future__ import annotations

from kossa.evidence.base import Record
from kossa.evidence.deposit import CtDeposit, DepositGroup
from kossa.evidence.finding import Finding
from kossa.evidence.notice import Notice
from kossa.evidence.score import Score
from kossa.evidence.source import File

__all__ = ["Contrast", "CtReading", "Geometry", "Limits", "SeriesChoice", "SeriesRow"]


class SeriesRow(Record, frozen=True, kw_only=True):
    """One series that was met, and why it was used or passed over."""

    number: int
    chosen: bool
    reason: str
    slices: int
    modality: str | None = None
    description: str | None = None
    kernel: str | None = None
    kvp: float | None = None
    thickness_mm: float | None = None
    matrix: tuple[int, int] | None = None
    image_type: str | None = None


class SeriesChoice(Record, frozen=True, kw_only=True):
    """The series that was read, with its reasons; `others` are all that were met."""

    number: int
    reason: str
    slices: int
    kind: str
    kvp: float | None = None
    kernel: str | None = None
    manufacturer: str | None = None
    thickness_mm: float | None = None
    files: tuple[int, ...] = ()
    others: tuple[SeriesRow, ...] = ()


class Geometry(Record, frozen=True, kw_only=True):
    """Where the slices lie: spacing [z, y, x] in mm (z None for one slice), gaps in mm, tilt in degrees.

    `verdict` is one word (regular, uneven, gap, single), `causes` sentences that name slices.
    """

    spacing_mm: tuple[float | None, float, float]
    gaps_mm: tuple[float, ...]
    tilt_deg: float
    shape: tuple[int, int, int]
    verdict: str = "regular"
    causes: tuple[str, ...] = ()
    missing_after: tuple[int, ...] = ()


class Contrast(Record, frozen=True, kw_only=True):
    """Whether contrast medium was given, and how it is known; `lumen_hu` is the blood's level."""

    enhanced: bool
    reason: str
    lumen_hu: float | None = None
    threshold_hu: float | None = None


class Limits(Record, frozen=True, kw_only=True):
    """What this reading cannot see, and what it saw whole.

    `whole` names chest, abdomen and pelvis where the anatomy shows that all of it lies in the scan; a part
    that is not named may be cut off, or not recognised.
    """

    smallest_mass_mg: float | None
    not_seen: tuple[str, ...]
    whole: tuple[str, ...] = ()


class CtReading(Record, frozen=True, kw_only=True):
    """What `kossa ct --json` prints, and one entry of `ct` in workup.json."""

    schema: str = "kossa/ct/1"
    kossa_version: str
    files: tuple[File, ...] = ()
    series: SeriesChoice
    geometry: Geometry
    noise_hu: float | None
    contrast: Contrast
    limits: Limits
    scores: tuple[Score, ...]
    deposits: tuple[CtDeposit, ...]
    groups: tuple[DepositGroup, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
