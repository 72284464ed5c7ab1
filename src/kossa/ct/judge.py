"""The rules' entry: every bright object of a scan gets a material, a place and the reasons for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.ct.anatomy import Anatomy, survey
from kossa.ct.candidates import Look, Table, look_at, residual_share, tabulate
from kossa.ct.describe import patterns_of
from kossa.ct.frame import Flips, frame, scan, turn
from kossa.ct.judgement import Judged, Judgement
from kossa.ct.levels import whole_parts
from kossa.ct.limits import not_seen
from kossa.ct.material import judge_material
from kossa.ct.morphology import FAR_MM
from kossa.ct.place import place_of
from kossa.ct.site import refine, site_of, tissue_of
from kossa.ct.specks import is_kept, keep_reason
from kossa.ct.transposed import carried_back, is_transposed, transpose, transposed
from kossa.ct.triage import metal_places_mm, to_mm, triage, with_cores
from kossa.evidence import Contrast, Geometry, Material
from kossa.evidence.volume import Volume
from kossa.image.components import Components, find, regroup

__all__ = ["judge"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DEFAULT_SIGMA_HU = 20.0  # judgement: of a routine scan, where noise could not be measured
SCATTERED_SD = 1.5  # judgement: below it noise above the threshold joins up through the volume
CLEAR_SD = 3.0  # ct_volumes.md rule 5: then objects are cut 3 SD above muscle
MUSCLE_HU = 50.0
LINE_SHARE, VESSEL_MM2 = 0.8, 120.0  # rule 8; section of a vessel, judgement: ribs and cartilage are thicker
LOCATED = (Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE)


@dataclass(frozen=True, eq=False)
class _Case:
    """One scan under judgement."""

    anatomy: Anatomy
    found: Components
    table: Table
    metal_mm: Floats
    residual: float

    def material(self, number: int, look: Look) -> Judgement:
        """Judge the material of one object that was looked at, and whether it is more than noise."""
        anatomy, table = self.anatomy, self.table
        centre = np.array([look.centre])
        metal = FAR_MM
        if len(self.metal_mm):
            metal = float(np.linalg.norm(self.metal_mm - to_mm(anatomy, centre), axis=1).min())
        tall = int(self.found.box[number, 1, 0] - self.found.box[number, 0, 0])
        piece, slices = float(table.piece_mm2[number]), int(table.slices[number])
        line = (
            not anatomy.scan.single and piece <= VESSEL_MM2 and tall >= LINE_SHARE * anatomy.scan.hu.shape[0]
        )
        cell = anatomy.scan.cell(centre)
        arm = bool((anatomy.trunk.spine[cell[0]] & ~anatomy.trunk.main[cell])[0])
        verdict = judge_material(anatomy, look, float(table.volume_mm3[number]), piece, metal, line, arm)
        sd, edge = look.contrast_noise, look.edge_noise
        kept = verdict.material not in LOCATED or bool(
            is_kept(sd, edge, piece, slices, single=anatomy.scan.single)
        )
        return Judgement(
            verdict.material if kept else Material.CALCIFICATION,
            verdict.reason if kept else keep_reason(sd, edge, piece, slices),
            kept=kept,
            contrast_noise=sd,
            edge=look.edge,
        )

    def look(self, number: int) -> Look:
        """Measure one object in its box."""
        return look_at(
            self.anatomy.scan, self.anatomy.skeleton, self.found, self.table, number, self.residual
        )


def _locate(case: _Case, judged: dict[int, Judgement], looks: dict[int, Look]) -> None:
    """Add site, side, tissue and patterns to what counts as a deposit."""
    wanted = [n for n in looks if judged[n].kept and judged[n].material in LOCATED]
    places = {n: place_of(case.anatomy, looks[n], n, case.found.box[n]) for n in wanted}
    others = [places[n] for n in wanted if judged[n].material is Material.CALCIFICATION]
    sites = refine({n: site_of(places[n], judged[n].material, others) for n in wanted})
    for n in wanted:
        old, site = judged[n], sites[n]
        usual = old.material is Material.CALCIFICATION and (site.id or "").startswith("site_physio")
        judged[n] = replace(
            old,
            material=Material.PHYSIOLOGICAL if usual else old.material,
            site=site.id,
            site_certainty=site.certainty,
            site_reason=site.reason,
            side=site.side,
            tissue=tissue_of(places[n], site),
            patterns=patterns_of(places[n], site),
        )


def _level(anatomy: Anatomy, threshold_hu: float) -> tuple[float, tuple[tuple[str, str], ...]]:
    """Return the level at which objects are cut, and a notice where that is not the threshold."""
    if anatomy.blood.enhanced:
        return anatomy.level_hu, ()
    sigma = anatomy.scan.sigma_hu
    if (threshold_hu - MUSCLE_HU) / sigma >= SCATTERED_SD:
        return threshold_hu, ()
    level = MUSCLE_HU + CLEAR_SD * sigma
    told = (
        f"The noise of {sigma:.0f} HU joins everything above {threshold_hu:.0f} HU:"
        f" objects were cut at {level:.0f} HU instead, and fainter calcium is not seen."
    )
    return level, (("noise-level-raised", told),)


def _parted(
    found: Components, holds_bone: Flags, missing_after: Sequence[int], flips: Flips, slices: int
) -> tuple[Components, Flags]:
    """Split objects where slices are missing: what lay between is not known. Parts of bone stay bone."""
    if not missing_after or not len(found):
        return found, holds_bone
    apart = [slices - 1 - z if flips[0] else z + 1 for z in missing_after]
    parts, whole = regroup(found, apart=apart)
    return parts, holds_bone[whole]


def judge(
    volume: Volume,
    *,
    threshold_hu: float,
    inclusive: bool,
    sigma_hu: float | None,
    geometry: Geometry,
    kvp: float | None,
    contrast_agent: str | None,
    roi: npt.NDArray[np.int_] | None = None,
) -> Judged:
    """Find all bright objects of a scan and judge each.

    Without contrast the objects are the textbook ones at `threshold_hu`; with contrast they are cut above
    the blood's level, and where noise would join everything, above the noise: `Judged.threshold_hu` tells.
    Cores that stand apart from bone are objects of their own, cut at the level at which they do. With `roi`
    (labels on the scan's grid, 0 outside) objects outside are not looked at.
    """
    if is_transposed(volume.grid):
        last = volume.grid.shape[0] - 2
        turned_round = judge(
            transposed(volume),
            threshold_hu=threshold_hu,
            inclusive=inclusive,
            sigma_hu=sigma_hu,
            geometry=msgspec.structs.replace(
                geometry, missing_after=tuple(last - z for z in geometry.missing_after)
            ),
            kvp=kvp,
            contrast_agent=contrast_agent,
            roi=None if roi is None else transpose(roi),
        )
        found = carried_back(turned_round.components, volume.hu)
        return replace(turned_round, components=found)
    lie = frame(volume)
    anatomy = survey(scan(volume, lie, sigma_hu or DEFAULT_SIGMA_HU), contrast_agent, threshold_hu)
    turned = anatomy.scan
    level, told = _level(anatomy, threshold_hu)
    found, holds_bone = with_cores(anatomy, find(turned.hu, level, inclusive=inclusive))
    found, holds_bone = _parted(found, holds_bone, geometry.missing_after, lie.flips, turned.hu.shape[0])
    region = None
    if roi is not None:
        steps = tuple(slice(None, None, -1) if flip else slice(None) for flip in lie.flips)
        region = np.asarray(roi != 0)[steps]
    table = tabulate(turned, anatomy.body, found)
    judged = triage(anatomy, found, table, holds_bone, region)
    metal = metal_places_mm(anatomy, found, holds_bone)
    case = _Case(anatomy, found, table, metal, residual_share(turned, anatomy.body))
    looks = {n: case.look(n) for n in range(len(found)) if n not in judged}
    judged |= {n: case.material(n, look) for n, look in looks.items()}
    _locate(case, judged, looks)
    contrast = Contrast(
        enhanced=anatomy.blood.enhanced,
        reason=anatomy.blood.reason,
        lumen_hu=anatomy.lumen_hu,
        threshold_hu=level if anatomy.blood.enhanced else None,
    )
    unseen = not_seen(anatomy, geometry, kvp, metal=bool(len(metal)))
    judgements = tuple(judged[n] for n in range(len(found)))
    native = turn(found, lie.flips, turned.hu.shape)
    whole = tuple(part.value for part in whole_parts(anatomy.levels)) if turned.axial else ()
    return Judged(native, judgements, contrast, sigma_hu, level, unseen, told, whole)
