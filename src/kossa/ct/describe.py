"""Words for the look of one deposit: vocabulary ids of patterns, from its form and density."""

from __future__ import annotations

from kossa.ct.place import Place, Site
from kossa.evidence.vocabulary import term

__all__ = ["patterns_of"]

FAINT_HU, DENSE_HU = 200.0, 400.0  # vocabulary: Agatston weights 1 and 4
RIM_RATIO = 0.7  # judgement: inner third this much darker than the outer third
DENSE_CORE_RATIO, SOLID_MM = 1.0, 5.0  # judgement: solid, and thicker than a sheet
HOLE_SHARE = 0.12  # judgement: an enclosed hole beyond what noise leaves
LONG, ROUND, THIN_MM = 2.5, 1.5, 6.0  # judgement
PLATE_FLAT = 3.0  # judgement
PHLEBOLITH_MM = 10.0  # ct_volumes.md rule 12


def _shape(place: Place) -> list[str]:
    form = place.form
    if form.voxels < 8:
        return ["pattern_punctate"] if place.wide <= 4.0 else []
    if form.elongation >= LONG:
        return ["pattern_shape_linear"]
    if form.elongation < ROUND and form.flatness >= PLATE_FLAT:
        return ["pattern_plate"]
    if form.elongation < ROUND and form.flatness < ROUND:
        return ["pattern_shape_round"]
    return ["pattern_shape_irregular"] if form.voxels >= 30 else []


def _inside(place: Place) -> list[str]:
    form = place.form
    hollow = form.hole > HOLE_SHARE or (form.core_ratio is not None and form.core_ratio < RIM_RATIO)
    if hollow and form.elongation < LONG:
        thin = form.lumen > 0.4 and place.wide > 8.0
        return ["pattern_eggshell" if thin else "pattern_rim", "pattern_lucent_center"]
    solid = form.core_ratio is not None and form.core_ratio > DENSE_CORE_RATIO
    if solid and form.axes_mm[2] > SOLID_MM and place.look.peak_hu >= DENSE_HU:
        return ["pattern_dense_homogeneous"]
    return []


def _vessel(place: Place, site: Site) -> list[str]:
    form, name = place.form, site.id or ""
    if place.hollow_tube:
        return ["pattern_tram_track"]
    if "aorta" in name:
        return ["pattern_plaque_patchy"]
    if name.endswith("_artery") or name == "site_coronary":
        return ["pattern_along_vessel"] if place.thin or place.tubular else []
    lucent = form.core_ratio is not None and form.core_ratio < RIM_RATIO
    if name == "site_pelvic_vein" and place.wide <= PHLEBOLITH_MM and lucent:
        return ["pattern_phlebolith"]
    return []


def patterns_of(place: Place, site: Site) -> tuple[str, ...]:
    """Return the patterns of a deposit, most telling first."""
    peak = place.look.peak_hu
    density = "faint" if peak < FAINT_HU else "dense" if peak >= DENSE_HU else "moderate"
    found = [*_vessel(place, site), *_inside(place), *_shape(place), f"pattern_density_{density}"]
    for one in found:
        term(one)
    return tuple(dict.fromkeys(found))
