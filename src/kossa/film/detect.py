"""A mammogram in, its groups out: working copy, mended lines, breast, spots, dust, clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence import Refused
from kossa.film.breast import Breast, find_breast
from kossa.film.dust import Dust, dust_outside
from kossa.film.faults import CRISP, SHARP_PX, mend_scan_lines, sharp_width
from kossa.film.groups import Cluster, find_clusters, threshold_for
from kossa.film.kernels.smooth import block_mean
from kossa.film.spots import Spots, find_spots

__all__ = ["Detection", "detect", "working_copy"]

Image = npt.NDArray[np.float32]

WORKING_MM = 0.1  # finer films are averaged down to about this; films_and_sections.md 2.3
LONG_SIDE_MM = 240.0  # of a common film, for the scale of filters where nobody tells the spacing; judgement
NEARLY = 0.2  # of a pixel by which the working pixel may exceed WORKING_MM; judgement
DUST_PIXEL_MM = 0.055  # the rule of 3 pixels holds for 50 um; films_and_sections.md 1.3
DUST_Z = 4.0  # specks that are looked at; same, 2.2
CRISP_MM = (0.085, 0.115)  # working pixels for which CRISP was measured
CRISP_Z = 5.0  # below it noise alone makes a pixel stand out; measured with CRISP


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found on the part `image` of the working copy, whose corner [y, x] is `origin`.

    Its pixels measure `pixel_mm` and are `factor` native ones a side; all places are pixels of `image`.

    `sharp` (n,) tells which spots are as sharp as dust; they take part in no cluster. `dust_groups` is how
    many groups more there were with them. `mended` counts scan lines, `passed` is the score that was asked.
    `dust` is what lies beside the breast, None where too little film is seen there.
    """

    image: Image
    origin: tuple[int, int]
    z: Image
    pixel_mm: float
    factor: int
    breast: Breast
    spots: Spots
    sharp: npt.NDArray[np.bool_]
    clusters: list[Cluster]
    dust_groups: int
    mended: int
    passed: float
    dust: Dust | None

    @property
    def breast_cm2(self) -> float:
        """Return the area in which marks were looked for."""
        return _cm2(self.breast, self.pixel_mm)


def working_copy(pixels: Image, spacing_mm: float | None) -> tuple[Image, float, int]:
    """Return the image to look for marks on, its pixel in mm, and how many native ones it averages."""
    native = spacing_mm if spacing_mm is not None else LONG_SIDE_MM / max(pixels.shape)
    factor = max(1, int(WORKING_MM / native + NEARLY))
    return (pixels if factor == 1 else block_mean(pixels, factor)), native * factor, factor


def detect(pixels: Image, spacing_mm: float | None, threshold: float | None = None) -> Detection:
    """Find groups on a mammogram (y, x), grey levels of 255, bright = dense.

    `threshold` replaces the usual one, for studies. Raises `Refused` (no-breast).
    """
    working, pixel_mm, factor = working_copy(pixels, spacing_mm)
    working, mended = mend_scan_lines(working)
    breast = find_breast(working, pixel_mm)
    if breast is None:
        raise Refused(
            "no-breast",
            "No breast stands out from the ground on this picture; it was not read. Check its kind.",
        )
    dust = dust_outside(working, pixel_mm, breast)
    part, origin, breast = _cut_to(working, breast)
    spots, z = find_spots(part, pixel_mm, breast)
    testable = pixel_mm / factor <= DUST_PIXEL_MM
    sharp = _sharp(pixels, spots, factor, origin) if testable else np.zeros(len(spots), bool)
    if CRISP_MM[0] <= pixel_mm <= CRISP_MM[1]:
        sharp |= (spots.crisp > CRISP) & (spots.z >= CRISP_Z)
    passed = threshold_for(pixel_mm, dust_test=testable) if threshold is None else threshold
    cm2 = _cm2(breast, pixel_mm)
    kept = np.flatnonzero(~sharp)
    clusters = [
        Cluster(c.y, c.x, c.score, kept[c.members])
        for c in find_clusters(spots.where(~sharp), pixel_mm, cm2, passed)
    ]
    more = len(find_clusters(spots, pixel_mm, cm2, passed)) - len(clusters) if sharp.any() else 0
    return Detection(
        part, origin, z, pixel_mm, factor, breast, spots, sharp, clusters, max(0, more), mended, passed, dust
    )


def _cm2(breast: Breast, pixel_mm: float) -> float:
    return float(breast.inside.sum()) * (breast.size * pixel_mm) ** 2 / 100


def _cut_to(image: Image, breast: Breast) -> tuple[Image, tuple[int, int], Breast]:
    """Return the part of the image that the breast lies in, its corner, and the masks cut alike."""
    rows, columns = np.flatnonzero(breast.inside.any(1)), np.flatnonzero(breast.inside.any(0))
    top, left = max(0, int(rows[0]) - 2), max(0, int(columns[0]) - 2)
    blocks = (slice(top, int(rows[-1]) + 3), slice(left, int(columns[-1]) + 3))
    size = breast.size
    part = image[top * size : (int(rows[-1]) + 3) * size, left * size : (int(columns[-1]) + 3) * size]
    masks = Breast(
        size, breast.inside[blocks], breast.whole[blocks], breast.pectoral[blocks], breast.chest_left
    )
    part = part[: masks.inside.shape[0] * size, : masks.inside.shape[1] * size]
    return np.ascontiguousarray(part), (top * size, left * size), masks


def _sharp(native: Image, spots: Spots, factor: int, origin: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Say which spots are no wider than dust on the native film."""
    out = np.zeros(len(spots), bool)
    offset = (factor - 1) / 2
    for i in np.flatnonzero(spots.z >= DUST_Z):
        y, x = spots.y[i] + origin[0], spots.x[i] + origin[1]
        widths = sharp_width(native, y * factor + offset, x * factor + offset, factor + 1)
        out[i] = max(widths) <= SHARP_PX
    return out
