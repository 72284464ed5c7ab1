"""What a device must offer to run the process, and the one that exists: numba on one processor.

Another device (a graphics card, many threads) is another object with the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kossa.process.kernels import deposit, stencil

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
    apply=stencil.apply,
    start=stencil.start,
    smooth=stencil.smooth,
    restrict=stencil.restrict,
    prolong=stencil.prolong,
    faces=stencil.faces,
    restrict_faces=stencil.restrict_faces,
    invert_diagonal=stencil.invert_diagonal,
    dot=stencil.dot,
    update=stencil.update,
    line=stencil.line,
    react=deposit.react,
    advance=deposit.advance,
)
