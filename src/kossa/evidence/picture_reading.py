"""What the two picture readers give back: a film, and a stained section."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record
from kossa.evidence.deposit import FilmDeposit
from kossa.evidence.finding import Finding
from kossa.evidence.interval import Interval
from kossa.evidence.notice import Notice
from kossa.evidence.person import Side
from kossa.evidence.score import Score
from kossa.evidence.source import File

__all__ = ["Category", "FilmGroup", "FilmKind", "FilmReading", "SectionReading", "Stain"]


class FilmKind(StrEnum):
    """The two films that are read."""

    MAMMOGRAM = "mammogram"
    RADIOGRAPH = "radiograph"


class Category(StrEnum):
    """What the form of a mammographic group is described as; never a diagnosis."""

    TYPICALLY_BENIGN = "typically_benign"
    SUSPICIOUS = "suspicious"
    INDETERMINATE = "indeterminate"


class Stain(StrEnum):
    """The stains that are read."""

    VON_KOSSA = "von_kossa"
    ALIZARIN_RED = "alizarin_red"
    HE = "h_and_e"
    UNKNOWN = "unknown"


class FilmGroup(Record, frozen=True, kw_only=True):
    """Marks of one place; the box is half-open, [y, x]."""

    id: str
    members: tuple[str, ...]
    bbox_px: tuple[tuple[int, int], tuple[int, int]]
    distribution: str | None = None
    morphology: str | None = None
    category: Category | None = None
    patterns: tuple[str, ...] = ()
    site: str | None = None
    side: Side = Side.UNKNOWN
    because: str = ""


class FilmReading(Record, frozen=True, kw_only=True):
    """What `kossa film --json` prints; `spacing_mm` is None where no length can be trusted."""

    schema: str = "kossa/film/1"
    kossa_version: str
    files: tuple[File, ...] = ()
    kind: FilmKind
    spacing_mm: float | None
    spacing_source: str
    side: Side = Side.UNKNOWN
    view: str | None = None
    shape: tuple[int, int]
    scores: tuple[Score, ...] = ()
    deposits: tuple[FilmDeposit, ...] = ()
    groups: tuple[FilmGroup, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()


class SectionReading(Record, frozen=True, kw_only=True):
    """What `kossa section --json` prints; `sizes` are equivalent diameters, in um where known.

    `curve` is the share of tissue (%) at or above each density of the mineral's dye: the figure that another
    threshold would give. `vectors` are the dyes in use: mineral, counterstain, pigment. `stain_source` is
    told or recognised. `acid`: treated with acid as a control. `partial` is true where reading was stopped:
    `read_share` of the picture was read.
    """

    schema: str = "kossa/section/1"
    kossa_version: str
    files: tuple[File, ...] = ()
    stain: Stain
    um_per_px: float | None
    tissue_px: int
    mineral_percent: Interval
    per_mm2: float | None
    largest_um: float | None
    sizes: tuple[float, ...] = ()
    sizes_unit: str = "um"
    deposits: int = 0
    mineral_px: int = 0
    pigment_px: int = 0
    shape: tuple[int, int] | None = None
    stain_source: str = "told"
    stain_certainty: float | None = None
    um_per_px_source: str | None = None
    vectors: tuple[tuple[float, float, float], ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    partial: bool = False
    read_share: float = 1.0
    acid: bool = False
    artefacts: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
