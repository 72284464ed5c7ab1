"""What an untagged picture may be, with a certainty: below `SURE` it is asked for, not read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.evidence import FilmKind
from kossa.film.kernels.smooth import block_mean
from kossa.film.polarity import air_share

__all__ = ["SURE", "Guess", "guess_kind"]

SURE = 0.8  # issue 4: below this a picture is not read, and its kind is asked
BLOCKS = 96  # along the longer side; judgement
AIR = 0.25  # share of the border that has to be air; judgement
RAGGED = 0.9  # share of its hull that a breast fills; judgement
PARTS = 0.9  # share of all bright blocks that the largest has to hold; judgement


@dataclass(frozen=True, slots=True)
class Guess:
    """The likelier kind, how certain, and the sign that decided."""

    kind: FilmKind
    certainty: float
    because: str


def guess_kind(grey: npt.NDArray[np.float32]) -> Guess:
    """Guess from the body's outline: a breast lies against one side, a limb runs from edge to edge.

    A photograph or a drawing has neither; then the certainty is low.
    """
    dark, bright = air_share(grey)
    upright = grey if dark >= bright else float(grey.max()) - grey
    if max(dark, bright) < AIR:
        return Guess(FilmKind.RADIOGRAPH, 0.3, "no air round a body")
    blocks = ndi.gaussian_filter(block_mean(upright, max(1, max(grey.shape) // BLOCKS)), 1.0)
    low, high = np.percentile(blocks, [2, 99])
    body = blocks > low + 0.1 * (high - low)
    parts, count = ndi.label(body)
    if not count or high <= low:
        return Guess(FilmKind.RADIOGRAPH, 0.1, "nothing stands out from the ground")
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    if sizes.max() < PARTS * body.sum():
        return Guess(FilmKind.RADIOGRAPH, 0.3, "several bright parts")
    whole = ndi.binary_fill_holes(parts == sizes.argmax())
    assert whole is not None
    left, right = float(whole[:, 0].mean()), float(whole[:, -1].mean())
    top, bottom = float(whole[0].mean()), float(whole[-1].mean())
    if max(left, right) > 0.25 and min(left, right) < 0.02 and bottom < 0.6 and _rounded(whole, left > right):
        return Guess(FilmKind.MAMMOGRAM, 0.85, "one rounded body against one side of the picture")
    if min(top, bottom) > 0.15 and max(left, right) < 0.05 and _steady(whole):
        return Guess(FilmKind.RADIOGRAPH, 0.85, "a limb from edge to edge with air on both sides")
    return Guess(FilmKind.RADIOGRAPH, 0.5, "a body in air, of no outline that is known")


def _rounded(whole: npt.NDArray[np.bool_], chest_left: bool) -> bool:
    """Say whether every row is one run from the chest side, and the outline bulges once."""
    view = whole if chest_left else whole[:, ::-1]
    reach = view.sum(1)
    run = np.array([int(row.argmin()) if not row.all() else row.size for row in view])
    if (np.abs(run - reach) > 0.05 * view.shape[1])[reach > 0].mean() > 1 - RAGGED:
        return False
    smooth = ndi.gaussian_filter1d(reach.astype(float), 3)
    peak = int(smooth[: len(smooth)].argmax())
    return bool((np.diff(smooth[peak:]) <= 0.5).mean() > RAGGED)


def _steady(whole: npt.NDArray[np.bool_]) -> bool:
    """Say whether every row is one run whose edges change little from row to row."""
    rows = whole.sum(1)
    edges = np.abs(np.diff(whole.astype(np.int8), axis=1)).sum(1)
    first = whole.argmax(1)
    return bool(
        (edges == 2).mean() > RAGGED
        and np.abs(np.diff(rows)).max() <= 3
        and np.abs(np.diff(first)).max() <= 3
    )
