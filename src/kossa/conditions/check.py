"""What a knowledge file must hold: a source and a grade for every number, ids that exist, sane shares.

`check` returns sentences that name the file's condition and the fault; the loader refuses on the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kossa.conditions.knowledge import Condition, Knowledge, Likelihood
from kossa.conditions.rule import atoms, parse
from kossa.evidence.vocabulary import terms

__all__ = ["faults"]

SETTINGS = ("clinic", "radiology", "inpatient", "dialysis")
GRADES = frozenset("ABC")
AFFECTS = frozenset(
    {"function", "pain", "infection", "vessel_heart", "kidney", "eye", "nerve", "cancer_look_alike"}
    | {"skin_wound", "none"}
)
OPTION_KINDS = frozenset(["cause", "leave", "conservative", "surgical", "medical"])
EVERYWHERE = "*"  # a class of the vocabulary: `site:*`


def _id_fault(where: str, id_: str) -> Iterator[str]:
    known = terms()
    if id_.endswith(f":{EVERYWHERE}"):
        if id_.split(":", maxsplit=1)[0] not in {t.kind for t in known.values()}:
            yield f"{where}: {id_} names no class of the vocabulary"
    elif id_ not in known:
        yield f"{where}: {id_} is not in the vocabulary"


def _told(where: str, grade: str, source: str, grades: frozenset[str] | None = GRADES) -> Iterator[str]:
    if not source.strip():
        yield f"{where}: a number without a source"
    if not grade.strip() or (grades is not None and grade not in grades):
        yield f"{where}: grade {grade!r} is none of A, B, C"


def _likelihoods(where: str, rows: Iterable[Likelihood]) -> Iterator[str]:
    for r in rows:
        here = f"{where}: {r.id}"
        yield from _id_fault(where, r.id)
        yield from _told(here, r.grade, r.source)
        if (r.lr is None) == (r.low is None or r.high is None):
            yield f"{here}: either low and high, or lr"
        if r.low is not None and r.high is not None and not 0 <= r.low < r.high <= 1:
            yield f"{here}: 0 <= low < high <= 1 does not hold"
        if r.lr is not None and not 0 < r.lr < 1e5:
            yield f"{here}: a ratio of {r.lr} is not positive and finite"
        if r.n is not None and (r.N is None or not 0 <= r.n <= r.N):
            yield f"{here}: {r.n} of {r.N} is not a count"


def _rule_fault(where: str, text: str, causes: Iterable[str]) -> Iterator[str]:
    if not text:
        return
    try:
        rule = parse(text)
    except ValueError as fault:
        yield f"{where}: {fault}"
        return
    for atom in atoms(rule):
        if atom.kind == "finding":
            yield from _id_fault(where, atom.name)
        elif atom.kind == "possible" and atom.name not in causes:
            yield f"{where}: possible({atom.name}) names no condition"


def _condition(c: Condition, k: Knowledge) -> Iterator[str]:
    kinds = {one.id for one in k.kinds}
    for kind in (c.kind, *c.also_kind):
        if kind not in kinds:
            yield f"{c.id}: {kind} is none of the seven kinds"
    for id_ in (*c.sites, *c.patterns, *c.told_by):
        yield from _id_fault(c.id, id_)
    for other in c.lookalikes:
        if other not in k.conditions:
            yield f"{c.id}: the look-alike {other} is no condition"
    options = {o.id for o in k.care}
    yield from (f"{c.id}: the option {o} is not in care.toml" for o in c.care if o not in options)
    yield from _likelihoods(c.id, c.finding)
    for setting in SETTINGS:
        if setting not in c.prior:
            yield f"{c.id}: no prior for {setting}"
            continue
        prior = c.prior[setting]
        yield from _told(f"{c.id}: prior of {setting}", prior.grade, prior.source)
        if prior.weight <= 0:
            yield f"{c.id}: the prior of {setting} must be above 0: nothing is impossible"
    for p in c.prevalence:
        yield from _told(f"{c.id}: {p.what}", p.grade, p.source)
    for e in c.consequence:
        yield from _told(f"{c.id}: {e.what}", e.grade, e.source)
        if e.affects not in AFFECTS:
            yield f"{c.id}: {e.what}: affects {e.affects!r} is not known"


def _shared(k: Knowledge) -> Iterator[str]:
    yield from _likelihoods("kinds.toml", k.kind_findings)
    yield from _likelihoods("kidney.toml", k.kidney)
    yield from _likelihoods("backgrounds.toml", k.backgrounds)
    for node in k.nodes:
        for id_ in node.members:
            yield from _id_fault(f"nodes.toml: {node.id}", id_)
        yield from _told(f"nodes.toml: {node.id}", "C", node.source)
    for m in k.modifiers:
        yield from _rule_fault("modifiers.toml", m.when, k.conditions)
        yield from _told(f"modifiers.toml: {m.when}", m.grade, m.source)
        yield from (f"modifiers.toml: {c} is no condition" for c in m.causes if c not in k.conditions)
    for t in k.tests:
        for id_ in t.shows:
            yield from _id_fault(f"tests.toml: {t.id}", id_)
        for text in (t.where, t.forbidden_by, t.cautioned_by):
            yield from _rule_fault(f"tests.toml: {t.id}", text, k.conditions)
        yield from _told(f"tests.toml: {t.id}", t.grade, t.source)
    for f in k.floors:
        for sign in f.alternatives:
            yield from _rule_fault(f"floors.toml: {f.id}", sign.sign, k.conditions)
            yield from _rule_fault(f"floors.toml: {f.id}", sign.unless_not, k.conditions)
        yield from _rule_fault(f"floors.toml: {f.id}", f.quiet_if, k.conditions)
        yield from _rule_fault(f"floors.toml: {f.id}", f.quiet_unless, k.conditions)
        yield from _told(f"floors.toml: {f.id}", "C", f.source)
    for row in k.compare:
        for id_ in (*row.dystrophic_ids, *row.metastatic_ids):
            yield from _id_fault(f"compare.toml: {row.feature}", id_)
        yield from _told(f"compare.toml: {row.feature}", "C", row.source)


def _care(k: Knowledge) -> Iterator[str]:
    for c in k.cautions.values():
        yield from _rule_fault(f"cautions.toml: {c.id}", c.fires_on, k.conditions)
        yield from _told(f"cautions.toml: {c.id}", "C", c.source)
        for id_ in c.asks:
            yield from _id_fault(f"cautions.toml: {c.id}", id_)
    for o in k.care:
        where = f"care.toml: {o.id}"
        yield from _told(where, o.grade, o.source, grades=None)
        yield from _rule_fault(where, o.when, k.conditions)
        if o.kind not in OPTION_KINDS:
            yield f"{where}: {o.kind!r} is none of the five senses of an option"
        if not o.causes and not o.when:
            yield f"{where}: for nobody"
        yield from (f"{where}: {c} is no condition" for c in o.causes if c not in k.conditions)
        yield from (
            f"{where}: the caution {c} is not in cautions.toml" for c in o.cautions if c not in k.cautions
        )
        for id_ in o.against:
            yield from _id_fault(where, id_)


def faults(k: Knowledge) -> Iterator[str]:
    """Yield every fault as a sentence; nothing where the knowledge can be used."""
    for name, c in k.conditions.items():
        if name != c.id:
            yield f"{name}.toml holds the condition {c.id}"
        yield from _condition(c, k)
    yield from _shared(k)
    yield from _care(k)
