"""Small pictures of a film for people: the whole film, and a look at each group, with where they lie.

What lies outside the body is painted over, since names and labels are printed there; a film that says that
words are burned into it is not drawn as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence import FilmReading
from kossa.film.examination import FilmExamination

__all__ = ["FilmCrop", "FilmView", "view_of"]

Grey = npt.NDArray[np.uint8]

SIDE = 900  # pixels of the longer side of the whole film (judgement: one screen)
CROPS = 8  # groups that are shown large; the rest is numbered on the whole film (judgement)
LEAST_MM, LEAST_PX = 8.0, 48  # a group's look is at least so wide (judgement: its surroundings tell)
MARGIN = 0.35  # of the group's width, shown on each side (judgement)
WINDOW = (1.0, 99.8)  # percent of the body's grey levels that become black and white (judgement)
CROP_WINDOW = (1.0, 99.9)


@dataclass(frozen=True, eq=False)
class FilmCrop:
    """One group at the film's own pixels; `top`, `left` are its place in them."""

    group: str
    pixels: Grey
    top: int
    left: int


@dataclass(frozen=True, eq=False)
class FilmView:
    """`overview` has one pixel for `factor` x `factor` of the film; None where words are burned into it."""

    reading: FilmReading
    overview: Grey | None
    factor: int
    crops: tuple[FilmCrop, ...]


def view_of(exam: FilmExamination) -> FilmView:
    """Return what is drawn of one film; the film's own pixels are not kept."""
    factor = max(1, -(-max(exam.pixels.shape) // SIDE))
    whole = None if exam.burned_in else _overview(exam, factor)
    groups = exam.reading.groups[:CROPS]
    crops = tuple(_crop(exam, group.id, group.bbox_px) for group in groups)
    return FilmView(exam.reading, whole, factor, crops)


def _overview(exam: FilmExamination, factor: int) -> Grey:
    rows, columns = (n // factor for n in exam.pixels.shape)
    cut = exam.pixels[: rows * factor, : columns * factor]
    small = cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    if exam.body is None:
        return _grey(small, small, WINDOW)
    y = np.minimum(np.arange(rows) * factor // exam.body_block, exam.body.shape[0] - 1)
    x = np.minimum(np.arange(columns) * factor // exam.body_block, exam.body.shape[1] - 1)
    inside = exam.body[np.ix_(y, x)]
    if not inside.any():
        return np.zeros(small.shape, np.uint8)
    drawn = _grey(small, small[inside], WINDOW)
    drawn[~inside] = 0
    return drawn


def _crop(exam: FilmExamination, group: str, box: tuple[tuple[int, int], tuple[int, int]]) -> FilmCrop:
    (y0, x0), (y1, x1) = box
    least = LEAST_PX if exam.spacing_mm is None else max(LEAST_PX, round(LEAST_MM / exam.spacing_mm))
    side = max(least, round((1 + 2 * MARGIN) * max(y1 - y0, x1 - x0)))
    height, width = exam.pixels.shape
    top = min(max(0, (y0 + y1 - side) // 2), max(0, height - side))
    left = min(max(0, (x0 + x1 - side) // 2), max(0, width - side))
    part = exam.pixels[top : top + side, left : left + side]
    return FilmCrop(group, _grey(part, part, CROP_WINDOW), top, left)


def _grey(pixels: npt.NDArray[np.float32], of: npt.NDArray[np.float32], window: tuple[float, float]) -> Grey:
    low, high = np.percentile(of, window)
    scaled = np.clip((pixels - low) * (255.0 / max(float(high - low), 1e-6)), 0, 255)
    return np.asarray(scaled, np.uint8)
