"""The hidden state of the kidney: one node for what loss of nephrons drives together.

Whatever put the calcium there, a failing kidney raises phosphate, PTH and creatinine and lowers vitamin D
and haemoglobin. Multiplying these as if they were independent makes renal causes far too sure (clinical
reference, section 4.3). So P(signs | cause) is summed over the state: failing with P(R | cause), which is
the cause's own share of reduced kidney function, or not. Where the kidney's state is known, the signs are
compared within that state only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import Knowledge
from kossa.diagnosis.evidence import Item
from kossa.diagnosis.scale import CEILING, FLOOR, Scale, estimate, expit

__all__ = ["KidneyNode", "contribution", "kidney_node", "markers"]

Floats = npt.NDArray[np.float64]
STATUS = "egfr_under_60"
FAILING = (
    "hx_dialysis", "hx_haemodialysis", "hx_peritoneal_dialysis", "egfr_under_35", "egfr_under_30",
    "egfr_under_15",
)  # fmt: skip
REDUCED = ("hx_ckd", "egfr_under_60", "op_kidney_transplant", "creatinine_high", "urea_high")
REDUCED_FAILS = 0.6  # of those told to have kidney disease, the part whose minerals follow it (judgement)
WORKING = ("neg_kidney_normal", "egfr_normal", "creatinine_normal")
# which finding a measurement of the same quantity stands for; the first that is known is used
SAME = {
    "calcium": ("calcium_ionized", "calcium", "calcium_corrected"),
    "phosphate": ("phosphate",),
    "pth": ("pth",),
    "d25": ("d25",),
    "d125": ("d125",),
    "alp": ("alp", "alp_bone"),
}
BANDS = {
    "calcium_over_3": "calcium_high", "calcium_over_3_5": "calcium_high", "hx_hypercalcaemia": "calcium_high",
    "calcium_under_2_1": "calcium_low", "calcium_under_1_9": "calcium_low", "pth_over_9x_uln": "pth_high",
    "hx_hyperphosphataemia": "phosphate_high",
}  # fmt: skip
OTHERS = (
    "haemoglobin_low", "rx_phosphate_binder", "rx_calcium_supplement", "rx_active_vitamin_d",
    "hx_hyperparathyroidism",
)  # fmt: skip
# a statement that stands for a measured quantity and replaces it
REPLACES = {"pth_inappropriate": "pth", "hx_hyperparathyroidism": "pth", "d25_over_375": "d25"}
STANDS_FOR = {"creatinine_high": STATUS, "creatinine_normal": STATUS, "urea_high": STATUS}
CHANCE = 0.10  # reduced kidney function by chance in adults, 10-15 % (kinds table, dystrophic: read)
REST = 0.3  # share of further markers of the same state (clinical reference, section 4.9)
OWN_PATIENTS = 0.5  # a cause whose patients mostly have a failing kidney: its rows describe them (judgement)


@dataclass(frozen=True, eq=False)
class KidneyNode:
    """Per cause: the share with a failing kidney, and the signs within both states, [2, sign, cause]."""

    failing: Floats
    signs: Mapping[str, int]
    within: Floats


def kidney_node(scale: Scale, knowledge: Knowledge) -> KidneyNode:
    """Split the signs of each cause by the state of the kidney."""
    r = scale.p[scale.ids[STATUS]]
    shared = {row.id: expit(estimate(row)[0]) for row in knowledge.kidney}
    names = [f"{s}_{e}" for s in SAME for e in ("high", "low") if f"{s}_{e}" in scale.ids] + list(OTHERS)
    names += ["pth_inappropriate", "d25_over_375", "d25_over_250"]
    within = np.empty((2, len(names), len(scale.causes)))
    for i, name in enumerate(names):
        p = scale.p[scale.ids[name]]
        own = (r > OWN_PATIENTS) & scale.known[scale.ids[name]]
        failing = np.where(own, p, np.maximum(shared.get(name, 0.0), p))
        working = np.clip((p - r * failing) / (1 - r), 0.2 * p, CEILING)
        working = np.where(own, np.minimum(p, scale.background[scale.ids[name]]), working)
        within[:, i] = np.clip(working, FLOOR, CEILING), np.clip(failing, FLOOR, CEILING)
    return KidneyNode(np.clip(r, FLOOR, CEILING), {n: i for i, n in enumerate(names)}, within)


def _level(items: Mapping[str, Item], stem: str) -> tuple[str, Item, bool] | None:
    """Return (high, low or normal, item, known for sure which) of one quantity."""
    for name in SAME[stem]:
        for end in ("high", "low", "normal"):
            item = items.get(f"{name}_{end}")
            if item is not None and item.present:
                return end, item, True
    for band, meant in BANDS.items():
        item = items.get(band)
        if item is not None and item.present and meant.startswith(f"{stem}_"):
            return meant.removeprefix(f"{stem}_"), item, True
    for name in SAME[stem]:
        for end in ("high", "low"):
            item = items.get(f"{name}_{end}")
            if item is not None and not item.present:
                return end, item, False
    return None


class Signs:
    """What is known inside the node, as P(sign | state, cause) factors with their items."""

    def __init__(self, node: KidneyNode, items: Sequence[Item]) -> None:
        self.node = node
        known = {i.id: i for i in items}
        self.factors: list[tuple[Item, Floats]] = []
        replaced = {stem for id_, stem in REPLACES.items() if id_ in known and known[id_].present}
        for stem in SAME:
            found = _level(known, stem)
            if found is not None and stem not in replaced:
                self.factors.append((found[1], self._level_factor(stem, found[0], found[1], sure=found[2])))
        taken: set[str] = set()
        for id_ in ("pth_inappropriate", "d25_over_375", *OTHERS):
            item = known.get(id_)
            stem = REPLACES.get(id_, id_)
            if item is not None and stem not in taken and (item.present or id_ not in REPLACES):
                taken.add(stem)
                self.factors.append((item, self._factor(item, self._p(id_))))

    def _p(self, id_: str) -> Floats:
        return np.asarray(self.node.within[:, self.node.signs[id_]], np.float64)

    def _level_factor(self, stem: str, end: str, item: Item, *, sure: bool) -> Floats:
        if end == "normal":
            sides = [self._p(n) for e in ("high", "low") if (n := f"{stem}_{e}") in self.node.signs]
            return self._factor(item, np.clip(1 - np.sum(sides, axis=0), FLOOR, CEILING))
        p = self._p(f"{stem}_{end}")
        return self._factor(item, p) if sure else self._factor(item, p, flip=True)

    @staticmethod
    def _factor(item: Item, p: Floats, *, flip: bool = False) -> Floats:
        """Jeffrey: a reader's 0.6 never acts as 1; old values are shrunk towards saying nothing."""
        yes = p if item.present else 1 - p
        if flip and item.present:
            yes = 1 - p
        mixed = item.certainty * yes + (1 - item.certainty) * (1 - yes)
        return np.asarray(mixed**item.power, np.float64)


def contribution(
    node: KidneyNode, scale: Scale, weights: Floats, items: Sequence[Item], *, told_by_setting: bool
) -> Floats:
    """Return the node's log10 P(signs | cause) up to a constant; 0 where nothing is known.

    `weights` is the prior; `told_by_setting` is true on dialysis, which the prior already holds.
    """
    if not items:
        return np.zeros(len(scale.causes))
    known = {i.id: i for i in items}
    signs = Signs(node, items)
    ones = np.ones((2, len(scale.causes)))
    product = np.prod([f for _, f in signs.factors], axis=0) if signs.factors else ones
    failing = [known[i] for i in FAILING if i in known and known[i].present]
    reduced = [known[i] for i in REDUCED if i in known and known[i].present]
    working = [known[i] for i in WORKING if i in known and known[i].present]
    working += [known[i] for i in ("hx_ckd", STATUS) if i in known and not known[i].present]
    if told_by_setting or failing:
        out, status = np.log10(product[1]), [] if told_by_setting else [*failing, *reduced]
    elif reduced:
        out = np.log10(REDUCED_FAILS * product[1] + (1 - REDUCED_FAILS) * product[0])
        status = reduced
    elif working:
        out, status = np.log10(product[0]), working
    else:
        out, status = np.log10((1 - node.failing) * product[0] + node.failing * product[1]), []
    if status:
        out = out + markers(scale, weights, status)
    minerals = known.get("neg_minerals_normal")
    if minerals is not None and not any(f[0].id.startswith(("calcium", "phosphate")) for f in signs.factors):
        out = out + markers(scale, weights, [minerals])
    return np.asarray(out, np.float64)


def markers(scale: Scale, weights: Floats, items: Sequence[Item]) -> Floats:
    """Return the log10 ratio of markers of one state: the strongest in full, the others with a share."""
    rows = []
    for item in items:
        id_ = STANDS_FOR.get(item.id, item.id)
        p = scale.p[scale.ids[id_]]
        if id_ == STATUS:
            p = np.maximum(p, CHANCE)
        normal = item.id.endswith("_normal") and id_ == STATUS
        yes = p if item.present is not normal else 1 - p
        base = float(weights @ yes)
        mixed = item.certainty * yes / base + (1 - item.certainty) * (1 - yes) / (1 - base)
        rows.append(item.power * np.log10(mixed))
    many = np.array(rows)
    top = np.take_along_axis(many, np.abs(many).argmax(0)[None], 0)[0]
    return np.asarray(top + REST * (many.sum(0) - top), np.float64)
