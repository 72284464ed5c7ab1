"""Lesions in, numbers out: extent, integrated excess over the background, noise, shape, order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.ct.extent import Extent, extent_of
from kossa.ct.judgement import Judged
from kossa.ct.lesions import MEASURED, Lesions, Slices, lesions_of, slices_of
from kossa.ct.mass import integrate, margins_for
from kossa.ct.noise import ScanNoise, local_sigma
from kossa.ct.noise_rule import KEEP_BELOW, Specks, noise_probability
from kossa.ct.presets import Rule
from kossa.ct.shape import Shapes, shapes_of
from kossa.evidence import Geometry, Material
from kossa.evidence.vocabulary import ancestors
from kossa.evidence.volume import Volume
from kossa.image.isotropic import isotropic_volume
from kossa.image.surround import AIR_HU, FAT_HU, HOST_ANY, HOST_OPEN, Surroundings, surround

__all__ = ["Measured", "measure"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

SOLID_MM2 = 2.4  # larger than any piece of noise on the QRM scan (ct.md 3.8): kept out of others' rings
SOLID_SIGMAS = 2.0  # as high above the threshold as none of those (ct.md 3.8)
LARGEST_MM3 = 100e3  # larger ones have no local background: their threshold mass stands; judgement
PLAIN_SIGMAS = 1.1  # a ring that deviates no more is one tissue: its figure errs by about 6 %; judgement
# and all below them in the vocabulary: calcium there lies in a wall or a node, which is soft tissue
WALLS = frozenset({"site_artery", "site_heart", "site_lymph_node", "site_stomach", "site_bowel"})
LUNGS = frozenset({"site_lung"})
UPPER_SIGMAS = 0.84  # the 80th percentile of a normal law above its mean


@dataclass(frozen=True, eq=False)
class Measured:
    """Lesions with everything that scores and deposits are made of; arrays (n,), NaN where not measured.

    `amount` and `error` are the integrated excess and its standard error in HU mm3, `probability` that
    noise alone explains a lesion, `kept` whether the noise-aware reading counts it. `order` lists the
    lesions as they are reported, most telling first.
    """

    lesions: Lesions
    extent: Extent
    isotropic_mm3: Floats
    amount: Floats
    error: Floats
    probability: Floats
    kept: Bools
    contrast_noise: Floats
    shapes: Shapes
    shaped: Longs
    order: Longs
    slices: Slices


def measure(
    volume: Volume, judged: Judged, rule: Rule, noise: ScanNoise | None, geometry: Geometry, *, tissue: float
) -> Measured:
    """Measure all lesions of a judged scan; `tissue` are the voxels of soft tissue that were searched."""
    slices = slices_of(volume.grid, geometry)
    lesions = lesions_of(volume, judged, rule, slices)
    n = len(lesions.components)
    measured = lesions.of(*MEASURED)
    chosen = np.flatnonzero(measured & (lesions.volume_mm3 <= LARGEST_MM3))
    lower = rule.preset.volume_threshold_hu < judged.threshold_hu and not judged.contrast.enhanced
    extent = extent_of(
        volume,
        lesions,
        slices,
        threshold_hu=rule.preset.volume_threshold_hu if lower else None,
        smallest_pixels=rule.smallest_pixels,
    )
    around = _surroundings(volume, lesions, chosen, slices, judged.threshold_hu, noise)
    integral = integrate(around, pixel_area_mm2=volume.grid.pixel_area_mm2, noise=noise)
    probability, contrast = _against_noise(lesions, chosen, around, judged.threshold_hu, rule, noise, tissue)

    def spread(values: Floats) -> Floats:
        out = np.full(n, np.nan)
        out[chosen] = values
        return out

    told = np.array([j.noise_probability for j in lesions.judgements], np.float64)
    odds = np.fmax(spread(probability), told)
    kept = np.array([j.kept for j in lesions.judgements], np.bool_) & ~(odds >= KEEP_BELOW)
    return Measured(
        lesions=lesions,
        extent=extent,
        isotropic_mm3=isotropic_volume(
            volume.hu,
            lesions.components,
            judged.threshold_hu,
            heights_mm=volume.grid.heights_mm,
            pixel_mm=volume.grid.pixel_mm,
            apart=slices.apart,
            objects=lesions.counted & measured,
        ),
        amount=spread(integral.amount),
        error=spread(integral.error),
        probability=odds,
        kept=kept,
        contrast_noise=spread(contrast),
        shapes=shapes_of(lesions.components, np.flatnonzero(measured), volume.grid, slices.weights_mm),
        shaped=np.flatnonzero(measured),
        order=_order(lesions, kept, integral.amount, chosen),
        slices=slices,
    )


def _surroundings(
    volume: Volume,
    lesions: Lesions,
    chosen: Longs,
    slices: Slices,
    threshold_hu: float,
    noise: ScanNoise | None,
) -> Surroundings:
    """Return region and ring of the chosen lesions; what can be noise does not push others' rings away."""
    c = lesions.components
    lift = SOLID_SIGMAS * (noise.sigma_hu if noise else 0.0)
    solid = (
        (lesions.largest_pixels * volume.grid.pixel_area_mm2 >= SOLID_MM2)
        | (c.peak >= threshold_hu + lift)
        | (lesions.spans >= 2)
    )
    return surround(
        volume.hu,
        c,
        chosen,
        margins_for(volume.grid),
        solid=solid,
        weights_mm=slices.weights_mm,
        pixel_mm=volume.grid.pixel_mm,
        apart=slices.apart,
        plain_sd=PLAIN_SIGMAS * (noise.sigma_hu if noise else 0.0),
        level_hu=threshold_hu,
        hosts_hu=np.array([_host(j.site) for j in lesions.judgements], np.int32),
    )


def _host(site: str | None) -> int:
    """Return the HU below which no tissue holds calcium of this site."""
    if site is None:
        return HOST_OPEN
    places = {site, *ancestors(site)}
    if not WALLS.isdisjoint(places):
        return FAT_HU
    return HOST_ANY if not LUNGS.isdisjoint(places) else AIR_HU


def _against_noise(
    lesions: Lesions,
    chosen: Longs,
    around: Surroundings,
    threshold_hu: float,
    rule: Rule,
    noise: ScanNoise | None,
    tissue: float,
) -> tuple[Floats, Floats]:
    """Return for the chosen lesions the probability that they are noise, and their contrast in sigma.

    A place is as noisy as the scan, or more where its ring says so: a ring alone is too small to call it
    quieter. Where the ring holds two tissues the brighter one counts: its 80th percentile less 0.84 sigma.
    """
    nothing = np.full(chosen.size, np.nan)
    if noise is None or noise.sigma_hu <= 0:
        return nothing, nothing
    sigma = np.fmax(noise.sigma_hu, local_sigma(around.ring_jitter, noise))
    mean = np.fmax(around.ring_median, around.ring_upper - UPPER_SIGMAS * sigma)
    peak = lesions.components.peak[chosen].astype(np.float64)
    # pieces under the smallest area touch by chance too often to tell anything
    spans = np.where(lesions.counted, lesions.spans, 1)
    specks = Specks(lesions.largest_pixels[chosen], peak, spans[chosen], mean, sigma)
    probability = noise_probability(
        specks, threshold_hu=threshold_hu, smallest_pixels=rule.smallest_pixels, tissue=tissue, noise=noise
    )
    return probability, np.asarray((peak - around.ring_median) / sigma, np.float64)


def _order(lesions: Lesions, kept: Bools, amount: Floats, chosen: Longs) -> Longs:
    """Return the lesions in the order of the report: kept before noise, by material, the largest first."""
    size = lesions.content.copy()
    size[chosen] = np.where(np.isnan(amount), size[chosen], amount)
    rank = {m: i for i, m in enumerate((*MEASURED, *(m for m in Material if m not in MEASURED)))}
    material = np.array([rank[j.material] for j in lesions.judgements], np.int64)
    return np.lexsort((-size, material, ~kept)).astype(np.int64)
