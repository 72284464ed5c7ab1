"""What a run hands back: records for machines and people, and beside them the fields as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.evidence.base import Record
from kossa.evidence.notice import Notice
from kossa.process.mesh import Mesh
from kossa.process.parameters import Parameter

__all__ = [
    "Balance",
    "Fields",
    "Grown",
    "Numerics",
    "Outcome",
    "Point",
    "Saturation",
    "Visible",
    "judged",
    "unfold",
]

Floats = npt.NDArray[np.float64]

CLEAN_MEAN, CLEAN_VOXEL = 1.0, 10.0  # mg/cm3: every nucleation law leaves a trace, so clean is a number
BALANCE_BAR = 1e-7  # relative; a run whose ledger does not close fails

ADVICE = {
    "clean": "No deposit in this tissue with this blood in this time.",
    "calcified": "A deposit grew; `visible` tells when it would be seen.",
    "dissolved": "A deposit grew and was taken away again.",
    "phase_not_modelled": "Calcium pyrophosphate is expected here; kossa grows calcium phosphate only.",
    "not_converged": "The run stopped early: raise --size or set milder rates; the last good state is shown.",
}


class Point(Record, frozen=True, kw_only=True):
    """One time of the course; volume and density of what stands above 130 HU, mass of all mineral."""

    t_days: float
    mass_mg: float
    volume_mm3: float
    density_mg_cm3: float


class Visible(Record, frozen=True, kw_only=True):
    """The first day that a radiograph and a CT would show it; None: not within the run."""

    xray_days: float | None
    ct_days: float | None


class Balance(Record, frozen=True, kw_only=True):
    """Relative gap between what the blood gave and what lies in the mineral or was taken away.

    Phosphate is taken up with calcium at the mineral's ratio, so that its account is that of calcium: one
    figure under both names.
    """

    calcium: float
    phosphate: float


class Saturation(Record, frozen=True, kw_only=True):
    """Saturation indices of the blood and of late dead tissue with this blood; `spread` between databases."""

    blood: dict[str, float]
    dead_tissue: dict[str, float]
    spread: dict[str, float]
    gate_living: float
    gate_core: float


class Numerics(Record, frozen=True, kw_only=True):
    """What it took: steps, linear iterations, memory, the grid, the largest error of the SI table."""

    steps: int
    iterations: int
    bytes: int
    form: str
    voxels: tuple[int, int, int]
    voxel_mm: float
    table_error_si: float


class Outcome(Record, frozen=True, kw_only=True):
    """One run. Masses in mg hydroxyapatite, whole lesion; `series` the course, `groups` what decided it."""

    scenario: str
    outcome: str
    advice: str
    years: float
    mass_mg: float
    volume_mm3: float
    peak_mg_cm3: float
    first_10_days: float | None
    first_100_days: float | None
    series: tuple[Point, ...]
    visible: Visible
    pattern: str
    peak_radius: float | None
    phase: str | None
    ca_p_molar: float | None
    balance: Balance
    saturation: Saturation
    groups: dict[str, float]
    numerics: Numerics
    seed: int | None
    parameters: tuple[Parameter, ...]
    parameters_sha256: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, eq=False)
class Fields:
    """Arrays of a run at its end, and slices on the way.

    `volumes` by name, full 3-D (mirrors unfolded, shells painted), float32, axes x, y, z, voxel `spacing_mm`:
    mineral_mg_cm3, alive, debris, ph, ppi_umol_l, calcium_mmol_l, phosphate_mmol_l, macrophages, nuclei_mm3.
    `slice_days`, (s,); `slices`, (s, n, n) mg/cm3 through the middle; `radius` and `profiles`, (s, bins):
    mineral by share of the radius.
    """

    spacing_mm: float
    volumes: dict[str, npt.NDArray[np.float32]]
    slice_days: Floats
    slices: npt.NDArray[np.float32]
    radius: Floats
    profiles: Floats


@dataclass(frozen=True, eq=False)
class Grown:
    """An outcome and its fields."""

    outcome: Outcome
    fields: Fields


def judged(peak_ever: float, peak: float, mean: float) -> str:
    """Return the word for what became of the tissue (mg/cm3)."""
    if peak > CLEAN_VOXEL or mean >= CLEAN_MEAN:
        return "calcified"
    return "dissolved" if peak_ever > CLEAN_VOXEL else "clean"


PAINTED, SLICE = 64, 160  # voxels an edge of a volume, pixels of a slice, that is painted from a line


def unfold(mesh: Mesh, values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return an interior array as a full volume: mirrors unfolded, shells and slabs painted."""
    if mesh.form == "octant":
        for side in range(3):
            values = np.concatenate([np.flip(values, side), values], side)
        return np.asarray(values, dtype=np.float32)
    if mesh.form in {"shells", "slab"}:
        line = values[:, 0, 0]
        reach = mesh.shape[0] * mesh.h
        axis = (np.arange(PAINTED) + 0.5) / PAINTED * 2 * reach - reach
        x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
        away = np.sqrt(x * x + y * y + z * z) if mesh.form == "shells" else np.abs(x)
        painted = np.interp(away, (np.arange(line.size) + 0.5) * mesh.h, line)
        return np.asarray(painted, dtype=np.float32)
    return np.asarray(values, dtype=np.float32)


def middle(mesh: Mesh, values: Floats) -> npt.NDArray[np.float32]:
    """Return the slice through the middle of an interior array, unfolded."""
    if mesh.form == "octant":
        half = values[:, :, 0]
        half = np.concatenate([half[::-1], half], 0)
        return np.asarray(np.concatenate([half[:, ::-1], half], 1), dtype=np.float32)
    if mesh.form in {"shells", "slab"}:
        line = values[:, 0, 0]
        reach = mesh.shape[0] * mesh.h
        axis = (np.arange(SLICE) + 0.5) / SLICE * 2 * reach - reach
        x, y = np.meshgrid(axis, axis, indexing="ij")
        away = np.hypot(x, y) if mesh.form == "shells" else np.abs(x)
        return np.interp(away, (np.arange(line.size) + 0.5) * mesh.h, line).astype(np.float32)
    return values[:, :, values.shape[2] // 2].astype(np.float32)


def spacing(mesh: Mesh) -> float:
    """Return the voxel width of the unfolded volume, mm."""
    return 2.0 * mesh.shape[0] * mesh.h / PAINTED if mesh.form in {"shells", "slab"} else mesh.h
