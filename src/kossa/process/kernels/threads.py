"""The same kernels on two threads: the grid is cut in two along x, with a row of overlap.

For large grids only. The cut depends on the grid and never on the machine, sums are added in one order:
the same bytes come out with one processor or many.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

__all__ = ["halved", "largest", "ranged", "summed"]

HALVES = 2
SMALLEST = 500_000  # cells, ghosts included, from which two threads are worth their trouble (measured)

Kernel = Callable[..., Any]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=HALVES, thread_name_prefix="kossa-kernel")


def _views(arguments: tuple[Any, ...], length: int) -> list[tuple[Any, ...]]:
    """Return the arguments once for each half: arrays along x are cut with one row of overlap."""
    middle = length // 2
    cuts = (slice(0, middle + 1), slice(middle - 1, length))

    def part(value: Any, cut: slice) -> Any:
        whole = isinstance(value, np.ndarray) and value.ndim in (1, 3) and value.shape[0] == length
        return value[cut] if whole else value

    return [tuple(part(a, cut) for a in arguments) for cut in cuts]


def _field(arguments: tuple[Any, ...]) -> np.ndarray[Any, Any]:
    return next(a for a in arguments if isinstance(a, np.ndarray) and a.ndim == 3)


def halved(kernel: Kernel) -> Kernel:
    """Return the kernel on two halves at once, for large grids; it must write only interior rows."""

    def run(*arguments: Any) -> Any:
        field = _field(arguments)
        if field.size < SMALLEST:
            return kernel(*arguments)
        jobs = [_pool().submit(kernel, *part) for part in _views(arguments, field.shape[0])]
        for job in jobs:
            job.result()
        return None

    return run


def _joined(kernel: Kernel, join: Callable[[Any, Any], Any]) -> Kernel:
    def run(*arguments: Any) -> Any:
        field = _field(arguments)
        if field.size < SMALLEST:
            return kernel(*arguments)
        jobs = [_pool().submit(kernel, *part) for part in _views(arguments, field.shape[0])]
        first, second = (job.result() for job in jobs)
        if isinstance(first, tuple):
            return tuple(join(a, b) for a, b in zip(first, second, strict=True))
        return join(first, second)

    return run


def summed(kernel: Kernel) -> Kernel:
    """Return the kernel on two halves whose results, a number or a tuple of them, are added in order."""
    return _joined(kernel, operator.add)


def largest(kernel: Kernel) -> Kernel:
    """Return the kernel on two halves, of whose results the larger is taken."""
    return _joined(kernel, max)


def ranged(kernel: Kernel) -> Kernel:
    """Return a kernel between two grids, (..., first, last, out) by rows of the coarser, on two halves.

    It is called without the rows; the first and the last argument are the two grids.
    """

    def run(*arguments: Any) -> None:
        *given, out = arguments
        fine, coarse = sorted((given[0], out), key=lambda grid: -grid.size)
        rows = coarse.shape[0] - 1
        if fine.size < SMALLEST:
            kernel(*given, 1, rows, out)
            return
        middle = (rows + 1) // 2
        parts = ((1, middle), (middle, rows))
        for job in [_pool().submit(kernel, *given, first, last, out) for first, last in parts]:
            job.result()

    return run
