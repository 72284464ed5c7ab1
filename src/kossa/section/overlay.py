"""Pictures of a reading: deposits drawn over the section, and a sheet of many."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage as ndi

from kossa.evidence import Stain
from kossa.image.annotate import letters, scale_bar, write
from kossa.image.sheet import contact_sheet as sheet_of
from kossa.image.sheet import thumbnail

if TYPE_CHECKING:
    from kossa.section.reading import SectionExamination

__all__ = ["cell", "contact_sheet", "overlay", "overlay_png"]

Pixels = npt.NDArray[np.uint8]

LINE = (0, 190, 255)  # no dye or pigment of a section has this blue
CASING = (0, 24, 72)  # beside the line: keeps it apart from pale and blue tissue, as it is apart from silver
NUMBERED = 9  # largest deposits that bear their number (judgement: more hide the tissue)
#: two lines of a sheet's cell hold so many letters, and stains are named so that they fit
CAPTION_LETTERS = 41
SHORT = {Stain.VON_KOSSA: "von Kossa", Stain.ALIZARIN_RED: "Alizarin Red", Stain.HE: "H&E"}


def overlay(exam: SectionExamination, *, words: bool = True) -> Pixels:
    """Return the small copy (y, x, 3) with the outlines of deposits.

    With `words` the largest bear their numbers (those of the GeoJSON), and a scale bar stands below where
    the size of a pixel is known.
    """
    picture = exam.picture.copy()
    mask = _mask(exam, picture.shape[:2])
    wide = ndi.binary_dilation(mask, np.ones((3, 3)))
    picture[ndi.binary_dilation(wide, np.ones((3, 3))) & ~wide] = CASING
    picture[wide & ~mask] = LINE
    if not words:
        return picture
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    _numbers(draw, exam, image.size)
    if exam.reading.um_per_px is not None:
        scale_bar(draw, image.size, exam.reading.um_per_px * exam.factor, "um")
    return np.asarray(image, np.uint8)


def _numbers(draw: ImageDraw.ImageDraw, exam: SectionExamination, size: tuple[int, int]) -> None:
    """Write the numbers of the largest deposits on them."""
    order = np.argsort(-exam.deposits.pixels, kind="stable")[:NUMBERED]
    for number, at in enumerate(order.tolist(), 1):
        y, x = exam.deposits.centre[at] / exam.factor
        half = letters(size) / 2
        place = (min(max(float(x), half), size[0] - half), min(max(float(y), half), size[1] - half))
        write(draw, place, str(number), size, anchor="mm")


def overlay_png(exam: SectionExamination) -> bytes:
    """Return `overlay` as PNG, at most 1024 pixels a side."""
    return _png(Image.fromarray(overlay(exam)))


def contact_sheet(exams: Sequence[SectionExamination]) -> bytes:
    """Return one PNG with the overlays of many sections, numbered in their order; no file is named."""
    return sheet_of(cell(number, exam) for number, exam in enumerate(exams, 1))


def cell(number: int, exam: SectionExamination) -> tuple[Pixels, str]:
    """Return one section's small overlay and its words, for a contact sheet."""
    return thumbnail(overlay(exam, words=False)), _caption(number, exam)


def _caption(number: int, exam: SectionExamination) -> str:
    reading = exam.reading
    name = SHORT.get(reading.stain, "stain unknown")
    share = reading.mineral_percent
    figure = (
        "no tissue" if share.value is None else f"{share.value:.2f} % ({share.low:.2f} to {share.high:.2f})"
    )
    called = any(f.id == "score_mineral_area_percent" for f in reading.findings)
    marks = [] if called or share.value is None else ["not called mineral"]
    if reading.partial:
        marks.append(f"{100 * reading.read_share:.0f} % read")
    second = ", ".join((*marks, *reading.artefacts))
    if len(second) > CAPTION_LETTERS - 4:
        second = second[: CAPTION_LETTERS - 7] + "..."
    return f"{number}  {name}  {figure}\n    {second}"


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
