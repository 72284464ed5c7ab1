"""Which spots stand together: a score for every place, and the groups whose score passes the threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.film.kernels.spots import top_sums
from kossa.film.spots import Spots

__all__ = ["REACH_MM", "Cluster", "find_clusters", "threshold_for", "weights"]

Floats = npt.NDArray[np.float64]

REACH_MM = 5.0  # grouped: about 5 within 1 cm (films_and_sections.md 3.1)
APART_MM = 0.4  # two maxima nearer than this are one deposit; nearest neighbours of real clusters, same 2.2
BEST = 5  # spots of a place that count; chosen on made clusters in MIAS films and P00173_LCC, seed 1
CAP = 5.0  # z beyond which a spot says no more: one bright speck makes no group; same
FLOOR = 2.0  # z that counts as nothing; same
LINE_COST = 1.0  # share of z taken from a spot that lies wholly on a line; same
BETWEEN_MM = 10.0  # of two groups nearer than this the stronger stands (films_and_sections.md 2.2)
MEMBER = 1.0  # weight (z above FLOOR) from which on a spot is a member; judgement

# Scores that at most half a group a film passes on films without insertion (validate/film.py):
COARSE_PIXEL_MM = 0.15
THRESHOLD_COARSE = 9.3  # 200 um, mdb003 and mdb004
THRESHOLD_FINE = 11.3  # 100 um, four views of P00173, dust not told from calcium
THRESHOLD_SHARP = 10.9  # the same, specks as sharp as dust at 50 um left out on the one view that has 50 um


@dataclass(frozen=True, eq=False)
class Cluster:
    """A group: its centre [y, x] in pixels, its score, the spots that belong to it (indices)."""

    y: float
    x: float
    score: float
    members: npt.NDArray[np.int64]


def threshold_for(pixel_mm: float, *, dust_test: bool) -> float:
    """Return the score that a group has to pass on a working image of this spacing."""
    if pixel_mm > COARSE_PIXEL_MM:
        return THRESHOLD_COARSE
    return THRESHOLD_SHARP if dust_test else THRESHOLD_FINE


def weights(spots: Spots) -> Floats:
    """Return what each spot adds to a group: its capped z, less what a line through it explains."""
    z = spots.z * (1 - LINE_COST * np.clip(spots.line, 0, 1))
    return np.maximum(np.minimum(z, CAP) - FLOOR, 0)


def find_clusters(spots: Spots, pixel_mm: float, threshold: float) -> list[Cluster]:
    """Return groups whose score passes, the strongest first; `spots` are sorted by y.

    The score of a place is the sum of its best spots' weights within `REACH_MM`.
    """
    if not len(spots):
        return []
    y, x, weight = spots.y * pixel_mm, spots.x * pixel_mm, weights(spots)
    score, _ = top_sums(y, x, weight, REACH_MM, APART_MM, BEST)
    found: list[Cluster] = []
    seeds: list[int] = []
    for i in np.argsort(-score, kind="stable"):
        if score[i] <= threshold:
            break
        if any((y[i] - y[k]) ** 2 + (x[i] - x[k]) ** 2 <= BETWEEN_MM**2 for k in seeds):
            continue
        seeds.append(int(i))
        near = np.flatnonzero((y - y[i]) ** 2 + (x - x[i]) ** 2 <= REACH_MM**2)
        share = weight[near] + 1e-9
        members = near[weight[near] >= MEMBER]
        centre = (
            float((spots.y[near] * share).sum() / share.sum()),
            float((spots.x[near] * share).sum() / share.sum()),
        )
        found.append(Cluster(*centre, float(score[i]), members))
    return found
