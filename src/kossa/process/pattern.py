"""The look of a deposit: rim, core, laminated or diffuse, read from the mineral by depth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.process.mesh import Mesh

__all__ = ["pattern_of", "profile"]

Floats = npt.NDArray[np.float64]

BINS = 24
RIM_FROM, CORE_TO = (
    0.7,
    0.3,
)  # share of the radius: a rim peaks beyond, a core is measured within (issue's bar)
HALF = 0.5  # a rim's centre, or a core's border, holds less than half of the peak (choice)
DIP = 0.6  # between two layers the mineral falls below this share of the lower one (choice)
TRACE = 1.0  # mg/cm3: less is no deposit


def profile(density: Floats, depth: Floats, mesh: Mesh) -> tuple[Floats, Floats]:
    """Return the share of the radius, (24,) from 0 centre to 1 border, and the mean mg/cm3 there.

    `depth` is mm inside the region, `density` mg/cm3, both interior.
    """
    deepest = float(depth.max())
    if deepest <= 0:
        return np.zeros(0), np.zeros(0)
    radius = 1.0 - depth / deepest
    inside = radius < 1.0
    weight = np.broadcast_to(mesh.volume[1:-1, None, None], depth.shape)[inside]
    place = np.minimum((radius[inside] * BINS).astype(int), BINS - 1)
    volume = np.bincount(place, weight, BINS)
    mass = np.bincount(place, weight * density[inside], BINS)
    centre = (np.arange(BINS) + 0.5) / BINS
    filled = volume > 0
    return centre[filled], mass[filled] / volume[filled]


def peak_radius(radius: Floats, mineral: Floats) -> float:
    """Return where the mineral peaks, as a share of the radius."""
    return float(radius[int(np.argmax(mineral))]) if mineral.size else 0.0


def pattern_of(radius: Floats, mineral: Floats) -> str:
    """Return none, rim, core, laminated or diffuse."""
    if mineral.size < 4 or float(mineral.max()) < TRACE:
        return "none"
    peak = float(mineral.max())
    at = peak_radius(radius, mineral)
    if _layers(mineral) >= 2:
        return "laminated"
    if at > RIM_FROM and float(mineral[radius <= max(CORE_TO, radius[0])].mean()) < HALF * peak:
        return "rim"
    if at <= 0.5 and float(mineral[radius >= RIM_FROM].mean()) < HALF * peak:
        return "core"
    return "diffuse"


def _layers(mineral: Floats) -> int:
    """Count maxima that stand apart: between two neighbours the mineral dips below `DIP` of the lower."""
    ends = np.concatenate([[-1.0], mineral, [-1.0]])
    tops = [i for i in range(1, len(ends) - 1) if ends[i] > ends[i - 1] and ends[i] >= ends[i + 1]]
    tops = [i for i in tops if ends[i] > 0.1 * mineral.max()]
    apart: list[int] = []
    for top in tops:
        if apart and ends[apart[-1] : top + 1].min() > DIP * min(ends[apart[-1]], ends[top]):
            if ends[top] > ends[apart[-1]]:
                apart[-1] = top
        else:
            apart.append(top)
    return len(apart)
