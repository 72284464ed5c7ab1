"""Words and scale bars drawn on pictures so that they are read on dark, on bright and on coloured ground."""

from __future__ import annotations

import math

from PIL import ImageDraw, ImageFont

__all__ = ["letters", "scale_bar", "write"]

LETTERS, LETTERS_SHARE = 14, 48  # pixels at the least, and how many fit into the longer side (judgement)
BAR_SHARE = 0.2  # of the picture's width that a scale bar has at the most (judgement)


def letters(size: tuple[int, int]) -> int:
    """Return the height of letters on a picture of (width, height)."""
    return max(LETTERS, max(size) // LETTERS_SHARE)


def write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], words: str, size: tuple[int, int], *, anchor: str
) -> None:
    """Write white letters with a dark border at (x, y), on a picture of (width, height)."""
    font = ImageFont.load_default(letters(size))
    draw.text(place, words, fill="white", font=font, anchor=anchor, stroke_width=2, stroke_fill="black")


def scale_bar(draw: ImageDraw.ImageDraw, size: tuple[int, int], pixel: float, unit: str) -> None:
    """Draw a bar of 1, 2 or 5 times a power of ten `unit` at the lower left; a pixel has `pixel` units."""
    most = BAR_SHARE * size[0] * pixel
    power = 10.0 ** math.floor(math.log10(most))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)
    right = 10 + length / pixel
    bottom = size[1] - 10
    draw.rectangle((8, bottom - 6, right + 2, bottom + 2), fill="white")
    draw.rectangle((10, bottom - 4, right, bottom), fill="black")
    write(draw, (10, bottom - 8), f"{length:g} {unit}", size, anchor="ls")
