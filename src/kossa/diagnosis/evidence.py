"""Findings, as the readers give them -> what is weighed for one deposit group, and answers to rules.

Present goes up to the parents, absent goes down to the children, unknown stays. What was measured wins
over what was told; a finding told twice is one; a relative's disease is not the person's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from kossa.conditions import load
from kossa.conditions.rule import Atom
from kossa.evidence import DepositGroup, Finding, Person, Result, Setting, Sex, State, Whose
from kossa.evidence.dates import STALE_DAYS, day_of
from kossa.evidence.vocabulary import ancestors, label, term, terms

__all__ = ["LOCAL", "POSSIBLE", "Evidence", "Item", "gather", "knowing_possible", "states"]

MEASURED, TOLD = 1, 0
POSSIBLE = 0.005  # clinical reference, section 4.6: a cause above it in any deposit group is possible
LOCAL = frozenset({"site", "pattern", "tissue"})
STALE_POWER = 0.5  # clinical reference, section 3.7: the ratio of an old result to the power 0.5
EGFR_UNIT = "mL/min/{1.73_m2}"  # whole numbers, as laboratories report it
SURE_ENOUGH = (
    0.5  # words such as "?TB" carry 0.5-0.7: a rule takes them as yes, so that it is asked (judgement)
)
# what "no" to the general question also denies (negated_as of the vocabulary, narrowed to what is meant)
DENIED = {
    "neg_no_injury": ("hx_trauma", "hx_burn"),
    "neg_no_ctd": ("hx_connective_tissue_disease",),
    "neg_no_pain": ("sx_pain",),
    "neg_no_symptoms": ("sx_symptomatic", "sx_pain"),
    "neg_kidney_normal": ("hx_ckd", "egfr_under_60"),
    "neg_toes_normal": ("sx_short_great_toe",),
    "neg_no_family": ("hx_family_same",),
    "neg_no_travel": ("exp_endemic_country",),
    "neg_minerals_normal": ("calcium_high", "calcium_low", "phosphate_high", "phosphate_low"),
    "egfr_normal": ("egfr_under_60",),
    "inr_normal": ("inr_high",),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One finding as it is weighed.

    `certainty` is how sure that it is as `present` says; `power` shrinks old laboratory values; `own` is
    false for what belongs to another deposit group of the same person.
    """

    id: str
    present: bool
    certainty: float = 1.0
    power: float = 1.0
    own: bool = True
    finding: Finding | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that is known of one person, by deposit group; `state` answers the rules."""

    person: Person
    groups: tuple[str, ...]
    items: Mapping[str, tuple[Item, ...]]
    state: Mapping[str, bool]
    findings: Mapping[str, Finding]
    results: tuple[Result, ...] = ()
    possible: Callable[[str], bool | None] = field(default=lambda _: None)

    def look(self, atom: Atom) -> bool | None:
        """Answer one atom of a rule; None where nobody asked."""
        if atom.kind == "finding":
            return self.state.get(atom.name)
        if atom.kind == "sex":
            return None if self.person.sex is Sex.U else self.person.sex.value == atom.name
        if atom.kind == "possible":
            return self.possible(atom.name)
        age = self.person.age_years
        return None if age is None else _holds(age, atom.operator, atom.number)

    def words(self, atom: Atom) -> str:
        """Return an atom in plain words, with the value and date that stand behind it where known."""
        if atom.kind == "age" and self.person.age_years is not None:
            return f"age {self.person.age_years:g}"
        if atom.kind in ("age", "sex"):
            return atom.text
        if atom.kind == "possible":
            return f"{_condition(atom.name)} is possible"
        if atom.kind == "always":
            return "always"
        said = self.findings.get(atom.name) or self._behind(atom.name)
        text = label(atom.name)
        if said is not None and said.value is not None:
            text += f" ({_amount(said.value, said.unit)}" + (f", {said.when})" if said.when else ")")
        return text if self.state.get(atom.name) is not False else f"not: {text}"

    def _behind(self, id_: str) -> Finding | None:
        """A more special finding that made this one true."""
        return next((f for i, f in self.findings.items() if id_ in ancestors(i)), None)


def _amount(value: float, unit: str | None) -> str:
    """Return a value as people write it: three figures at least, and the unit without UCUM's braces."""
    digits = f"{value:.0f}" if abs(value) >= 100 or unit == EGFR_UNIT else f"{value:.3g}"
    return f"{digits} {unit or ''}".rstrip().replace("{1.73_m2}", "1.73 m2")


def _condition(id_: str) -> str:
    """Return a condition's first name without its examples; the id where none is known."""
    known = load().conditions.get(id_)
    return known.names[0].split(" (")[0] if known else id_.replace("_", " ")


def _holds(age: float, operator: str, bound: float) -> bool:
    return {"<": age < bound, "<=": age <= bound, ">": age > bound, ">=": age >= bound}[operator]


@cache
def _descendants() -> Mapping[str, tuple[str, ...]]:
    down: dict[str, list[str]] = defaultdict(list)
    for id_ in terms():
        for above in ancestors(id_):
            down[above].append(id_)
    return {k: tuple(v) for k, v in down.items()}


def _rank(one: Finding) -> tuple[int, float]:
    return (MEASURED if one.value is not None else TOLD, one.certainty)


def _merge(findings: Iterable[Finding]) -> dict[tuple[str, str | None], Finding]:
    """One finding for an id and group: measured before told, sure before unsure; a draw is unknown."""
    best: dict[tuple[str, str | None], Finding] = {}
    for one in findings:
        key = (one.id, one.group)
        have = best.get(key)
        if have is None or _rank(one) > _rank(have):
            best[key] = one
        elif _rank(one) == _rank(have) and one.state is not have.state:
            best[key] = _unknown(one)
    return {k: v for k, v in best.items() if v.state is not State.UNKNOWN}


def _unknown(one: Finding) -> Finding:
    return Finding(id=one.id, state=State.UNKNOWN, certainty=one.certainty, group=one.group, value=one.value)


def states(findings: Iterable[Finding]) -> dict[str, bool]:
    """Return what is known yes or no, closed over the vocabulary's parents; sure findings win."""
    out: dict[str, tuple[bool, float]] = {}

    def put(id_: str, value: bool, rank: float) -> None:
        if id_ not in out or rank > out[id_][1]:
            out[id_] = (value, rank)

    for one in sorted(findings, key=_rank, reverse=True):
        if one.certainty < SURE_ENOUGH:
            continue
        rank = one.certainty + (1 if one.value is not None else 0)
        yes = one.state is State.PRESENT
        put(one.id, yes, rank)
        if yes:
            for above in ancestors(one.id):
                put(above, True, rank - 0.01)
            for denied in (*DENIED.get(one.id, ()), *_sides(one.id)):
                put(denied, False, rank - 0.02)
                for below in _descendants().get(denied, ()):
                    put(below, False, rank - 0.03)
        else:
            for below in _descendants().get(one.id, ()):
                put(below, False, rank - 0.01)
    return {k: v for k, (v, _) in out.items()}


def _sides(id_: str) -> tuple[str, ...]:
    """What a normal, high or low result rules out."""
    for ending, others in (("_normal", ("_high", "_low")), ("_high", ("_low",)), ("_low", ("_high",))):
        if id_.endswith(ending) and term(id_).kind == "lab":
            return tuple(s for o in others if (s := id_.removesuffix(ending) + o) in terms())
    return ()


def _power(one: Finding, newest: date | None) -> float:
    day = day_of(one.when)
    if term(one.id).kind != "lab" or day is None or newest is None or (newest - day).days <= STALE_DAYS:
        return 1.0
    return STALE_POWER


def _near(a: str, b: str) -> bool:
    return a == b or a in ancestors(b) or b in ancestors(a)


def _implied(groups: Sequence[DepositGroup], findings: Iterable[Finding]) -> list[Finding]:
    """The place and look of a group, where no finding of the group says them."""
    have = {(f.id, f.group) for f in findings}
    ids = [(g.id, id_) for g in groups for id_ in (g.site, g.pattern) if id_ is not None]
    return [Finding(id=id_, group=g) for g, id_ in ids if id_ in terms() and (id_, g) not in have]


def _belongs(one: Finding, group: str, owners: Mapping[str, frozenset[str]]) -> bool:
    """Whether a finding counts in full for a group: its own, or the person's that no other group owns."""
    if one.group is not None:
        return one.group == group
    owned = owners.get(one.id)
    return owned is None or group in owned


def _most_special(findings: Sequence[Finding]) -> list[Finding]:
    """Drop a present place or shape whose more special one is present too."""
    ids = {f.id for f in findings if f.state is State.PRESENT and term(f.id).kind in LOCAL}
    above = {a for i in ids for a in ancestors(i)}
    return [f for f in findings if f.state is not State.PRESENT or f.id not in above or f.id not in ids]


def gather(
    findings: Sequence[Finding],
    person: Person,
    *,
    results: Sequence[Result] = (),
    groups: Sequence[DepositGroup] = (),
) -> Evidence:
    """Return the evidence of one person by deposit group; without a group there is one, "all".

    Raises `UnknownTerm` for an id that the vocabulary does not hold.
    """
    usable = [
        f
        for f in findings
        if f.state is not State.UNKNOWN and (f.whose is Whose.PERSON or f.id == "hx_family_same")
    ]
    for f in usable:
        term(f.id)
    whole = [*usable, *_implied(groups, usable)]
    merged = list(_merge(whole).values())
    newest = max(filter(None, (day_of(f.when) for f in merged)), default=None)
    names = tuple(g.id for g in groups) or ("all",)
    items = {name: _items(merged, name, _owners(groups, merged) if groups else {}, newest) for name in names}
    known = states(merged)
    if person.setting is Setting.DIALYSIS:
        for id_ in ("hx_dialysis", "hx_ckd"):
            known.setdefault(id_, True)
    return Evidence(
        person=person,
        groups=names,
        items=items,
        state=known,
        findings={f.id: f for f in merged if f.state is State.PRESENT},
        results=tuple(results),
    )


def _owners(groups: Sequence[DepositGroup], findings: Iterable[Finding]) -> dict[str, frozenset[str]]:
    """Local findings of the person -> the groups whose place or shape they tell."""
    out = {}
    for one in findings:
        if one.group is None and term(one.id).kind in LOCAL:
            owned = {
                g.id for g in groups for id_ in (g.site, g.pattern) if id_ is not None and _near(one.id, id_)
            }
            if owned:
                out[one.id] = frozenset(owned)
    return out


def _items(
    merged: Sequence[Finding], group: str, owners: Mapping[str, frozenset[str]], newest: date | None
) -> tuple[Item, ...]:
    own = _most_special([f for f in merged if _belongs(f, group, owners)])
    have = {f.id for f in own}
    other = [f for f in merged if not _belongs(f, group, owners) and f.id not in have]
    found = {}
    for f, mine in [*((f, True) for f in own), *((f, False) for f in _most_special(other))]:
        if f.id not in found:
            found[f.id] = Item(f.id, f.state is State.PRESENT, f.certainty, _power(f, newest), mine, f)
    return tuple(found[i] for i in sorted(found))


def knowing_possible(evidence: Evidence, possible: Callable[[str], bool | None]) -> Evidence:
    """Return the same evidence with an answer to `possible(cause)`."""
    return Evidence(
        evidence.person,
        evidence.groups,
        evidence.items,
        evidence.state,
        evidence.findings,
        evidence.results,
        possible,
    )
