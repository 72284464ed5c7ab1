"""The table under the person: a curved shell of carbon fibre over foam, and a pad."""

from __future__ import annotations

import numpy as np

from kossa.virtual.body.canvas import Canvas
from kossa.virtual.body.tissue import Tissue

__all__ = ["paint_table"]


def paint_table(canvas: Canvas, tissue: Tissue, *, back_mm: float) -> None:
    """Paint the table, whose pad touches the back at y = `back_mm` (LPS); call it first.

    The table lies still in the room: it does not turn with the person.
    """
    space = canvas.frame.space
    y, x = space.axis_mm(1)[:, None], space.axis_mm(2)[None] - canvas.frame.shift_mm[0]
    sag = 0.00042 * x**2  # the trough is 400 mm wide and about 17 mm deep: judgement
    depth = y - (back_mm + 12.0 - sag)
    wide = np.clip(205 - np.abs(x), 0, 1)

    def band(top: float, bottom: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        rise = np.clip((depth - top) / space.pixel_mm + 0.5, 0, 1)
        fall = np.clip((bottom - depth) / space.pixel_mm + 0.5, 0, 1)
        return np.asarray(rise * fall * wide)

    plane = np.full(depth.shape, -1000.0)
    for top, bottom, hu in (
        (-14.0, 0.0, tissue.pad),
        (0.0, 2.0, tissue.table_shell),
        (2.0, 30.0, tissue.table_core),
        (30.0, 32.0, tissue.table_shell),
    ):
        plane += band(top, bottom) * (hu - plane)
    rows = np.flatnonzero((plane > -999).any(axis=1))
    canvas.hu[:, rows[0] : rows[-1] + 1] = plane[rows[0] : rows[-1] + 1].astype(np.float32)
