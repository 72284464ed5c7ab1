"""A film as a picture for people: its groups boxed and numbered, its single marks ringed, a scale bar."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from kossa.evidence import Side
from kossa.film.view import FilmView
from kossa.image.annotate import scale_bar, write

__all__ = ["overlay", "overlay_png"]

LINE, CASING = (255, 210, 63), (0, 0, 0)  # yellow with black beside it is seen on dark and on bright film
LINE_SHARE = 450  # a line is the picture's longer side over this, pixels (judgement)
RING_PX = 9  # radius of the ring round a single mark


def overlay(view: FilmView, *, words: bool = True) -> npt.NDArray[np.uint8]:
    """Return the whole film (y, x, 3) with its groups; black where words are burned into the film.

    With `words` the groups bear their numbers, single marks a ring, and side, view and a scale bar are told.
    """
    reading = view.reading
    if view.overview is None:
        rows, columns = (n // view.factor for n in reading.shape)
        return np.zeros((rows, columns, 3), np.uint8)
    picture = Image.fromarray(view.overview).convert("RGB")
    draw = ImageDraw.Draw(picture)
    width = max(2, max(picture.size) // LINE_SHARE) if words else max(2, max(picture.size) // 200)
    for number, group in enumerate(reading.groups, 1):
        (y0, x0), (y1, x1) = group.bbox_px
        low, high = (
            (x0 / view.factor - 2 * width, y0 / view.factor - 2 * width),
            (
                x1 / view.factor + 2 * width,
                y1 / view.factor + 2 * width,
            ),
        )
        _box(draw, low, high, width)
        if words:
            _number(draw, str(number), low, high, picture.size)
    if words:
        for mark in (d for d in reading.deposits if d.group is None):
            y, x = (v / view.factor for v in mark.centroid_px)
            for colour, radius in ((CASING, RING_PX + 1), (LINE, RING_PX)):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour)
        side = "" if reading.side is Side.UNKNOWN else reading.side.value
        write(draw, (10, 10), " ".join(w for w in (side, reading.view) if w), picture.size, anchor="lt")
        if reading.spacing_mm is not None:
            scale_bar(draw, picture.size, reading.spacing_mm * view.factor, "mm")
    return np.asarray(picture, np.uint8)


def overlay_png(view: FilmView) -> bytes:
    """Return `overlay` as PNG."""
    out = io.BytesIO()
    Image.fromarray(overlay(view)).save(out, "PNG")
    return out.getvalue()


def _box(draw: ImageDraw.ImageDraw, low: tuple[float, float], high: tuple[float, float], width: int) -> None:
    draw.rectangle((low[0] - 1, low[1] - 1, high[0] + 1, high[1] + 1), outline=CASING, width=width + 2)
    draw.rectangle((*low, *high), outline=LINE, width=width)


def _number(
    draw: ImageDraw.ImageDraw,
    number: str,
    low: tuple[float, float],
    high: tuple[float, float],
    size: tuple[int, int],
) -> None:
    """Write a box's number right of it, left of it where the film ends there."""
    room = size[0] - high[0] > 30
    x = high[0] + 5 if room else low[0] - 5
    write(draw, (x, max(low[1], 2)), number, size, anchor="lt" if room else "rt")
