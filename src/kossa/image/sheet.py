"""A contact sheet: many small pictures in one PNG, numbered, with two lines of words below each."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

__all__ = ["THUMB", "contact_sheet", "thumbnail"]

THUMB, CAPTION, ACROSS = 256, 34, 4  # pixels of one picture, of its words, and how many stand in a row

Colour = npt.NDArray[np.uint8]


def thumbnail(picture: Colour) -> Colour:
    """Return a picture (y, x) or (y, x, 3) in colour, at most `THUMB` - 4 pixels a side."""
    small = Image.fromarray(picture).convert("RGB")
    small.thumbnail((THUMB - 4, THUMB - 4))
    return np.asarray(small, np.uint8)


def contact_sheet(cells: Iterable[tuple[Colour, str]]) -> bytes:
    """Return one PNG of (thumbnail, words) in their order; no file is named on it."""
    listed = list(cells)
    across = min(ACROSS, max(1, len(listed)))
    down = -(-len(listed) // across)
    sheet = Image.new("RGB", (across * THUMB, max(1, down) * (THUMB + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (picture, words) in enumerate(listed):
        left, top = (place % across) * THUMB, (place // across) * (THUMB + CAPTION)
        sheet.paste(Image.fromarray(picture), (left + 2, top + 2))
        draw.text((left + 4, top + THUMB), words, fill="black")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
