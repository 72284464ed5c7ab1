"""Which test would settle most: expected information gain against cost, radiation, harm and delay.

Bits = H(now) - sum over answers of P(answer) H(after that answer), over kinds and causes in equal parts.
A test whose result is known, or that makes no sense here, is not offered; one that a harm rule forbids is
told as not offered, with the reason. Biopsy is an observation like the others, not a gold standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import FloorRow, TestRow
from kossa.conditions.rule import atoms, evaluate, parse
from kossa.diagnosis.done import Known, known
from kossa.diagnosis.evidence import Evidence
from kossa.diagnosis.posterior import Weighed
from kossa.diagnosis.scale import NONE
from kossa.evidence import Answer, Avoided, DoneTest, Floor, NextTest
from kossa.evidence.vocabulary import label
from kossa.evidence.words_reading import Examined

__all__ = ["Looked", "avoided", "done_tests", "next_tests"]

Floats = npt.NDArray[np.float64]
SHOWN = 3  # clinical reference, section 4.5
LEAST_BITS = 0.02  # below this a test says nothing (judgement)
SAFETY_BONUS = 0.3  # section 4.5
PER_LOG_EURO, PER_MSV, PER_WEEK = 0.1, 0.05, 0.02  # the same
BIOPSY_RISK, CAUTION_RISK = 0.3, 0.3  # the same; a caution weighs as much as a biopsy (judgement)
FREE_QUESTION_BITS = 0.05  # the same: a question that costs nothing comes first above this
KINDS_SHARE = 0.5
# whose tests also guide what is done (judgement)
DANGERS = frozenset({"calciphylaxis_uraemic", "calciphylaxis_nonuraemic"})
SETTLED = (
    0.9  # where the leading cause has this share, a test is worth it only if it may well turn it (judgement)
)
LEAST_TURN = 0.1  # ... the chance of an answer that puts another cause in front (judgement)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was examined, and the place of the deposit in question (None: not known)."""

    examined: tuple[Examined, ...] = ()
    place: str | None = None


NOTHING = Looked()


@dataclass(frozen=True, slots=True)
class _Judged:
    row: TestRow
    bits: float
    utility: float
    answers: tuple[Answer, ...]
    harm: str
    known: Known
    open: bool  # whether it may well put another cause in front
    first: bool


def entropy(p: Floats) -> Floats:
    """Return the entropy in bits along the last axis."""
    return np.asarray(-(p * np.log2(np.maximum(p, 1e-12))).sum(-1), np.float64)


def _kinds(weighed: Weighed, p: Floats) -> Floats:
    """Return [..., kind and none] from [..., cause]."""
    model = weighed.model
    matrix = np.zeros((len(model.causes), len(model.scale.kinds) + 1))
    matrix[np.arange(len(model.causes)), model.kind_of] = 1
    none = model.causes.index(NONE)
    matrix[none] = 0
    matrix[none, -1] = 1
    return np.asarray(p @ matrix, np.float64)


def _uncertainty(weighed: Weighed, p: Floats) -> Floats:
    return KINDS_SHARE * entropy(_kinds(weighed, p)) + (1 - KINDS_SHARE) * entropy(p)


def _open(row: TestRow, evidence: Evidence) -> list[str]:
    return [i for i in row.shows if evidence.state.get(i) is None]


def _answers(row: TestRow, ids: Sequence[str], weighed: Weighed) -> tuple[list[str], Floats]:
    """Return the words of every answer and P(answer | cause), [answer, cause].

    An answer inside a node that already speaks counts with the node's share only.
    """
    scale = weighed.model.scale
    p = scale.p[[scale.ids[i] for i in ids]]
    if row.answers == "joint":
        words, likely = [], []
        for combo in product((True, False), repeat=len(ids)):
            words.append(
                ", ".join(label(i) if yes else f"no {label(i)}" for i, yes in zip(ids, combo, strict=True))
            )
            likely.append(np.prod([p[k] if yes else 1 - p[k] for k, yes in enumerate(combo)], axis=0))
        table = np.array(likely)
    else:
        total = np.maximum(p.sum(0), 1e-9)
        p = p * np.minimum(1, 0.98 / total)
        table = np.concatenate([p, 1 - p.sum(0, keepdims=True)])
        words = [label(i) for i in ids] + ["none of these"]
    spoken = {int(n) for n in weighed.node} | (
        {weighed.model.kidney_index} if weighed.kidney_items else set()
    )
    nodes = [weighed.model.node_of[i] for i in ids]
    if nodes and all(n in spoken for n in nodes):
        table = table ** max(0.3, float(weighed.model.rest[nodes[0]]))
        table = table / table.sum(0, keepdims=True)
    return words, table


def _gain(
    row: TestRow, ids: Sequence[str], weighed: Weighed, now: Floats
) -> tuple[float, float, tuple[Answer, ...]]:
    """Return the bits, the chance that another cause leads afterwards, and the answers."""
    words, table = _answers(row, ids, weighed)
    chance = table @ now
    after = table * now / np.maximum(chance[:, None], 1e-12)
    bits = float(_uncertainty(weighed, now) - chance @ _uncertainty(weighed, after))
    kinds = _kinds(weighed, after)[:, :-1]
    kinds = kinds / np.maximum(kinds.sum(1, keepdims=True), 1e-12)
    names = weighed.model.scale.kinds
    answers = tuple(
        Answer(result=w, prob=float(c), kinds_after={k: float(x) for k, x in zip(names, row_, strict=True)})
        for w, c, row_ in zip(words, chance, kinds, strict=True)
    )
    turns = float(chance[after.argmax(1) != now.argmax()].sum())
    return max(0.0, bits), turns, answers


def _comes_first(row: TestRow, weighed: Weighed, now: Floats, evidence: Evidence) -> bool:
    if not row.first_if or evaluate(parse(row.first_if), evidence.look).value is not True:
        return False
    return not row.first_for or weighed.model.causes[int(now.argmax())] in row.first_for


def _cost(row: TestRow) -> str:
    return "free" if row.eur_high == 0 else f"EUR {row.eur_low}-{row.eur_high}"


def _utility(row: TestRow, bits: float, *, cautioned: bool, safety: bool) -> float:
    euro = (row.eur_low + row.eur_high) / 2
    out = bits + SAFETY_BONUS * safety - PER_LOG_EURO * np.log10(1 + euro / 10)
    out -= PER_MSV * row.msv + PER_WEEK * row.delay_days / 7 + BIOPSY_RISK * (row.invasive > 0)
    return float(out - CAUTION_RISK * cautioned)


def _harm(row: TestRow, evidence: Evidence) -> tuple[str, bool]:
    """Return risk in words and whether a caution of this person applies."""
    text = row.risk + (f"; {row.harm_rule}" if row.harm_rule else "")
    if not row.cautioned_by:
        return text, False
    said = evaluate(parse(row.cautioned_by), evidence.look)
    if said.value is True:
        because = ", ".join(evidence.words(a) for a in said.because)
        return f"{text} (here: {because})", True
    return text, False


def _sensible(row: TestRow, evidence: Evidence) -> bool:
    return not row.where or evaluate(parse(row.where), evidence.look).value is True


def _forbidden(row: TestRow, evidence: Evidence) -> str:
    if not row.forbidden_by:
        return ""
    said = evaluate(parse(row.forbidden_by), evidence.look)
    return ", ".join(evidence.words(a) for a in said.because) if said.value is True else ""


def _judge(
    weighed: Weighed, evidence: Evidence, floors: Sequence[Floor], looked: Looked
) -> Iterator[_Judged]:
    now = weighed.posterior()
    shown = {f.id for f in floors}
    asked = {a for f in weighed.model.knowledge.floors if f.id in shown for a in _asked(f)}
    for row in weighed.model.knowledge.tests:
        met = known(row, evidence, looked.examined, looked.place)
        # an old value may have changed: its answers are open again
        ids = row.shows if met.again and row.measures else _open(row, evidence)
        if not ids or met.done or not _sensible(row, evidence) or _forbidden(row, evidence):
            continue
        bits, turns, answers = _gain(row, ids, weighed, now)
        first = _comes_first(row, weighed, now, evidence)
        harm, cautioned = _harm(row, evidence)
        safety = bool(asked & set(ids))
        utility = _utility(row, bits, cautioned=cautioned, safety=safety)
        open_ = safety or now.max() < SETTLED or turns >= LEAST_TURN
        if first or bits >= LEAST_BITS:
            yield _Judged(row, bits, utility, answers, harm, met, open_, first)


def _asked(row: FloorRow) -> Iterator[str]:
    """Yield the findings that a floor's and-parts ask for."""
    for one in row.alternatives:
        if one.unless_not:
            yield from (a.name for a in atoms(parse(one.unless_not)) if a.kind == "finding")


def next_tests(
    weighed: Weighed, evidence: Evidence, floors: Sequence[Floor], looked: Looked = NOTHING
) -> tuple[NextTest, ...]:
    """Return at most three tests, best first; a free question that tells something comes first."""
    telling = list(_judge(weighed, evidence, floors, looked))
    # a danger is looked into even where its cause is sure, unless a test is named for it
    leading = weighed.model.causes[int(weighed.posterior().argmax())]
    danger = any(not f.quiet for f in floors) or leading in DANGERS
    if any(j.first for j in telling) or not danger:
        telling = [j for j in telling if j.open or j.first]
    worth = [j for j in telling if j.utility > 0 or j.first]
    harmless = [j for j in telling if not j.row.invasive]
    judged = worth or sorted(harmless, key=lambda j: -j.utility)[:1]

    def order(j: _Judged) -> tuple[bool, bool, float]:
        free = j.row.eur_high == 0 and j.row.invasive == 0 and j.bits > FREE_QUESTION_BITS
        return (j.first, free, j.utility)

    judged.sort(key=order, reverse=True)
    return tuple(
        NextTest(
            id=j.row.id, bits=j.bits, cost=_cost(j.row), harm=j.harm,
            why=f"settles {j.row.settles}: {j.bits:.2f} bit expected", answers=j.answers,
            again=j.known.again, missing=j.known.missing,
        )
        for j in judged[:SHOWN]
    )  # fmt: skip


def done_tests(weighed: Weighed, evidence: Evidence, looked: Looked = NOTHING) -> tuple[DoneTest, ...]:
    """Return the tests of the table that make sense here and are done already."""
    out = []
    for row in weighed.model.knowledge.tests:
        met = known(row, evidence, looked.examined, looked.place)
        if met.how and not met.again and _sensible(row, evidence):
            out.append(DoneTest(id=row.id, how=met.how))
    return tuple(out)


def avoided(weighed: Weighed, evidence: Evidence) -> tuple[Avoided, ...]:
    """Return the tests that a harm rule forbids for this person."""
    out = []
    for row in weighed.model.knowledge.tests:
        because = _forbidden(row, evidence)
        if because:
            out.append(Avoided(id=row.id, why=f"{because}: {row.harm_rule}"))
    return tuple(out)
