"""Prior times likelihoods in log10, node by node, for one deposit group.

Findings of one node are not independent: the strongest counts in full, the others with the node's share,
the sum at most its cap. A finding that no node names stands alone. Nodes add. A finding that is asked and
absent counts with (1 - p) against the same background; what nobody asked is not there at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import Knowledge, Node
from kossa.diagnosis.evidence import LOCAL, Item
from kossa.diagnosis.kidney import KidneyNode, contribution, kidney_node
from kossa.diagnosis.scale import Scale, compile_scale
from kossa.evidence.vocabulary import ancestors, term, terms

__all__ = ["Model", "Weighed", "model_of"]

Floats = npt.NDArray[np.float64]
HARD_CAP, SOFT_CAP = 3.0, 2.0  # clinical reference, section 4.9 (4)
HARD = frozenset({"gene", "biopsy"})
# log10: an exposure that a non-empty history would have named (section 4.9, 1). A report names what brought
# the calcium in 95 of 100 (judgement), and 0.88 of such phrases are understood (docs/validation/history.md,
# without the phrases met in the cases): log10(1 - 0.95 x 0.88)
NOT_SAID = -0.79
SAME_CAUSE = 0.5  # chance that two deposits of one person share their cause (judgement)
# What a published case tells was chosen because it tells something; so its evidence counts more than its
# frequency says. The one number that was looked up on the development cases (docs/validation/diagnosis.md
# gives the scores with and without it); in life it is 1.
PUBLISHED_GAIN = 1.3
SITE = "site"
WEAKEST_ORGAN = -2.0
LAYER, OTHERS = "layer", "other_deposits"


@dataclass(frozen=True, eq=False)
class Model:
    """Knowledge as arrays: made once, used for every case."""

    knowledge: Knowledge
    scale: Scale
    kidney: KidneyNode
    nodes: tuple[Node, ...]
    node_of: Mapping[str, int]
    rest: Floats
    cap: Floats
    kidney_index: int
    others_index: int
    group_of: tuple[str, ...]
    kind_of: npt.NDArray[np.intp]
    never: Mapping[int, frozenset[str]]

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes in the order of all vectors."""
        return self.scale.causes


@dataclass(frozen=True, eq=False)
class _Key:
    knowledge: Knowledge

    def __hash__(self) -> int:
        return id(self.knowledge)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.knowledge is self.knowledge


def model_of(knowledge: Knowledge) -> Model:
    """Return the arrays of a knowledge object, compiled once for each object."""
    return _model(_Key(knowledge))


def _members(node: Node) -> list[str]:
    classes = {m.removesuffix(":*") for m in node.members if m.endswith(":*")}
    return [m for m in node.members if not m.endswith(":*")] + [
        t.id for t in terms().values() if t.kind in classes
    ]


@lru_cache(maxsize=4)
def _model(key: _Key) -> Model:
    knowledge = key.knowledge
    scale = compile_scale(knowledge)
    nodes = list(knowledge.nodes)
    node_of: dict[str, int] = {}
    named = [(m, i) for i, n in enumerate(nodes) for m in n.members if not m.endswith(":*")]
    for id_, i in [*named, *((m, i) for i, n in enumerate(nodes) for m in _members(n))]:
        node_of.setdefault(id_, i)
    for id_ in scale.ids:
        if id_ not in node_of:
            node_of[id_] = len(nodes)
            hard = term(id_).kind in HARD
            nodes.append(
                Node(
                    id=id_, members=(id_,), rule="strongest", rest=0.0, cap=HARD_CAP if hard else SOFT_CAP,
                    why="stands alone", source="judgement",
                )
            )  # fmt: skip
    kinds = tuple(k.id for k in knowledge.kinds)
    return Model(
        knowledge=knowledge,
        scale=scale,
        kidney=kidney_node(scale, knowledge),
        nodes=tuple(nodes),
        node_of=node_of,
        rest=np.array([n.rest for n in nodes]),
        cap=np.array([n.cap for n in nodes]),
        others_index=next(i for i, n in enumerate(nodes) if n.id == OTHERS),
        kidney_index=next(i for i, n in enumerate(nodes) if n.rule == "kidney"),
        group_of=tuple(c.case_group or c.id for c in knowledge.conditions.values()),
        kind_of=np.array([kinds.index(c.kind) for c in knowledge.conditions.values()]),
        never={
            scale.column[c.id]: places
            for c in knowledge.conditions.values()
            if (places := frozenset(r.id for r in c.finding if r.never))
        },
    )


class Weighed:
    """One deposit group weighed: `ratio` [item, cause] in log10, `log` the sum with the prior."""

    def __init__(
        self,
        model: Model,
        weights: Floats,
        items: Sequence[Item],
        *,
        dialysis: bool = False,
        not_said: Floats | None = None,
        gain: float = 1.0,
    ) -> None:
        self.model, self.weights, self.dialysis, self.gain = model, weights, dialysis, gain
        usable = [i for i in items if self._weighed(i)]
        self.kidney_items = [
            i for i in usable if model.node_of[i.id] == model.kidney_index and not self._told(i)
        ]
        plain = [i for i in usable if model.node_of[i.id] != model.kidney_index]
        self.items = sorted(plain, key=lambda i: (self._node(i), i.id))
        self.node = np.array([self._node(i) for i in self.items], np.intp)
        self.ratio = self.ratios(self.items)
        self.share = self._shares()
        self.not_said = np.zeros(len(model.causes)) if not_said is None else not_said
        self.places = self._places()
        self.kidney = self.kidney_of(self.kidney_items)
        self.log = np.log10(weights) + self.total() + self.kidney + self.not_said + self.places

    def _node(self, item: Item) -> int:
        return self.model.node_of[item.id] if item.own else self.model.others_index

    def _weighed(self, item: Item) -> bool:
        node = self.model.nodes[self.model.node_of[item.id]]
        denied_negative = item.id.startswith("neg_") and not item.present
        return node.rule != "ignored" and not item.id.startswith("hx_age_") and not denied_negative

    def _told(self, item: Item) -> bool:
        """On dialysis the prior already holds the kidney's state."""
        return self.dialysis and item.id.startswith(
            ("hx_dialysis", "hx_haemo", "hx_peritoneal", "hx_ckd", "egfr_")
        )

    def ratios(self, items: Sequence[Item]) -> Floats:
        """Return log10 P(item | cause) / P(item) for items, [item, cause].

        Uncertain findings by Jeffrey's rule; of another deposit of the person only the half that shares
        the cause counts.
        """
        if not items:
            return np.zeros((0, len(self.model.causes)))
        scale = self.model.scale
        p = scale.p[[scale.ids[i.id] for i in items]]
        yes = np.where(np.array([i.present for i in items])[:, None], p, 1 - p)
        base = (yes @ self.weights)[:, None]
        q = np.array([i.certainty for i in items])[:, None]
        mixed = q * yes / base + (1 - q) * (1 - yes) / np.maximum(1 - base, 1e-9)
        out = np.log10(mixed) * np.array([i.power for i in items])[:, None]
        other = np.array([not i.own for i in items])
        if other.any():
            out[other] = np.log10(SAME_CAUSE * 10 ** out[other] + 1 - SAME_CAUSE)
        return np.asarray(out, np.float64)

    def combine(self, ratio: Floats, node: int) -> Floats:
        """Return one node's contribution from the rows of its items."""
        if not len(ratio):
            return np.zeros(len(self.model.causes))
        top = np.take_along_axis(ratio, np.abs(ratio).argmax(0)[None], 0)[0]
        total = top + self.model.rest[node] * (ratio.sum(0) - top)
        return np.asarray(self.gain * np.clip(total, -self.model.cap[node], self.model.cap[node]), np.float64)

    def _shares(self) -> Floats:
        """Return how much of each item's ratio counts, [item, cause]: 1 or the rest, scaled at the cap."""
        if not len(self.items):
            return np.ones_like(self.ratio)
        starts = np.flatnonzero(np.r_[True, np.diff(self.node) != 0])
        size = np.diff(np.r_[starts, len(self.node)])
        strength = np.abs(self.ratio)
        strongest = np.repeat(np.maximum.reduceat(strength, starts, 0), size, 0)
        first = strength >= strongest
        order: npt.NDArray[np.int64] = np.cumsum(first, 0)  # of equals only the first counts in full
        before: npt.NDArray[np.int64] = np.repeat(order[starts] - first[starts], size, 0)
        share = np.where(first & (order - before == 1), 1.0, self.model.rest[self.node][:, None])
        total = np.add.reduceat(share * self.ratio, starts, 0)
        cap = self.model.cap[self.node[starts]][:, None]
        scale = np.where(np.abs(total) > cap, cap / np.maximum(np.abs(total), 1e-12), 1.0)
        return np.asarray(self.gain * share * np.repeat(scale, size, 0), np.float64)

    def total(self) -> Floats:
        """Return the sum of all nodes but the kidney's."""
        return np.asarray((self.share * self.ratio).sum(0), np.float64)

    def kidney_of(self, items: Sequence[Item]) -> Floats:
        """Return the kidney node's contribution, relative to the prior's mean and capped."""
        if not items:
            return np.zeros(len(self.model.causes))
        raw = contribution(
            self.model.kidney, self.model.scale, self.weights, items, told_by_setting=self.dialysis
        )
        cap = self.model.cap[self.model.kidney_index]
        relative = raw - np.log10(self.weights @ 10**raw)
        return np.asarray(self.gain * np.clip(relative, -cap, cap), np.float64)

    def _places(self) -> Floats:
        """Return the penalty of causes whose organ no place fits, and of those that no place can hold."""
        model, scale = self.model, self.model.scale
        out = np.zeros(len(model.causes))
        here = [k for k, i in enumerate(self.items) if self._place(i)]
        if not here:
            return out
        rows = [scale.ids[self.items[k].id] for k in here]
        sure = max(self.items[k].certainty for k in here)
        near = {self.items[k].id for k in here}
        near |= {a for n in near for a in ancestors(n)}
        for cause, sites in scale.organ.items():
            c = scale.column[cause]
            told = scale.known[rows, c] & (scale.p[rows, c] > scale.background[rows])
            if told.any() or any(s in near or ancestors(s) & near for s in sites):
                continue
            f = scale.ids[sites[0]]
            step = np.log10((1 - scale.p[f, c]) / (1 - scale.background[f]))
            out[c] = max(WEAKEST_ORGAN, float(step)) * sure
        for column, places in self.model.never.items():
            if all(({i} | ancestors(i)) & places for i in (self.items[k].id for k in here)):
                out[column] = WEAKEST_ORGAN * sure
        return out

    def _place(self, item: Item) -> bool:
        """Whether an item says where the deposit lies, more closely than its layer or wide region."""
        local = item.own and item.present and term(item.id).kind == SITE
        return local and self.model.nodes[self.model.node_of[item.id]].id != LAYER

    def surprise(self) -> float:
        """Return how unexpected the deposit's most special place or shape is under the prior, in bits."""
        scale = self.model.scale
        own = [i for i in self.items if i.own and i.present and term(i.id).kind in LOCAL]
        chances = [float(scale.p[scale.ids[i.id]] @ self.weights) for i in own]
        return float(-np.log2(min(chances))) if chances else 0.0

    def posterior(self, log: Floats | None = None) -> Floats:
        """Return the normalised posterior over causes."""
        x = self.log if log is None else log
        p = 10 ** (x - x.max(-1, keepdims=True))
        return np.asarray(p / p.sum(-1, keepdims=True), np.float64)

    def log_with(self, extra: Sequence[Item], drop: frozenset[str] = frozenset()) -> Floats:
        """Return the log posterior with items added and others taken away (not normalised)."""
        log = self.log.copy()
        dropped = [i for i in (*self.items, *self.kidney_items) if i.id in drop]
        touched = {self._node(i) for i in (*extra, *dropped)}
        for node in touched:
            if self.model.nodes[node].rule == "ignored":
                continue
            new = [i for i in extra if self._node(i) == node]
            replaced = drop | {i.id for i in new}
            if node == self.model.kidney_index:
                left = [i for i in self.kidney_items if i.id not in replaced]
                log += self.kidney_of([*left, *(i for i in new if not self._told(i))]) - self.kidney
                continue
            mine = np.flatnonzero(self.node == node).tolist()
            keep = [k for k in mine if self.items[k].id not in replaced]
            old = (self.share[mine] * self.ratio[mine]).sum(0) if mine else 0.0
            rows = np.concatenate([self.ratio[keep], self.ratios(new)]) if new or keep else self.ratio[:0]
            log += self.combine(rows, node) - old
        return np.asarray(log, np.float64)
