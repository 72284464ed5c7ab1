"""From a scan in Hounsfield units to its reading: noise, judgement, lesions, deposits, totals, limits.

`examine` reads files and calls `assess`; everything here works on arrays and shared types alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kossa.ct.deposits import deposits_of
from kossa.ct.groups import findings_of, grouped
from kossa.ct.judge import judge
from kossa.ct.judgement import Judged
from kossa.ct.mass import factor_for, smallest_mass_mg
from kossa.ct.measure import Measured, measure
from kossa.ct.narrow import narrow, region_name
from kossa.ct.noise import ScanNoise, measure_noise
from kossa.ct.presets import Image, Preset, Rule, rule_for
from kossa.ct.read import ScanRead
from kossa.ct.roi import Regions
from kossa.ct.scores import scores_of
from kossa.ct.standing import standing_of
from kossa.evidence import Contrast, CtReading, Limits, Notice, Severity
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.evidence.volume import Examination
from kossa.image.components import find

__all__ = ["Judge", "assess"]

Judge = Callable[..., Judged]


def assess(
    scan: ScanRead,
    *,
    preset: Preset,
    regions: Regions | None = None,
    mg_per_mm3_hu: float | None = None,
    progress: Progress = silent,
    judging: Judge = judge,
) -> Examination:
    """Return the reading of a scan, with its arrays.

    `regions` narrows it to objects of which half lies where a label is; `mg_per_mm3_hu` is the scanner's
    calibration factor; `judging` has the signature of `ct.judge.judge`.
    """
    volume = scan.volume
    image = Image(
        volume.kvp,
        volume.grid.pixel_area_mm2,
        scan.series.kernel,
        scan.series.manufacturer,
        scan.description,
    )
    rule = rule_for(preset, image)
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
            contrast_agent=scan.contrast_agent,
            roi=None if regions is None else regions.labels,
        )
    else:
        judged = _nothing(scan.not_hounsfield)
    outside = 0
    if regions is not None:
        judged, outside = narrow(judged, regions)
    progress("measuring deposits", 0, 0)
    tissue = noise.soft_voxels if noise else 0.0
    if regions is not None:
        tissue = min(tissue, float(np.count_nonzero(regions.labels)))
    measured = measure(volume, judged, rule, noise, scan.geometry, tissue=max(1.0, tissue))
    told = _notices(judged, measured, outside)
    return _reading(scan, rule, noise, judged, measured, mg_per_mm3_hu, region_name(regions), told)


def _reading(
    scan: ScanRead,
    rule: Rule,
    noise: ScanNoise | None,
    judged: Judged,
    measured: Measured,
    given: float | None,
    region: str,
    told: list[Notice],
) -> Examination:
    """Put the numbers together."""
    volume, contrast = scan.volume, judged.contrast
    factor = factor_for(rule.factor_kvp, given, assumed=rule.kvp is None)
    not_hu = "" if scan.hounsfield else scan.not_hounsfield or "the values are not Hounsfield units"
    standing = standing_of(rule, scan.geometry, contrast, not_hounsfield=not_hu, factor=factor is not None)
    deposits, runs = deposits_of(volume, measured, rule, factor, standing)
    scores = scores_of(
        measured,
        rule,
        factor,
        noise,
        standing,
        threshold_hu=judged.threshold_hu,
        enhanced=contrast.enhanced,
        region=region,
    )
    smallest = smallest_mass_mg(
        volume.grid, noise, factor, pixels=rule.smallest_pixels, threshold_hu=judged.threshold_hu
    )
    groups, deposits = grouped(deposits)
    reading = CtReading(
        kossa_version=VERSION,
        series=scan.series,
        geometry=scan.geometry,
        noise_hu=noise.sigma_hu if noise else None,
        contrast=contrast,
        limits=Limits(smallest_mass_mg=smallest, not_seen=judged.not_seen, whole=judged.whole),
        scores=scores,
        deposits=deposits,
        groups=groups,
        findings=findings_of(groups, deposits),
        notices=(*scan.notices, *told),
    )
    return Examination(reading, volume, runs)


def _nothing(why: str) -> Judged:
    """Return the judgement of a scan whose values say nothing."""
    empty = find(np.zeros((1, 1, 1), np.int16), 1)
    return Judged(empty, (), Contrast(enhanced=False, reason=why), None, 0.0)


def _notices(judged: Judged, measured: Measured, outside: int) -> list[Notice]:
    """Return what the rules tell, and what is not listed one by one."""
    out = [Notice(code=code, severity=Severity.INFO, what=what) for code, what in judged.notices]
    small = len(judged.components) - int(np.unique(measured.lesions.source).size)
    if outside:
        out.append(
            Notice(
                code="outside-region",
                severity=Severity.INFO,
                what=f"{outside} bright objects lie outside the regions given, and are not listed.",
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
