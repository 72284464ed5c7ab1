"""Pictures of a reading: deposits drawn over the section, and a sheet of many."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage as ndi

from kossa.image.sheet import contact_sheet as sheet_of
from kossa.image.sheet import thumbnail
from kossa.section.stain import RULES

if TYPE_CHECKING:
    from kossa.section.reading import SectionExamination

__all__ = ["cell", "contact_sheet", "overlay", "overlay_png"]

Pixels = npt.NDArray[np.uint8]

LINE = (0, 190, 255)  # no dye or pigment of a section has this blue


def overlay(exam: SectionExamination) -> Pixels:
    """Return the small copy (y, x, 3) with the outlines of deposits."""
    picture = exam.picture.copy()
    mask = _mask(exam, picture.shape[:2])
    rim = ndi.binary_dilation(mask, np.ones((3, 3))) & ~mask
    picture[rim] = LINE
    return picture


def overlay_png(exam: SectionExamination) -> bytes:
    """Return `overlay` as PNG, at most 1024 pixels a side."""
    return _png(Image.fromarray(overlay(exam)))


def contact_sheet(exams: Sequence[SectionExamination]) -> bytes:
    """Return one PNG with the overlays of many sections, numbered in their order; no file is named."""
    return sheet_of(cell(number, exam) for number, exam in enumerate(exams, 1))


def cell(number: int, exam: SectionExamination) -> tuple[Pixels, str]:
    """Return one section's small overlay and its words, for a contact sheet."""
    return thumbnail(overlay(exam)), _caption(number, exam)


def _caption(number: int, exam: SectionExamination) -> str:
    reading = exam.reading
    name = RULES[reading.stain].name if reading.stain in RULES else "stain unknown"
    share = reading.mineral_percent
    figure = (
        "no tissue" if share.value is None else f"{share.value:.2f} % ({share.low:.2f} to {share.high:.2f})"
    )
    called = any(f.id == "score_mineral_area_percent" for f in reading.findings)
    marks = [] if called or share.value is None else ["not called mineral"]
    if reading.partial:
        marks.append(f"{100 * reading.read_share:.0f} % read")
    return f"{number}  {name}  {figure}\n    {', '.join(marks or reading.artefacts)}"


def _mask(exam: SectionExamination, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return where the small copy has deposits: every square that a run touches."""
    d, k = exam.deposits, exam.factor
    edge = np.zeros((shape[0], shape[1] + 1), np.int32)
    np.add.at(edge, (d.y // k, d.x0 // k), 1)
    np.add.at(edge, (d.y // k, (d.x1 - 1) // k + 1), -1)
    return np.asarray(edge.cumsum(axis=1)[:, :-1] > 0)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
