"""When a deposit can be seen: on CT and on a radiograph, by named thresholds with their source.

The physics stands here as four numbers of its own, not as the table that the readers use: what the
simulation says of visibility shares no code with what is tested on it.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from kossa.evidence.errors import WrongCall
from kossa.process.mesh import Mesh

__all__ = ["CT_DENSITY", "areal_threshold", "on_ct", "on_xray", "projected"]

Floats = npt.NDArray[np.float64] | npt.NDArray[np.float32]

CT_HU = 130.0  # Agatston 1990: the threshold of coronary calcium at 120 kV
CT_HU_PER_MG = (
    1.42  # per mg/cm3 of hydroxyapatite that displaces water, 120 kV behind 20 cm of water (spekpy, xraylib)
)
HA_DENSITY = 3.16  # g/cm3
# keV: cm2/g of hydroxyapatite and of water (xraylib 4.3.0); 60 a radiograph, 20 a mammogram
ATTENUATION = {60.0: (0.407, 0.206), 20.0: (6.559, 0.810)}
CT_ELEMENT_MM = 3.0 ** (1.0 / 3.0)  # mm: 1 mm2 in a slice of 3 mm must reach it (the rule of the same score)
XRAY_CONTRAST = 0.02  # of the transmitted beam, over 1 mm2 (judgement: what an eye tells on a film)
XRAY_SIDE_MM = 1.0
CT_DENSITY = CT_HU / CT_HU_PER_MG  # mg hydroxyapatite per cm3


def areal_threshold(energy_kev: float) -> float:
    """Return the mg hydroxyapatite per cm2 that lowers the beam by `XRAY_CONTRAST`, water displaced.

    Raises `WrongCall` for an energy that is not in `ATTENUATION`.
    """
    if energy_kev not in ATTENUATION:
        raise WrongCall(
            f"no attenuation at {energy_kev:g} keV; known: {', '.join(f'{e:g}' for e in ATTENUATION)}"
        )
    mineral, water = ATTENUATION[energy_kev]
    return 1e3 * XRAY_CONTRAST / (mineral - water / HA_DENSITY)


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
