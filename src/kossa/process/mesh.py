"""The grid a run lives on: a box, an octant of a mirror, a slab, shells of a sphere, or separate wells.

A face to the outside conducts nothing, which is a mirror: an octant holds one eighth of a symmetric
lesion, a slab one line through a sheet, and perfusion sets the far field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.evidence.errors import WrongCall

__all__ = ["MARGIN", "MOST_BYTES", "Mesh", "choose_mesh", "run_bytes"]

Floats = npt.NDArray[np.float64]

MARGIN = 4.0  # perfusion lengths of healthy tissue around a lesion: the deficit falls by e^-4 (choice)
STEP = 8  # voxels an edge come in multiples of 8, so that the multigrid can halve three times
SMALLEST, LARGEST = 16, 256  # voxels an edge
SHELL_PER_LENGTH = 6.0  # shells per shortest length
FIELDS = 25  # arrays of the grid that a run holds at its peak, allocator included (measured at 128^3)
MOST_BYTES = 4 * 2**30  # a run above this is refused before memory is asked for (judgement)


@dataclass(frozen=True, eq=False)
class Mesh:
    """Cells of a run; arrays over it carry one layer of ghosts.

    `copies` is how often the piece that is computed stands in the lesion. `volume` and `scale` (area over
    distance of the faces along x), (nx + 2,): mm3 and mm.
    """

    form: str
    shape: tuple[int, int, int]
    h: float
    copies: float
    volume: Floats
    scale: Floats

    @property
    def padded(self) -> tuple[int, int, int]:
        """Return the shape with ghosts."""
        nx, ny, nz = self.shape
        return nx + 2, ny + 2, nz + 2

    def pad(self, values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
        """Return an interior array (or a number) with ghosts of zero; a zero asks for no memory yet."""
        out = np.zeros(self.padded, dtype)
        if np.ndim(values) or values:
            out[1:-1, 1:-1, 1:-1] = values
        return out

    def extensive(self, values: Floats) -> Floats:
        """Return a padded array times the volume of its cells."""
        return values * self.volume[:, None, None]

    def total(self, values: Floats) -> float:
        """Return the sum over the lesion of a padded intensive array (per mm3), all copies."""
        inner = values[1:-1, 1:-1, 1:-1].sum(axis=(1, 2))
        return float(np.dot(inner, self.volume[1:-1]) * self.copies)

    def coordinates(self) -> tuple[Floats, Floats, Floats]:
        """Return x, y, z of the cell centres, mm from the centre of the lesion, interior shape."""
        axes = []
        for n in self.shape:
            origin = 0.0 if self.form in {"octant", "shells", "slab"} else -0.5 * n * self.h
            axes.append(origin + (np.arange(n) + 0.5) * self.h if n > 1 else np.zeros(1))
        x, y, z = np.meshgrid(*axes, indexing="ij", copy=False)
        return x, y, z


def box(n: int, edge_mm: float, *, copies: float = 1.0, form: str = "box") -> Mesh:
    """Return a cube of n voxels an edge."""
    h = edge_mm / n
    return Mesh(form, (n, n, n), h, copies, np.full(n + 2, h**3), np.full(n + 2, h))


def slab(n: int, half_mm: float, area_mm2: float) -> Mesh:
    """Return one half of a line through a sheet, 1 mm2 wide; both halves and the area are copies."""
    h = half_mm / n
    return Mesh("slab", (n, 1, 1), h, 2.0 * area_mm2, np.full(n + 2, h), np.full(n + 2, 1.0 / h))


def shells(n: int, radius_mm: float) -> Mesh:
    """Return n shells of one sphere."""
    h = radius_mm / n
    edges = np.arange(n + 1) * h
    volume = np.zeros(n + 2)
    volume[1:-1] = 4.0 / 3.0 * math.pi * np.diff(edges**3)
    scale = np.zeros(n + 2)
    scale[1:] = 4.0 * math.pi * edges**2 / h
    return Mesh("shells", (n, 1, 1), h, 1.0, volume, scale)


def wells(n: int) -> Mesh:
    """Return n separate cells of 1 mm3, each with its own blood: no space at all."""
    return Mesh("wells", (n, 1, 1), 1.0, 1.0, np.ones(n + 2), np.zeros(n + 2))


def run_bytes(shape: tuple[int, int, int]) -> int:
    """Return the memory a run on this grid needs at its peak, before it is asked for."""
    return int(FIELDS * 8 * np.prod([n + 2 for n in shape]))


def _rounded(n: float) -> int:
    return max(SMALLEST, STEP * math.ceil(n / STEP))


def choose_mesh(
    form: str,
    extents: tuple[float, float, float],
    shortest_mm: float,
    size: int | None,
    *,
    copies: float = 1.0,
) -> tuple[Mesh, list[tuple[str, str]]]:
    """Return the grid for a lesion and what to tell: (code, sentence).

    `form` is sphere, ellipsoid (both symmetric: an octant), sheet (a slab) or any other (a box); `extents`
    are the lesion's full widths in mm, `shortest_mm` the shortest length that must be resolved. Without
    a size, 32 voxels an edge are raised to the smallest allowed. Raises `WrongCall` where a voxel would
    be wider than that length, and for a grid too big for memory.
    """
    told: list[tuple[str, str]] = []
    if size is not None and not SMALLEST <= size <= LARGEST:
        raise WrongCall(f"--size {size}: voxels an edge are {SMALLEST} to {LARGEST}")
    asked = 32 if size is None else _rounded(size)
    if size is not None and asked != size:
        told.append(
            ("size-rounded", f"{size} voxels an edge were rounded up to {asked}, a multiple of {STEP}.")
        )
    margin = MARGIN * 0.22
    if form == "sheet":
        half = 0.5 * extents[0] + margin
        count = max(asked, math.ceil(half / shortest_mm * SHELL_PER_LENGTH))
        told.append(("slab", f"A sheet runs as a line of {count} cells through it, with mirrors beside it."))
        return slab(count, half, extents[1] * extents[2]), told
    edge = max(extents) + 2.0 * margin
    symmetric = form in {"sphere", "ellipsoid"}
    span = 0.5 * edge if symmetric else edge
    if size is None and form == "sphere" and span / asked > 0.5 * shortest_mm:
        count = math.ceil(span / shortest_mm * SHELL_PER_LENGTH)
        told.append(
            ("shells", f"A lesion of {extents[0]:.3g} mm runs as a sphere in {count} shells; --size for 3-D.")
        )
        return shells(count, span), told
    need = _rounded(span / shortest_mm)
    if need > asked:
        if size is not None:
            raise WrongCall(
                f"--size {size}: a voxel of {span / asked:.2f} mm is wider than the shortest length "
                f"({shortest_mm:.2f} mm): take --size {need}"
            )
        told.append(
            ("size-raised", f"32 voxels an edge were raised to {need}, the least that resolves the lesion.")
        )
        asked = need
    h = span / asked
    if h > 0.5 * shortest_mm:
        told.append(
            (
                "coarse",
                f"A voxel of {h:.3f} mm is wider than half of the shortest length ({shortest_mm:.2f} mm).",
            )
        )
    bytes_needed = run_bytes((asked, asked, asked))
    if bytes_needed > MOST_BYTES:
        raise WrongCall(
            f"--size {asked} needs {bytes_needed / 2**30:.1f} GiB, more than {MOST_BYTES / 2**30:.0f}: "
            "take a smaller one"
        )
    if symmetric:
        told.append(("octant", "one eighth of the lesion is computed, mirrors stand for the rest"))
        return box(asked, span, copies=8.0 * copies, form="octant"), told
    return box(asked, edge, copies=copies), told
