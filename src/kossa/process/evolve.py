"""Years of growth: steady transport at every step, the solid integrated in time, steps with error control.

One step: pyrophosphate from the tissue as it stands; then Newton on the calcium deficit
u = c_blood - c (solved for because u, unlike c, has the sink as its right-hand side, so a trace sink is not
lost below the tolerance); then nuclei, mineral and debris are advanced with the flux that the linear
solve delivered, not with the rate law evaluated again. Phosphate follows calcium 3 to 5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kossa.process.injury import Harm
from kossa.process.kernels import CPU, Kernels
from kossa.process.kernels.deposit import MOLAR, Law, Moment, Table
from kossa.process.mesh import Mesh
from kossa.process.multigrid import Multigrid, NotConverged

__all__ = ["Ledger", "Run", "Tissue"]

Floats = npt.NDArray[np.float64]

LINEAR = 1e-9  # tolerance of the linear solves: 1e-6 misses the ledger's bar
NEWTON = 1e-4  # largest difference of the law from the flux delivered, over the largest rate
PASSES = 20  # of Newton, before the step is halved
STEP_ERROR = (
    2.5e-3  # of the mineral, a step, by comparison with the extrapolated rate (gives < 1 % in the end)
)
NUCLEI_WEIGHT = 0.2  # the size of a deposit goes with the cube root of its nuclei
FIRST_DAY, LONGEST_DAY, SHORTEST_DAY = 0.25, 90.0, 1e-4
IN_THE_WAY = 1e-5  # volume share of mineral (0.03 mg/cm3) that hinders diffusion by less than 2e-5
GROW, SHRINK = 1.8, 0.3
FLOOR = 20.0  # mM: mineral below 2 mg/cm3 does not drive the step


@dataclass
class Tissue:
    """Fields of the tissue, padded arrays: shares, 1/day, mm2/day, pH."""

    alive: Floats
    exchange: Floats
    diffusivity: Floats
    site_ph: Floats
    scaffold: Floats
    debris: Floats


@dataclass
class Ledger:
    """Calcium in nmol, all copies of the piece: what came, and where it is."""

    supplied: float = 0.0
    loaded: float = 0.0
    resorbed: float = 0.0
    mineral: float = 0.0

    def error(self) -> float:
        """Return the relative gap between what came and what is there or was taken away."""
        came = self.supplied + self.loaded
        there = self.mineral + self.resorbed
        size = max(abs(came), abs(there))
        return abs(came - there) / size if size > 1e-12 else 0.0


@dataclass
class Run:
    """A tissue that is being mineralised.

    Padded arrays: `u` deficit (mM), `ppi` (umol/L), `macrophages` (share), `nuclei` (1/mm3), `phi` (volume
    share of mineral).
    """

    mesh: Mesh
    tissue: Tissue
    law: Law
    table: Table
    p: Mapping[str, float]
    plasma_ppi: float
    kernels: Kernels = CPU
    debris_weight: float | Floats = 1.0
    fixed_step: float | None = None
    hindered: bool = False
    t: float = 0.0
    steps: int = 0
    rejected: int = 0
    passes: int = 0
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        """Lay out the fields and let the slow ones settle."""
        shape = self.mesh.padded
        self.grid = Multigrid(self.mesh.shape, self.kernels)
        self.u, self.ppi, self.macrophages, self.nuclei, self.phi = (np.zeros(shape) for _ in range(5))
        self.rate, self.slope, self.delivered, self.nuclei_end = (np.zeros(shape) for _ in range(4))
        self.dt = FIRST_DAY
        self.history: list[tuple[float, float, float, float]] = []
        self.settle()

    @property
    def dead_ph(self) -> float:
        """Return the pH of dead tissue now."""
        return self._ph(self.t)

    def _ph(self, t: float) -> float:
        start, end = self.p["ph_dead_start"], self.p["ph_dead_end"]
        return end + (start - end) * math.exp(-t / self.p["ph_dead_days"])

    def settle(self) -> None:
        """Find the macrophages and the pyrophosphate of the tissue as it stands."""
        self.conduct(0.0)
        tissue, mesh, p = self.tissue, self.mesh, self.p
        ratio = p["diffusion_macrophages"] / p["diffusion_ions"]
        entry = p["entry_macrophages"] * tissue.alive
        self.grid.rate(mesh.extensive((entry + p["loss_macrophages"]) / ratio))
        self.grid.solve(mesh.extensive(entry / ratio), self.macrophages, 1e-8)
        np.clip(self.macrophages, 0.0, 1.0, out=self.macrophages)
        self.inhibit(0.0)

    def conduct(self, ahead: float) -> bool:
        """Set the conductances with the mineral expected `ahead` days from now in the way.

        Returns False where there is no mineral to speak of and all stays as it was settled.
        """
        if ahead > 0.0 and not (self.phi.max() > IN_THE_WAY or self.hindered):
            return False
        phi = np.clip(self.phi + ahead * MOLAR * self.rate, 0.0, 0.9)
        free = 1.0 - phi
        self.grid.conduct(self.tissue.diffusivity * (free * np.sqrt(free)), self.mesh.scale)
        self.hindered = ahead > 0.0
        return True

    def inhibit(self, t: float) -> None:
        """Solve for the pyrophosphate at time t."""
        tissue, p = self.tissue, self.p
        ratio = p["diffusion_ppi"] / p["diffusion_ions"]
        dead = 1.0 - tissue.alive
        sink = tissue.exchange + p["tnap_live"] + p["tnap_dead"] * dead
        source = (
            tissue.exchange * (self.plasma_ppi * p["ppi_plasma_factor"]) + p["ppi_release"] * tissue.alive
        )
        if p["ppi_store"] > 0.0 and t < p["ppi_store_days"]:
            source = source + p["ppi_store"] * (p["tnap_live"] + p["tnap_dead"]) * dead
        self.grid.rate(self.mesh.extensive(sink / ratio))
        self.grid.solve(self.mesh.extensive(source / ratio), self.ppi, 1e-8)

    def suffer(self, harm: Harm) -> None:
        """Let an injury happen: cells die, debris and calcium-laden granules appear, perfusion fails."""
        mesh, tissue, p = self.mesh, self.tissue, self.p
        before = tissue.alive.copy()
        alive, necrotic, apoptotic, load = (
            mesh.pad(x) for x in (harm.alive, harm.necrotic, harm.apoptotic, harm.load)
        )
        died = 1.0 - alive
        tissue.alive *= alive
        tissue.exchange *= alive * alive * (1.0 - p["perfusion_inside"]) + p["perfusion_inside"]
        tissue.diffusivity *= 1.0 - (1.0 - p["diffusion_dead"] * p["diffusion_inside"]) * died
        self.settle()
        # apoptotic bodies are eaten within hours where macrophages reach, and become debris where not
        fresh = before * (necrotic + apoptotic * (1.0 - self.macrophages))
        tissue.debris += fresh * self.debris_weight * p["debris_share"]
        gained = before * load
        self.phi += MOLAR * gained
        self.nuclei += p["granules"] * gained / max(p["calcium_load"], 1e-12)
        self.ledger.loaded += mesh.total(gained)
        self.ledger.mineral = mesh.total(self.phi) / MOLAR
        self.dt = min(self.dt, FIRST_DAY)
        self.history.clear()

    def _newton(self, moment: Moment) -> bool:
        """Solve for the deficit at mid-step; leave the flux delivered. False: no convergence."""
        t, k, mesh = self.tissue, self.kernels, self.mesh

        def react() -> None:
            k.react(
                self.law, self.table, moment, self.u, self.ppi, t.alive, t.site_ph, t.debris, t.scaffold,
                self.macrophages, self.nuclei, self.phi, self.rate, self.slope, self.nuclei_end,
            )  # fmt: skip

        react()
        if not self.rate.any():
            self.u[...] = 0.0
            self.delivered[...] = 0.0
            return True
        for _ in range(PASSES):
            self.passes += 1
            self.grid.rate(mesh.extensive(t.exchange + self.slope))
            np.multiply(self.slope, self.u, out=self.delivered)
            self.delivered += self.rate
            self.grid.solve(mesh.extensive(self.delivered), self.u, LINEAR)
            self.delivered -= self.slope * self.u
            react()
            size = max(float(np.abs(self.rate).max()), 1e-12)
            if float(np.abs(self.rate - self.delivered).max()) <= NEWTON * size:
                return True
        return False

    def _misfit(self, dt: float, total: float, peak: float, births: float) -> float:
        """Return the step's error against the rates extrapolated from the last two steps, in tolerances."""
        now = self.t + 0.5 * dt
        if len(self.history) < 2:
            guess: tuple[float, ...] = self.history[-1][1:] if self.history else (0.0, 0.0, 0.0)
        else:
            (t0, *r0), (t1, *r1) = self.history[-2:]
            w = (now - t1) / (t1 - t0)
            guess = tuple(b + w * (b - a) for a, b in zip(r0, r1, strict=True))
        active = self.mesh.total((self.rate != 0.0).astype(float))
        mineral = self.ledger.mineral + abs(total) * dt + FLOOR * active + 1e-9
        tallest = float(self.phi.max()) / MOLAR + abs(peak) * dt + FLOOR
        seeds = self.mesh.total(self.nuclei_end) + active + 1e-9
        return max(
            abs(total - guess[0]) * dt / mineral / STEP_ERROR,
            abs(peak - guess[1]) * dt / tallest / STEP_ERROR,
            NUCLEI_WEIGHT * abs(births - guess[2]) * dt / seeds / STEP_ERROR,
        )

    def step(self, until: float) -> None:
        """Take one accepted step towards `until` (days).

        Raises `NotConverged` where even the shortest step fails; the state is then the last good one.
        """
        kept = self.u.copy()
        while True:
            dt = self.fixed_step or self.dt
            dt = min(dt, until - self.t)
            moved = self.conduct(0.5 * dt)
            if moved or self.p["ppi_store"] > 0.0:
                self.inhibit(self.t + 0.5 * dt)
            moment = Moment(dt, self._ph(self.t + 0.5 * dt))
            if self._newton(moment):
                total = self.mesh.total(self.delivered)
                peak = float(self.delivered.max())
                births = (self.mesh.total(self.nuclei_end) - self.mesh.total(self.nuclei)) / dt
                misfit = self._misfit(dt, total, peak, births)
                if self.fixed_step or misfit <= 4.0 or dt <= 0.02:
                    self._take(dt, (total, peak, births))
                    factor = 0.9 * (1.0 / max(misfit, 1e-6)) ** (1.0 / 3.0)
                    self.dt = min(max(dt * min(max(factor, SHRINK), GROW), SHORTEST_DAY), LONGEST_DAY)
                    return
                factor = max(SHRINK, 0.8 * misfit ** (-1.0 / 3.0))
            else:
                factor = 0.5
            self.rejected += 1
            if self.fixed_step or dt * factor < SHORTEST_DAY:
                self.u[...] = kept
                raise NotConverged(
                    f"no step converged at day {self.t:.1f}: raise --size, or set milder rates; "
                    "the last good state is kept"
                )
            self.dt = dt * factor
            self.u[...] = kept

    def _take(self, dt: float, rates: tuple[float, float, float]) -> None:
        """Advance the solid with the flux delivered and book it."""
        t, mesh = self.tissue, self.mesh
        self.ledger.supplied += mesh.total(t.exchange * self.u) * dt
        resorbed, short = self.kernels.advance(
            self.law, dt, self.delivered, t.scaffold, self.macrophages, mesh.volume, t.debris, self.phi
        )
        self.nuclei, self.nuclei_end = self.nuclei_end, self.nuclei
        self.ledger.resorbed += (resorbed - short) * mesh.copies
        self.ledger.mineral = mesh.total(self.phi) / MOLAR
        self.history = [*self.history[-1:], (self.t + 0.5 * dt, *rates)]
        self.t += dt
        self.steps += 1

    def run(self, until: float) -> None:
        """Step to `until` (days)."""
        while self.t < until - 1e-9:
            self.step(until)
