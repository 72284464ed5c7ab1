"""Mass of hydroxyapatite: the calibration factor, the integrated mass with its error, the smallest mass.

Threshold mass is c x volume x mean HU over what lies above a threshold; soft tissue inside the outline
counts as mineral (20-30 % too much on the QRM scan, ct.md 3.3). Integrated mass (ct.md 3.6) sums the HU
above the local background over a region that holds the blur as well, so neither threshold nor blooming
enter: m = c x sum over O of (HU - HU_b) x voxel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.chemistry.attenuation import hu_per_mg_cm3
from kossa.ct.noise import ScanNoise, local_sigma
from kossa.ct.presets import NOMINAL_KVP
from kossa.evidence import Interval, OutsideDomain
from kossa.evidence.geometry import Grid
from kossa.image.surround import Margins, Surroundings

__all__ = ["Factor", "Integral", "factor_for", "integrate", "margins_for", "smallest_mass_mg"]

Floats = npt.NDArray[np.float64]

DEFAULT_FACTOR = (0.80e-3, 0.66e-3, 0.95e-3)  # mg/(mm3 HU) at 120 kV: four vendors' spread (ct.md 3.3)
GROW_MM, GROW_PIXELS = 1.3, 1.5  # of O: two standard deviations of a soft kernel's blur; judgement
GROW_ALONG_MM = 2.0  # of O across slices: half a slice profile of 3-5 mm; at least one slice (ct.md 3.6)
RING_MM, RING_PIXELS = 2.5, 4  # of B (ct.md 3.6: O + 1 to O + 5 pixels)
NORMAL_95 = 1.96
LIMIT_SE = 3.0  # limit of detection (ct.md 3.6)
METHOD_ERROR = 0.04  # of the mass: what is left on the 5 mm inserts of the QRM scan; see docs/validation
HOSTED_ERROR = 0.10  # the same between two tissues, where the border is guessed; judgement
PATCHES = 4  # sides on which tissue may differ; judgement
EVEN = 1 / math.sqrt(12.0)  # standard deviation of an even law over its width


@dataclass(frozen=True, slots=True)
class Factor:
    """mg of hydroxyapatite per mm3 and HU; `low` and `high`: its 95 % interval, None where it was given."""

    value: float
    low: float | None
    high: float | None
    origin: str

    def mass(self, amount: float, error: float | None) -> Interval:
        """Return `amount` (HU mm3, standard error `error`) as mg with a 95 % interval.

        The errors of amount and factor are independent and add in squares. Without an error of the amount
        the interval is that of the factor; without either there is none.
        """
        value = amount * self.value
        if error is None and self.low is None:
            return Interval(value=value, low=None, high=None)
        spread = NORMAL_95 * (error or 0.0) * self.value
        below = value - value * (self.low or self.value) / self.value
        above = value * (self.high or self.value) / self.value - value
        return Interval(
            value=value,
            low=max(0.0, value - math.hypot(spread, below)),
            high=max(0.0, value + math.hypot(spread, above)),
            below_limit=error is not None and amount < LIMIT_SE * error,
        )


def factor_for(kvp: float | None, given: float | None, *, assumed: bool = False) -> Factor | None:
    """Return the factor to use: the given one, else the default at 120 kV, scaled to another voltage.

    The scale is the ratio of HU per mg of hydroxyapatite behind 20 cm of water (chemistry.attenuation).
    `assumed` says that 120 kV is an assumption. None where nothing is tabulated for `kvp`.
    """
    if given is not None:
        return Factor(given, None, None, "given")
    value, low, high = DEFAULT_FACTOR
    origin = "estimated: spread of four vendors at 120 kV"
    if kvp is None or assumed:
        return Factor(value, low, high, f"{origin}, 120 kV assumed")
    if abs(kvp - NOMINAL_KVP) < 0.5:
        return Factor(value, low, high, origin)
    try:
        scale = hu_per_mg_cm3(NOMINAL_KVP) / hu_per_mg_cm3(kvp)
    except OutsideDomain:
        return None
    return Factor(value * scale, low * scale, high * scale, f"{origin}, scaled by attenuation to {kvp:g} kV")


def margins_for(grid: Grid) -> Margins:
    """Return how far O, guard band and B reach on this grid."""
    pixel = max(grid.pixel_mm)
    gap = grid.spacing_mm[0]
    return Margins(
        grow_mm=max(GROW_MM, GROW_PIXELS * pixel),
        guard_mm=pixel,
        ring_mm=max(RING_MM, RING_PIXELS * pixel),
        slices=max(1, math.ceil(GROW_ALONG_MM / gap - 1e-6)) if gap else 0,
    )


@dataclass(frozen=True, eq=False)
class Integral:
    """Excess over the background in HU mm3 and its standard error, (n,); NaN where no ring was left."""

    amount: Floats
    error: Floats


def integrate(around: Surroundings, *, pixel_area_mm2: float, noise: ScanNoise | None) -> Integral:
    """Return the excess of each region over its background.

    The background is the mean of the ring where tissue is plain, and what the rim lets one fill in
    where it is not: b = (1 - f) ring + f fill with f = t^2 / (t^2 + sigma^2), t^2 = s^2 - sigma^2, which is
    the share of the ring's variance that is texture and not noise. Where one tissue holds the deposit and
    another begins beside it (a vessel's wall in fat, a node in lung), f = 1 and the fill is the middle of
    the two that bracket it (`image.beneath`).

    SE^2 adds the noise of sum and background, (k sigma A)^2 (sum w^2 + (sum w)^2 ((1 - f)^2 / n_B +
    f^2 / n_rim)) with pixel area A and slice weights w (ct.md 3.6); the texture, (A sum w t)^2 / 4, as tissue
    may differ under O from what lies around it; the width of the bracket, as that of an even law (JCGM 100,
    4.3.7); and a share of the amount for the method itself. NaN without a noise figure.
    """
    sigma = 0.0 if noise is None else np.fmax(noise.sigma_hu, local_sigma(around.ring_jitter, noise))
    texture = np.maximum(0.0, around.ring_sd**2 - sigma**2)
    filled = np.where(around.rim_n > 0, texture / np.maximum(texture + sigma**2, 1e-9), 0.0)
    filled = np.where(around.hosted > 0, 1.0, filled)
    background = (1 - filled) * around.ring_mean + filled * np.nan_to_num(
        (around.fill_mean + around.fill_on) / 2
    )
    amount = pixel_area_mm2 * (around.region_sum - around.region_mm * background)
    if noise is None:
        return Integral(amount, np.full(amount.shape, np.nan))
    counted = (1 - filled) ** 2 / np.maximum(around.ring_n, 1) + filled**2 / np.maximum(around.rim_n, 1)
    by_noise = (noise.k * noise.sigma_hu) ** 2 * (around.region_mm2 + around.region_mm**2 * counted)
    bracket = EVEN * np.nan_to_num(around.fill_on - around.fill_mean)
    by_tissue = around.region_mm**2 * (texture / PATCHES + bracket**2)
    method = np.where(around.hosted > 0, HOSTED_ERROR, METHOD_ERROR)
    return Integral(amount, np.hypot(pixel_area_mm2 * np.sqrt(by_noise + by_tissue), method * amount))


def smallest_mass_mg(
    grid: Grid, noise: ScanNoise | None, factor: Factor | None, *, pixels: int, threshold_hu: float
) -> float | None:
    """Return the smallest mass that this scan lets one find and measure, or None where that is not known.

    The larger of three standard errors of a deposit of `pixels` pixels, and the mass that lifts so many
    pixels of soft tissue (40 HU, judgement) to the threshold in one slice; as much again lies in the
    blur below the threshold (a Gaussian holds half of itself above half its height).
    """
    gap = grid.spacing_mm[0]
    if noise is None or factor is None or gap is None:
        return None
    margins, area = margins_for(grid), grid.pixel_area_mm2
    radius = math.sqrt(pixels * area / math.pi)
    outer = radius + margins.grow_mm
    slices = 1 + 2 * margins.slices
    region = math.pi * outer**2 / area * slices
    inner = outer + margins.guard_mm
    ring = math.pi * ((inner + margins.ring_mm) ** 2 - inner**2) / area * slices
    error = noise.k * noise.sigma_hu * area * gap * math.sqrt(region * (1 + region / ring))
    lifted = 2 * pixels * area * gap * max(0.0, threshold_hu - 40.0)
    return factor.value * max(LIMIT_SE * error, lifted)
