"""Deposits of known mass: continuous shapes, cut into mass points finer than any voxel.

The mass is shared among the points by the shape's density, so that it is exact whatever the
lattice; the place is the centre of mass of the same points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kossa.evidence import Material, Side, TrueDeposit

__all__ = ["Calcium", "arc", "ball", "fill", "tube"]

Floats = npt.NDArray[np.float64]
Density = Callable[[Floats, Floats, Floats], npt.NDArray[np.float64] | npt.NDArray[np.bool_]]
Point = tuple[float, float, float]

WALL_STEP_MM = 0.25  # between points along a wall: a third of a pixel, judgement
CUTS_ACROSS = 16  # points across the smallest side of a shape: judgement, see the twin in the tests


@dataclass(frozen=True, eq=False)
class Calcium:
    """One deposit. `points_mm` (n, 3) LPS and `share` (n,), which adds up to 1."""

    id: str
    mass_mg: float
    points_mm: Floats
    share: Floats
    site: str
    side: Side = Side.UNKNOWN
    kind: str = "other"
    cause: str = "none_of_these"
    material: Material = Material.CALCIFICATION

    @property
    def centroid_mm(self) -> Point:
        """Centre of mass, LPS."""
        x, y, z = (float(v) for v in self.share @ self.points_mm)
        return (x, y, z)

    def moved(self, place: Callable[[Floats], Floats]) -> Calcium:
        """Return the deposit in other coordinates; its mass stays."""
        return replace(self, points_mm=place(self.points_mm))

    @property
    def diameter_mm(self) -> float:
        """Longest side of the box around the mass points."""
        return float(np.ptp(self.points_mm, axis=0).max())

    def truth(self) -> TrueDeposit:
        """Return what stands in truth.json."""
        x, y, z = self.centroid_mm
        return TrueDeposit(
            id=self.id,
            mass_mg=round(self.mass_mg, 3),
            centroid_mm=(round(x, 3), round(y, 3), round(z, 3)),
            site=self.site,
            side=self.side,
            kind=self.kind,
            cause=self.cause,
            diameter_mm=round(self.diameter_mm, 2),
            material=self.material.value,
        )


def fill(density: Density, low_mm: Point, high_mm: Point, *, thin_mm: float) -> tuple[Floats, Floats]:
    """Return points and shares of a density (>= 0) between two corners.

    `thin_mm` is the smallest side of the shape: it sets the lattice. Raises ValueError where the
    density is zero everywhere.
    """
    step = thin_mm / CUTS_ACROSS
    axes = [np.arange(lo + step / 2, hi, step) for lo, hi in zip(low_mm, high_mm, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    weight = np.asarray(density(x, y, z), dtype=np.float64)
    inside = weight > 0
    if not inside.any():
        raise ValueError("a deposit without any mass between its corners")
    points = np.stack([x[inside], y[inside], z[inside]], axis=-1)
    return points, weight[inside] / weight[inside].sum()


def ball(centre: Point, diameters_mm: Point, *, hollow: float = 0.0) -> tuple[Floats, Floats]:
    """Return an ellipsoid; `hollow` is the share of its radius that holds no calcium."""
    half = tuple(d / 2 for d in diameters_mm)
    low = tuple(c - h for c, h in zip(centre, half, strict=True))
    high = tuple(c + h for c, h in zip(centre, half, strict=True))

    def density(x: Floats, y: Floats, z: Floats) -> npt.NDArray[np.bool_]:
        r2 = sum(((v - c) / h) ** 2 for v, c, h in zip((x, y, z), centre, half, strict=True))
        return np.asarray((r2 <= 1) & (r2 >= hollow**2))

    return fill(density, low, high, thin_mm=min(diameters_mm))  # type: ignore[arg-type]


def tube(rows_mm: npt.ArrayLike, wall_mm: float, *, depth_mm: float = 0.0) -> tuple[Floats, Floats]:
    """Return the calcified media of a vessel: all of its wall along rows (n, 4) of place and radius.

    The layer is `wall_mm` thick; its middle lies `depth_mm` inside of the radius.
    """
    return _around(np.asarray(rows_mm, dtype=np.float64), wall_mm, depth_mm, 0.0, 180.0, taper=False)


def arc(
    rows_mm: npt.ArrayLike, wall_mm: float, *, depth_mm: float = 0.0, centre_deg: float, half_deg: float
) -> tuple[Floats, Floats]:
    """Return a plaque: part of a wall along rows (n, 4) of place and radius, thinner at its borders.

    Angles turn from the person's left (0) to the front (90), to the right (180), to the back (270),
    seen across a path that runs along the body.
    """
    rows = np.asarray(rows_mm, dtype=np.float64)
    return _around(rows, wall_mm, depth_mm, centre_deg, half_deg, taper=True)


def _across(path: Floats) -> tuple[Floats, Floats]:
    """Return unit vectors across a path: towards the left (up where it runs sideways), and the front."""
    forward = np.gradient(path, axis=0)
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    left = np.array([1.0, 0.0, 0.0]) if abs(forward[:, 0]).mean() < 0.8 else np.array([0.0, 0.0, 1.0])
    side = left - forward * (forward @ left)[:, None]
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    front = np.cross(forward, side)
    return side, -front if front[:, 1].mean() > 0 else front


def _around(
    rows: Floats, wall: float, deep: float, centre_deg: float, half_deg: float, *, taper: bool
) -> tuple[Floats, Floats]:
    """Return points on a wall: along the path, round it, and through its thickness."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(rows[:, :3], axis=0), axis=1))])
    along = np.arange(WALL_STEP_MM / 2, length[-1], WALL_STEP_MM)
    centre = np.stack([np.interp(along, length, rows[:, i]) for i in range(3)], -1)
    radius = np.interp(along, length, rows[:, 3]) - deep
    side, front = _across(centre)
    half = np.radians(half_deg)
    n_round = max(8, int(2 * half * radius.max() / WALL_STEP_MM))
    turn = (np.arange(n_round) + 0.5) / n_round * 2 * half - half
    depth = ((np.arange(5) + 0.5) / 5 - 0.5) * wall
    s, a, d = np.meshgrid(np.arange(along.size), turn, depth, indexing="ij")
    angle, reach = a + np.radians(centre_deg), radius[s] + d
    points = (
        centre[s]
        + (reach * np.cos(angle))[..., None] * side[s]
        + (reach * np.sin(angle))[..., None] * front[s]
    )
    weight = reach
    if taper:
        u = 2 * along[s] / length[-1] - 1
        weight = weight * np.sqrt(np.clip(1 - (a / half) ** 2, 0, 1) * np.clip(1 - u**2, 0, 1))
    return points.reshape(-1, 3), (weight / weight.sum()).ravel()
