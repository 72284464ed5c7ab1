"""Small pictures of a film for people: the whole film, and a look at each group, with where they lie.

What lies outside the body is painted over, since names and labels are printed there; a film that says that
words are burned into it is not drawn as a whole, nor a large part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence import FilmReading
from kossa.film.examination import FilmExamination

__all__ = ["FilmCrop", "FilmView", "view_of"]

Grey = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

SIDE = 900  # pixels of the longer side of the whole film (judgement: one screen)
CROPS = 8  # groups that are shown large; the rest is numbered on the whole film (judgement)
LEAST_MM, LEAST_PX = 8.0, 48  # a group's look is at least so wide (judgement: its surroundings tell)
MARGIN = 0.35  # of the group's width, shown on each side (judgement)
WINDOW = (1.0, 99.8)  # percent of the body's grey levels that become black and white (judgement)
CROP_WINDOW = (1.0, 99.9)
MOST_OF_FILM = 0.25  # share of a film with burned-in words that a group's look may show; judgement


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
    crops = (_crop(exam, group.id, group.bbox_px) for group in groups)
    most = MOST_OF_FILM * exam.pixels.size if exam.burned_in else exam.pixels.size
    return FilmView(exam.reading, whole, factor, tuple(c for c in crops if c.pixels.size <= most))


def _overview(exam: FilmExamination, factor: int) -> Grey:
    rows, columns = (n // factor for n in exam.pixels.shape)
    cut = exam.pixels[: rows * factor, : columns * factor]
    small = cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    y, x = (np.arange(n) * factor for n in (rows, columns))
    return _drawn(small, _inside(exam, y, x), WINDOW)


def _inside(exam: FilmExamination, y: Places, x: Places) -> npt.NDArray[np.bool_] | None:
    """Return where these rows and columns of the film show the body, None where that is not known."""
    if exam.body is None:
        return None
    rows, columns = (
        np.minimum(at // exam.body_block, n - 1) for at, n in zip((y, x), exam.body.shape, strict=True)
    )
    return exam.body[np.ix_(rows, columns)]


def _drawn(
    pixels: npt.NDArray[np.float32], inside: npt.NDArray[np.bool_] | None, window: tuple[float, float]
) -> Grey:
    """Return the body's pixels in grey, what lies outside of it black."""
    if inside is None:
        return _grey(pixels, pixels, window)
    if not inside.any():
        return np.zeros(pixels.shape, np.uint8)
    drawn = _grey(pixels, pixels[inside], window)
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
    inside = _inside(exam, *(start + np.arange(n) for start, n in zip((top, left), part.shape, strict=True)))
    return FilmCrop(group, _drawn(part, inside, CROP_WINDOW), top, left)


def _grey(pixels: npt.NDArray[np.float32], of: npt.NDArray[np.float32], window: tuple[float, float]) -> Grey:
    low, high = np.percentile(of, window)
    scaled = np.clip((pixels - low) * (255.0 / max(float(high - low), 1e-6)), 0, 255)
    return np.asarray(scaled, np.uint8)
