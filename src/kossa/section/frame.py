"""The black frame that some scanners leave around a section: found at the edges and taken for unscanned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.section.slide import Slide

__all__ = ["Frame", "find_frame", "without_frame"]

#: widths of the frame at the top, the bottom, the left and the right
Frame = tuple[int, int, int, int]

BLACK = 0.05  # of full scale: no light at all, with grain and compression (judgement)
FILLED = 0.98  # of a row of a frame is black (judgement)
INSIDE = 0.6  # of the row just inside is black at the most: a frame ends at once, silver does not (judgement)
WIDEST = 0.34  # of the picture: more is no frame (judgement)
FRINGE = 4  # pixels beside the frame that blur darkens (judgement)
STRIP = 256


def find_frame(slide: Slide) -> Frame:
    """Return how many pixels of a frame lie at the top, the bottom, the left and the right; 0 for none."""
    top, bottom = (_width(slide, along_y=True, from_end=end) for end in (False, True))
    left, right = (_width(slide, along_y=False, from_end=end) for end in (False, True))
    return top, bottom, left, right


def without_frame(slide: Slide, frame: Frame) -> Slide:
    """Return a slide whose frame is pure white, which is how blocks look that were never scanned."""
    top, bottom, left, right = (w + FRINGE if w else 0 for w in frame)
    last_y, last_x = slide.height - bottom, slide.width - right

    def get(rows: tuple[int, int], columns: tuple[int, int]) -> npt.NDArray[Any]:
        pixels = np.array(slide.get(rows, columns))
        white = np.iinfo(pixels.dtype).max
        pixels[: max(0, top - rows[0])] = white
        pixels[max(0, last_y - rows[0]) :] = white
        pixels[:, : max(0, left - columns[0])] = white
        pixels[:, max(0, last_x - columns[0]) :] = white
        return pixels

    return replace(slide, get=get)


def _width(slide: Slide, *, along_y: bool, from_end: bool) -> int:
    """Return how many rows (columns) from one edge on are black from side to side."""
    depth, across = (slide.height, slide.width) if along_y else (slide.width, slide.height)

    def lines(first: int, last: int, begin: int, end: int) -> npt.NDArray[Any]:
        """Return the share of black (n,) of lines counted from the edge, of a part of their length."""
        place = (depth - last, depth - first) if from_end else (first, last)
        part = slide.get(place, (begin, end)) if along_y else slide.get((begin, end), place)
        black = part.max(axis=2) <= BLACK * np.iinfo(part.dtype).max
        share = black.mean(axis=1 if along_y else 0)
        return np.asarray(share[::-1] if from_end else share)

    # three small looks first: on a large slide whole rows are dear
    looks = [int(share * across) for share in (0.25, 0.5, 0.75)]
    if min(float(lines(0, 2, at, at + 4).min()) for at in looks) < 1.0:
        return 0
    most = int(WIDEST * depth)
    for first in range(0, most, STRIP):
        share = lines(first, min(first + STRIP, most), 0, across)
        open_ = np.flatnonzero(share < FILLED)
        if open_.size:
            width = first + int(open_[0])
            beside = float(lines(width + 2, width + 3, 0, across)[0])
            return width if width and beside <= INSIDE else 0
    return 0
