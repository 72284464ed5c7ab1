"""How noisy a scan is: standard deviation in soft tissue, and how far noise hangs together.

The deviation is the mode over windows of 9 x 9 pixels of soft tissue (reference page ct.md, 3.10):
edges and structure only fill the upper tail of that histogram, so they do not move it.

Noise of CT is correlated. Its correlation is taken as Gaussian, rho(r) = exp(-r^2 / (2 s^2)), and s is
read from the mean squared difference of neighbours, D = 2 sigma^2 (1 - rho(1)), in the windows near the
mode. A window's own mean takes up part of correlated noise: over n pixels the sample variance is short by
the share k^2 / n, where k^2 = sum of rho over all lags = 2 pi s_x s_y. Sigma and s are solved together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.evidence.volume import Volume
from kossa.image.filters import neighbour_differences, window_moments

__all__ = ["K_MEASURED", "ScanNoise", "local_sigma", "measure_noise"]

SIZE = 9  # pixels a window (ct.md 3.10)
STEP = 3  # distance of windows; judgement: thrice overlapping windows hold nearly all there is to know
SOFT_HU = (0.0, 110.0)  # mean of a window of soft tissue (ct.md 3.10)
BIN_HU = 0.5  # of the histogram (ct.md 3.10)
SLICES = 16  # looked at, evenly spread; judgement: the mode then stands within half a bin on the QRM scan
NEAR = (0.8, 1.2)  # windows that count for the correlation, as shares of the mode; judgement
FEWEST = 60  # windows for a figure; judgement
MOST_WINDOWS = 400  # a slice, for the correlation; judgement
K_MEASURED = 2.75  # on 132-141 blank places of the QRM scan (ct.md 3.6); where correlation cannot be read


@dataclass(frozen=True, slots=True)
class ScanNoise:
    """Standard deviation of soft tissue in HU, and correlation.

    `reach_px` are the widths s of the noise's Gaussian autocorrelation along z, y, x in voxels (0: white);
    None where there was too little to read them from. `soft_voxels` is how much soft tissue the scan
    holds, `windows` how many windows of it were looked at.
    """

    sigma_hu: float
    reach_px: tuple[float, float, float] | None
    soft_voxels: float
    windows: int

    @property
    def k(self) -> float:
        """By how much the error of a sum over many voxels exceeds that of white noise."""
        if self.reach_px is None:
            return K_MEASURED
        factors = [max(1.0, math.sqrt(2 * math.pi) * s) for s in self.reach_px]
        return math.sqrt(math.prod(factors))


def measure_noise(volume: Volume) -> ScanNoise | None:
    """Return the noise of a scan, or None where it shows too little soft tissue to tell."""
    hu = volume.hu
    slices = np.unique(np.linspace(0, hu.shape[0] - 1, min(SLICES, hu.shape[0])).round().astype(int))
    moments = {int(z): window_moments(hu[z], SIZE, STEP) for z in slices}
    soft = {z: (mean >= SOFT_HU[0]) & (mean <= SOFT_HU[1]) for z, (mean, _) in moments.items()}
    deviations = np.concatenate([moments[z][1][soft[z]] for z in moments])
    if deviations.size < FEWEST:
        return None
    mode = _mode(deviations)
    chosen = {z: _near(moments[z][1], soft[z], mode) for z in moments}
    looked = sum(mean.size for mean, _ in moments.values())
    return _solve(hu, chosen, mode, deviations.size / looked * hu.size, int(deviations.size))


def _mode(deviations: npt.NDArray[np.float64]) -> float:
    """Return the mode of the histogram, smoothed over two bins."""
    top = max(2.0, float(np.percentile(deviations, 99)))
    counts, edges = np.histogram(deviations, np.arange(0.0, top + BIN_HU, BIN_HU))
    taps = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)
    smooth = np.convolve(counts, taps / taps.sum(), mode="same")[: counts.size]
    return float(edges[int(smooth.argmax())] + BIN_HU / 2)


def _near(
    deviation: npt.NDArray[np.float64], soft: npt.NDArray[np.bool_], mode: float
) -> npt.NDArray[np.int32]:
    """Return the corners (n, 2) of windows of plain tissue, thinned evenly."""
    plain = soft & (deviation >= NEAR[0] * mode) & (deviation <= NEAR[1] * mode)
    corners = np.argwhere(plain).astype(np.int32) * STEP
    return np.ascontiguousarray(corners[:: 1 + len(corners) // MOST_WINDOWS])


def _solve(
    hu: npt.NDArray[np.int16],
    chosen: dict[int, npt.NDArray[np.int32]],
    mode: float,
    soft: float,
    windows: int,
) -> ScanNoise:
    """Return deviation and correlation together, by the equations of this file's first lines."""
    sums = np.zeros(3)
    used = 0
    last = hu.shape[0] - 1
    for z, corners in chosen.items():
        other = z + 1 if z < last else max(0, z - 1)
        sums += neighbour_differences(hu[z], hu[other], corners, SIZE)
        used += len(corners)
    if used < FEWEST or mode <= BIN_HU:
        return ScanNoise(mode, None, soft, windows)
    flat = used * SIZE * (SIZE - 1)
    difference = sums / np.array([used * (SIZE * SIZE - 1), flat, flat])
    if last == 0:
        difference[0] = np.inf  # one slice tells nothing of the next: taken as apart
    variance = mode * mode
    reach = (0.0, 0.0, 0.0)
    for _ in range(20):
        # differences across slices have lost the windows' means already, so they go with the mode
        rho = np.clip(1 - difference / (2 * np.array([mode * mode, variance, variance])), 1e-6, 0.98)
        reach = tuple(float(s) for s in np.sqrt(-0.5 / np.log(rho)))  # type: ignore[assignment]
        shared = max(1.0, 2 * math.pi * reach[1] * reach[2]) / SIZE**2
        variance = mode * mode / (1 - min(0.5, shared))
    return ScanNoise(math.sqrt(variance), reach, soft, windows)


def local_sigma(jitter: npt.NDArray[np.float64], noise: ScanNoise) -> npt.NDArray[np.float64]:
    """Return the deviation of noise where the differences of neighbours in a row deviate by `jitter`."""
    s_x = noise.reach_px[2] if noise.reach_px else 0.0
    rho = math.exp(-0.5 / s_x**2) if s_x > 0 else 0.0
    return np.asarray(jitter / math.sqrt(2 * (1 - rho)), np.float64)
