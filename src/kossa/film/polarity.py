"""Which way round grey values run on a picture that does not say: dense bright, or dense dark."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.film.kernels.smooth import block_mean

__all__ = ["air_share"]

BORDER = 3  # blocks along each edge that are looked at; judgement
BLOCKS = 64  # blocks along the longer side; judgement
EXTREME = 0.12  # share of the range at either end that passes for unexposed or fully exposed; judgement


def air_share(pixels: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return which share of the border is as dark, and as bright, as the picture's extremes.

    Air round a body is the one even area that touches the border at an extreme of the grey scale: where
    it is bright, the picture is inverted.
    """
    size = max(1, max(pixels.shape) // BLOCKS)
    blocks = block_mean(pixels, size)
    if min(blocks.shape) <= 2 * BORDER:
        return 0.0, 0.0
    low, high = (float(v) for v in np.percentile(blocks, [1, 99]))
    if high <= low:
        return 0.0, 0.0
    edge = np.ones(blocks.shape, bool)
    edge[BORDER:-BORDER, BORDER:-BORDER] = False
    level = (blocks[edge] - low) / (high - low)
    return float((level < EXTREME).mean()), float((level > 1 - EXTREME).mean())
