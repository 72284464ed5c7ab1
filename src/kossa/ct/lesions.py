"""The lesions of a convention: objects made of pieces that pass its area rule, each with its judgement.

Judgement is passed on objects of all voxels above the threshold; a convention counts only pieces of a
smallest area, which may split such an object. A deposit that the rules found for itself but that no
piece of which is large enough stays in the list and counts zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.judgement import Judged, Judgement
from kossa.ct.presets import REFERENCE_MM, WEIGHTS, Rule
from kossa.evidence import Geometry, Material
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Volume
from kossa.image.components import Components, regroup

__all__ = ["MEASURED", "Lesions", "Slices", "lesions_of", "slices_of"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]

MEASURED = (Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE)  # what is measured and summed


@dataclass(frozen=True, eq=False)
class Slices:
    """What each slice stands for: `weights_mm` (Z,); `apart` (Z,) is true where slices before are missing."""

    weights_mm: Floats
    apart: Bools

    @property
    def missing_before(self) -> list[int]:
        """Slices that do not touch the one before."""
        return [int(z) for z in np.flatnonzero(self.apart)]


def slices_of(grid: Grid, geometry: Geometry) -> Slices:
    """Return slice weights that never reach into a hole where slices are missing (ct.md 3.11).

    A slice stands for half of both gaps beside it; beside a hole it takes its other gap on both sides, or
    the median gap where it has no other.
    """
    count = grid.shape[0]
    apart = np.zeros(count, np.bool_)
    apart[[z + 1 for z in geometry.missing_after if z + 1 < count]] = True
    gaps = grid.gaps_mm
    if gaps.size == 0 or not apart.any():
        return Slices(grid.weights_mm, apart)
    known = np.where(apart[1:], np.nan, gaps)
    before, after = np.concatenate([[np.nan], known]), np.concatenate([known, [np.nan]])
    usual = float(np.median(known[~np.isnan(known)])) if (~apart[1:]).any() else float(np.median(gaps))
    first = np.where(np.isnan(before), after, before)
    second = np.where(np.isnan(after), before, after)
    weights = np.where(np.isnan(first), usual, (first + second) / 2)
    return Slices(np.asarray(weights, np.float64), apart)


@dataclass(frozen=True, eq=False)
class Lesions:
    """Lesions and what the convention makes of them: one entry a lesion, (n,).

    `judgements` tell of each; `counted` is false where no piece passes the area rule. `agatston` is in AU
    at 3 mm, `native` the sum of weight x area in mm2 without that norm; `area_mm2` sums pieces over
    slices; `volume_mm3` and `content` (HU mm3 above 0 HU) take the threshold of finding.
    `largest_pixels` is the largest piece, `spans` the slices, `source` the judged object.
    """

    components: Components
    judgements: tuple[Judgement, ...]
    counted: Bools
    agatston: Floats
    native: Floats
    area_mm2: Floats
    volume_mm3: Floats
    content: Floats
    largest_pixels: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int64]
    source: Ints

    def of(self, *materials: Material) -> Bools:
        """Return which lesions are of these materials."""
        return np.array([j.material in materials for j in self.judgements], np.bool_)


def lesions_of(volume: Volume, judged: Judged, rule: Rule, slices: Slices) -> Lesions:
    """Return the lesions that `rule` counts, and those that judgement alone lists."""
    components, source = _joined(judged, rule, slices)
    n = len(components)
    owner = components.piece_object
    passes = components.piece_pixels >= rule.smallest_pixels
    area = components.piece_pixels * volume.grid.pixel_area_mm2 * passes
    thick = slices.weights_mm[components.piece_z]
    native = area * _weights(components.piece_peak, rule.preset.weight_edges_hu)
    content = components.piece_sum * passes * volume.grid.pixel_area_mm2 * thick
    largest = np.zeros(n, np.int64)
    np.maximum.at(largest, owner, components.piece_pixels)

    def add(values: npt.NDArray[np.floating]) -> Floats:
        return np.asarray(np.bincount(owner, values, minlength=n), np.float64)

    return Lesions(
        components=components,
        judgements=tuple(judged.judgements[k] for k in source),
        counted=add(passes.astype(np.float64)) > 0,
        agatston=add(native * thick / REFERENCE_MM),
        native=add(native),
        area_mm2=add(area),
        volume_mm3=add(area * thick),
        content=add(content),
        largest_pixels=largest,
        spans=(components.box[:, 1, 0] - components.box[:, 0, 0]).astype(np.int64),
        source=source,
    )


def _joined(judged: Judged, rule: Rule, slices: Slices) -> tuple[Components, Ints]:
    """Join the runs of pieces that pass, and of objects that judgement lists without such a piece.

    Returns them with the judged object that each is of.
    """
    connectivity, missing = rule.preset.connectivity, slices.missing_before
    pieces, first = regroup(judged.components, piece_connectivity=connectivity, apart=missing)
    passes = pieces.piece_pixels >= rule.smallest_pixels
    holds = np.zeros(len(judged.components), np.bool_)
    holds[first[pieces.piece_object[passes]]] = True
    listed = np.array([j.kept and j.material in MEASURED for j in judged.judgements], np.bool_)
    small = listed & ~holds
    only = passes[pieces.piece] | small[first[pieces.object]]
    components, second = regroup(pieces, piece_connectivity=connectivity, only=only, apart=missing)
    return components, first[second]


def _weights(peak: Ints, edges: tuple[float, ...]) -> Floats:
    """Return the Agatston weight of each piece: 1 from the first edge, up to 4 from the last."""
    return np.asarray((0, *WEIGHTS), np.float64)[np.searchsorted(edges, peak, side="right")]
