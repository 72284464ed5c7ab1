"""What a device must offer to run the process, and the one that exists: numba on the processor.

Another device (a graphics card, many threads) is another object with the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kossa.process.kernels import deposit, stencil
from kossa.process.kernels.threads import halved, summed

__all__ = ["CPU", "Kernels"]

Kernel = Callable[..., Any]


@dataclass(frozen=True)
class Kernels:
    """The functions of a device, over arrays with one layer of ghosts.

    Transport: `apply` (A x), `start` and `smooth` (Chebyshev steps), `restrict`, `prolong`, `faces` and
    `restrict_faces` (conductances), `invert_diagonal`, `dot`, `update` (one step of the conjugate
    gradients), `line` (a line of cells, exactly). Deposit: `react` (rates of nucleation and growth) and
    `advance` (the step taken).
    """

    apply: Kernel
    start: Kernel
    smooth: Kernel
    restrict: Kernel
    prolong: Kernel
    faces: Kernel
    restrict_faces: Kernel
    invert_diagonal: Kernel
    dot: Kernel
    update: Kernel
    line: Kernel
    react: Kernel
    advance: Kernel


CPU = Kernels(
    apply=halved(stencil.apply),
    start=halved(stencil.start),
    smooth=halved(stencil.smooth),
    restrict=stencil.restrict,
    prolong=stencil.prolong,
    faces=halved(stencil.faces),
    restrict_faces=stencil.restrict_faces,
    invert_diagonal=halved(stencil.invert_diagonal),
    dot=summed(stencil.dot),
    update=halved(stencil.update),
    line=stencil.line,
    react=halved(deposit.react),
    advance=summed(deposit.advance),
)
