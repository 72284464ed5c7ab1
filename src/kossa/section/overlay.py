"""Pictures of a reading: deposits drawn over the section, and a sheet of many."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage as ndi

from kossa.evidence import Stain
from kossa.image.sheet import contact_sheet as sheet_of
from kossa.image.sheet import thumbnail

if TYPE_CHECKING:
    from kossa.section.reading import SectionExamination

__all__ = ["cell", "contact_sheet", "overlay", "overlay_png"]

Pixels = npt.NDArray[np.uint8]

LINE = (0, 190, 255)  # no dye or pigment of a section has this blue
CASING = (0, 24, 72)  # beside the line: keeps it apart from pale and blue tissue, as it is apart from silver
NUMBERED = 9  # largest deposits that bear their number (judgement: more hide the tissue)
LETTERS, LETTERS_SHARE = 14, 48  # pixels at the least, and how many fit into the longer side (judgement)
BAR_SHARE = 0.2  # of the picture's width that a scale bar has at the most (judgement)
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
    _scale_bar(draw, exam, image.size)
    return np.asarray(image, np.uint8)


def _numbers(draw: ImageDraw.ImageDraw, exam: SectionExamination, size: tuple[int, int]) -> None:
    """Write the numbers of the largest deposits on them."""
    order = np.argsort(-exam.deposits.pixels, kind="stable")[:NUMBERED]
    for number, at in enumerate(order.tolist(), 1):
        y, x = exam.deposits.centre[at] / exam.factor
        half = _letters(size) / 2
        place = (min(max(float(x), half), size[0] - half), min(max(float(y), half), size[1] - half))
        _write(draw, place, str(number), size, anchor="mm")


def _scale_bar(draw: ImageDraw.ImageDraw, exam: SectionExamination, size: tuple[int, int]) -> None:
    """Draw a bar of 1, 2 or 5 times a power of ten um at the lower left."""
    um = exam.reading.um_per_px
    if um is None:
        return
    most = BAR_SHARE * size[0] * exam.factor * um
    power = 10.0 ** np.floor(np.log10(most))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)
    right = 10 + length / (um * exam.factor)
    bottom = size[1] - 10
    draw.rectangle((8, bottom - 6, right + 2, bottom + 2), fill="white")
    draw.rectangle((10, bottom - 4, right, bottom), fill="black")
    _write(draw, (10, bottom - 8), f"{length:g} um", size, anchor="ls")


def _letters(size: tuple[int, int]) -> int:
    return max(LETTERS, max(size) // LETTERS_SHARE)


def _write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], words: str, size: tuple[int, int], *, anchor: str
) -> None:
    """Write white letters with a dark border: they are read on silver, on dyes and on glass."""
    font = ImageFont.load_default(_letters(size))
    draw.text(place, words, fill="white", font=font, anchor=anchor, stroke_width=2, stroke_fill="black")


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
