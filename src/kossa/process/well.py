"""Tissue without space: separate wells, each with its own blood or medium; and spheres in shells.

For checks that need chemistry and kinetics alone (a dish, a site, a deficiency) or a sphere alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from kossa.process.crystals import make_law, shortest_length
from kossa.process.evolve import Run, Tissue
from kossa.process.injury import Lesion, depth_of, harm
from kossa.process.kernels.deposit import MOLAR
from kossa.process.mesh import MARGIN, SHELL_PER_LENGTH, Mesh, shells, wells
from kossa.process.serum import Serum, saturation_table

__all__ = ["DISH", "deficiency_days", "dish", "smallest_radius", "sphere_peak", "well_run"]

DAYS = 365.25
HA_PER_MM = 0.1005  # mg hydroxyapatite per cm3 and mM
HELD = 1e4  # 1/day: a medium that is renewed holds its ions (choice; the tissue is thin)

# Rat aorta rings, 9 days (JASN 2004;15:1392): who calcified. alive, pyrophosphate umol/L, phosphate mmol/L.
# 3 umol/L is what intact tissue holds; injured tissue in medium holds none of its own (assumed).
DISH = {
    "intact": (1.0, 3.0, 3.8, False),
    "injured": (0.0, 0.0, 3.8, True),
    "injured, 10 umol/L pyrophosphate": (0.0, 10.0, 3.8, False),
    "injured, normal phosphate": (0.0, 0.0, 0.9, False),
}
DISH_DAYS = 9.0
# DMEM (chemistry reference page, section 2)
MEDIUM = Serum(
    title="medium",
    free_calcium=1.8 * 0.71,
    phosphate=3.8,
    magnesium=0.8,
    dic=46.0,
    sodium=155.0,
    potassium=5.3,
    citrate=0.0,
)


def well_run(serum: Serum, p: Mapping[str, float], mesh: Mesh, ph: npt.ArrayLike, *, alive: float) -> Run:
    """Return a run of separate wells of one tissue with its own blood; `ph` per well."""
    values = np.broadcast_to(np.asarray(ph, dtype=float), (mesh.shape[0],))
    low = min(float(values.min()), p["ph_dead_start"], p["ph_dead_end"])
    high = max(float(values.max()), p["ph_dead_start"], p["ph_dead_end"])
    table, u_max, _ = saturation_table(serum, low, high)
    tissue = Tissue.of(
        mesh,
        alive=alive,
        exchange=p["exchange"],
        diffusivity=p["diffusion_ions"],
        site_ph=values[:, None, None],
        debris=1.0 - alive,
    )
    return Run(mesh, tissue, make_law(p, u_max), table, p, serum.ppi)


def dish(p: Mapping[str, float]) -> dict[str, float]:
    """Return the mineral (mM calcium) of each ring of the rat aorta experiment after nine days."""
    found = {}
    for name, (alive, ppi, phosphate, _) in DISH.items():
        # 1.8 mmol/L calcium in all, 71 % of it free in this medium
        medium = msgspec.structs.replace(MEDIUM, phosphate=phosphate, ppi=max(ppi, 0.01))
        held = {**p, "exchange": HELD, "ppi_release": 0.0, "tnap_live": 0.0, "tnap_dead": 0.0}
        held |= {"ph_dead_start": 7.4, "ph_dead_end": 7.4, "ppi_plasma_factor": 1.0}
        run = well_run(medium, held, wells(1), 7.4, alive=alive)
        run.run(DISH_DAYS)
        found[name] = float(run.phi.max()) / MOLAR
    return found


def deficiency_days(
    p: Mapping[str, float], serum: Serum, *, ppi: float, rise: float, years: float
) -> float | None:
    """Return the day of 10 mg/cm3 in healthy tissue that is `rise` more alkaline, at a held pyrophosphate."""
    held = {**p, "ppi_release": 0.0, "tnap_live": 0.0, "ppi_plasma_factor": ppi / serum.ppi}
    run = well_run(serum, held, wells(1), p["ph_tissue"] + serum.ph_shift + rise, alive=1.0)
    while run.t < years * DAYS - 1e-9:
        run.step(years * DAYS)
        if float(run.phi.max()) * HA_PER_MM / MOLAR >= 10.0:
            return run.t
    return None


def sphere_peak(p: Mapping[str, float], serum: Serum, radius_mm: float, years: float) -> tuple[Run, float]:
    """Return the run and the peak (mg/cm3) of a dead sphere in shells."""
    span = radius_mm + MARGIN * 0.22
    count = int(np.ceil(span / shortest_length(p, injured=True) * SHELL_PER_LENGTH))
    mesh = shells(max(count, 24), span)
    table, u_max, _ = saturation_table(
        serum, min(p["ph_dead_start"], p["ph_tissue"] - 0.1), p["ph_dead_end"] + 0.1
    )
    tissue = Tissue.of(
        mesh,
        exchange=p["exchange"],
        diffusivity=p["diffusion_ions"],
        site_ph=p["ph_tissue"] + serum.ph_shift,
    )
    run = Run(mesh, tissue, make_law(p, u_max), table, p, serum.ppi)
    width = 2.0 * radius_mm
    run.suffer(harm("ischaemia", "generic", depth_of(Lesion("sphere", (width,) * 3), mesh), mesh))
    run.run(years * DAYS)
    return run, float(run.phi.max()) * HA_PER_MM / MOLAR


def smallest_radius(p: Mapping[str, float], serum: Serum, years: float = 10.0) -> float:
    """Return the smallest radius (mm, to 5 %) of a dead sphere that reaches 100 mg/cm3."""
    low, high = 0.1, 4.0
    while high / low > 1.05:
        middle = (low * high) ** 0.5
        if sphere_peak(p, serum, middle, years)[1] >= 100.0:
            high = middle
        else:
            low = middle
    return high
