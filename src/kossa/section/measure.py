"""The whole picture by bands: tissue, deposits, pigment and the histogram, in bounded memory."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence.progress import Progress
from kossa.section.density import BIN, BINS
from kossa.section.deposits import Deposits, join, rows_of_runs
from kossa.section.recipe import Recipe
from kossa.section.slide import Slide
from kossa.section.small import Small

__all__ = ["Measured", "curve", "measure"]

MOST_RUNS = 12_000_000  # of pixels, 28 bytes each: what a picture of 20,000 x 20,000 may hold (judgement)
#: densities of the threshold curve
CURVE = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5)


@dataclass(frozen=True, eq=False)
class Measured:
    """Counts of pixels, the deposits, the small copy, and down to which row the picture was read.

    `stopped` is empty, or why reading ended before the last row: cancelled, too-many-deposits.
    """

    tissue_px: int
    pigment_px: int
    cast_px: int
    histogram: npt.NDArray[np.int64]
    deposits: Deposits
    small: Small
    rows: int
    stopped: str = ""


def measure(slide: Slide, recipe: Recipe, progress: Progress) -> Measured:
    """Read every band; an interrupt ends the reading, and what was read until then is returned.

    Raises KeyboardInterrupt where nothing had been read yet, `Refused` where a block is damaged.
    """
    tables: list[npt.NDArray[np.int32]] = []
    sums: list[npt.NDArray[np.int64]] = []
    small = Small(slide.height, slide.width)
    histogram = np.zeros(BINS, np.int64)
    tissue = pigment = brown = done = runs = 0
    stopped = ""
    try:
        with closing(slide.bands()) as bands:
            for band in bands:
                own = (band.first - band.top, band.last - band.top)
                marks = recipe.marks(band.pixels, (band.top, 0), own)
                table, total = rows_of_runs(marks.mineral, band.first)
                small.add(band.pixels[own[0] : own[1]], marks.tissue, marks.mineral, band.first)
                tables.append(table)
                sums.append(total)
                histogram += marks.histogram
                tissue += int(marks.tissue.sum())
                pigment += int(marks.pigment.sum())
                brown += marks.cast
                runs += table.shape[1]
                done = band.last
                if runs > MOST_RUNS and done < slide.height:
                    stopped = "too-many-deposits"
                    break
                progress("reading the section", done, slide.height)
    except KeyboardInterrupt:
        if not done:
            raise
        stopped = "cancelled" if done < slide.height else ""
    deposits = join(tables, sums, max(done, 1), recipe.peak)
    return Measured(tissue, pigment, brown, histogram, deposits, small, done, stopped)


def curve(histogram: npt.NDArray[np.int64]) -> tuple[tuple[float, float], ...]:
    """Return (density, percent of tissue with at least so much of the mineral's dye)."""
    above = histogram[::-1].cumsum()[::-1]
    whole = max(int(above[0]), 1)
    return tuple((t, round(100.0 * float(above[round(t / BIN)]) / whole, 4)) for t in CURVE)
