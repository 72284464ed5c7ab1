"""Findings in, the whole answer out: kinds and causes by deposit group, and their union.

The first question comes first: where no deposit was measured or told, nothing is weighed. Otherwise each
deposit group gets its own posterior; what belongs to the person (laboratory, history, spread) enters each.
The single answer is that of the group asked about, else of the largest measured, else of the first told;
`prob_each`, the chance that a kind or cause is true at all, adds the groups up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.conditions import Knowledge, load
from kossa.conditions.knowledge import Modifier
from kossa.diagnosis.comparison import compared
from kossa.diagnosis.evidence import POSSIBLE, Evidence, gather, knowing_possible
from kossa.diagnosis.first_question import could_bring, showing
from kossa.diagnosis.flip import flips as _flips
from kossa.diagnosis.floor import floors
from kossa.diagnosis.interval import bounds, draw
from kossa.diagnosis.next_test import Looked, avoided, done_tests, next_tests
from kossa.diagnosis.posterior import NOT_SAID, PUBLISHED_GAIN, Model, Weighed, model_of
from kossa.diagnosis.prior import PriorName, setting_prior, shifts
from kossa.diagnosis.reason import expected_absent, kidney_parts, reasons
from kossa.diagnosis.scale import NONE
from kossa.evidence import (
    Calcification,
    Cause,
    DepositGroup,
    Finding,
    Flip,
    GroupWeighing,
    Kind,
    Person,
    Result,
    Setting,
    Weighing,
    WrongCall,
)
from kossa.evidence.vocabulary import term
from kossa.evidence.words_reading import Examined

__all__ = ["Case", "flips", "possible_causes", "prepare", "weigh"]

Floats = npt.NDArray[np.float64]
ALSO_KIND = 0.5  # chance that a cause's second kind is true too (judgement)
LEAST_IN_GROUP = 0.002  # a group tells no cause below this; the person's answer tells all
SHOWN_CAUSES = 12  # causes with reasons; the others carry probabilities only
TOLD_CLASSES = frozenset({"history", "drug", "procedure", "exposure", "symptom", "negative"})
RENAL_SETTING = frozenset({"egfr_under_60", "hx_ckd", "hx_dialysis"})


@dataclass(frozen=True, eq=False)
class Case:
    """One person made ready: the model, the evidence, the prior, and each group weighed."""

    model: Model
    evidence: Evidence
    weights: Floats
    weighed: Mapping[str, Weighed]
    answer: str
    moved: Mapping[str, Sequence[Modifier]]

    @property
    def main(self) -> Weighed:
        """The group whose answer stands for the person."""
        return self.weighed[self.answer]


def _answer_group(groups: Sequence[DepositGroup], about: str | None) -> str:
    if not groups:
        return "all"
    if about is not None:
        chosen = next((g for g in groups if about in (g.id, g.site)), None)
        if chosen is None:
            names = ", ".join(g.id + (f" ({g.site})" if g.site else "") for g in groups)
            message = f"no deposit group is called {about}; there are: {names}"
            raise WrongCall(message)
        return chosen.id
    measured = [g for g in groups if g.volume_mm3 is not None]
    return max(measured, key=lambda g: g.volume_mm3 or 0.0).id if measured else groups[0].id


def _not_said(model: Model, evidence: Evidence) -> Floats:
    """Return the penalty of causes that a non-empty history would have named (section 4.9, lesson 1)."""
    dialysis = evidence.person.setting is Setting.DIALYSIS
    out = np.zeros(len(model.causes))
    for i, c in enumerate(model.knowledge.conditions.values()):
        named = any(evidence.state.get(t) is True for t in c.told_by)
        if c.told_by and not named and not (dialysis and RENAL_SETTING & set(c.told_by)):
            out[i] = NOT_SAID
    return out


def possible_causes(model: Model, weighed: Iterable[Weighed]) -> Callable[[str], bool]:
    """Return the answer to `possible(cause)`: more than half a percent in any deposit group."""
    highest = np.max([w.posterior() for w in weighed], axis=0)
    return lambda cause: bool(highest[model.scale.column[cause]] > POSSIBLE)


def prepare(
    findings: Sequence[Finding],
    person: Person,
    *,
    results: Sequence[Result] = (),
    groups: Sequence[DepositGroup] = (),
    prior: PriorName = "life",
    about: str | None = None,
    history_told: bool | None = None,
    knowledge: Knowledge | None = None,
) -> Case:
    """Weigh every group of one person; see `weigh` for the meaning of the arguments."""
    model = model_of(knowledge or load())
    evidence = gather(findings, person, results=results, groups=groups)
    sexed = frozenset(c for id_, c in model.scale.origin if id_ == "hx_sex_female")
    weights = setting_prior(model.knowledge, evidence, prior, sexed)
    if history_told is None:
        said = any(term(f.id).kind in TOLD_CLASSES and f.words for f in findings)
        history_told = prior == "published" and said
    not_said = _not_said(model, evidence) if history_told else None
    dialysis = person.setting is Setting.DIALYSIS
    gain = PUBLISHED_GAIN if prior == "published" else 1.0
    weighed = {
        g: Weighed(model, weights, items, dialysis=dialysis, not_said=not_said, gain=gain)
        for g, items in evidence.items.items()
    }
    evidence = knowing_possible(evidence, possible_causes(model, weighed.values()))
    return Case(
        model, evidence, weights, weighed, _answer_group(groups, about), shifts(model.knowledge, evidence)
    )


def kind_shares(model: Model, p: Floats) -> Floats:
    """Return [..., kind] from [..., cause], none_of_these left out: kinds and it sum to 1."""
    matrix = np.zeros((len(model.causes), len(model.scale.kinds)))
    matrix[np.arange(len(model.causes)), model.kind_of] = 1
    matrix[model.causes.index(NONE)] = 0
    return np.asarray(p @ matrix, np.float64)


def _also(model: Model) -> Floats:
    """Return [cause, kind] with the chance that a kind is true where the cause is."""
    out = np.zeros((len(model.causes), len(model.scale.kinds)))
    for i, c in enumerate(model.knowledge.conditions.values()):
        for kind in c.also_kind:
            out[i, model.scale.kinds.index(kind)] = ALSO_KIND
        out[i, model.kind_of[i]] = 1
    out[model.causes.index(NONE)] = 0
    return out


def _kinds(model: Model, p: Floats, draws: Floats, each: Floats) -> tuple[Kind, ...]:
    shares = kind_shares(model, p)
    low, high = bounds(kind_shares(model, draws), shares)
    many = [
        Kind(id=k, prob=float(shares[i]), low=float(low[i]), high=float(high[i]), prob_each=float(each[i]))
        for i, k in enumerate(model.scale.kinds)
    ]
    return tuple(sorted(many, key=lambda k: -k.prob))


def _causes(
    case: Case, weighed: Weighed, p: Floats, draws: Floats, each: Floats, shown: int, least: float = 0.0
) -> tuple[Cause, ...]:
    """Return the causes above `least`, most probable first, the first `shown` of them with reasons."""
    model = case.model
    low, high = bounds(draws, p)
    kidney = kidney_parts(weighed)
    out = []
    for rank, i in enumerate(np.argsort(-p, kind="stable")):
        name = model.causes[i]
        if name == NONE or (rank >= shown and p[i] < least):
            continue
        told = rank < shown
        out.append(
            Cause(
                id=name, group=model.group_of[i], prob=float(p[i]), low=float(low[i]), high=float(high[i]),
                prob_each=float(each[i]),
                because=reasons(weighed, int(i), case.evidence, case.moved, kidney) if told else (),
                expected_absent=expected_absent(weighed, int(i), case.evidence) if told else (),
            )
        )  # fmt: skip
    return tuple(out)


def weigh(
    findings: Sequence[Finding],
    person: Person,
    *,
    results: Sequence[Result] = (),
    groups: Sequence[DepositGroup] = (),
    calcification: Calcification,
    prior: PriorName = "life",
    about: str | None = None,
    history_told: bool | None = None,
    examined: Sequence[Examined] = (),
    knowledge: Knowledge | None = None,
) -> Weighing:
    """Weigh kinds and causes of one person.

    Parameters
    ----------
    findings
        From all readers; `group` names a deposit group, None the person.
    calcification
        Where it is `none_seen` or `not_examined`, nothing is weighed: only floors are shown.
    prior
        `life` for a person, `published` for case reports (named in the output of the caller).
    about
        The id or site of the group whose answer is given; raises `WrongCall` where there is none.
    history_told
        Whether a letter or published history was read in full, so that an exposure it does not name
        speaks against the causes that need one; None: only for published cases with a history.
    examined
        The pictures and biopsies that were taken: such a test is not offered again without a reason.
    """
    case = prepare(
        findings, person, results=results, groups=groups, prior=prior, about=about,
        history_told=history_told, knowledge=knowledge,
    )  # fmt: skip
    model = case.model
    shown_floors = floors(model.knowledge, case.evidence)
    if calcification in (Calcification.NONE_SEEN, Calcification.NOT_EXAMINED):
        bringing = could_bring(case.main)
        return Weighing(
            calcification=calcification, floors=shown_floors, could_bring=bringing,
            next_tests=showing(model.knowledge, bringing, examined),
        )  # fmt: skip
    posterior = {g: w.posterior() for g, w in case.weighed.items()}
    stacked = np.array(list(posterior.values()))
    each = 1 - np.prod(1 - stacked, axis=0)
    each_kind = 1 - np.prod(1 - np.minimum(1, stacked @ _also(model)), axis=0)
    told = []
    for g, w in case.weighed.items():
        p, draws = posterior[g], draw(w)
        shown = SHOWN_CAUSES if g == case.answer else SHOWN_CAUSES // 2
        told.append(
            GroupWeighing(
                group=g,
                kinds=_kinds(model, p, draws, kind_shares(model, p)),
                causes=_causes(case, w, p, draws, p, shown, LEAST_IN_GROUP),
                none_of_these=float(p[model.causes.index(NONE)]),
                surprise_bits=w.surprise(),
            )
        )
        if g == case.answer:
            kinds = _kinds(model, p, draws, each_kind)
            causes = _causes(case, w, p, draws, each, shown)
    p = posterior[case.answer]
    place = next((g.site for g in groups if g.id == case.answer), None)
    looked = Looked(tuple(examined), place)
    return Weighing(
        calcification=calcification,
        kinds=kinds,
        causes=causes,
        none_of_these=float(p[model.causes.index(NONE)]),
        groups=tuple(sorted(told, key=lambda g: -(g.surprise_bits or 0.0))),
        separable=kinds[0].low > kinds[1].high,
        floors=shown_floors,
        next_tests=next_tests(case.main, case.evidence, shown_floors, looked),
        done=done_tests(case.main, case.evidence, looked),
        avoided=avoided(case.main, case.evidence),
        flips=_flips(case.main, case.evidence),
        compared=compared(model.knowledge, case.evidence),
        answer_group=case.answer if groups else None,
        prior=prior,
    )


def flips(case: Case) -> tuple[Flip, ...]:
    """Return the data that would turn the leading kind of a prepared case."""
    return _flips(case.main, case.evidence)
