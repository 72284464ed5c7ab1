"""The cell that dies: energy, calcium, mitochondria, membrane, each on its own time scale.

States of one cell (per hour, mM):

    E  energy (share of normal ATP)     dE/dt = (s (1 - M) W^2 - E) / tau_E
    C  cytosolic free calcium           leak through the membrane, pump (needs E), mitochondria
    U  mitochondrial calcium            uptake by the uniporter (needs E, closed pore), release
    M  permeability transition, open    dM/dt = (1 - M)[k_M H(C; 1 uM, 4) g(pH) + k_ox (1 - E)^4] - k_c E M
    W  membrane, share whole            dW/dt = -k_W W max(0, 0.7 - E)/0.7 (0.3 + M) + k_r E W^4 (1 - W)
    A  apoptotic programme, share run   dA/dt = (1 - A)[k_A H(M; 0.1, 4) H(E; 0.4, 8) + drive] - k_f A

The programme needs energy and fades without a cause; past one half there is no way back. s is supply.
The closing term k_c E M and resealing (of small tears only) are what lets a mild, lasting shortage and a
short one be survived. Every state is stepped with the exact exponential of its own linear part, so all
stay positive for any step. There are no neighbour terms: a lesion needs one table over severity, not a
cell a voxel.

Sources: simulation reference page, section 1.1 (constants are choices, grade C, unless named); leak and
pump are set so that free calcium rests at 1e-4 mM (textbook value, recalled).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["CELL", "TISSUES", "Cell", "Insult", "course", "fate_table"]

Floats = npt.NDArray[np.float64]

STEP_H = 0.02  # hours; the fastest time scale (energy, pump) is 0.4 h
OUTSIDE = 1.2  # mM extracellular free calcium
REST = 1e-4  # mM cytosolic free calcium at rest
COMMITTED = 0.5  # share of the apoptotic programme after which there is no way back (choice)
CA_HALF = 1e-3  # mM: calcium at which uniporter and permeability transition are half open (1-5 uM, recalled)


class Cell(NamedTuple):
    """Constants of one kind of cell, per hour."""

    tau_e: float = 0.4  # h; ATP at 50 % after 10-15 min of no flow (recalled: Jennings, Reimer)
    leak: float = 5e-3  # 1/h: with the pump it rests at 1e-4 mM
    leak_open: float = 3.0  # 1/h through a torn membrane
    pump: float = 60.0  # 1/h
    uptake: float = 1.2  # 1/h, uniporter
    release: float = 0.01  # 1/h, sodium-calcium exchange of mitochondria
    flush: float = 20.0  # 1/h, through an open transition pore
    k_m: float = 1.0  # 1/h, transition by calcium
    k_ox: float = 0.8  # 1/h, transition by energy failure
    k_close: float = 2.0  # 1/h, closing, needs energy
    k_w: float = 0.35  # 1/h, membrane
    k_reseal: float = 5.0  # 1/h, membrane repair, needs energy
    k_apoptosis: float = 1.0  # 1/h
    k_fade: float = 0.05  # 1/h
    tempo: float = 1.0  # pace of the tissue: how fast it uses its energy and fails


CELL = Cell()
# Pace by tissue, so that no flow becomes irreversible at about the recalled time (unchecked)
TISSUES = {
    "generic": CELL,
    "heart": CELL._replace(tempo=0.7),  # 40 min
    "kidney": CELL._replace(tempo=0.8),  # 30-60 min
    "muscle": CELL._replace(tempo=0.25),  # 2-4 h
    "skin_fat": CELL._replace(tempo=0.08),  # 6-12 h
}


@dataclass(frozen=True)
class Insult:
    """What is done to a cell of severity 1; a voxel of severity v gets v times it.

    `shortage` of supply for `hours` (infinite: permanent), `torn` share of the membrane broken at once,
    `drive` of apoptosis per hour for the same time, `ph` while it lasts (acid keeps the transition shut).
    """

    shortage: float = 1.0
    hours: float = math.inf
    torn: float = 0.0
    drive: float = 0.0
    ph: float = 7.2

    @property
    def reflow(self) -> bool:
        """Whether blood comes back within a day: only then is calcium gained (45Ca, dog heart, 1972)."""
        return self.hours <= 24.0


@njit(cache=True, nogil=True)
def _relax(value: float, target: float, rate: float, dt: float) -> float:
    """Return the exact solution of dx/dt = rate (target - x)."""
    return target + (value - target) * math.exp(-rate * dt)


@njit(cache=True, nogil=True)
def _hill(x: float, half: float, n: float) -> float:
    power = x**n
    return float(power / (power + half**n))


@njit(cache=True, nogil=True)
def _advance(cell: Cell, y: Floats, supply: float, drive: float, ph: float, dt: float) -> None:
    """Step one cell, y = E, C, U, M, W, A, by dt hours, each state exactly in its own linear part."""
    e, c, u, m, w, a = y[0], y[1], y[2], y[3], y[4], y[5]
    pace = cell.tempo * dt
    e = _relax(e, supply * (1.0 - m) * w * w, 1.0 / cell.tau_e, pace)
    leak = cell.leak * (1.0 + 0.5 * (1.0 - e)) + cell.leak_open * (1.0 - w)
    taken = cell.uptake * e * (1.0 - m) * _hill(c, CA_HALF, 2.0)
    flush = cell.flush * m
    out = leak + cell.pump * max(e, 1e-3) + taken + flush * 1e-2
    c = _relax(c, (leak * OUTSIDE + cell.release * u + flush * 1e-2 * u) / out, out, dt)
    loss = cell.release + flush
    u = _relax(u, (taken + flush * 1.0) * c / loss, loss, dt)
    gate = 1.0 if ph > 7.0 else 0.0
    opening = cell.k_m * _hill(c, CA_HALF, 4.0) * gate + cell.k_ox * (1.0 - e) ** 4
    closing = cell.k_close * e
    m = _relax(m, opening / (opening + closing + 1e-12), opening + closing + 1e-12, pace)
    tear = cell.k_w * max(0.0, 0.7 - e) / 0.7 * (0.3 + m)
    mend = cell.k_reseal * e * w**4
    w = _relax(w, mend / (tear + mend + 1e-12), tear + mend + 1e-12, pace)
    run = cell.tempo * cell.k_apoptosis * _hill(m, 0.1, 4.0) * _hill(e, 0.4, 8.0) + drive
    fade = cell.tempo * cell.k_fade
    if a < COMMITTED:
        a = _relax(a, run / (run + fade), run + fade, dt)
    y[0], y[1], y[2], y[3], y[4], y[5] = e, c, u, m, w, a


@njit(cache=True, nogil=True)
def _run(
    cell: Cell, severity: float, shortage: float, hours: float, torn: float, drive: float, ph: float,
    dt: float, out: Floats,
) -> None:  # fmt: skip
    """Fill `out`, (steps + 1, 6), from rest; supply returns after `hours`."""
    y = np.array([1.0, REST, 1.2e-4, 0.0, 1.0 - torn * severity, 0.0])
    out[0] = y
    for n in range(1, out.shape[0]):
        during = (n - 0.5) * dt < hours
        supply = 1.0 - shortage * severity if during else 1.0
        _advance(cell, y, supply, drive * severity if during else 0.0, ph if during else 7.2, dt)
        out[n] = y


def course(
    insult: Insult, severity: float = 1.0, *, hours: float = 72.0, cell: Cell = CELL, step_h: float = STEP_H
) -> tuple[Floats, Floats]:
    """Return times, (n,) hours, and states, (n, 6): E, C mM, U mM, M, W, A of one cell from rest."""
    steps = max(1, round(hours / step_h))
    out = np.empty((steps + 1, 6))
    until = float(min(insult.hours, 1e9))
    what = (float(insult.shortage), until, float(insult.torn), float(insult.drive), float(insult.ph))
    _run(cell, float(severity), *what, float(step_h), out)
    return np.arange(steps + 1, dtype=np.float64) * step_h, out


def fate_table(
    insult: Insult, *, cell: Cell = CELL, hours: float = 72.0, nodes: int = 129
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return severity (nodes,), and the shares alive, necrotic and apoptotic after 72 hours.

    A cell that committed itself to apoptosis while its membrane still held died by apoptosis; what lost
    its membrane otherwise is necrotic.
    """
    severity = np.linspace(0.0, 1.0, nodes)
    alive, apoptotic = np.empty(nodes), np.empty(nodes)
    for n, v in enumerate(severity):
        _, y = course(insult, float(v), hours=hours / cell.tempo, cell=cell, step_h=STEP_H / cell.tempo**0.5)
        committed = np.flatnonzero(y[:, 5] >= COMMITTED)
        apoptotic[n] = y[committed[0], 4] if committed.size else 0.0
        alive[n] = 0.0 if committed.size else y[-1, 4]
    return severity, alive, 1.0 - alive - apoptotic, apoptotic
