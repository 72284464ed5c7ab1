"""Which stain a picture has, by the colours of its tissue, and how well they fit a stain that was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from kossa.evidence import Stain
from kossa.section.stain import ALIZARIN, RULES, unit

__all__ = ["Guess", "cone_angles", "guess"]

Floats = npt.NDArray[np.float64]

SPREAD_DEG = 4.0  # how far one laboratory's dyes lie from another's (judgement)
OTHER_DEG = 12.0  # colours this far from a stain are as likely to be another one (judgement)
CLEAR = 0.15  # summed density from which on a pixel's hue is told (judgement)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest stain, its certainty, and the mean angle (degrees) of the colours to each stain."""

    stain: Stain
    certainty: float
    degrees: dict[Stain, float]


def guess(density: Floats) -> Guess:
    """Return the stain of pixels (n, 3) of optical density; `Stain.UNKNOWN` where there is no colour."""
    clear = density[density.sum(axis=1) > CLEAR]
    if clear.shape[0] < 100:
        return Guess(Stain.UNKNOWN, 0.0, {})
    weight = np.minimum(clear.sum(axis=1), 2.0)
    degrees = {
        stain: float(np.average(cone_angles(clear, *_edges(stain)), weights=weight)) for stain in RULES
    }
    likely = {s: np.exp(-0.5 * (d / SPREAD_DEG) ** 2) for s, d in degrees.items()}
    other = np.exp(-0.5 * (OTHER_DEG / SPREAD_DEG) ** 2)
    best = max(likely, key=lambda s: likely[s])
    return Guess(best, float(likely[best] / (sum(likely.values()) + other)), degrees)


def _edges(stain: Stain) -> tuple[Floats, Floats]:
    """Return the two dyes between which the colours of a stain lie; Alizarin is one dye alone."""
    if stain is Stain.ALIZARIN_RED:
        return unit(ALIZARIN), unit(ALIZARIN)
    return unit(RULES[stain].mineral), unit(RULES[stain].counter)


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
