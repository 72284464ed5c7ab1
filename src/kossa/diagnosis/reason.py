"""Why a cause stands where it does: each finding's share of the odds, and the sentence made from it.

The ratio shown is the one that was counted, after the brakes of its node: prior odds times all ratios of
a cause give its posterior odds against the average cause. `lr` above 1 speaks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kossa.conditions.knowledge import Modifier
from kossa.conditions.rule import Atom
from kossa.diagnosis.evidence import Evidence, Item
from kossa.diagnosis.posterior import NOT_SAID, Weighed
from kossa.evidence import Direction, Reason
from kossa.evidence.vocabulary import ancestors, label, terms

__all__ = ["expected_absent", "kidney_parts", "reasons"]

Floats = npt.NDArray[np.float64]
MOST_FOR, MOST_AGAINST = 5, 3  # clinical reference, section 4.2 (8)
_ID = re.compile(r"\b[a-z]+_[a-z0-9_]+\b")
SMALLEST = 0.04  # log10: a ratio within 10 % of 1 is not told
EXPECTED = 0.6  # a finding that stands in three of five patients is expected (judgement)
SHOWN_EXPECTED = 4
OTHER_SEX = {"hx_sex_female": "male", "hx_sex_male": "female"}
SHOWN_KIDNEY = 4  # of the kidney's signs so many are named


def kidney_parts(weighed: Weighed) -> Floats:
    """Return each kidney item's part of the node, [item, cause]: what goes without it, scaled to the sum."""
    items = weighed.kidney_items
    if not items:
        return np.zeros((0, len(weighed.model.causes)))
    parts = np.array([weighed.kidney - weighed.kidney_of([o for o in items if o is not i]) for i in items])
    total = parts.sum(0)
    even = np.repeat(weighed.kidney[None] / len(items), len(items), 0)
    steady = np.abs(total) > 0.05
    return np.asarray(
        np.where(steady, parts * (weighed.kidney / np.where(steady, total, 1)), even), np.float64
    )


def _times(lr: float) -> str:
    return f"x {lr:.1f}" if lr >= 1 else f"x 1/{1 / lr:.1f}"


def _share(p: float) -> str:
    """Return a share as a person says it."""
    if p < 0.01:
        return "under 1 in 100"
    return f"{p:.0%}".replace("%", " %")


def _said(item: Item, evidence: Evidence) -> str:
    if item.id in OTHER_SEX and not item.present:
        return OTHER_SEX[item.id]
    words = evidence.words(Atom("finding", item.id, item.id)).removeprefix("not: ")
    return words if item.present else f"no {words}"


def _sentence(item: Item, lr: float, p: float, base: float, evidence: Evidence) -> str:
    sure = "" if item.certainty >= 0.95 else f" (told with certainty {item.certainty:.1f})"
    where = "" if item.own else " (at another deposit)"
    return (
        f"{_said(item, evidence)}{sure}{where}: in {_share(p)} of patients with this cause,"
        f" {_share(base)} of all; {_times(lr)}"
    )


def _kidney_reason(
    weighed: Weighed, cause: int, kidney: Floats, evidence: Evidence
) -> tuple[float, Reason] | None:
    """Return the whole node as one reason: its parts depend on each other and mislead one by one."""
    if not weighed.kidney_items:
        return None
    log = float(weighed.kidney[cause])
    if abs(log) < SMALLEST:
        return None
    order = np.argsort(-np.abs(kidney[:, cause]), kind="stable")
    told = [weighed.kidney_items[int(k)] for k in order]
    above = {a for i in told if i.present for a in ancestors(i.id)}  # `dialysis` is said by `haemodialysis`
    known = [i for i in told if i.id not in above]
    named = [i for i in known if i.present] or known
    said = list(dict.fromkeys(_said(i, evidence) for i in named))
    text = ", ".join(said[:SHOWN_KIDNEY]) + ("" if len(said) == 1 else " (taken together)")
    name = weighed.model.causes[cause]
    first = told[0].id
    return log, _reason(first, log, f"{text}: {_times(10**log)}", _source(weighed, first, name))


def _source(weighed: Weighed, id_: str, cause: str) -> str:
    row = weighed.model.scale.origin.get((id_, cause))
    if row is None:
        return "judgement: background rate, the cause has no row for this finding"
    return f"{row.source} (grade {row.grade}, {row.checked})"


def _reason(finding: str, log: float, sentence: str, source: str) -> Reason:
    return Reason(
        finding=finding,
        direction=Direction.FOR if log > 0 else Direction.AGAINST,
        lr=float(10**log),
        sentence=sentence,
        source=source,
    )


def reasons(
    weighed: Weighed,
    cause: int,
    evidence: Evidence,
    moved: Mapping[str, Sequence[Modifier]],
    kidney: Floats,
) -> tuple[Reason, ...]:
    """Return the strongest reasons for and against one cause, strongest first."""
    model, name = weighed.model, weighed.model.causes[cause]
    found: list[tuple[float, Reason]] = []
    pairs = [
        (i, float(weighed.share[k, cause] * weighed.ratio[k, cause])) for k, i in enumerate(weighed.items)
    ]
    for item, log in pairs:
        if abs(log) < SMALLEST:
            continue
        p = model.scale.p[model.scale.ids[item.id]]
        yes = p if item.present else 1 - p
        text = _sentence(item, 10**log, float(yes[cause]), float(yes @ weighed.weights), evidence)
        found.append((log, _reason(item.id, log, text, _source(weighed, item.id, name))))
    whole = _kidney_reason(weighed, cause, kidney, evidence)
    if whole is not None:
        found.append(whole)
    for m in moved.get(name, ()):
        text = f"{_in_words(m.when)}: {_times(10**m.log10)}"
        found.append(
            (m.log10, _reason("person", m.log10, text, f"{m.source} (grade {m.grade}, {m.checked})"))
        )
    if weighed.not_said[cause] < 0:
        named = ", ".join(label(t) for t in model.knowledge.conditions[name].told_by[:3])
        text = f"the history names none of what would bring this ({named} ...): {_times(10**NOT_SAID)}"
        found.append(
            (NOT_SAID, _reason("not_named", NOT_SAID, text, "judgement: clinical reference, section 4.9"))
        )
    place = float(weighed.places[cause])
    if place < -SMALLEST:
        usual = model.scale.organ.get(name) or model.knowledge.conditions[name].sites[:3]
        sites = ", ".join(label(s) for s in usual)
        text = f"it usually lies elsewhere ({sites}): {_times(10**place)}"
        found.append((place, _reason("place", place, text, "judgement: the places of the cause's own rows")))
    found.sort(key=lambda one: -abs(one[0]))
    speaking = [r for log, r in found if log > 0][:MOST_FOR]
    against = [r for log, r in found if log < 0][:MOST_AGAINST]
    return (*speaking, *against)


def _in_words(rule: str) -> str:
    """Return a rule with its findings by their labels: `comes from an endemic country and age > 5`."""
    known = terms()
    return _ID.sub(lambda one: label(one.group()) if one.group() in known else one.group(), rule)


def expected_absent(weighed: Weighed, cause: int, evidence: Evidence) -> tuple[str, ...]:
    """Return findings that most patients with the cause have and that are known to be absent here."""
    model, name = weighed.model, weighed.model.causes[cause]
    rows = model.knowledge.conditions[name].finding
    usual = {r.id for r in rows if model.scale.p[model.scale.ids[r.id], cause] >= EXPECTED and not r.gap}
    missing = [i for i in sorted(usual) if evidence.state.get(i) is False and i not in OTHER_SEX]
    return tuple(i for i in missing if not ancestors(i) & set(missing))[:SHOWN_EXPECTED]
