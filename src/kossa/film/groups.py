"""Which spots stand together: a score for every place, and the groups whose score passes the threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.film.kernels.spots import top_sums
from kossa.film.likelihood import log_ratio
from kossa.film.spots import Spots

__all__ = ["REACH_MM", "Cluster", "find_clusters", "threshold_for", "weights"]

Floats = npt.NDArray[np.float64]

REACH_MM = 5.0  # grouped: about 5 within 1 cm (films_and_sections.md 3.1)
APART_MM = 0.4  # two maxima nearer than this are one deposit; nearest neighbours of real clusters, same 2.2
BEST = 8  # spots of a place that count; chosen on made groups of seeds 910-912 in two women's films
CAP = 2.5  # log of odds (12 to 1) beyond which a spot says no more: one bright speck makes no group; same
USUAL_RATE = 7.5  # spots a cm2 that are likelier noise, as the films of MIAS and P00173 hold; measured there
RATES = (3.0, 30.0)  # between these a film's own rate is believed; judgement
BETWEEN_MM = 10.0  # of two groups nearer than this the stronger stands (films_and_sections.md 2.2)
MEMBER = 0.7  # weight from which on a spot is a member: as likely a deposit as noise

# Scores that no film without insertion passes at this pixel (validate/film.py: four views of P00173, whose
# highest are 8.5 and 6.9), since a threshold that is set and rated on the same films flatters its rate
COARSE_PIXEL_MM = 0.15
THRESHOLD = 8.6
THRESHOLD_SHARP = 7.0  # 50 um, where specks as sharp as dust are left out by their own pixels
# 200 um, where some dust cannot be told from calcium: half a group a film passes 6.7 on six films
THRESHOLD_COARSE = 6.8


@dataclass(frozen=True, eq=False)
class Cluster:
    """A group: its centre [y, x] in pixels, its score, the spots that belong to it (indices)."""

    y: float
    x: float
    score: float
    members: npt.NDArray[np.int64]


def threshold_for(pixel_mm: float, *, dust_test: bool) -> float:
    """Return the score that a group has to pass on working pixels of `pixel_mm`.

    `dust_test` tells that dust was told from calcium by native pixels of 50 um.
    """
    if pixel_mm > COARSE_PIXEL_MM:
        return THRESHOLD_COARSE
    return THRESHOLD_SHARP if dust_test else THRESHOLD


def weights(spots: Spots, breast_cm2: float) -> Floats:
    """Return what each spot adds to a group: ln(1 + odds) that it is a deposit, capped.

    So a spot that is likely noise adds next to nothing, and takes nothing away. A film that is fuller of
    noise than others lowers the odds of all its spots.
    """
    ratio = log_ratio(spots)
    rate = float(np.clip((ratio < 0).sum() / max(breast_cm2, 1e-6), *RATES))
    return np.asarray(np.minimum(np.logaddexp(0.0, ratio + np.log(USUAL_RATE / rate)), CAP))


def find_clusters(spots: Spots, pixel_mm: float, breast_cm2: float, threshold: float) -> list[Cluster]:
    """Return groups whose score passes, the strongest first; `spots` of so large a breast, sorted by y.

    The score of a place is the sum of its best spots' weights within `REACH_MM`.
    """
    if not len(spots):
        return []
    y, x, weight = spots.y * pixel_mm, spots.x * pixel_mm, weights(spots, breast_cm2)
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
