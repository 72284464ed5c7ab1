"""What would change this: the single datum that would turn the leading kind.

Every known finding is taken away in turn, and every finding that a test could bring is set to yes and to
no; the ones that turn the leading kind are told, those that are known or likely first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kossa.diagnosis.evidence import Evidence, Item
from kossa.diagnosis.posterior import Weighed
from kossa.diagnosis.scale import NONE
from kossa.evidence import Flip
from kossa.evidence.vocabulary import label

__all__ = ["flips"]

Floats = npt.NDArray[np.float64]
SHOWN = 5
LEAST_CHANCE = 0.02  # an answer that comes once in fifty is not told (judgement)


def _leading(weighed: Weighed, log: Floats) -> str:
    model = weighed.model
    p = weighed.posterior(log)
    p[model.causes.index(NONE)] = 0
    share = np.bincount(model.kind_of, p, minlength=len(model.scale.kinds))
    return model.scale.kinds[int(share.argmax())]


def _known(weighed: Weighed, now: str) -> Iterator[tuple[float, Flip]]:
    for item in (*weighed.items, *weighed.kidney_items):
        log = weighed.log_with((), frozenset({item.id}))
        after = _leading(weighed, log)
        if after != now:
            change = float(np.abs(weighed.log - log).max())
            state = "present" if item.present else "absent"
            yield 10 + change, Flip(datum=label(item.id), before=state, after="unknown", kind_after=after)


def _unknown(weighed: Weighed, evidence: Evidence, now: str) -> Iterator[tuple[float, Flip]]:
    scale = weighed.model.scale
    p = weighed.posterior()
    ids = {i for t in weighed.model.knowledge.tests for i in t.shows if evidence.state.get(i) is None}
    for id_ in sorted(ids):
        chance = float(scale.p[scale.ids[id_]] @ p)
        for present, likely in ((True, chance), (False, 1 - chance)):
            if likely < LEAST_CHANCE:
                continue
            after = _leading(weighed, weighed.log_with((Item(id_, present),)))
            if after != now:
                state = "present" if present else "absent"
                yield likely, Flip(datum=label(id_), before="unknown", after=state, kind_after=after)


def flips(weighed: Weighed, evidence: Evidence) -> tuple[Flip, ...]:
    """Return at most five data that would turn the leading kind, the weightiest first."""
    now = _leading(weighed, weighed.log)
    found = [*_known(weighed, now), *_unknown(weighed, evidence, now)]
    found.sort(key=lambda one: (-one[0], one[1].datum))
    return tuple(flip for _, flip in found[:SHOWN])
