"""Could noise alone have made this speck? A probability from a model of correlated noise.

Soft tissue of mean mu and deviation sigma is taken as a Gaussian field with autocorrelation
exp(-r^2 / (2 s^2)) (`ScanNoise`). With u = (T - mu) / sigma and N pixels of tissue, the theory of such
fields (Friston KJ et al. Hum Brain Mapp 1994;1:210; Worsley KJ et al. Hum Brain Mapp 1996;4:58) gives

    pieces above T               m = N (2 pi)^(-3/2) u exp(-u^2 / 2) / (s_x s_y)
    their mean size in pixels    N Q(u) / m = 1 / b         (Q: upper tail of the normal law)
    of at least n pixels         E_size = m exp(-b (1 - 1/u^2) (n - 1/2))
    with a peak at or above p    E_peak = m at (p - mu) / sigma, never more than N Q
    through j slices             E_span = E_size(smallest n) f^(j - 1)

The factor 1 - 1/u^2 is not in the theory, which holds for high u: at u of 2 to 3 neighbouring peaks grow
together, and the tail of simulated fields is longer by about that much (tests/ct/test_noise.py). f is the
chance that the next slice holds a piece that touches: the density of such pieces times the area
in which they would touch, plus what correlation along z carries over. m never exceeds N Q (a piece has at
least one pixel). A speck is at least as odd as the smallest of the three; three looks are paid for by a
factor 3, and P = 1 - exp(-3 E) is the probability that noise makes one such speck, or an odder one,
anywhere in the tissue that was searched. The noise-aware reading keeps what noise makes so in less than
one scan of twenty. On the QRM scan this keeps and drops the same specks as the measured limits of the
reference page (ct.md 3.8: 2.4 mm2, T + 2 sigma, two slices), and it holds at other noise and correlation,
which fixed limits do not; counts of model and blank slices stand in docs/validation/ct_scores.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from kossa.ct.noise import ScanNoise

__all__ = ["KEEP_BELOW", "Specks", "noise_probability", "pieces_expected"]

Floats = npt.NDArray[np.float64]

KEEP_BELOW = 0.05  # a speck that noise makes less often is kept: the common level of a test; judgement
LOWEST_U = 1.2  # below, thresholded noise is no scatter of pieces and only peaks tell; judgement
WHITE = 0.4  # correlation width in pixels that stands for none: 1 / (2 pi s^2) is then one piece a pixel


@dataclass(frozen=True, eq=False)
class Specks:
    """Arrays (n,): size of the largest piece in pixels, peak in HU, slices spanned, tissue around.

    `around_hu` and `sigma_hu` are mean and deviation of the tissue around each speck.
    """

    pixels: npt.NDArray[np.int64]
    peak_hu: Floats
    slices: npt.NDArray[np.int64]
    around_hu: Floats
    sigma_hu: Floats


def _tail(u: Floats) -> Floats:
    """Return the upper tail of the normal law."""
    return np.asarray(ndtr(-u), np.float64)


def pieces_expected(u: npt.ArrayLike, pixels: npt.ArrayLike, tissue: float, noise: ScanNoise) -> Floats:
    """Return how many 2-D pieces of at least `pixels` noise makes above `u` sigma in `tissue` pixels."""
    level = np.asarray(u, np.float64)
    tail = _tail(level)
    rate = np.minimum(_density(level, noise), tail)
    shrink = np.divide(rate, tail, out=np.ones_like(rate), where=tail > 0)
    slope = shrink * (1 - 1 / np.maximum(level, LOWEST_U) ** 2)
    return np.asarray(tissue * rate * np.exp(-slope * (np.asarray(pixels) - 0.5)), np.float64)


def _density(u: Floats, noise: ScanNoise) -> Floats:
    """Return the pieces a pixel above `u` sigma, for a smooth field."""
    _, s_y, s_x = noise.reach_px or (0.0, 1.0, 1.0)
    roughness = 1 / (max(s_y, WHITE) * max(s_x, WHITE))
    return np.asarray(roughness * (2 * np.pi) ** -1.5 * u * np.exp(-u * u / 2), np.float64)


def noise_probability(
    specks: Specks, *, threshold_hu: float, smallest_pixels: int, tissue: float, noise: ScanNoise
) -> Floats:
    """Return for each speck the probability that noise alone makes one like it; `tissue` in voxels."""
    u = (threshold_hu - specks.around_hu) / specks.sigma_hu
    top = (specks.peak_hu - specks.around_hu) / specks.sigma_hu
    by_peak = tissue * np.minimum(np.where(top > LOWEST_U, _density(top, noise), 1.0), _tail(top))
    lowest = np.maximum(u, LOWEST_U)
    by_size = pieces_expected(lowest, specks.pixels, tissue, noise)
    smallest = pieces_expected(lowest, smallest_pixels, tissue, noise)
    by_span = smallest * _goes_on(lowest, smallest / tissue, smallest_pixels, noise) ** (specks.slices - 1)
    scattered = u >= LOWEST_U
    expected = np.where(scattered, np.minimum(np.minimum(by_size, by_peak), by_span), by_peak)
    return np.asarray(-np.expm1(-3 * expected), np.float64)


def _goes_on(u: Floats, density: Floats, pixels: int, noise: ScanNoise) -> Floats:
    """Return the chance that a piece of noise touches another in the next slice."""
    catch = (2 * np.sqrt(pixels) + 1) ** 2  # pixels around which two pieces of that size touch
    s_z = noise.reach_px[0] if noise.reach_px else 0.0
    rho = np.exp(-0.5 / s_z**2) if s_z > 0 else 0.0
    carried = _tail((u - rho * (u + 1 / u)) / np.sqrt(1 - rho * rho))  # a piece rises 1 / u above u
    return np.asarray(np.minimum(1.0, density * catch + carried), np.float64)
