"""A small picture of a section for people: its deposits outlined, on one screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from kossa.evidence import SectionReading
from kossa.section.overlay import overlay
from kossa.section.reading import SectionExamination

__all__ = ["SectionView", "view_of"]

SIDE = 720  # pixels of the longer side (judgement: outlines stay visible, a page of many stays small)


@dataclass(frozen=True, eq=False)
class SectionView:
    """`picture` (y, x, 3) has about `factor` pixels of the section for one of its own."""

    reading: SectionReading
    picture: npt.NDArray[np.uint8]
    factor: float


def view_of(exam: SectionExamination) -> SectionView:
    """Return what is drawn of one section; its deposits are not kept."""
    drawn = Image.fromarray(overlay(exam))
    before = max(drawn.size)
    drawn.thumbnail((SIDE, SIDE))
    return SectionView(exam.reading, np.asarray(drawn, np.uint8), exam.factor * before / max(drawn.size))
