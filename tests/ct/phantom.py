"""Small made scans with known content, for tests of scores: soft tissue, noise, balls of mineral."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from kossa.ct.assess import assess
from kossa.ct.judgement import Judged, Judgement
from kossa.ct.presets import load
from kossa.ct.read import ScanRead
from kossa.evidence import Contrast, CtReading, Geometry, Material, SeriesChoice
from kossa.evidence.geometry import Grid
from kossa.evidence.volume import Examination, Volume
from kossa.image.components import find

SOFT_HU = 40.0


def grid(shape, gap=3.0, pixel=0.5, heights=None, thickness=None) -> Grid:
    heights = np.arange(shape[0]) * gap if heights is None else np.asarray(heights, float)
    return Grid(
        shape=tuple(shape),
        pixel_mm=(pixel, pixel),
        row_direction=np.array([1.0, 0, 0]),
        column_direction=np.array([0, 1.0, 0]),
        origins_mm=np.stack([0 * heights, 0 * heights, heights], axis=1),
        single_thickness_mm=thickness,
    )


def noise(shape, sigma, seed=3, reach=1.0) -> np.ndarray:
    """Noise of deviation `sigma`, correlated in the plane over `reach` pixels, white across slices."""
    field = np.random.default_rng(seed).normal(size=shape)
    if reach:
        field = ndimage.gaussian_filter(field, (0, reach / np.sqrt(2), reach / np.sqrt(2)), mode="wrap")
    return sigma * field / field.std()


def scan(
    hu, *, gap=3.0, pixel=0.5, kvp=120.0, heights=None, missing=(), hounsfield=True, thickness=None
) -> ScanRead:
    hu = np.rint(hu).astype(np.int16)
    lie = grid(hu.shape, gap, pixel, heights, thickness)
    geometry = Geometry(
        spacing_mm=lie.spacing_mm,
        gaps_mm=tuple(lie.gaps_mm.tolist()),
        tilt_deg=0.0,
        shape=lie.shape,
        missing_after=tuple(missing),
    )
    series = SeriesChoice(number=1, reason="the only one", slices=hu.shape[0], kind="dicom", kvp=kvp)
    return ScanRead(
        Volume(hu=hu, grid=lie, kvp=kvp),
        series,
        geometry,
        (),
        hounsfield,
        "" if hounsfield else "made so: not Hounsfield units",
    )


def judge_as(*materials: Material, enhanced=False, kept=True, threshold=None):
    """A judge that names the objects in raster order; the last name goes on for the rest."""

    def judging(volume, *, threshold_hu, inclusive, **_) -> Judged:
        level = threshold or threshold_hu
        found = find(volume.hu, level, inclusive=inclusive)
        names = materials or (Material.CALCIFICATION,)
        told = tuple(
            Judgement(names[min(k, len(names) - 1)], "made so", kept=kept) for k in range(len(found))
        )
        return Judged(found, told, Contrast(enhanced=enhanced, reason="made so"), None, level)

    return judging


def examine(made: ScanRead, preset="canon", judging=None, **options) -> Examination:
    chosen = load(preset) if isinstance(preset, str) else preset
    return assess(made, preset=chosen, judging=judging or judge_as(), **options)


def score(reading: CtReading, name: str, material="calcification"):
    return next(s for s in reading.scores if s.name == name and s.material == material)


def soft(shape=(9, 48, 48)) -> np.ndarray:
    return np.full(shape, SOFT_HU)


def ball(shape, centre, radius_mm, excess_hu, *, gap=3.0, pixel=0.5, blur_mm=0.6) -> np.ndarray:
    """The excess of a ball, sampled finely, blurred in the plane, and averaged over slices."""
    fine = 10
    z, y, x = (
        (np.arange(shape[0] * fine) + 0.5) / fine - 0.5,
        np.arange(shape[1]),
        np.arange(shape[2]),
    )
    square = (
        ((z - centre[0]) * gap)[:, None, None] ** 2
        + ((y - centre[1]) * pixel)[None, :, None] ** 2
        + ((x - centre[2]) * pixel)[None, None, :] ** 2
    )
    inside = (square <= radius_mm**2).astype(float)
    slices = inside.reshape(shape[0], fine, *shape[1:]).mean(axis=1)
    return excess_hu * ndimage.gaussian_filter(slices, (0, blur_mm / pixel, blur_mm / pixel))
