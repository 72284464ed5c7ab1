"""What a device must offer to run the process, and the one that exists: numba on the processor.

Another device (a graphics card, many threads) is another object with the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kossa.process.kernels import balance, deposit, stencil
from kossa.process.kernels.threads import halved, largest, ranged, summed

__all__ = ["CPU", "Kernels"]

Kernel = Callable[..., Any]


@dataclass(frozen=True)
class Kernels:
    """The functions of a device, over arrays with one layer of ghosts.

    Transport: `apply` (A x), `start` and `smooth` (Chebyshev steps), `restrict`, `restrict_residual`,
    `prolong`, `resist` (resistivity with mineral in the way), `faces` and `restrict_faces` (conductances);
    of the conjugate gradients `operate` (A x in full precision, and x A x), `dot`,
    `remainder`, `turn`, `update`; `line` (a line of cells, exactly). Deposit: `react` (rates of nucleation
    and growth) and `advance` (the step taken). Balance: `transport`, `compose`, `deliver`, `extrapolate`
    (sources and sinks), `gap`, `tally`, `supply` (largest values and sums).
    """

    apply: Kernel
    start: Kernel
    smooth: Kernel
    restrict: Kernel
    restrict_residual: Kernel
    prolong: Kernel
    resist: Kernel
    faces: Kernel
    restrict_faces: Kernel
    operate: Kernel
    dot: Kernel
    remainder: Kernel
    turn: Kernel
    update: Kernel
    line: Kernel
    react: Kernel
    advance: Kernel
    transport: Kernel
    compose: Kernel
    deliver: Kernel
    extrapolate: Kernel
    gap: Kernel
    tally: Kernel
    supply: Kernel


CPU = Kernels(
    apply=halved(stencil.apply),
    start=halved(stencil.start),
    smooth=halved(stencil.smooth),
    restrict=ranged(stencil.restrict),
    restrict_residual=ranged(stencil.restrict_residual),
    prolong=ranged(stencil.prolong),
    resist=halved(stencil.resist),
    faces=halved(stencil.faces),
    restrict_faces=stencil.restrict_faces,
    operate=summed(stencil.operate),
    dot=summed(stencil.dot),
    remainder=summed(stencil.remainder),
    turn=halved(stencil.turn),
    update=summed(stencil.update),
    line=stencil.line,
    react=halved(deposit.react),
    advance=summed(deposit.advance),
    transport=halved(balance.transport),
    compose=halved(balance.compose),
    deliver=halved(balance.deliver),
    extrapolate=halved(balance.extrapolate),
    gap=largest(balance.gap),
    tally=summed(balance.tally),
    supply=summed(balance.supply),
)
