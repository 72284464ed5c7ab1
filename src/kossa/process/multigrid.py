"""Steady transport by conjugate gradients with a multigrid V-cycle before them; exact in one dimension.

The smoother is a Chebyshev polynomial of the diagonally scaled operator: it needs no colours, runs
at the speed of the operator itself and is symmetric, which the conjugate gradients ask for. Transfer is
piecewise constant, coarse grids are rediscretised, the coarsest is solved by its inverse. The cycle runs
in single precision, which halves its traffic; the conjugate gradients around it are double throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kossa.evidence.errors import CannotFinish
from kossa.process.kernels import CPU, Kernels

__all__ = ["Multigrid", "NotConverged"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

DEGREE = 2  # Chebyshev steps before and after each coarse correction (measured: 2 beats 1 and 3 at 64^3)
LOWEST = (
    6.0  # the smoother covers eigenvalues from 2/6 to 2 of the scaled 7-point operator (Fourier analysis)
)
COARSEST = 130  # cells: small enough for a dense inverse
MOST = 200  # iterations of the conjugate gradients


class NotConverged(CannotFinish):
    """The linear solver or the step did not converge."""


@dataclass
class _Level:
    """One grid of the cycle: face conductances, the diagonal rate and work arrays."""

    gx: Singles
    gy: Singles
    gz: Singles
    q: Singles
    x: Singles
    b: Singles
    d: Singles
    spare: Singles
    dense: Floats | None = field(default=None, init=False)


@dataclass
class _Operator:
    """The finest grid in double precision: resistivity (infinite in the ghosts), its scale, the rate."""

    resistance: Floats
    scale: Floats
    q: Floats


def _level(shape: tuple[int, ...]) -> _Level:
    return _Level(*(np.zeros(shape, np.float32) for _ in range(8)))


class Multigrid:
    """A hierarchy of grids over (n + 2)-shaped arrays; conductances are set once, the rates per solve."""

    def __init__(self, shape: tuple[int, int, int], kernels: Kernels = CPU) -> None:
        self.kernels = kernels
        self.shape = shape
        self.line = shape[1] == 1 and shape[2] == 1
        sizes: list[tuple[int, ...]] = [shape]
        while not self.line and all(n % 2 == 0 for n in sizes[-1]) and np.prod(sizes[-1]) > COARSEST:
            sizes.append(tuple(n // 2 for n in sizes[-1]))
        self.levels = [_level(tuple(n + 2 for n in size)) for size in sizes]
        padded = tuple(n + 2 for n in shape)
        self.top = _Operator(np.full(padded, np.inf), np.zeros(padded[0]), np.zeros(padded))
        self.residual, self.direction, self.image = (np.zeros(padded) for _ in range(3))
        self.iterations = 0
        self.solves = 0

    def release(self) -> None:
        """Give the memory back; nothing can be solved after."""
        none = np.zeros((0, 0, 0))
        self.levels.clear()
        self.residual = self.direction = self.image = none
        self.top = _Operator(none, np.zeros(0), none)

    def conduct(self, diffusivity: Floats, scale: Floats) -> None:
        """Set the face conductances from the diffusivity (mm2/day) and area over distance (mm)."""
        core = (slice(1, -1),) * 3
        np.divide(1.0, diffusivity[core], out=self.top.resistance[core])
        self.join(scale)

    def join(self, scale: Floats) -> None:
        """Set the face conductances from the resistivity that stands in `top`."""
        k, finest = self.kernels, self.levels[0]
        self.top.scale[...] = scale
        if self.line:
            return
        k.faces(self.top.resistance, scale, finest.gx, finest.gy, finest.gz)
        for fine, coarse in zip(self.levels, self.levels[1:], strict=False):
            for axis, name in enumerate(("gx", "gy", "gz")):
                k.restrict_faces(getattr(fine, name), getattr(coarse, name), axis)

    def rate(self, q: Floats) -> None:
        """Set the diagonal rate, volume x 1/day (mm3/day), on every grid; q may be `top.q` itself."""
        k = self.kernels
        if q is not self.top.q:
            self.top.q[...] = q
        if self.line:
            return
        self.levels[0].q[...] = q
        for fine, coarse in zip(self.levels, self.levels[1:], strict=False):
            k.restrict(fine.q, coarse.q)
        self._dense(self.levels[-1])

    def _dense(self, level: _Level) -> None:
        """Invert the coarsest operator, column by column applied."""
        inner = tuple(n - 2 for n in level.x.shape)
        size = int(np.prod(inner))
        matrix = np.empty((size, size))
        unit, out = np.zeros_like(level.x), np.zeros_like(level.x)
        core = (slice(1, -1),) * 3
        for column, at in enumerate(np.ndindex(*inner)):
            place = tuple(n + 1 for n in at)
            unit[place] = 1.0
            self.kernels.apply(unit, level.gx, level.gy, level.gz, level.q, out)
            matrix[:, column] = out[core].ravel()
            unit[place] = 0.0
        level.dense = np.asarray(np.linalg.inv(matrix), dtype=np.float64)

    def _cycle(self, depth: int, b: Singles, x: Singles) -> None:
        """Write an approximate solution of A x = b into x, from zero."""
        one = np.float32
        k, level = self.kernels, self.levels[depth]
        if level.dense is not None:
            core = (slice(1, -1),) * 3
            x[core] = (level.dense @ b[core].ravel()).reshape(x[core].shape)
            return
        grid = (level.gx, level.gy, level.gz, level.q)
        high, low = 2.0, 2.0 / LOWEST
        theta, delta = 0.5 * (high + low), 0.5 * (high - low)
        sigma = theta / delta
        current, other = level.spare, x  # an odd number of swaps: the last step writes into x
        k.start(b, *grid, one(1.0 / theta), level.d, current)
        rho = 1.0 / sigma
        for _ in range(DEGREE - 1):
            new = 1.0 / (2.0 * sigma - rho)
            gain = one(2.0 * new / delta)
            k.smooth(current, b, *grid, level.d, one(new * rho), gain, other)
            current, other, rho = other, current, new
        below = self.levels[depth + 1]
        k.restrict_residual(current, b, *grid, below.b)
        self._cycle(depth + 1, below.b, below.x)
        k.prolong(below.x, current)
        keep, gain, rho = one(0.0), one(1.0 / theta), 1.0 / sigma
        for _ in range(DEGREE):
            k.smooth(current, b, *grid, level.d, keep, gain, other)
            current, other = other, current
            new = 1.0 / (2.0 * sigma - rho)
            keep, gain, rho = one(new * rho), one(2.0 * new / delta), new

    def solve(self, b: Floats, x: Floats, tol: float = 1e-9) -> int:
        """Solve A x = b from the guess in x, to `tol` relative to b; return the iterations.

        b may be `residual` itself, which is overwritten; else it is left as it is.
        Raises `NotConverged` after 200 iterations.
        """
        self.solves += 1
        top, finest, k = self.top, self.levels[0], self.kernels
        if self.line:
            k.line(top.resistance, top.scale, top.q, b, x, self.direction)
            return 0
        grid = (top.resistance, top.scale, top.q)
        size = float(np.sqrt(k.dot(b, b)))
        if size == 0.0:
            x[...] = 0.0
            return 0
        r, d, w = self.residual, self.direction, self.image
        if b is not r:
            r[...] = b
        k.operate(x, *grid, w)
        left = k.remainder(w, 1.0 / size, r, finest.b)  # scaled: single precision has a floor
        rho = 0.0
        for iteration in range(MOST):
            if np.sqrt(left) <= tol * size:
                self.iterations += iteration
                return iteration
            self._cycle(0, finest.b, finest.x)
            new = size * k.dot(r, finest.x)
            k.turn(finest.x, size, new / rho if iteration else 0.0, d)
            rho = new
            step = rho / k.operate(d, *grid, w)
            left = k.update(d, w, step, 1.0 / size, x, r, finest.b)
        raise NotConverged(
            f"the transport did not converge in {MOST} iterations: raise --size or set milder rates"
        )
