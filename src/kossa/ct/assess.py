"""From a scan in Hounsfield units to its reading: noise, judgement, lesions, deposits, totals, limits.

`examine` reads files and calls `assess`; everything here works on arrays and shared types alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kossa.ct.deposits import deposits_of
from kossa.ct.judge import judge
from kossa.ct.judgement import Judged
from kossa.ct.mass import factor_for, smallest_mass_mg
from kossa.ct.measure import measure
from kossa.ct.noise import ScanNoise, measure_noise
from kossa.ct.presets import Preset, Rule, rule_for
from kossa.ct.scores import scores_of
from kossa.ct.standing import NOT_HU, standing_of
from kossa.evidence import Contrast, CtReading, Geometry, Limits, Notice, SeriesChoice, Severity
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.evidence.volume import Examination, Volume
from kossa.image.components import find, regroup, voxels_inside

__all__ = ["Judge", "Scan", "assess"]

Judge = Callable[..., Judged]
Labels = npt.NDArray[np.int_]

INSIDE = 0.5  # of an object's voxels have to lie in the region for it to be of it; judgement


@dataclass(frozen=True, eq=False)
class Scan:
    """A scan that was read: the volume, which series it is, how its slices lie, what was told on the way.

    `hounsfield` is false where the values are no Hounsfield units.
    """

    volume: Volume
    series: SeriesChoice
    geometry: Geometry
    notices: tuple[Notice, ...] = ()
    hounsfield: bool = True


def assess(
    scan: Scan,
    *,
    preset: Preset,
    contrast_agent: str | None = None,
    roi: Labels | None = None,
    mg_per_mm3_hu: float | None = None,
    progress: Progress = silent,
    judging: Judge = judge,
) -> Examination:
    """Return the reading of a scan, with its arrays.

    `roi` (Z, Y, X) narrows it to objects with at least half of their voxels where it is not 0;
    `mg_per_mm3_hu` is the scanner's calibration factor; `judging` has the signature of `ct.judge.judge`.
    """
    volume = scan.volume
    rule = rule_for(preset, kvp=volume.kvp, pixel_area_mm2=volume.grid.pixel_area_mm2)
    progress("measuring noise", 0, 0)
    noise = measure_noise(volume) if scan.hounsfield else None
    progress("finding and naming what is bright", 0, 0)
    if scan.hounsfield:
        judged = judging(
            volume,
            threshold_hu=rule.preset.threshold_hu,
            inclusive=rule.preset.inclusive,
            sigma_hu=noise.sigma_hu if noise else None,
            geometry=scan.geometry,
            kvp=volume.kvp,
            contrast_agent=contrast_agent,
            roi=roi,
        )
    else:
        judged = _nothing()
    outside = 0
    if roi is not None:
        judged, outside = _within(judged, roi)
    progress("measuring deposits", 0, 0)
    return _reading(scan, rule, noise, judged, roi, outside, mg_per_mm3_hu)


def _reading(
    scan: Scan,
    rule: Rule,
    noise: ScanNoise | None,
    judged: Judged,
    roi: Labels | None,
    outside: int,
    given: float | None,
) -> Examination:
    """Measure what was judged, and put the reading together."""
    volume, contrast = scan.volume, judged.contrast
    tissue = noise.soft_voxels if noise else 0.0
    if roi is not None:
        tissue = min(tissue, float(np.count_nonzero(roi)))
    measured = measure(volume, judged, rule, noise, scan.geometry, tissue=max(1.0, tissue))
    factor = factor_for(volume.kvp, given)
    standing = standing_of(
        rule, scan.geometry, contrast, hounsfield=scan.hounsfield, factor=factor is not None
    )
    deposits, runs = deposits_of(volume, measured, rule, factor, standing)
    scores = scores_of(
        measured,
        rule,
        factor,
        noise,
        standing,
        threshold_hu=judged.threshold_hu,
        enhanced=contrast.enhanced,
        region="whole scan" if roi is None else "the region given",
    )
    smallest = smallest_mass_mg(
        volume.grid, noise, factor, pixels=rule.smallest_pixels, threshold_hu=judged.threshold_hu
    )
    reading = CtReading(
        kossa_version=VERSION,
        series=scan.series,
        geometry=scan.geometry,
        noise_hu=noise.sigma_hu if noise else None,
        contrast=contrast,
        limits=Limits(smallest_mass_mg=smallest, not_seen=judged.not_seen),
        scores=scores,
        deposits=deposits,
        groups=(),
        findings=(),
        notices=(*scan.notices, *_notices(judged, len(deposits), outside)),
    )
    return Examination(reading, volume, runs)


def _nothing() -> Judged:
    """Return the judgement of a scan whose values say nothing."""
    empty = find(np.zeros((1, 1, 1), np.int16), 1)
    return Judged(empty, (), Contrast(enhanced=False, reason=NOT_HU), None, 0.0)


def _within(judged: Judged, roi: Labels) -> tuple[Judged, int]:
    """Return the judged objects that lie in the region, and how many do not."""
    voxels = judged.components.voxels
    inside = voxels_inside(judged.components, np.ascontiguousarray(roi != 0)) >= INSIDE * voxels
    components, parent = regroup(judged.components, only=inside[judged.components.object])
    judgements = tuple(judged.judgements[k] for k in parent)
    return replace(judged, components=components, judgements=judgements), int((~inside).sum())


def _notices(judged: Judged, listed: int, outside: int) -> list[Notice]:
    """Return what the rules tell, and what is not listed one by one."""
    out = [Notice(code=code, severity=Severity.INFO, what=what) for code, what in judged.notices]
    small = len(judged.components) - listed
    if outside:
        out.append(
            Notice(
                code="outside-region",
                severity=Severity.INFO,
                what=f"{outside} bright objects lie outside the region given, and are not listed.",
            )
        )
    if small > 0:
        out.append(
            Notice(
                code="specks-not-listed",
                severity=Severity.INFO,
                what=f"{small} bright specks are smaller than the convention counts, and are not listed.",
                done="They add nothing to any total.",
            )
        )
    return out
