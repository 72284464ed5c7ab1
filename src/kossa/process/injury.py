"""Tissue injury: where the harm is, how severe, what each cell there makes of it, and when.

A driver (trauma, ischaemia, infection, inflammation) is an insult to the cells; the shape gives its
severity by place; the cells' own fate table turns severity into shares alive, necrotic and apoptotic.
Injury may come once, in layers from the centre outwards, in scattered foci, or in pulses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence.errors import WrongCall
from kossa.process.cells import TISSUES, Insult, fate_table
from kossa.process.mesh import Mesh

__all__ = ["DRIVERS", "SITES", "Harm", "Lesion", "depth_of", "harm", "site_map"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

PENUMBRA = 0.2  # mm over which severity rises from the edge to its full value (choice)
SAMPLES = 5  # depths averaged within a voxel, so that the edge is not a staircase

# What each driver does to a cell (choices, grade C)
DRIVERS = {
    "ischaemia": Insult(shortage=1.0),  # for good
    "ischaemia_reflow": Insult(shortage=1.0, hours=12.0),  # blood returns: calcium is gained
    "trauma": Insult(shortage=0.6, torn=0.9),  # membranes broken at once
    "infection": Insult(shortage=0.9, drive=0.02, ph=6.8),  # toxin, acid
    "inflammation": Insult(shortage=0.35, drive=0.06, hours=72.0),  # cells are driven to die in order
}


# Sites that are more alkaline than their tissue, as columns of 1 mm in one cube; and the rest
SITES = ("other", "gastric", "kidney", "lung", "artery")
COLUMN_MM = 1.0


@dataclass(frozen=True)
class Lesion:
    """The shape of the harm, mm: full widths, and seeds for scattered ones."""

    form: str
    extents: tuple[float, float, float]
    count: int = 1
    spread_mm: float = 0.0


@dataclass(frozen=True, eq=False)
class Harm:
    """What one injury leaves, interior arrays: shares alive, necrotic, apoptotic; calcium load (mM).

    Single precision, and no array where nothing is loaded: several may wait for their day.
    """

    day: float
    alive: Singles
    necrotic: Singles
    apoptotic: Singles
    load: Singles | None = None


def depth_of(lesion: Lesion, mesh: Mesh, rng: np.random.Generator | None = None) -> Floats:
    """Return how deep each cell lies inside the lesion (mm, negative outside), interior shape.

    Forms: sphere, ellipsoid, sheet (normal to x), line (along z), cluster (seeded spheres), sites.
    """
    x, y, z = mesh.coordinates()
    a, b, c = (0.5 * e for e in lesion.extents)
    plain = {
        "sphere": lambda: a - np.sqrt(x * x + y * y + z * z),
        "sheet": lambda: a - np.abs(x),
        "line": lambda: a - np.sqrt(x * x + y * y),
    }
    if lesion.form in plain:
        return np.asarray(plain[lesion.form]())
    if lesion.form == "ellipsoid":
        if mesh.form == "shells":
            return np.asarray(math.cbrt(a * b * c) - x)
        rho = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
        slope = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + (z / c**2) ** 2)
        return np.where(rho > 1e-9, (1.0 - rho) * rho / np.maximum(slope, 1e-12), min(a, b, c))
    if lesion.form == "cluster":
        return _cluster(lesion, (x, y, z), rng or np.random.default_rng(0))
    if lesion.form == "sites":
        return np.where(site_map(mesh) > 0, 0.5 * COLUMN_MM, -0.5 * COLUMN_MM)
    raise WrongCall(f"no lesion of form {lesion.form!r}")


def site_map(mesh: Mesh) -> npt.NDArray[np.int64]:
    """Return which of `SITES` each cell of a box belongs to, interior shape."""
    x, y, _ = mesh.coordinates()
    quarter = 0.25 * mesh.shape[0] * mesh.h
    out = np.zeros(x.shape, dtype=np.int64)
    for n, (sx, sy) in enumerate(((-1, -1), (-1, 1), (1, -1), (1, 1)), 1):
        near = (np.abs(x - sx * quarter) < 0.5 * COLUMN_MM) & (np.abs(y - sy * quarter) < 0.5 * COLUMN_MM)
        out[near] = n
    return out


def _cluster(lesion: Lesion, at: tuple[Floats, Floats, Floats], rng: np.random.Generator) -> Floats:
    """Return the depth in a union of spheres, scattered about the centre."""
    depth = np.full(at[0].shape, -math.inf)
    radius = 0.5 * lesion.extents[0] / lesion.count ** (1.0 / 3.0)
    for n in range(lesion.count):
        centre = rng.uniform(-0.5, 0.5, 3) * lesion.spread_mm if n else np.zeros(3)
        size = radius * rng.uniform(0.7, 1.3) if n else radius
        away = np.sqrt(sum((axis - c) ** 2 for axis, c in zip(at, centre, strict=True)))
        depth = np.maximum(depth, size - away)
    return depth


def harm(
    driver: str, tissue: str, depth: Floats, mesh: Mesh, *, day: float = 0.0, load_mM: float = 0.0
) -> Harm:
    """Return what an injury leaves in every voxel, averaged over the voxel's width.

    `load_mM` is the calcium that necrotic cells take up where flow returns. Raises `WrongCall` for an
    unknown driver or tissue.
    """
    if driver not in DRIVERS:
        raise WrongCall(f"no driver of injury called {driver!r}; known: {', '.join(DRIVERS)}")
    if tissue not in TISSUES:
        raise WrongCall(f"no tissue called {tissue!r}; known: {', '.join(TISSUES)}")
    insult = DRIVERS[driver]
    severity, alive, necrotic, apoptotic = fate_table(insult, cell=TISSUES[tissue])
    edge = float(severity[np.argmax(alive < 0.5)])  # the lesion ends where half of the cells die
    shares = [np.zeros(depth.shape, np.float32) for _ in range(3)]
    for s in range(SAMPLES):
        at = depth + ((s + 0.5) / SAMPLES - 0.5) * mesh.h
        v = np.clip(edge + (1.0 - edge) * at / PENUMBRA, 0.0, 1.0)
        for n, table in enumerate((alive, necrotic, apoptotic)):
            shares[n] += np.interp(v, severity, table) / SAMPLES
    load = np.float32(load_mM) * shares[1] if insult.reflow else None
    return Harm(day, shares[0], shares[1], shares[2], load)
