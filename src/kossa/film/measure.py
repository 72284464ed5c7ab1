"""One mark's numbers: size, length and width, hole, outline, height over its ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from scipy.spatial import ConvexHull, QhullError

from kossa.film.edges import slope

__all__ = ["SPHERE", "Mark", "measure_mark"]

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

HALF = 0.5  # of the peak: where the outline is drawn
SPHERE = 0.866  # width of a sphere's shadow at half height, as a share of its diameter: sqrt(1 - 0.25)
STRIP = 4.0  # thickness of a strip over the mean distance of its points to its border
MARGIN_PX = 6  # ground that is looked at round a mark; judgement
EDGE = 75  # percentile of the slopes of a mark that stands for its edge; judgement
EIGHT = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class Mark:
    """A mark in pixels of the image it was measured on; `outline` (n, 2) [y, x] are its pixels.

    `diameter` is that of a disc of the same area, blur taken out; `length` and `width` are four
    standard deviations along its axes; `calibre` is how thick it is along its own course, be that bent or
    branching; `hole` is the share of the filled outline that is empty;
    `core` the height of the middle over that of the border (None: too small); `solid` the share of its
    hull that it fills; `height` grey levels of 255 over the ground; `z` the largest over local noise;
    `steep` the slope of its edge over the usual slope of the film.
    """

    y: float
    x: float
    area: int
    diameter: float
    length: float
    width: float
    calibre: float
    hole: float
    core: float | None
    solid: float
    height: float
    z: float
    steep: float
    outline: npt.NDArray[np.int32]
    box: tuple[tuple[int, int], tuple[int, int]]

    @property
    def elongation(self) -> float:
        """Return length over width."""
        return self.length / max(self.width, 1e-6)

    @property
    def slender(self) -> float:
        """Return how often its calibre goes into its course: length over width of a strip, 1.8 of a disc."""
        return self.area / max(1 - self.hole, 1e-3) / max(self.calibre, 1e-6) ** 2


def measure_mark(
    image: Image,
    z: Image,
    part: Mask,
    corner: tuple[int, int],
    *,
    pixel_mm: float,
    blur_px: float,
    usual: float,
) -> Mark | None:
    """Measure the mark whose pixels `part` (y, x, corner at `corner`) were found on `z`.

    `blur_px` is the standard deviation of the system's blur, `usual` the film's usual slope. Returns None
    where it does not rise over its ground.
    """
    y0, x0 = max(0, corner[0] - MARGIN_PX), max(0, corner[1] - MARGIN_PX)
    y1, x1 = corner[0] + part.shape[0] + MARGIN_PX, corner[1] + part.shape[1] + MARGIN_PX
    window = image[y0:y1, x0:x1]
    inside = np.zeros(window.shape, bool)
    oy, ox = corner[0] - y0, corner[1] - x0
    inside[oy : oy + part.shape[0], ox : ox + part.shape[1]] = part
    near = ndi.binary_dilation(inside, EIGHT, iterations=2)
    ground = float(np.median(window[~near])) if not near.all() else float(np.percentile(window, 20))
    rise = window - np.float32(ground)
    peak = float(np.percentile(rise[inside], 90)) if inside.sum() > 20 else float(rise[inside].max())
    if peak <= 0:
        return None
    body = _body(rise >= HALF * peak, inside)
    if not body.any():
        return None
    filled = ndi.binary_fill_holes(body)
    assert filled is not None
    area, whole = int(body.sum()), int(filled.sum())
    cy, cx = ndi.center_of_mass(np.maximum(rise, 0) * body)
    length, width = _axes(filled)
    depth = ndi.distance_transform_edt(np.pad(filled, 1))[1:-1, 1:-1]
    fwhm = 2.355 * blur_px
    seen = 2 * np.sqrt(whole / np.pi)
    places = np.argwhere(body).astype(np.int32) + np.array([y0, x0], np.int32)
    low, high = places.min(0), places.max(0) + 1
    return Mark(
        y=float(cy) + y0,
        x=float(cx) + x0,
        area=area,
        diameter=float(np.sqrt(max(seen**2 - fwhm**2, 0.25)) / SPHERE),
        length=length,
        width=width,
        calibre=STRIP * float(depth[filled].mean() - 0.5),
        hole=1 - area / whole,
        core=_core(rise, filled, depth),
        solid=_solid(filled),
        height=peak,
        z=float(z[y0:y1, x0:x1][inside].max()),
        steep=float(np.percentile(slope(window, pixel_mm)[inside], EDGE)) / usual,
        outline=places,
        box=((int(low[0]), int(low[1])), (int(high[0]), int(high[1]))),
    )


def _body(bright: Mask, inside: Mask) -> Mask:
    """Return the bright pixels that hang together with the mark, but not far beyond it."""
    reach = ndi.binary_dilation(inside, EIGHT, iterations=2)
    parts, _ = ndi.label(bright & reach, EIGHT)
    touched = np.unique(parts[inside])
    return np.isin(parts, touched[touched > 0])


def _axes(body: Mask) -> tuple[float, float]:
    """Return four standard deviations along both axes; a pixel has the variance of its own square."""
    places = np.argwhere(body).astype(float)
    if len(places) < 2:
        return 1.0, 1.0
    spread = np.cov(places.T, bias=True) + np.eye(2) / 12
    low, high = np.linalg.eigvalsh(spread)
    return float(4 * np.sqrt(high)), float(4 * np.sqrt(low))


def _core(rise: Image, filled: Mask, depth: npt.NDArray[np.float64]) -> float | None:
    """Return the mean height of the inner part over that of the border; `depth` is the way to the border."""
    deepest = float(depth.max())
    if deepest < 2.5:
        return None
    inner, outer = depth > 0.7 * deepest, filled & (depth <= 0.5 * deepest)
    return float(rise[inner].mean() / max(float(rise[outer].mean()), 1e-6))


def _solid(filled: Mask) -> float:
    """Return which share of its convex hull the mark fills (pixels as squares)."""
    places = np.argwhere(filled)
    if len(places) < 6:
        return 1.0
    corners = (places[:, None, :] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])).reshape(-1, 2)
    try:
        return float(len(places) / ConvexHull(corners).volume)
    except QhullError:  # all in one line
        return 1.0
