"""Noise as a scanner makes it: coloured in the plane, faintly joined from slice to slice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import fft

__all__ = ["power", "slices"]

Floats = npt.NDArray[np.float32]

# Shape of the noise power of a soft kernel, cycles per mm: flat to about 0.3, gone at 0.75, twice as
# high below 0.05. Read off the blank slices of a 3 mm phantom scan with a soft body kernel (research
# page ct.md, 3.6 and 3.10: SD 21-22 HU, and sums of voxels 2.75 times as uncertain as white noise).
CUT_PER_MM = 0.50
CUT_POWER = 4
SLOW_PER_MM = 0.05
# Correlation of neighbouring contiguous slices in the same blank slices.
NEXT_SLICE = 0.10


def power(rows: int, columns: int, pixel_mm: float) -> npt.NDArray[np.float64]:
    """Return the noise power (rows, columns // 2 + 1) for `rfft2`, scaled to a variance of one."""
    fy = np.fft.fftfreq(rows, pixel_mm)
    fx = np.fft.rfftfreq(columns, pixel_mm)
    f = np.hypot(fy[:, None], fx[None])
    shape = (1 + np.exp(-((f / SLOW_PER_MM) ** 2))) * np.exp(-((f / CUT_PER_MM) ** CUT_POWER))
    twice = np.full(fx.size, 2.0)
    twice[0] = 1.0
    if columns % 2 == 0:
        twice[-1] = 1.0
    return np.asarray(shape * (rows * columns) / (shape * twice).sum(), dtype=np.float64)


def slices(
    count: int, rows: int, columns: int, pixel_mm: float, rng: np.random.Generator
) -> Iterator[Floats]:
    """Yield `count` noise slices (rows, columns) of SD 1."""
    gain = np.sqrt(power(rows, columns, pixel_mm)).astype(np.float32)
    # w * (n[k-1] + n[k+1]) + v * n[k] has unit variance and the wanted correlation 2 w v
    w = NEXT_SLICE / 2
    v = np.float32(np.sqrt(1 - 2 * w**2))
    before, here = _coloured(rows, columns, gain, rng), _coloured(rows, columns, gain, rng)
    for _ in range(count):
        after = _coloured(rows, columns, gain, rng)
        yield v * here + np.float32(w) * (before + after)
        before, here = here, after


def _coloured(rows: int, columns: int, gain: Floats, rng: np.random.Generator) -> Floats:
    white = rng.standard_normal((rows, columns), dtype=np.float32)
    spectrum = fft.rfft2(white)
    spectrum *= gain
    return np.asarray(fft.irfft2(spectrum, s=(rows, columns)), dtype=np.float32)
