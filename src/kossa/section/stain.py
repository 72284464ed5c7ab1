"""The three stains that are read: their dyes as directions in optical density, and the fixed floors.

A dye absorbs the three colours in a fixed ratio, which is a unit vector (red, green, blue) of optical
density (Beer-Lambert). Pigment is carried along as a third vector, so that what is brown takes its own
share instead of being counted as silver, Alizarin or haematoxylin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from kossa.evidence import Stain

__all__ = ["BROWN", "RULES", "Rule", "angle_deg", "unit", "unmixing"]

Floats = npt.NDArray[np.float64]

#: Ruifrok and Johnston 2001, as in reference page films_and_sections.md, section 5
HAEMATOXYLIN = (0.650, 0.704, 0.286)
EOSIN = (0.072, 0.990, 0.105)
#: the brown of diaminobenzidine (same source); haemosiderin and light melanin lie near it (judgement)
BROWN = (0.268, 0.570, 0.776)
#: metallic silver is neutral; a real von Kossa black was measured as 0.54 0.61 0.58 (same page)
SILVER = (0.585, 0.575, 0.572)
#: Alizarin Red S as its calcium lake, and nuclear fast red (unchecked: no printed measurement at hand)
ALIZARIN = (0.130, 0.800, 0.585)
FAST_RED = (0.214, 0.851, 0.478)
#: tables of colour deconvolution in ImageJ (Landini); acid fuchsin of van Gieson is judgement
METHYL_GREEN, LIGHT_GREEN = (0.980, 0.144, 0.133), (0.947, 0.254, 0.197)
ACID_FUCHSIN = (0.150, 0.930, 0.330)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one stain is read.

    `mineral` is the dye of the mineral, `counters` the dyes that the rest may have, the usual one first: one
    of them is chosen by the picture. `floor` is the least concentration (optical density along the dye's
    vector) that is ever called mineral. `half` is where the edge of a deposit is drawn: this share of the
    way from its surroundings to its own level. `peak` is the least level (see `Deposits`) of a deposit,
    where nuclei have the same dye; `least_percent` the least share of the tissue that is called positive.
    `widest_deg` is how far an estimated vector (mineral dye, counterstain) may lie from the printed one; 0
    where it is not estimated.
    """

    stain: Stain
    mineral: tuple[float, float, float]
    counters: tuple[tuple[float, float, float], ...]
    floor: float
    half: float
    peak: float
    least_percent: float
    widest_deg: tuple[float, float]
    name: str


#: floors: fixed beforehand (judgement): von Kossa 0.30, half the page's rule of a least density of 0.30 in
#: each channel (0.30 / 0.57), since the edge of a deposit has half of its density; Alizarin 0.25, half of
#: its 0.35 / 0.80 rounded up; haematoxylin 0.50 = 0.75 x the page's red density 0.45 / 0.65. A deposit on
#: H&E has to be darker at its darkest than nuclei are (1.15 where the picture has too few nuclei to tell,
#: judgement), and single dark nuclei still pass: less than 0.5 % of tissue is not called positive there (the
#: bar of slides without mineral)
RULES = {
    Stain.VON_KOSSA: Rule(
        Stain.VON_KOSSA,
        SILVER,
        (FAST_RED, ACID_FUCHSIN, METHYL_GREEN, HAEMATOXYLIN),
        0.30,
        0.5,
        0.0,
        0.02,
        (10.0, 25.0),
        "von Kossa",
    ),
    Stain.ALIZARIN_RED: Rule(
        Stain.ALIZARIN_RED,
        ALIZARIN,
        (SILVER, LIGHT_GREEN, HAEMATOXYLIN),
        0.25,
        0.5,
        0.0,
        0.02,
        (15.0, 0.0),
        "Alizarin Red S",
    ),
    Stain.HE: Rule(
        Stain.HE, HAEMATOXYLIN, (EOSIN,), 0.50, 0.5, 1.15, 0.5, (15.0, 20.0), "haematoxylin and eosin"
    ),
}


def unit(vector: npt.ArrayLike) -> Floats:
    """Return a direction of length 1."""
    v = np.asarray(vector, np.float64)
    return cast(Floats, v / np.linalg.norm(v))


def angle_deg(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return the angle between two directions in degrees."""
    return float(np.degrees(np.arccos(np.clip(unit(a) @ unit(b), -1.0, 1.0))))


def unmixing(mineral: npt.ArrayLike, counter: npt.ArrayLike, pigment: npt.ArrayLike = BROWN) -> Floats:
    """Return the (3, 3) matrix U with concentrations = U @ density (mineral, counterstain, pigment)."""
    dyes = np.stack([unit(mineral), unit(counter), unit(pigment)], axis=1)
    return cast(Floats, np.linalg.inv(dyes))
