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
from kossa.process.kernels.balance import Mixture
from kossa.process.kernels.deposit import MOLAR, Law, Moment, Table
from kossa.process.mesh import Mesh
from kossa.process.multigrid import Multigrid, NotConverged

__all__ = ["Ledger", "Run", "Tissue"]

Floats = npt.NDArray[np.float64]

Singles = npt.NDArray[np.float32]

LINEAR = 1e-8  # tolerance of the linear solves: 1e-6 misses the ledger's bar
INHIBITOR = 1e-7  # of pyrophosphate and macrophages, which stand in no ledger
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
    """Fields of the tissue, padded arrays: shares, 1/day, mm2/day, pH.

    All but the debris are held in single precision: they are given, not computed, so that a turned
    tissue has the same digits.
    """

    alive: Singles
    exchange: Singles
    diffusivity: Singles
    site_ph: Singles
    scaffold: Singles
    debris: Floats

    @classmethod
    def of(
        cls, mesh: Mesh, *, exchange: npt.ArrayLike, diffusivity: npt.ArrayLike, site_ph: npt.ArrayLike,
        alive: npt.ArrayLike = 1.0, scaffold: npt.ArrayLike = 0.0, debris: npt.ArrayLike = 0.0,
    ) -> Tissue:  # fmt: skip
        """Return a tissue from interior arrays or numbers."""
        return cls(
            alive=mesh.pad(alive, np.float32),
            exchange=mesh.pad(exchange, np.float32),
            diffusivity=mesh.pad(diffusivity, np.float32),
            site_ph=mesh.pad(site_ph, np.float32),
            scaffold=mesh.pad(scaffold, np.float32),
            debris=mesh.pad(debris),
        )


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
    passes: int = 0
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        """Lay out the fields and let the slow ones settle."""
        shape = self.mesh.padded
        self.grid = Multigrid(self.mesh.shape, self.kernels)
        self.u, self.ppi, self.macrophages, self.nuclei, self.phi = (np.zeros(shape) for _ in range(5))
        self.delivered, self.nuclei_end = (np.zeros(shape) for _ in range(2))
        self.rate = self.grid.image  # not needed while a system is solved, so the solver may write there
        self.slope, self.kept = (np.zeros(shape, np.float32) for _ in range(2))
        self.awake = np.zeros(shape, np.bool_)
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
        p = self.p
        ratio = p["diffusion_macrophages"] / p["diffusion_ions"]
        entry, loss = p["entry_macrophages"] / ratio, p["loss_macrophages"] / ratio
        self._spread(Mixture(0.0, entry + loss, -entry, 0.0, entry, 0.0), self.macrophages)
        np.clip(self.macrophages, 0.0, 1.0, out=self.macrophages)
        self.inhibit(0.0)
        self.rate[...] = 0.0

    def _spread(self, substance: Mixture, into: Floats) -> None:
        """Solve for the steady state of a substance."""
        grid, tissue = self.grid, self.tissue
        self.kernels.transport(
            substance, self.mesh.volume, tissue.exchange, tissue.alive, grid.top.q, grid.residual
        )
        grid.rate(grid.top.q)
        grid.solve(grid.residual, into, INHIBITOR)

    def conduct(self, ahead: float) -> bool:
        """Set the conductances with the mineral expected `ahead` days from now in the way.

        Returns False where there is no mineral to speak of and all stays as it was settled.
        """
        if ahead > 0.0 and not (self.phi.max() > IN_THE_WAY or self.hindered):
            return False
        top = self.grid.top
        self.kernels.resist(self.tissue.diffusivity, self.phi, self.rate, ahead * MOLAR, top.resistance)
        self.grid.join(self.mesh.scale)
        self.hindered = ahead > 0.0
        return True

    def inhibit(self, t: float) -> None:
        """Solve for the pyrophosphate at time t."""
        p = self.p
        ratio = p["diffusion_ppi"] / p["diffusion_ions"]
        stored = 0.0
        if p["ppi_store"] > 0.0 and t < p["ppi_store_days"]:
            stored = p["ppi_store"] * (p["tnap_live"] + p["tnap_dead"]) / ratio
        brought = self.plasma_ppi * p["ppi_plasma_factor"] / ratio
        self._spread(
            Mixture(
                1.0 / ratio, p["tnap_live"] / ratio, p["tnap_dead"] / ratio,
                brought, p["ppi_release"] / ratio, stored,
            ),
            self.ppi,
        )  # fmt: skip

    def suffer(self, harm: Harm) -> None:
        """Let an injury happen: cells die, debris and calcium-laden granules appear, perfusion fails."""
        mesh, tissue, p = self.mesh, self.tissue, self.p
        core = (slice(1, -1),) * 3
        before = tissue.alive[core].copy()
        tissue.alive[core] *= harm.alive
        tissue.exchange[core] *= harm.alive**2 * (1.0 - p["perfusion_inside"]) + p["perfusion_inside"]
        slowed = 1.0 - p["diffusion_dead"] * p["diffusion_inside"]
        tissue.diffusivity[core] *= 1.0 - slowed * (1.0 - harm.alive)
        self.settle()
        # apoptotic bodies are eaten within hours where macrophages reach, and become debris where not
        fresh = before * (harm.necrotic + harm.apoptotic * (1.0 - self.macrophages[core]))
        weight = self.debris_weight
        tissue.debris[core] += fresh * (
            p["debris_share"] * (weight if isinstance(weight, float) else weight[core])
        )
        if harm.load is not None:
            gained = before * harm.load.astype(float)
            self.phi[core] += MOLAR * gained
            self.nuclei[core] += p["granules"] * gained / max(p["calcium_load"], 1e-12)
            self.ledger.loaded += mesh.total(mesh.pad(gained))
            self.ledger.mineral = mesh.total(self.phi) / MOLAR
        self.dt = min(self.dt, FIRST_DAY)
        self.history.clear()

    def _react(self, moment: Moment, whole: bool) -> None:
        t = self.tissue
        self.kernels.react(
            self.law, self.table, moment, self.u, self.ppi, t.alive, t.site_ph, t.debris, t.scaffold,
            self.macrophages, self.nuclei, self.phi, whole,
            self.rate, self.slope, self.nuclei_end, self.awake,
        )  # fmt: skip

    def _newton(self, moment: Moment, guessed: bool) -> bool:
        """Solve for the deficit at mid-step; leave the flux delivered. False: no convergence.

        `guessed`: the deficit to start from is extrapolated to the middle of the step, so the nuclei of
        voxels that sleep (gate shut, and far from opening) are right as they are, and only those awake
        are evaluated again at the deficit found.
        """
        t, k, grid, volume = self.tissue, self.kernels, self.grid, self.mesh.volume
        self._react(moment, True)
        if not self.rate.any() and self.u.any():  # the guess may have starved what could grow
            self.u[...] = 0.0
            self._react(moment, True)
        if not self.rate.any():
            self.delivered[...] = 0.0
            return True
        for turn in range(PASSES):
            self.passes += 1
            k.compose(
                volume, t.exchange, self.slope, self.rate, self.u, grid.top.q, grid.residual, self.delivered
            )
            grid.rate(grid.top.q)
            grid.solve(grid.residual, self.u, LINEAR)
            k.deliver(self.slope, self.u, self.delivered)
            self._react(moment, turn > 0 or not guessed)
            size, off = k.gap(self.rate, self.delivered)
            if off <= NEWTON * max(size, 1e-12):
                return True
        return False

    def _misfit(self, dt: float, rates: tuple[float, float, float], active: float, seeds: float) -> float:
        """Return the step's error against the rates extrapolated from the last two steps, in tolerances.

        `rates` are those of all mineral, of its peak and of the nuclei.
        """
        total, peak, births = rates
        now = self.t + 0.5 * dt
        if len(self.history) < 2:
            guess: tuple[float, ...] = self.history[-1][1:] if self.history else (0.0, 0.0, 0.0)
        else:
            w = self._ahead(now)
            guess = tuple(b + w * (b - a) for (a, b) in zip(*(h[1:] for h in self.history), strict=True))
        mineral = self.ledger.mineral + abs(total) * dt + FLOOR * active + 1e-9
        tallest = float(self.phi.max()) / MOLAR + abs(peak) * dt + FLOOR
        return max(
            abs(total - guess[0]) * dt / mineral / STEP_ERROR,
            abs(peak - guess[1]) * dt / tallest / STEP_ERROR,
            NUCLEI_WEIGHT * abs(births - guess[2]) * dt / (seeds + active + 1e-9) / STEP_ERROR,
        )

    def _ahead(self, now: float) -> float:
        """Return how far `now` lies beyond the middle of the last step, in distances of the last two."""
        (t0, *_), (t1, *_) = self.history[-2:]
        return (now - t1) / (t1 - t0)

    def step(self, until: float) -> None:
        """Take one accepted step towards `until` (days).

        Raises `NotConverged` where even the shortest step fails; the state is then the last good one.
        """
        dt = min(self.fixed_step or self.dt, until - self.t)
        guessed = len(self.history) == 2
        self.kernels.extrapolate(self._ahead(self.t + 0.5 * dt) if guessed else 0.0, self.u, self.kept)
        while True:
            moved = self.conduct(0.5 * dt)
            if moved or self.p["ppi_store"] > 0.0:
                self.inhibit(self.t + 0.5 * dt)
            if self._newton(Moment(dt, self._ph(self.t + 0.5 * dt)), guessed):
                factor = self._judge(dt)
                if factor is None:
                    return
            else:
                factor = 0.5
            self.u[...] = self.kept
            guessed = False
            if self.fixed_step or dt * factor < SHORTEST_DAY:
                raise NotConverged(
                    f"no step converged at day {self.t:.1f}: raise --size, or set milder rates; "
                    "the last good state is kept"
                )
            self.dt = dt * factor
            dt = min(self.dt, until - self.t)

    def _judge(self, dt: float) -> float | None:
        """Take the step that was solved for, if its error is small; else return the factor to shorten it."""
        flux, births, active, seeds = (
            self.mesh.copies * x
            for x in self.kernels.tally(
                self.mesh.volume, self.delivered, self.rate, self.nuclei, self.nuclei_end
            )
        )
        rates = (flux, float(self.delivered.max()), births / dt)
        misfit = self._misfit(dt, rates, active, seeds)
        if not (self.fixed_step or misfit <= 4.0 or dt <= 0.02):
            return float(max(SHRINK, 0.8 * misfit ** (-1.0 / 3.0)))
        self._take(dt, rates)
        factor = 0.9 * (1.0 / max(misfit, 1e-6)) ** (1.0 / 3.0)
        self.dt = min(max(dt * min(max(factor, SHRINK), GROW), SHORTEST_DAY), LONGEST_DAY)
        return None

    def _take(self, dt: float, rates: tuple[float, float, float]) -> None:
        """Advance the solid with the flux delivered and book it."""
        t, mesh = self.tissue, self.mesh
        self.ledger.supplied += self.kernels.supply(mesh.volume, t.exchange, self.u) * mesh.copies * dt
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
