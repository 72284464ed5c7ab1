"""Where a film shows no body by its make: shutters, the frame of a scan, what a collimator covered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from kossa.film.kernels.smooth import block_mean

__all__ = ["unexposed"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

EVEN_MM, EVEN = 1.0, 1e-3  # size of an even place, and its range in grey levels of 255; judgement
MOST_EVEN = 0.9  # share of the film that may be even before nothing is left to read; judgement
BLOCKS = 128  # along the longer side, on which straight borders are looked for
FEWEST = 16  # along the shorter side: on fewer no border is looked for; judgement
STEEPEST, STEP = 0.18, 0.01  # lean of a collimator's border against the film's (10 degrees), and its steps
DEEPEST = 0.45  # share of the film that one leaf may cover; judgement
RISE, ALONG = 0.12, 0.93  # of the film's range across a border, and share of its length; judgement
BRIGHTEST = 0.2  # of the range below its top, that another leaf may have; judgement
OVER = 0.02  # of the range by which the covered part lies over what is left; judgement
STRIP, UNEVEN = 6, 0.3  # blocks beside a border, and unevenness as a share of the step across it; judgement
SPREAD_MM = 1.0  # taken with a border, for blur; judgement


def unexposed(image: Image, pixel_mm: float) -> Mask:
    """Return the pixels (y, x) behind a shutter, a frame or a leaf; dense is bright.

    An even place that touches the film's border was written there; a bright and even part beyond a
    straight border that crosses all of the film is what the beam did not reach.
    """
    even = _even(image, pixel_mm)
    if even.mean() > MOST_EVEN:
        return np.zeros(image.shape, bool)
    covered = even | _leaves(image, even)
    if not covered.any():
        return covered
    deep = max(1, round(SPREAD_MM / pixel_mm))
    grown: Mask = ndi.binary_dilation(covered, np.ones((3, 3), bool), iterations=deep)
    return grown


def _even(image: Image, pixel_mm: float) -> Mask:
    """Return the parts without any noise that touch the border."""
    size = max(3, round(EVEN_MM / pixel_mm) | 1)
    flat = ndi.maximum_filter(image, size) - ndi.minimum_filter(image, size) <= EVEN
    parts, count = ndi.label(flat)
    if not count:
        return np.zeros(image.shape, bool)
    touching = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    kept: Mask = np.isin(parts, touching[touching > 0])
    # an even place keeps its own border off by half its size
    grown: Mask = ndi.binary_dilation(kept, np.ones((size, size), bool)) if kept.any() else kept
    return grown


def _leaves(image: Image, even: Mask) -> Mask:
    """Return what lies beyond straight borders, side by side, each found on what the others left."""
    block = max(1, min(max(image.shape) // BLOCKS, min(image.shape) // FEWEST))
    small = block_mean(image, block)
    hidden = block_mean(even.astype(np.float32), block) > 0
    covered = np.zeros(image.shape, bool)
    for side in range(4):
        line = _leaf(np.rot90(small, side), np.rot90(hidden, side))
        if line is None:
            continue
        column, lean = line
        turned: Mask = np.rot90(covered, side)
        y, x = (np.arange(n, dtype=float) for n in (len(turned), len(turned.T)))
        y = y[:, None]
        height = len(np.rot90(small, side))
        turned |= x <= (column + 0.5 + lean * ((y + 0.5) / block - (height - 1) / 2 - 0.5)) * block
        hidden = np.rot90(np.rot90(hidden, side) | _side(small, side, column, lean), -side)
    return covered


def _side(small: Image, side: int, column: float, lean: float) -> Mask:
    height, width = np.rot90(small, side).shape
    y, x = np.ogrid[:height, :width]
    mask: Mask = x <= column + lean * (y - (height - 1) / 2)
    return mask


def _leaf(small: Image, hidden: Mask) -> tuple[float, float] | None:
    """Return column at mid-height and lean of a leaf that comes in from the left, None without one."""
    seen = small[~hidden]
    rows, columns = small.shape
    if not seen.size or columns < FEWEST:
        return None
    low, high = (float(v) for v in np.percentile(seen, [0.5, 99.5]))
    if high <= low:
        return None
    best: tuple[float, float] | None = None
    most = 0
    half = (rows - 1) / 2
    for lean in np.arange(-STEEPEST, STEEPEST + STEP / 2, STEP):
        shift = np.rint(lean * (np.arange(rows) - half)).astype(int)
        at = np.arange(columns)[None] + shift[:, None]
        inside = (at >= 1) & (at < columns - 2)
        at = np.clip(at, 1, columns - 3)
        before = np.take_along_axis(small, at - 1, 1)
        after = np.take_along_axis(small, at + 2, 1)
        ok = inside & ~np.take_along_axis(hidden, at + 2, 1)
        ok &= after < high - BRIGHTEST * (high - low)  # there another leaf covers both
        crossed = ((before - after > RISE * (high - low)) & ok).sum(0)
        whole = (crossed > ALONG * ok.sum(0)) & (crossed > rows // 4)
        whole[round(DEEPEST * columns) :] = False
        for column in np.flatnonzero(whole & (crossed > most))[::-1]:
            if _brighter(small, hidden, int(column), float(lean), OVER * (high - low)):
                most, best = int(crossed[column]), (float(column), float(lean))
                break
    return best


def _brighter(small: Image, hidden: Mask, column: int, lean: float, over: float) -> bool:
    """Tell whether what is covered is brighter than what is left, and even as no limb is."""
    y, x = np.ogrid[: small.shape[0], : small.shape[1]]
    line = column + lean * (y - (small.shape[0] - 1) / 2)
    covered, rest = small[(x <= line - 1) & ~hidden], small[(x >= line + 2) & ~hidden]
    strip = small[(x >= line + 2) & (x <= line + 2 + STRIP) & ~hidden]
    if not covered.size or not rest.size or not strip.size:
        return False
    low, middle, high = (float(v) for v in np.percentile(covered, [5, 50, 95]))
    step = middle - float(np.median(strip))
    return low > float(np.median(rest)) + over and high - low < UNEVEN * step
