"""One scale for all knowledge: P(finding | cause) for every id and cause, with how sure that number is.

The tables speak in three tongues: counted shares (n of N), expert ranges, and expert ratios "so many
times more often than in calcified patients of any cause". Here all become one matrix of probabilities:

1. A sourced likelihood (grade A or B) stands before expert numbers; several are pooled in log odds.
2. A ratio becomes a probability through the finding's background b: p = ratio x b. Where a cause has an
   expert range and a ratio, their mean in log odds stands.
3. b itself is, in this order: the background rate told in `none_of_these`; what the causes with range *and*
   ratio imply (geometric mean of p / ratio); the prior-weighted mean of the causes that know the
   finding, not below the default of its class. A finding that few causes know so never becomes their proof.
4. A cause without a row inherits the ratio of a parent id (at most two steps), or has at least the
   probability of its own child id; else, where its kind has a row, that; else b: the finding then says
   nothing about it. A prevalence in the disease fills what is left.

Uncertainty is a standard deviation in log odds: from the counts, or from the width of the range.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import Condition, Knowledge, Likelihood
from kossa.evidence.vocabulary import Term, terms

__all__ = ["Scale", "compile_scale", "estimate"]

Floats = npt.NDArray[np.float64]
FLOOR, CEILING = 0.005, 0.995  # clinical reference, section 2 (d): nothing is certain
Z_COUNTED = 1.96  # counted rows carry 95 % bounds
Z_RANGE = 1.2816  # an expert range is taken as an 80 % interval (judgement)
LEAST_SD = 0.05  # log odds: no row is surer, however many were counted (judgement)
DEFAULT_SD = 0.7  # log odds, about a factor of two: a finding without a row (judgement)
MAX_STEPS = 2  # clinical reference, section 4.9 (5)
LARGEST_SHARE = 0.9  # a ratio may not ask for more than this share in its strongest cause (judgement)
GAP_POWER = 0.5  # a prevalence in the disease says less about a patient whose deposit was found (judgement)
GAP_KIND = "genetic"  # elsewhere the annotations tell of a whole disease course, not of a deposit (judgement)
NONE = "none_of_these"
MOST_COMMON = 0.6  # no finding is taken to stand in more than this part of all patients (judgement)
# a cause without a row keeps at least this part of the background: a deposit lies in one place and has one
# shape, whereas a history or a symptom may stand beside any cause (judgement)
LEAST_LEFT, LEAST_LEFT_LOCAL = 0.5, 0.2
LOCAL = frozenset({"site", "pattern"})
NEUTRAL_POWER = 0.5  # weighs the causes alike enough that no setting rules a background (judgement)
SUFFIXES = ("_high", "_low")


def logit(p: float) -> float:
    """Return the log odds of a probability."""
    return math.log(p / (1 - p))


def expit(x: float) -> float:
    """Return the probability of log odds."""
    return 1 / (1 + math.exp(-x))


def clip(p: float) -> float:
    """Return p held between the floor and the ceiling of all likelihoods."""
    return min(CEILING, max(FLOOR, p))


def estimate(row: Likelihood) -> tuple[float, float]:
    """Return (log odds, standard deviation) of one row with low and high.

    A counted row is (n + 0.5) / (N + 1), the mean of its Beta posterior, so that 2 of 2 is not certainty.
    """
    if row.low is None or row.high is None:
        message = f"{row.id} has no range"
        raise ValueError(message)
    low, high = logit(min(0.998, max(0.002, row.low))), logit(min(0.998, max(0.002, row.high)))
    counted = row.n is not None and row.N is not None
    middle = (
        logit((row.n + 0.5) / (row.N + 1)) if row.n is not None and row.N is not None else (low + high) / 2
    )
    return middle, max(LEAST_SD, (high - low) / (2 * (Z_COUNTED if counted else Z_RANGE)))


def _pool(rows: Iterable[Likelihood]) -> tuple[float, float]:
    """Pool rows by inverse variance; disagreement between them widens the result."""
    many = [estimate(r) for r in rows]
    weights = [1 / sd**2 for _, sd in many]
    middle = sum(w * x for w, (x, _) in zip(weights, many, strict=True)) / sum(weights)
    spread = max(abs(x - middle) for x, _ in many)
    return middle, max(sum(weights) ** -0.5, spread / Z_RANGE)


@dataclass(frozen=True, eq=False)
class Scale:
    """The matrix [finding, cause] and what is needed to speak about it.

    `p` is P(finding present | cause), `sd` its standard deviation in log odds, `background` P(finding)
    in calcified patients of any cause, `origin` the row that a number came from. `organ` lists the sites
    in which a cause lies by definition.
    """

    causes: tuple[str, ...]
    ids: Mapping[str, int]
    p: Floats
    sd: Floats
    background: Floats
    known: npt.NDArray[np.bool_]
    origin: Mapping[tuple[str, str], Likelihood]
    organ: Mapping[str, tuple[str, ...]]
    conditions: Mapping[str, Condition]
    kind_matrix: Floats
    kinds: tuple[str, ...]
    column: Mapping[str, int] = field(default_factory=dict)


class _Builder:
    """Fills the matrix step by step; one instance, one compilation."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.terms: Mapping[str, Term] = terms()
        self.causes = tuple(knowledge.conditions)
        self.column = {c: i for i, c in enumerate(self.causes)}
        self.ids = {t: i for i, t in enumerate(self.terms)}
        shape = (len(self.ids), len(self.causes))
        self.x = np.full(shape, np.nan)
        self.sd = np.full(shape, DEFAULT_SD)
        self.origin: dict[tuple[str, str], Likelihood] = {}
        self.rows: dict[str, dict[str, list[Likelihood]]] = defaultdict(lambda: defaultdict(list))
        for c in knowledge.conditions.values():
            for r in c.finding:
                self.rows[r.id][c.id].append(r)
        self.anchored: set[str] = set()
        self.told_outright: set[str] = set()
        self.neutral = self._neutral_prior()
        self.children: dict[str, list[str]] = defaultdict(list)
        for t in self.terms.values():
            for parent in t.parents:
                self.children[parent].append(t.id)

    def _neutral_prior(self) -> Floats:
        """The mean of clinic and radiology in log space to the power 0.5, normalised."""
        weights = np.array(
            [
                (c.prior["clinic"].weight * c.prior["radiology"].weight) ** (0.5 * NEUTRAL_POWER)
                for c in self.knowledge.conditions.values()
            ]
        )
        return np.asarray(weights / weights.sum(), np.float64)

    def put(self, id_: str, cause: str, x: float, sd: float, row: Likelihood) -> None:
        """Set one entry in log odds."""
        self.x[self.ids[id_], self.column[cause]] = x
        self.sd[self.ids[id_], self.column[cause]] = sd
        self.origin[id_, cause] = row

    @staticmethod
    def sourced(rows: list[Likelihood]) -> tuple[float, float, Likelihood] | None:
        """Pool the rows with a range: grades A and B before C, gap-fillers left out."""
        ranged = [r for r in rows if r.low is not None and not r.gap]
        better = [r for r in ranged if r.grade in "AB"]
        if not (better or ranged):
            return None
        return *_pool(better or ranged), (better or ranged)[0]

    def background(self, id_: str) -> float:
        """Return b of an id that has rows (step 3 of the module's docstring)."""
        by_cause = self.rows[id_]
        default = self.default(id_)
        told = self.sourced(by_cause[NONE]) if NONE in by_cause else None
        self.anchored.add(id_)
        if told is not None and "background" in told[2].source:
            self.told_outright.add(id_)
            return expit(told[0])
        ranged = {c: s for c, rows in by_cause.items() if (s := self.sourced(rows)) is not None}
        ratios = {c: r.lr for c, rows in by_cause.items() for r in rows if r.lr is not None}
        both = [math.log(expit(ranged[c][0]) / lr) for c, lr in ratios.items() if lr > 1 and c in ranged]
        if both:
            return min(0.5, max(0.002, math.exp(sum(both) / len(both))))
        if ranged:
            self.anchored.discard(id_)
            mean = sum(self.neutral[self.column[c]] * expit(s[0]) for c, s in ranged.items())
            return float(min(MOST_COMMON, max(default, mean)))
        largest = max(ratios.values(), default=1.0)
        return min(default, LARGEST_SHARE / largest) if largest > 1 else default

    def default(self, id_: str) -> float:
        """Return the background of the id itself or of its class."""
        for name in (id_, f"{self.terms[id_].kind}:*"):
            for row in self.knowledge.backgrounds:
                if row.id == name:
                    return expit(estimate(row)[0])
        return 0.05

    def direct(self) -> Floats:
        """Fill the entries that have a row of their own; return b for every id."""
        b = np.array([self.default(i) for i in self.ids])
        for id_ in self.rows:
            b[self.ids[id_]] = base = self.background(id_)
            for cause, rows in self.rows[id_].items():
                self.entry(id_, cause, rows, base)
        return self.nested(b)

    def nested(self, b: Floats) -> Floats:
        """Make b of a parent hold its children: what is well founded moves the other.

        A parent without a firm background of its own has at least that of its known children together; a
        child without rows has at most its parent's.
        """
        same = {
            i: [c for c in self.children[i] if self.terms[c].kind == t.kind] for i, t in self.terms.items()
        }
        for _ in range(MAX_STEPS + 1):
            for id_, f in self.ids.items():
                known = [self.ids[c] for c in same[id_] if c in self.rows]
                if known and id_ not in self.anchored:
                    b[f] = min(MOST_COMMON, max(b[f], 1 - float(np.prod(1 - b[known]))))
        for id_, f in self.ids.items():
            above = [
                self.ids[p] for p in self.terms[id_].parents if self.terms[p].kind == self.terms[id_].kind
            ]
            if above and id_ not in self.rows:
                b[f] = min(b[f], *b[above])
        return b

    def entry(self, id_: str, cause: str, rows: list[Likelihood], base: float) -> None:
        """Fill one entry from its rows, if any of them is more than a gap-filler."""
        told = self.sourced(rows)
        ratio = next((r for r in rows if r.lr is not None), None)
        if ratio is not None and ratio.lr is not None and (told is None or told[2].grade == "C"):
            x = logit(clip(ratio.lr * base))
            if told is None:
                self.put(id_, cause, x, DEFAULT_SD, ratio)
            else:
                self.put(id_, cause, (x + told[0]) / 2, max(told[1], abs(x - told[0]) / 2), told[2])
        elif told is not None:
            self.put(id_, cause, *told)

    def normals(self, b: Floats) -> None:
        """Set P(x_normal) = 1 - P(x_high) - P(x_low) where a cause has no row of its own for it."""
        for id_ in self.ids:
            if not id_.endswith("_normal") or self.terms[id_].kind != "lab":
                continue
            sides = [self.ids[s] for e in SUFFIXES if (s := id_.removesuffix("_normal") + e) in self.ids]
            if not sides or np.isnan(self.x[sides]).all():
                continue
            p = np.where(np.isnan(self.x[sides]), b[sides, None], 1 / (1 + np.exp(-self.x[sides])))
            f = self.ids[id_]
            rest = np.clip(1 - p.sum(0), FLOOR, CEILING)
            empty = np.isnan(self.x[f])
            self.x[f, empty] = np.log(rest / (1 - rest))[empty]
            b[f] = float(np.clip(1 - b[sides].sum(), 0.05, CEILING))

    def inherit(self, b: Floats) -> None:
        """Fill from parents (their ratio) and from children (their probability), at most two steps."""
        direct = ~np.isnan(self.x)
        ignored = [i for n in self.knowledge.nodes if n.rule == "ignored" for i in n.members]
        direct[[self.ids[i] for i in ignored if i in self.ids]] = False
        source = self.x.copy()
        for id_, f in self.ids.items():
            near = self.relatives(id_)
            for relatives, upward in near:
                for other in relatives:
                    o = self.ids[other]
                    take = direct[o] & np.isnan(self.x[f])
                    if not take.any():
                        continue
                    p = 1 / (1 + np.exp(-source[o, take]))
                    p = np.minimum(p / b[o] * b[f], p) if upward else np.maximum(p, b[f])
                    p = np.clip(p, FLOOR, CEILING)
                    self.x[f, take] = np.log(p / (1 - p))
                    self.sd[f, take] = self.sd[o, take]
                    for c in np.flatnonzero(take):
                        row = self.origin.get((other, self.causes[c]))
                        if row is not None:
                            self.origin[id_, self.causes[c]] = row

    def relatives(self, id_: str) -> list[tuple[list[str], bool]]:
        """Return parents (True) and children (False) by distance, nearest first."""
        out: list[tuple[list[str], bool]] = []
        up, down = list(self.terms[id_].parents), list(self.children[id_])
        for _ in range(MAX_STEPS):
            out += [(up, True), (down, False)]
            up = [p for u in up for p in self.terms[u].parents]
            down = [d for u in down for d in self.children[u]]
        return out

    def kinds(self, b: Floats, kind_matrix: Floats, kinds: tuple[str, ...]) -> None:
        """Fill from the kind of a cause (several kinds: their mean in log odds)."""
        by_id: dict[str, list[Likelihood]] = defaultdict(list)
        table: dict[tuple[str, str], tuple[float, float]] = {}
        for row in self.knowledge.kind_findings:
            table[row.id, row.kind] = estimate(row)
            by_id[row.id].append(row)
        for id_, rows in by_id.items():
            f = self.ids[id_]
            of_kind = np.array([table.get((id_, k), (np.nan, np.nan)) for k in kinds])
            x = kind_matrix @ np.nan_to_num(of_kind[:, 0])
            empty = np.isnan(self.x[f])
            self.x[f, empty] = x[empty]
            self.sd[f, empty] = (kind_matrix @ np.nan_to_num(of_kind[:, 1]))[empty]
            for c in np.flatnonzero(empty):
                self.origin[id_, self.causes[c]] = rows[0]
            if NONE not in self.rows.get(id_, {}):
                b[f] = float(self.neutral @ (1 / (1 + np.exp(-self.x[f]))))

    def left_over(self, b: Floats, p: Floats, known: npt.NDArray[np.bool_]) -> Floats:
        """Return P(finding) of causes without any row, so that the mean over all causes is b.

        What the causes that know the finding hold of b is not left for the others. A background that is
        told outright (a row of none_of_these) is theirs as it stands.
        """
        share = np.where(known, self.neutral, 0.0)
        held = (share * p).sum(1)
        left = (b - held) / np.maximum(1 - share.sum(1), 1e-9)
        least = [LEAST_LEFT_LOCAL if t.kind in LOCAL else LEAST_LEFT for t in self.terms.values()]
        out = np.clip(left, np.array(least) * b, b)
        told = [self.ids[i] for i in self.told_outright]
        out[told] = b[told]
        return np.asarray(out, np.float64)

    def gaps(self, b: Floats) -> None:
        """Fill what is left from prevalences in the disease."""
        for id_, by_cause in self.rows.items():
            f = self.ids[id_]
            for cause, rows in by_cause.items():
                gap = [r for r in rows if r.gap and self.knowledge.conditions[cause].kind == GAP_KIND]
                if gap and np.isnan(self.x[f, self.column[cause]]):
                    x, sd = _pool(gap)
                    x = GAP_POWER * x + (1 - GAP_POWER) * logit(max(FLOOR / 5, b[f]))
                    self.put(id_, cause, x, max(sd, DEFAULT_SD), gap[0])
            b[f] = max(b[f], FLOOR / 5)


def _kind_matrix(conditions: Mapping[str, Condition], kinds: tuple[str, ...]) -> Floats:
    """Return [cause, kind]: a cause's share in its kind and also_kinds, for kind rows."""
    out = np.zeros((len(conditions), len(kinds)))
    for i, c in enumerate(conditions.values()):
        for kind in (c.kind, *c.also_kind):
            out[i, kinds.index(kind)] = 1
    return np.asarray(out / out.sum(1, keepdims=True), np.float64)


@lru_cache(maxsize=4)
def _compiled(holder: _Holder) -> Scale:
    knowledge = holder.knowledge
    build = _Builder(knowledge)
    kinds = tuple(k.id for k in knowledge.kinds)
    kind_matrix = _kind_matrix(knowledge.conditions, kinds)
    b = build.direct()
    build.normals(b)
    build.inherit(b)
    build.gaps(b)
    build.kinds(b, kind_matrix, kinds)
    known = ~np.isnan(build.x)
    p = 1 / (1 + np.exp(-np.nan_to_num(build.x)))
    p = np.where(known, p, build.left_over(b, p, known)[:, None])
    organ = {c.id: tuple(r.id for r in c.finding if r.organ) for c in knowledge.conditions.values()}
    return Scale(
        causes=build.causes,
        ids=build.ids,
        p=np.clip(p, FLOOR / 5, CEILING),
        sd=build.sd,
        background=b,
        known=known,
        origin=build.origin,
        organ={c: sites for c, sites in organ.items() if sites},
        conditions=knowledge.conditions,
        kind_matrix=kind_matrix,
        kinds=kinds,
        column=build.column,
    )


@dataclass(frozen=True, eq=False)
class _Holder:
    """A hashable handle on a knowledge object (its structs hold dictionaries)."""

    knowledge: Knowledge

    def __hash__(self) -> int:
        return id(self.knowledge)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.knowledge is self.knowledge


def compile_scale(knowledge: Knowledge) -> Scale:
    """Return the matrix of a knowledge object, compiled once for each object."""
    return _compiled(_Holder(knowledge))
