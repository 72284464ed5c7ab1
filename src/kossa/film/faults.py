"""Faults of the film itself: scan lines are mended, and specks as sharp as dust are told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["CRISP", "SHARP_PX", "mend_scan_lines", "sharp_width"]

Image = npt.NDArray[np.float32]

SCAN_MAD = 6.0  # films_and_sections.md 1.3 d
SHARP_PX = 3  # width at half height of dust at 50 um pixels, both ways; films_and_sections.md 1.3, 2.2
# `Spots.crisp` of a speck sharper than the blur of screen and film (0.06 mm) lets a deposit be, on pixels of
# 0.1 mm: made deposits of 0.15 mm, z >= 6, pass it in 1 of 20, of 0.2 mm in 1 of 100; half the specks do that
# 50 um pixels show as dust
CRISP = 5.0
WINDOW = 11  # half of the 23 pixels in which a speck is looked at; same


def mend_scan_lines(image: Image) -> tuple[Image, int]:
    """Replace rows and columns that stand out along all their length by their neighbours' mean.

    Returns the image (the same array where nothing was mended) and the number of lines.
    """
    mended = 0
    for axis in (0, 1):
        view = image if axis == 0 else image.T
        if view.shape[0] < 16:
            continue
        step = max(1, view.shape[1] // 512)
        some = view[:, ::step]
        middle = some[1:-1] - (some[:-2] + some[2:]) / 2
        residual = np.median(middle, axis=1)
        spread = 1.4826 * float(np.median(np.abs(residual - np.median(residual))))
        # a line is one pixel wide: both differences beside it have the same sign and are large
        noise = 1.4826 * float(np.median(np.abs(middle))) / np.sqrt(some.shape[1]) * 1.2533
        lines = np.flatnonzero(np.abs(residual) > SCAN_MAD * max(spread, noise, 1e-6)) + 1
        strong = [k for k in lines if abs(residual[k - 1]) == np.abs(residual[max(0, k - 2) : k + 1]).max()]
        if not strong or len(strong) > max(4, view.shape[0] // 200):
            continue  # so many lines are the picture's own pattern
        if not mended:
            image = image.copy()
            view = image if axis == 0 else image.T
        for k in strong:
            view[k] = (view[k - 1] + view[k + 1]) / 2
        mended += len(strong)
    return image, mended


def sharp_width(native: Image, y: float, x: float, reach: int = 2) -> tuple[int, int]:
    """Return the width at half height, in native pixels, along column and row of the speck at (y, x).

    The speck's brightest pixel is looked for within `reach`; its ground is the median of a window of
    2 * WINDOW + 1 pixels.
    """
    height, width = native.shape
    cy, cx = round(y), round(x)
    y0, x0 = max(0, cy - reach), max(0, cx - reach)
    around = native[y0 : min(height, cy + reach + 1), x0 : min(width, cx + reach + 1)]
    py, px = (int(v) for v in np.unravel_index(int(np.argmax(around)), around.shape))
    py, px = py + y0, px + x0
    window = native[max(0, py - WINDOW) : py + WINDOW + 1, max(0, px - WINDOW) : px + WINDOW + 1]
    ground = float(np.median(window))
    half = (float(native[py, px]) + ground) / 2
    return _run(native[max(0, py - WINDOW) : py + WINDOW + 1, px], min(py, WINDOW), half), _run(
        native[py, max(0, px - WINDOW) : px + WINDOW + 1], min(px, WINDOW), half
    )


def _run(line: npt.NDArray[np.float32], at: int, level: float) -> int:
    """Return the length of the run at or above `level` through place `at`."""
    above = line >= level
    first = last = at
    while first > 0 and above[first - 1]:
        first -= 1
    while last < line.size - 1 and above[last + 1]:
        last += 1
    return last - first + 1
