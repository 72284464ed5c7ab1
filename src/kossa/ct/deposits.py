"""Measured lesions as deposits: the numbers that the scan allows, in the order of the report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.lesions import MEASURED
from kossa.ct.mass import Factor
from kossa.ct.measure import Measured
from kossa.ct.presets import Rule
from kossa.ct.standing import Standing
from kossa.evidence import CtDeposit, Interval, Modality
from kossa.evidence.volume import Runs, Volume

__all__ = ["deposits_of"]

Triple = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class _Maker:
    """What all deposits of one scan share."""

    volume: Volume
    measured: Measured
    rule: Rule
    factor: Factor | None
    standing: Standing
    voxels: npt.NDArray[np.int64]
    centre_mm: npt.NDArray[np.float64]
    shape_of: dict[int, int]

    def deposit(self, k: int, number: int) -> CtDeposit:
        """Return lesion `k` as deposit `number`."""
        m, c = self.measured, self.measured.lesions.components
        judgement = m.lesions.judgements[k]
        threshold, integrated = self.masses(k)
        diameter, sphericity, elongation = self.shape(k)
        (z0, y0, x0), (z1, y1, x1) = c.box[k].tolist()
        no_agatston, no_volume = self.standing.no_agatston, self.standing.no_volume
        return CtDeposit(
            id=str(number),
            modality=Modality.CT,
            material=judgement.material,
            reason=self.reason(k, judgement.reason),
            site=judgement.site,
            site_certainty=judgement.site_certainty,
            site_reason=judgement.site_reason,
            side=judgement.side,
            tissue=judgement.tissue,
            patterns=judgement.patterns,
            kept=bool(m.kept[k]),
            noise_probability=_number(m.probability[k]),
            diameter_mm=diameter,
            centroid_voxel=_triple(c.centre[k]),
            centroid_mm=_triple(self.centre_mm[k]),
            bbox_voxel=((z0, y0, x0), (z1, y1, x1)),
            voxels=int(self.voxels[k]),
            slices=int(m.lesions.spans[k]),
            agatston=None if no_agatston else float(m.lesions.agatston[k]),
            volume_mm3=None if no_volume else float(m.extent.volume_mm3[k]),
            area_mm2=float(m.lesions.area_mm2[k]),
            mass_threshold_mg=threshold,
            mass_integrated_mg=integrated,
            hu_peak=float(c.peak[k]),
            hu_mean=float(c.total[k] / c.voxels[k]),
            contrast_noise=judgement.contrast_noise or _number(m.contrast_noise[k]),
            sphericity=sphericity,
            elongation=elongation,
            edge=judgement.edge or self.at_edge(k),
            incomplete=self.beside_hole(k),
        )

    def masses(self, k: int) -> tuple[Interval | None, Interval | None]:
        """Return threshold and integrated mass, None for what is not measured or not allowed."""
        m = self.measured
        if self.factor is None or m.lesions.judgements[k].material not in MEASURED:
            return None, None
        threshold = None if self.standing.no_mass else self.factor.mass(float(m.extent.content[k]), None)
        if self.standing.no_integral or np.isnan(m.amount[k]):
            return threshold, None
        return threshold, self.factor.mass(float(m.amount[k]), _number(m.error[k]))

    def shape(self, k: int) -> tuple[float | None, float | None, float | None]:
        """Return diameter, sphericity and elongation where they were measured."""
        i = self.shape_of.get(k)
        if i is None:
            return None, None, None
        s = self.measured.shapes
        return float(s.diameter_mm[i]), float(s.sphericity[i]), float(s.elongation[i])

    def reason(self, k: int, told: str) -> str:
        """Return the judgement's reason, with what the area rule made of the lesion."""
        if self.measured.lesions.counted[k]:
            return told
        least = self.rule.smallest_pixels
        return f"{told}; no piece of it has the {least} pixels that {self.rule.preset.name} asks: counts zero"

    def at_edge(self, k: int) -> bool:
        """Whether the lesion touches the border of the volume."""
        box = self.measured.lesions.components.box[k]
        return bool((box[0] == 0).any() or (box[1] == self.volume.hu.shape).any())

    def beside_hole(self, k: int) -> bool:
        """Whether a slice beside the lesion is missing."""
        apart = self.measured.slices.apart
        first, end = self.measured.lesions.components.box[k, :, 0]
        return bool(apart[first] or (end < apart.size and apart[end]))


def deposits_of(
    volume: Volume, measured: Measured, rule: Rule, factor: Factor | None, standing: Standing
) -> tuple[tuple[CtDeposit, ...], Runs]:
    """Return the deposits, ids counted from 1 in the order of the report, and their voxels."""
    order = measured.order
    label = np.zeros(order.size, np.int32)
    label[order] = np.arange(1, order.size + 1)
    runs = measured.extent.runs
    maker = _Maker(
        volume,
        measured,
        rule,
        factor,
        standing,
        np.bincount(runs.label - 1, runs.x1 - runs.x0, minlength=order.size).astype(np.int64),
        volume.grid.to_mm(measured.lesions.components.centre),
        {int(k): i for i, k in enumerate(measured.shaped)},
    )
    deposits = tuple(maker.deposit(int(k), i) for i, k in enumerate(order, 1))
    return deposits, Runs(runs.z, runs.y, runs.x0, runs.x1, label[runs.label - 1])


def _number(value: float) -> float | None:
    """Return a plain number, None for NaN."""
    return None if np.isnan(value) else float(value)


def _triple(values: npt.NDArray[np.float64]) -> Triple:
    z, y, x = values.tolist()
    return (z, y, x)
