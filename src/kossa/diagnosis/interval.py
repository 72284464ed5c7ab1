"""How far an answer moves when the knowledge behind it does: 80 % intervals of every probability.

Two hundred draws with a fixed seed. Each draw shifts every likelihood that was used by its own standard
deviation in log odds, and the priors by a factor; the shift of a number depends on its finding and cause
only, so that the same knowledge gives the same interval whatever else is known.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kossa.diagnosis.posterior import Weighed

__all__ = ["DRAWS", "LEVEL", "bounds", "draw"]

Floats = npt.NDArray[np.float64]
DRAWS = 200  # clinical reference, section 4.2 (9)
LEVEL = 0.80
PRIOR_SD = 0.23  # log10: expert weights are sure to a factor of two in eight of ten (judgement)
LN10 = float(np.log(10))


@lru_cache(maxsize=1024)
def _normal(name: str, causes: int) -> npt.NDArray[np.float32]:
    """Standard normal draws of one finding, [draw, cause]; the seed is the finding's name."""
    seed = zlib.crc32(name.encode())
    return np.random.default_rng(seed).standard_normal((DRAWS, causes), np.float32)


def _spread(weighed: Weighed, present: bool, row: int) -> Floats:
    """Standard deviation of log10 P(finding) per cause: d log10 p = (1 - p) d logit(p) / ln 10."""
    scale = weighed.model.scale
    p = scale.p[row]
    return np.asarray(scale.sd[row] * (1 - p if present else p) / LN10, np.float64)


def draw(weighed: Weighed) -> Floats:
    """Return posteriors of all draws, [draw, cause]."""
    causes = len(weighed.model.causes)
    log = weighed.log + PRIOR_SD * _normal("prior", causes)
    scale = weighed.model.scale
    for k, item in enumerate(weighed.items):
        sd = _spread(weighed, item.present, scale.ids[item.id])
        counted = weighed.share[k] * item.certainty * item.power * (1.0 if item.own else 0.5)
        log = log + (sd * counted) * _normal(item.id, causes)
    for item in weighed.kidney_items:
        sd = _spread(weighed, item.present, scale.ids[item.id])
        log = log + (sd * item.certainty * item.power) * _normal(item.id, causes)
    return weighed.posterior(log)


def bounds(draws: Floats, point: Floats) -> tuple[Floats, Floats]:
    """Return the 80 % interval along the first axis, always around the point itself."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return np.minimum(low, point), np.maximum(high, point)
