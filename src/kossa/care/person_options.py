"""Options for this person's causes, in five senses, with what they need first and what cautions fire.

Where nobody asked whether the deposit causes a problem, only the cause, leaving alone and the question are
told; where it causes none, the same without the question. An operation or needle is no option while
fibrodysplasia ossificans progressiva is possible. A deposit of the breast is not left alone before somebody
called it benign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from kossa.care.breast import not_called_benign
from kossa.care.cautions import against, judged
from kossa.care.first_question import ASK, problem
from kossa.conditions import Knowledge, load
from kossa.conditions.knowledge import CareRow
from kossa.conditions.rule import evaluate, parse
from kossa.diagnosis.evidence import POSSIBLE, Evidence, gather, knowing_possible
from kossa.evidence import Caution, DepositGroup, Finding, Option, OptionKind, Person, Result, Weighing

__all__ = ["options"]

ANY = "any"
LIKELY = 0.10  # a cause that holds a tenth of a group's probability has its options told (judgement)
MOST_CAUSES = 4
ORDER = list(OptionKind)
WITHOUT_PROBLEM = frozenset({OptionKind.CAUSE, OptionKind.LEAVE})
FLOOR_CAUSES = {"calciphylaxis": ("calciphylaxis_uraemic", "calciphylaxis_nonuraemic"), "fop": ("fop",)}
DECIDES = {
    OptionKind.CAUSE: "the person with the physician who treats the cause",
    OptionKind.LEAVE: "the person with any physician",
    OptionKind.CONSERVATIVE: "the person with the treating physician",
    OptionKind.SURGICAL: "the person with a surgeon and the physician who treats the cause",
    OptionKind.MEDICAL: "the person with the prescriber",
}


def _likely(weighing: Weighing) -> list[str]:
    """Return the causes to tell options for: likely in any group, and what a floor names."""
    parts = [weighing.causes, *(g.causes for g in weighing.groups)]
    best: dict[str, float] = {}
    for causes in parts:
        for rank, c in enumerate(causes):
            if c.prob >= LIKELY or rank == 0:
                best[c.id] = max(best.get(c.id, 0.0), c.prob)
    ranked = sorted(best, key=lambda c: (-best[c], c))[:MOST_CAUSES]
    shown = [c for f in weighing.floors for c in FLOOR_CAUSES.get(f.id, ())]
    every = {c.id: c.prob for causes in parts for c in causes}
    return ranked + [c for c in shown if c not in ranked and every.get(c, 1.0) > POSSIBLE]


def _with_possible(evidence: Evidence, weighing: Weighing) -> Evidence:
    parts = [weighing.causes, *(g.causes for g in weighing.groups)]
    possible = {c.id for causes in parts for c in causes if c.prob > POSSIBLE}
    possible |= {c for f in weighing.floors for c in FLOOR_CAUSES.get(f.id, ())}
    return knowing_possible(evidence, lambda cause: cause in possible)


def _for(row: CareRow, likely: Sequence[str], evidence: Evidence) -> str | None:
    """Return the cause an option is for, `any`, or None."""
    if row.only_if and evaluate(parse(row.only_if), evidence.look).value is not True:
        return None
    cause = next((c for c in likely if c in row.causes), None)
    if cause is not None or not row.when:
        return cause
    return ANY if evaluate(parse(row.when), evidence.look).value is True else None


def _option(row: CareRow, cause: str, kind: OptionKind, evidence: Evidence, k: Knowledge) -> Option:
    fired: list[Caution] = []
    needs: list[str] = []
    for id_ in row.cautions:
        caution, asked = judged(k.cautions[id_], evidence)
        if caution is not None:
            fired.append(caution)
        needs += asked
    reason = against(row.against, row.when_not, evidence)
    return Option(
        id=row.id, for_cause=cause, what=row.what, aim=row.aim, kind=kind, grade=row.grade,
        source=f"{row.source} ({row.checked})", needs=tuple(dict.fromkeys(needs)),
        cautions=(*fired, *([reason] if reason else [])), not_when=row.when_not, decides=DECIDES[kind],
    )  # fmt: skip


def _nothing_specific(cause: str) -> Option:
    return Option(
        id="no_specific_option", for_cause=cause,
        what="no specific option with evidence on file: treat the cause, leave alone, or refer",
        aim="avoid harm", kind=OptionKind.LEAVE, grade="judgement", source="judgement",
        decides=DECIDES[OptionKind.LEAVE],
    )  # fmt: skip


def _allowed(kind: OptionKind, known: bool | None) -> bool:
    return known is True or kind in WITHOUT_PROBLEM


def options(
    weighing: Weighing,
    findings: Sequence[Finding],
    person: Person,
    results: Sequence[Result] = (),
    *,
    groups: Sequence[DepositGroup] = (),
    knowledge: Knowledge | None = None,
) -> tuple[Option, ...]:
    """Return the options for this person: causes first, then by sense (cause, leave, ..., medical).

    Without a weighing (no deposit measured or told) there is nothing to treat, and none is returned.
    """
    if not weighing.causes:
        return ()
    k = knowledge or load()
    evidence = _with_possible(gather(findings, person, results=results, groups=groups), weighing)
    known = problem(evidence)
    likely = _likely(weighing)
    no_knife = evidence.possible("fop") is True
    aloud = {f.id for f in weighing.floors if not f.quiet}
    unread = not_called_benign(i for i, known_here in evidence.state.items() if known_here)
    found = []
    for row in k.care:
        if aloud & set(row.not_floor) or (unread and row.kind == OptionKind.LEAVE.value):
            continue
        cause = _for(row, likely, evidence)
        kind = OptionKind(row.kind)
        if cause is None or not _allowed(kind, known.value) or (no_knife and kind is OptionKind.SURGICAL):
            continue
        found.append(_option(row, cause, kind, evidence, k))
    own = {o.for_cause for o in found}
    found += [_nothing_specific(c) for c in likely if c not in own and not unread]
    rank = {c: i for i, c in enumerate([*likely, ANY])}
    found.sort(key=lambda o: (rank[o.for_cause], ORDER.index(o.kind)))
    return tuple(_asked(found) if known.value is None else found)


def _asked(found: Iterable[Option]) -> list[Option]:
    """Put the open question first among what each option needs."""
    return [msgspec.structs.replace(o, needs=(ASK, *o.needs)) for o in found]
