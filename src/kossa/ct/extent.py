"""What a volume threshold below the finding threshold adds to each lesion.

One program outlines volume and mass at 100 mg/cm3, below the 130 HU that start a lesion. What lies
between the two thresholds goes, piece by piece, to the lesion that holds most of the piece; pieces that
hold no lesion add nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.lesions import Lesions, Slices
from kossa.evidence.volume import Runs, Volume
from kossa.image import runs
from kossa.image.components import Components, find

__all__ = ["Extent", "extent_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Extent:
    """Voxels that make each lesion's volume: `runs` with label 1 + lesion; volume in mm3 and HU mm3 (n,)."""

    runs: Runs
    volume_mm3: Floats
    content: Floats


def extent_of(
    volume: Volume, lesions: Lesions, slices: Slices, *, threshold_hu: float | None, smallest_pixels: int
) -> Extent:
    """Return the extent of all lesions; `threshold_hu` None where it is that of finding."""
    own = _own_runs(lesions.components, smallest_pixels)
    if threshold_hu is None:
        return Extent(own, lesions.volume_mm3, lesions.content)
    lower = find(volume.hu, threshold_hu, min_piece_pixels=smallest_pixels)
    extra = _between(lower, own, _majority(lower, own))
    values = runs.sums(volume.hu, extra.z, extra.y, extra.x0, extra.x1).astype(np.float64)
    voxel = volume.grid.pixel_area_mm2 * slices.weights_mm[extra.z]
    n = len(lesions.components)
    more = np.bincount(extra.label - 1, (extra.x1 - extra.x0) * voxel, minlength=n)
    content = np.bincount(extra.label - 1, values * voxel, minlength=n)
    both = Runs(
        *(np.concatenate([getattr(own, f), getattr(extra, f)]) for f in ("z", "y", "x0", "x1", "label"))
    )
    return Extent(both, lesions.volume_mm3 + more, lesions.content + content)


def _own_runs(components: Components, smallest_pixels: int) -> Runs:
    """Return the runs of pieces that pass the area rule."""
    passes = (components.piece_pixels >= smallest_pixels)[components.piece]
    c = components
    return Runs(c.z[passes], c.y[passes], c.x0[passes], c.x1[passes], c.object[passes] + 1)


def _holder(lower: Components, own: Runs) -> npt.NDArray[np.int64]:
    """Return for each own run the run of `lower` that holds it; every one has one, or a piece too small."""
    width = int(max(lower.x1.max(initial=0), own.x1.max(initial=0))) + 1
    height = int(max(lower.y.max(initial=0), own.y.max(initial=0))) + 1
    starts = (lower.z.astype(np.int64) * height + lower.y) * width + lower.x0
    sought = (own.z.astype(np.int64) * height + own.y) * width + own.x0
    return np.searchsorted(starts, sought, side="right") - 1


def _majority(lower: Components, own: Runs) -> Ints:
    """Return for each lower piece the label that holds most of it, 0 for none; ties go to the smaller."""
    out = np.zeros(lower.piece_z.size, np.int32)
    if own.z.size == 0:
        return out
    pairs = np.stack([lower.piece[_holder(lower, own)], own.label])
    unique, inverse = np.unique(pairs, axis=1, return_inverse=True)
    pixels = np.bincount(inverse.ravel(), own.x1 - own.x0)
    for i in np.lexsort((-unique[1], pixels)):
        out[unique[0, i]] = unique[1, i]
    return out


def _between(lower: Components, own: Runs, majority: Ints) -> Runs:
    """Return the runs of `lower` without `own` ones, labelled by `majority`."""
    label = majority[lower.piece]
    chosen = np.flatnonzero(label)
    holder = _holder(lower, own)
    cuts = np.flatnonzero(label[holder] > 0) if chosen.size else np.zeros(0, np.int64)
    cuts = cuts[np.argsort(holder[cuts], kind="stable")]
    count = np.bincount(holder[cuts], minlength=label.size)[chosen]
    # every chosen run falls into count + 1 stretches: from its begin or the end of a cut to the next cut
    last = np.cumsum(count + 1) - 1
    at = np.arange(cuts.size) + np.repeat(np.arange(chosen.size), count)
    begin, end = (np.zeros(cuts.size + chosen.size, np.int32) for _ in range(2))
    begin[last - count], end[last] = lower.x0[chosen], lower.x1[chosen]
    begin[at + 1], end[at] = own.x1[cuts], own.x0[cuts]
    row = np.repeat(chosen, count + 1)
    some = end > begin
    row = row[some]
    return Runs(lower.z[row], lower.y[row], begin[some], end[some], label[row])
