"""Which stain a picture has, by the colours of its tissue, and how well they fit a stain that was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import numpy.typing as npt

from kossa.evidence import Stain
from kossa.section.stain import RULES, unit

__all__ = ["Guess", "cone_angles", "guess"]

Floats = npt.NDArray[np.float64]

SPREAD_DEG = 4.0  # how far one laboratory's dyes lie from another's (judgement)
OTHER_DEG = 12.0  # colours this far from a stain are as likely to be another one (judgement)
UNUSUAL_DEG = 2.0  # added where the counterstain is not the usual one: with more to choose from more fits
WORST_SHARE = (
    0.4  # of the angle of the worst tenth: a photograph has all colours, some of which fit (judgement)
)
CLEAR = 0.15  # summed density from which on a pixel's hue is told (judgement)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest stain, its certainty, and the angles (degrees) of the colours to each stain.

    `degrees` are means, `worst` what nine tenths of the colours do not exceed.
    """

    stain: Stain
    certainty: float
    degrees: dict[Stain, float]
    worst: dict[Stain, float] = field(default_factory=dict)

    def off(self, stain: Stain) -> float | None:
        """Return how far the colours lie from a stain: on the mean, or by a share of the worst tenth."""
        if stain not in self.degrees:
            return None
        return max(self.degrees[stain], WORST_SHARE * self.worst.get(stain, 0.0))


def guess(density: Floats) -> Guess:
    """Return the stain of pixels (n, 3) of optical density; `Stain.UNKNOWN` where there is no colour."""
    clear = density[density.sum(axis=1) > CLEAR]
    if clear.shape[0] < 100:
        return Guess(Stain.UNKNOWN, 0.0, {})
    weight = np.minimum(clear.sum(axis=1), 2.0)
    both = {stain: _degrees(clear, weight, stain) for stain in RULES}
    degrees = {stain: mean for stain, (mean, _) in both.items()}
    likely = {s: np.exp(-0.5 * (d / SPREAD_DEG) ** 2) for s, d in degrees.items()}
    other = np.exp(-0.5 * (OTHER_DEG / SPREAD_DEG) ** 2)
    best = max(likely, key=lambda s: likely[s])
    return Guess(
        best,
        float(likely[best] / (sum(likely.values()) + other)),
        degrees,
        {stain: tenth for stain, (_, tenth) in both.items()},
    )


def _degrees(density: Floats, weight: Floats, stain: Stain) -> tuple[float, float]:
    """Return mean and last tenth of angles to a stain's mixtures with the counterstain that fits best.

    Alizarin without a counterstain is one dye alone.
    """
    rule = RULES[stain]
    off: list[tuple[float, float]] = []
    for number, counter in enumerate(rule.counters):
        alone = stain is Stain.ALIZARIN_RED and number == 0
        angles = cone_angles(density, unit(rule.mineral), unit(rule.mineral if alone else counter))
        mean = float(np.average(angles, weights=weight)) + (UNUSUAL_DEG if number else 0.0)
        off.append((mean, float(np.quantile(angles, 0.9))))
    return min(off)


def cone_angles(density: Floats, one: Floats, other: Floats) -> Floats:
    """Return (n,) angles in degrees between densities (n, 3) and the nearest mixture of two dyes."""
    length = np.linalg.norm(density, axis=1)
    hue = density / np.maximum(length, 1e-9)[:, None]
    nearest = np.maximum(hue @ one, hue @ other)
    normal = np.cross(one, other)
    if np.linalg.norm(normal) > 1e-6:
        normal = unit(normal)
        flat = hue - (hue @ normal)[:, None] * normal
        # a mixture lies between its dyes when it is on the inner side of both
        inside = (np.cross(one, flat) @ normal > 0) & (np.cross(flat, other) @ normal > 0)
        nearest = np.where(inside, np.linalg.norm(flat, axis=1), nearest)
    return cast(Floats, np.degrees(np.arccos(np.clip(nearest, -1.0, 1.0))))
