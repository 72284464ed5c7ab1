"""The rules' entry: every bright object of a scan gets a material, a place and the reasons for both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kossa.ct.anatomy import Anatomy, survey
from kossa.ct.candidates import Look, Table, look_at, residual_share, tabulate
from kossa.ct.describe import patterns_of
from kossa.ct.frame import frame, scan, turn
from kossa.ct.judgement import Judged, Judgement
from kossa.ct.material import METAL_HU, judge_material
from kossa.ct.morphology import FAR_MM
from kossa.ct.place import place_of
from kossa.ct.recut import holders, recut
from kossa.ct.site import site_of, tissue_of
from kossa.ct.skeleton import share_inside
from kossa.ct.specks import is_kept, keep_reason, noise_probability
from kossa.evidence import Contrast, Geometry, Material
from kossa.evidence.volume import Volume
from kossa.image.components import Components, find

__all__ = ["judge"]

Floats = npt.NDArray[np.float64]

DEFAULT_SIGMA_HU = 20.0
INSIDE_BONE = 0.5  # judgement: an object with half its voxels inside the outline of bone is bone
OUTSIDE_BODY = 0.5
BONE_METAL_HU = 2600.0  # judgement: denser than any bone; enamel reaches about that
COARSE_SD = 4.5  # judgement: what stays below this by coarse figures cannot reach the limit by exact ones
LINE_SHARE, VESSEL_MM2 = 0.8, 120.0  # rule 8; section of a vessel, judgement: ribs and cartilage are thicker
CORE_MM3 = 500.0  # ct_volumes.md rule 9
CORE_HU = 100.0  # rule 9


@dataclass(frozen=True, eq=False)
class _State:
    anatomy: Anatomy
    found: Components
    table: Table
    share: float


def _quick(state: _State, holds_bone: npt.NDArray[np.bool_]) -> dict[int, Judgement]:
    """Judge at once what the coarse figures decide: table, bone, and what noise explains."""
    anatomy, found, table = state.anatomy, state.found, state.table
    inside = share_inside(found, anatomy.body.mask, anatomy.scan)
    stony = share_inside(found, anatomy.skeleton.filled, anatomy.scan)
    sd = table.contrast_noise(found)
    size_ok = is_kept(
        np.maximum(sd, 6.0),
        np.full(len(found), 99.0),
        table.piece_mm2,
        table.slices,
        single=anatomy.scan.single,
    )
    out: dict[int, Judgement] = {}
    for i in np.flatnonzero(
        holds_bone | (inside < OUTSIDE_BODY) | (stony >= INSIDE_BONE) | (sd < COARSE_SD) | ~size_ok
    ):
        n = int(i)
        if inside[n] < OUTSIDE_BODY:
            out[n] = Judgement(Material.TABLE, f"{1 - inside[n]:.0%} of it lies outside of the body")
        elif holds_bone[n]:
            out[n] = Judgement(
                Material.BONE,
                f"part of the skeleton: {table.volume_mm3[n] / 1000:.1f} cm3 of bright voxels in one piece",
            )
        elif stony[n] >= INSIDE_BONE:
            out[n] = Judgement(Material.BONE, f"{stony[n]:.0%} of it lies inside the outline of bone")
        else:
            out[n] = Judgement(
                Material.CALCIFICATION,
                keep_reason(float(sd[n]), 99.0, float(table.piece_mm2[n]), int(table.slices[n])),
                kept=False,
                contrast_noise=float(sd[n]),
            )
    return out


def _cores(
    anatomy: Anatomy, found: Components, holds_bone: npt.NDArray[np.bool_], held: npt.NDArray[np.int32]
) -> npt.NDArray[np.intp]:
    """Return objects at the bone level that lie in a bone object, are no bone, and stand out of it."""
    inner = anatomy.skeleton.found
    if not len(inner):
        return np.zeros(0, np.intp)
    stony = share_inside(inner, anatomy.skeleton.filled, anatomy.scan)
    inside = share_inside(inner, anatomy.body.mask, anatomy.scan)
    table = tabulate(anatomy.scan, anatomy.body, inner)
    kept = is_kept(
        table.contrast_noise(inner),
        np.full(len(inner), 99.0),
        table.piece_mm2,
        table.slices,
        single=anatomy.scan.single,
    )
    return np.flatnonzero(
        holds_bone[held]
        & ~anatomy.skeleton.is_bone
        & (stony < INSIDE_BONE)
        & (inside >= OUTSIDE_BODY)
        & (table.volume_mm3 < CORE_MM3)
        & (inner.peak >= anatomy.level_hu + CORE_HU)
        & kept
    )


def _metal_cells(anatomy: Anatomy, found: Components, bone: npt.NDArray[np.bool_]) -> Floats:
    """Return (n, 3) places in mm of runs of deep metal."""
    limit = np.where(bone[found.object], BONE_METAL_HU, METAL_HU)
    hot = np.flatnonzero(found.run_peak > limit)
    if hot.size == 0:
        return np.zeros((0, 3))
    middle = np.stack([found.z[hot], found.y[hot], (found.x0[hot] + found.x1[hot] - 1) / 2], axis=1).astype(
        np.float64
    )
    deep = anatomy.body.depth_mm[anatomy.scan.cell(middle)] > 3.0
    middle = middle[deep]
    return _to_mm(anatomy, middle)


def _to_mm(anatomy: Anatomy, voxels: Floats) -> Floats:
    scan_ = anatomy.scan
    z = np.interp(voxels[:, 0], np.arange(scan_.heights_mm.size), scan_.heights_mm)
    return np.stack([z, voxels[:, 1] * scan_.pixel_mm[0], voxels[:, 2] * scan_.pixel_mm[1]], axis=1)


def _arms(anatomy: Anatomy) -> npt.NDArray[np.bool_]:
    """Return coarse cells of body pieces beside the trunk."""
    return anatomy.body.mask & ~anatomy.trunk.main & anatomy.trunk.spine[:, None, None]


def _material(
    state: _State, number: int, look: Look, metal: Floats, arms: npt.NDArray[np.bool_]
) -> Judgement:
    """Judge the material of one object that was looked at, and whether it is more than noise."""
    anatomy, table = state.anatomy, state.table
    centre = np.array([look.centre])
    metal_mm = float(np.linalg.norm(metal - _to_mm(anatomy, centre), axis=1).min()) if len(metal) else FAR_MM
    size = state.found.box[number, 1] - state.found.box[number, 0]
    thin = float(table.piece_mm2[number]) <= VESSEL_MM2
    line = not anatomy.scan.single and thin and size[0] >= LINE_SHARE * anatomy.scan.hu.shape[0]
    arm = bool(arms[anatomy.scan.cell(centre)][0])
    piece, slices = float(table.piece_mm2[number]), int(table.slices[number])
    verdict = judge_material(anatomy, look, float(table.volume_mm3[number]), piece, metal_mm, line, arm)
    counts = (Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE)
    kept = verdict.material not in counts or bool(
        is_kept(look.contrast_noise, look.edge_noise, piece, slices, single=anatomy.scan.single)
    )
    return Judgement(
        verdict.material if kept else Material.CALCIFICATION,
        verdict.reason if kept else keep_reason(look.contrast_noise, look.edge_noise, piece, slices),
        kept=kept,
        contrast_noise=look.contrast_noise,
        edge=look.edge,
    )


def _locate(
    anatomy: Anatomy, found: Components, judged: dict[int, Judgement], looks: dict[int, Look]
) -> None:
    """Add site, side, tissue and patterns to what counts as a deposit."""
    counts = (Material.CALCIFICATION, Material.PHYSIOLOGICAL, Material.UNSURE)
    places = {
        n: place_of(anatomy, look, n, found.box[n])
        for n, look in looks.items()
        if judged[n].kept and judged[n].material in counts
    }
    others = [places[n] for n in places if judged[n].material is Material.CALCIFICATION]
    for number, place in places.items():
        old = judged[number]
        site = site_of(place, old.material, others)
        physiological = old.material is Material.CALCIFICATION and (site.id or "").startswith("site_physio")
        judged[number] = replace(
            old,
            material=Material.PHYSIOLOGICAL if physiological else old.material,
            site=site.id,
            site_certainty=site.certainty,
            site_reason=site.reason,
            side=site.side,
            tissue=tissue_of(place, site),
            patterns=patterns_of(place, site),
        )


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
    the blood's level, which `Judged.threshold_hu` tells.
    """
    lie = frame(volume)
    anatomy = survey(scan(volume, lie, sigma_hu or DEFAULT_SIGMA_HU), contrast_agent, threshold_hu)
    turned = anatomy.scan
    found = find(turned.hu, anatomy.level_hu, inclusive=inclusive)
    inner = anatomy.skeleton.found
    held = holders(found, inner, turned.hu.shape)
    holds_bone = np.zeros(len(found), np.bool_)
    holds_bone[held[anatomy.skeleton.is_bone]] = True
    found, cores = recut(found, inner, _cores(anatomy, found, holds_bone, held), turned.hu)
    holds_bone = np.concatenate([holds_bone, np.zeros(cores.size, np.bool_)])
    state = _State(
        anatomy, found, tabulate(turned, anatomy.body, found), residual_share(turned, anatomy.body)
    )
    judged = _quick(state, holds_bone)
    metal, arms = _metal_cells(anatomy, found, holds_bone), _arms(anatomy)
    looks: dict[int, Look] = {}
    for number in range(len(found)):
        if number not in judged:
            looks[number] = look_at(turned, anatomy.skeleton, found, state.table, number, state.share)
            judged[number] = _material(state, number, looks[number], metal, arms)
    _locate(anatomy, found, judged, looks)
    contrast = Contrast(
        enhanced=anatomy.blood.enhanced,
        reason=anatomy.blood.reason,
        lumen_hu=anatomy.lumen_hu,
        threshold_hu=anatomy.level_hu if anatomy.blood.enhanced else None,
    )
    native = turn(found, lie.flips, turned.hu.shape)
    return Judged(native, tuple(judged[n] for n in range(len(found))), contrast, sigma_hu, anatomy.level_hu)
