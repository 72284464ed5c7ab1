"""One film as a row of a table, and as a picture with its groups boxed for a contact sheet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from kossa.evidence import Category, FilmReading
from kossa.film.view import FilmView

__all__ = ["boxed", "caption", "csv_row"]

LINE = (255, 210, 63)
GRAVEST = (Category.SUSPICIOUS, Category.INDETERMINATE, Category.TYPICALLY_BENIGN)


def csv_row(reading: FilmReading) -> dict[str, str | int | float | None]:
    """Return the columns of one film, always the same ones; None where a figure is not known."""
    sizes = [d.diameter_mm for d in reading.deposits if d.diameter_mm is not None]
    counts = {c: sum(g.category is c for g in reading.groups) for c in GRAVEST}
    return {
        "kind": reading.kind.value,
        "side": reading.side.value,
        "view": reading.view,
        "spacing_mm": reading.spacing_mm,
        "spacing_source": reading.spacing_source,
        "marks": len(reading.deposits),
        "groups": len(reading.groups),
        "groups_described_suspicious": counts[Category.SUSPICIOUS],
        "groups_described_indeterminate": counts[Category.INDETERMINATE],
        "groups_described_typically_benign": counts[Category.TYPICALLY_BENIGN],
        "morphologies": " ".join(sorted({g.morphology for g in reading.groups if g.morphology})),
        "patterns": " ".join(sorted({p for g in reading.groups for p in g.patterns})),
        "largest_mm": max(sizes, default=None),
        "notices": " ".join(dict.fromkeys(n.code for n in reading.notices)),
    }


def boxed(view: FilmView) -> npt.NDArray[np.uint8]:
    """Return the whole film (y, x, 3) with a box round each group; black where words are burned into it."""
    if view.overview is None:
        rows, columns = (n // view.factor for n in view.reading.shape)
        return np.zeros((rows, columns, 3), np.uint8)
    picture = Image.fromarray(view.overview).convert("RGB")
    draw = ImageDraw.Draw(picture)
    width = max(2, max(picture.size) // 200)
    for group in view.reading.groups:
        (y0, x0), (y1, x1) = group.bbox_px
        corners = [v / view.factor for v in (x0, y0, x1, y1)]
        pad = 2 * width
        box = (corners[0] - pad, corners[1] - pad, corners[2] + pad, corners[3] + pad)
        draw.rectangle(box, outline=LINE, width=width)
    return np.asarray(picture, np.uint8)


def caption(number: int, reading: FilmReading) -> str:
    """Return two lines: which film, and what was found on it."""
    named = [reading.kind.value]
    if reading.side.value != "unknown":
        named.append(reading.side.value)
    named += [reading.view] if reading.view else []
    groups = len(reading.groups)
    found = f"{groups} group{'s' if groups != 1 else ''}" if groups else "nothing found above the limits"
    return f"{number}  {', '.join(named)}\n    {found}"
