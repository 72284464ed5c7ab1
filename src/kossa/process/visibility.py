"""When a deposit can be seen: on CT and on a radiograph, by named thresholds with their source."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from kossa.chemistry.attenuation import HA_DENSITY_G_CM3, hu_per_mg_cm3, mass_attenuation_cm2_per_g
from kossa.process.mesh import Mesh

__all__ = ["CT_DENSITY", "areal_threshold", "on_ct", "on_xray", "projected"]

Floats = npt.NDArray[np.float64]

CT_HU = 130.0  # Agatston 1990: the threshold of coronary calcium at 120 kV
CT_KVP = 120.0
CT_ELEMENT_MM = 3.0 ** (1.0 / 3.0)  # mm: 1 mm2 in a slice of 3 mm must reach it (the rule of the same score)
XRAY_CONTRAST = 0.02  # of the transmitted beam, over 1 mm2 (judgement: what an eye tells on a film)
XRAY_SIDE_MM = 1.0
CT_DENSITY = CT_HU / hu_per_mg_cm3(CT_KVP)  # mg hydroxyapatite per cm3 at 130 HU, behind 20 cm of water


def areal_threshold(energy_kev: float) -> float:
    """Return the mg hydroxyapatite per cm2 that lowers the beam by `XRAY_CONTRAST`, water displaced."""
    ha = float(mass_attenuation_cm2_per_g("hydroxyapatite", energy_kev))
    water = float(mass_attenuation_cm2_per_g("water", energy_kev)) / HA_DENSITY_G_CM3
    return 1e3 * XRAY_CONTRAST / (ha - water)


def _smoothed(values: Floats, mesh: Mesh, side_mm: float, axes: tuple[int, ...]) -> Floats:
    """Return the mean over a window of `side_mm`, mirrored at the edges."""
    for axis in axes:
        width = max(1, round(side_mm / mesh.h))
        if values.shape[axis] > 1:
            values = uniform_filter1d(values, min(width, values.shape[axis]), axis=axis, mode="reflect")
    return values


def on_ct(density: Floats, mesh: Mesh, share: float) -> bool:
    """Return whether some element of the scan reaches 130 HU. `density` mg/cm3, interior."""
    peak = float(density.max()) * share
    if peak < CT_DENSITY:
        return False
    if mesh.form == "shells":
        weight = mesh.volume[1:-1]
        window = min(max(1, round(CT_ELEMENT_MM / mesh.h)), density.shape[0])
        mass = uniform_filter1d(density[:, 0, 0] * weight, window, mode="constant")
        space = uniform_filter1d(weight, window, mode="constant")
        return bool((mass / space).max() * share >= CT_DENSITY)
    axes = (0,) if mesh.form == "slab" else (0, 1, 2)
    return bool(_smoothed(density, mesh, CT_ELEMENT_MM, axes).max() * share >= CT_DENSITY)


@lru_cache(maxsize=4)
def _chords(n: int) -> Floats:
    """Return lengths, (n, n), of rays at mid-shell distances through shells of thickness 1."""
    edges = np.arange(n + 1.0)
    away = (np.arange(n) + 0.5)[:, None]
    reach = np.sqrt(np.maximum(edges[None, :] ** 2 - away**2, 0.0))
    return 2.0 * np.diff(reach, axis=1)


def projected(density: Floats, mesh: Mesh) -> Floats:
    """Return the mg/cm2 seen along one axis: a picture, or a profile for shells and slabs."""
    if mesh.form == "shells":
        return _chords(density.shape[0]) @ density[:, 0, 0] * mesh.h * 0.1
    if mesh.form == "slab":
        return np.array([2.0 * density.sum() * mesh.h * 0.1])
    both = 2.0 if mesh.form == "octant" else 1.0
    return np.asarray(density.sum(axis=2) * mesh.h * 0.1 * both)


def on_xray(density: Floats, mesh: Mesh, share: float, threshold: float) -> bool:
    """Return whether some square millimetre of the film reaches the areal threshold (mg/cm2)."""
    picture = projected(density, mesh) * share
    if float(picture.max()) < threshold:
        return False
    if mesh.form == "slab":
        return True
    width = max(1, math.ceil(XRAY_SIDE_MM / mesh.h))
    for axis in range(picture.ndim):
        picture = uniform_filter1d(picture, min(width, picture.shape[axis]), axis=axis, mode="reflect")
    return bool(picture.max() >= threshold)
