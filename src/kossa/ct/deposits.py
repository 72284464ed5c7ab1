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
Index3 = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class _Maker:
    """What all deposits of one scan share."""

    measured: Measured
    rule: Rule
    factor: Factor | None
    standing: Standing
    voxels: list[int]
    centre: list[Triple]
    centre_mm: list[Triple]
    boxes: list[tuple[Index3, Index3]]
    edge: list[bool]
    incomplete: list[bool]
    shape_of: dict[int, int]

    def deposit(self, k: int, number: int) -> CtDeposit:
        """Return lesion `k` as deposit `number`."""
        m, c = self.measured, self.measured.lesions.components
        judgement = m.lesions.judgements[k]
        threshold, integrated = self.masses(k)
        diameter, sphericity, elongation = self.shape(k)
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
            centroid_voxel=self.centre[k],
            centroid_mm=self.centre_mm[k],
            bbox_voxel=self.boxes[k],
            voxels=self.voxels[k],
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
            edge=judgement.edge or self.edge[k],
            incomplete=self.incomplete[k],
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


def deposits_of(
    volume: Volume, measured: Measured, rule: Rule, factor: Factor | None, standing: Standing
) -> tuple[tuple[CtDeposit, ...], Runs]:
    """Return the deposits, ids counted from 1 in the order of the report, and their voxels."""
    order = measured.order
    label = np.zeros(order.size, np.int32)
    label[order] = np.arange(1, order.size + 1)
    runs = measured.extent.runs
    c, apart = measured.lesions.components, np.append(measured.slices.apart, False)
    first, end = c.box[:, 0], c.box[:, 1]
    maker = _Maker(
        measured=measured,
        rule=rule,
        factor=factor,
        standing=standing,
        voxels=np.bincount(runs.label - 1, runs.x1 - runs.x0, minlength=order.size).astype(int).tolist(),
        centre=_triples(c.centre),
        centre_mm=_triples(volume.grid.to_mm(c.centre)),
        boxes=[(_index(low), _index(high)) for low, high in c.box.tolist()],
        edge=((first == 0) | (end == volume.hu.shape)).any(axis=1).tolist(),
        incomplete=(apart[first[:, 0]] | apart[end[:, 0]]).tolist(),
        shape_of={k: i for i, k in enumerate(measured.shaped.tolist())},
    )
    deposits = tuple(maker.deposit(k, i) for i, k in enumerate(order.tolist(), 1))
    return deposits, Runs(runs.z, runs.y, runs.x0, runs.x1, label[runs.label - 1])


def _number(value: float) -> float | None:
    """Return a plain number, None for NaN."""
    return None if np.isnan(value) else float(value)


def _triples(values: npt.NDArray[np.float64]) -> list[Triple]:
    """Return rows of three numbers as tuples."""
    return [(z, y, x) for z, y, x in values.tolist()]


def _index(values: list[int]) -> Index3:
    """Return three indices as a tuple."""
    z, y, x = values
    return (z, y, x)
