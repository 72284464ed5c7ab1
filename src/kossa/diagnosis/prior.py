"""The prior over causes: setting, age, sex and origin; as in life, or as in published cases.

`life` is the setting's weights. `published` takes them to the power 0.5, because nobody publishes the
usual: stated beforehand in the clinical reference (section 1.2), not fitted. The power acts on the kinds
and on the causes within a kind, so that a kind does not grow by being told in many small causes
(section 4.8, lesson 2); physiologic deposits are left out. None of these keeps at least two percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import Knowledge, Modifier
from kossa.conditions.rule import evaluate, parse
from kossa.diagnosis.evidence import Evidence
from kossa.diagnosis.scale import NONE
from kossa.evidence import Setting

__all__ = ["PriorName", "setting_prior", "shifts"]

PriorName = Literal["life", "published"]
Floats = npt.NDArray[np.float64]
PUBLISHED_POWER = 0.5  # clinical reference, section 1.2
LEAST_NONE = 0.02  # the same, section 4.2
LEAST_PHYSIOLOGIC = 0.001  # published cases are not about physiologic deposits; never impossible (judgement)
PHYSIOLOGIC = "physiologic"


def _setting_weights(knowledge: Knowledge, setting: Setting) -> Floats:
    """Weights of one setting; an unknown one is the mean of clinic and radiology in log space."""
    names = ("clinic", "radiology") if setting is Setting.UNKNOWN else (setting.value,)
    logs = [np.log([c.prior[n].weight for c in knowledge.conditions.values()]) for n in names]
    weights = np.exp(np.mean(logs, axis=0))
    return np.asarray(weights / weights.sum(), np.float64)


def shifts(knowledge: Knowledge, evidence: Evidence) -> Mapping[str, list[Modifier]]:
    """Return cause -> the modifiers that hold; of several age spans only the narrowest."""
    out: dict[str, list[Modifier]] = {}
    narrowest: dict[str, Modifier] = {}
    for m in knowledge.modifiers:
        if evaluate(parse(m.when), evidence.look).value is not True:
            continue
        for cause in m.causes:
            if m.span_years is None:
                out.setdefault(cause, []).append(m)
                continue
            old = narrowest.get(cause)
            if old is None or m.span_years < (old.span_years or np.inf):
                narrowest[cause] = m
    for cause, m in narrowest.items():
        out.setdefault(cause, []).append(m)
    return out


def _published(knowledge: Knowledge, weights: Floats) -> Floats:
    """Return the weights to the power 0.5, between the kinds and within each kind."""
    causes = tuple(knowledge.conditions)
    kinds = np.array([c.kind for c in knowledge.conditions.values()])
    left = np.array([c != PHYSIOLOGIC for c in causes])
    out = np.zeros(len(causes))
    for kind in dict.fromkeys(kinds):
        mine = (kinds == kind) & left
        within = weights[mine] ** PUBLISHED_POWER
        out[mine] = weights[mine].sum() ** PUBLISHED_POWER * within / within.sum()
    out[~left] = LEAST_PHYSIOLOGIC * out.sum()
    return out


def setting_prior(
    knowledge: Knowledge, evidence: Evidence, name: PriorName, sexed: frozenset[str] = frozenset()
) -> Floats:
    """Return the normalised prior in the order of the conditions.

    `sexed` are causes with a likelihood row for sex: their modifier by sex is left to that row.
    """
    causes = tuple(knowledge.conditions)
    weights = _setting_weights(knowledge, evidence.person.setting)
    if name == "published":
        weights = _published(knowledge, weights)
    logs = np.log10(weights)
    for cause, holding in shifts(knowledge, evidence).items():
        for m in holding:
            if m.when.startswith("sex") and cause in sexed:
                continue
            logs[causes.index(cause)] += m.log10
    weights = 10**logs
    weights /= weights.sum()
    none = causes.index(NONE)
    if weights[none] < LEAST_NONE:
        weights *= (1 - LEAST_NONE) / (1 - weights[none])
        weights[none] = LEAST_NONE
    return np.asarray(weights, np.float64)
