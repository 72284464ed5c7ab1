"""What the rules say of one object: what it is made of, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass, field

from kossa.evidence import Contrast, Material, Side
from kossa.image.components import Components

__all__ = ["Judged", "Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One object's verdict; `reason` and `site_reason` are sentences with the numbers that decided."""

    material: Material
    reason: str
    kept: bool = True
    site: str | None = None
    site_certainty: float = 0.0
    site_reason: str = ""
    side: Side = Side.UNKNOWN
    tissue: str | None = None
    patterns: tuple[str, ...] = ()
    contrast_noise: float | None = None
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """All objects of a scan with their verdicts, in the same order.

    `threshold_hu` is the level at which `components` were cut; `notices` are (code, sentence). `whole` are
    the parts of the body that lie whole in the scan.
    """

    components: Components
    judgements: tuple[Judgement, ...]
    contrast: Contrast
    noise_hu: float | None
    threshold_hu: float
    not_seen: tuple[str, ...] = ()
    notices: tuple[tuple[str, str], ...] = field(default=())
    whole: tuple[str, ...] = ()
