"""Every caution fires on its trigger, is silent on its negative, and asks where the datum is missing."""

from __future__ import annotations

import re

import pytest

from kossa.care.cautions import against, judged
from kossa.conditions import load
from kossa.conditions.rule import atoms, parse
from kossa.diagnosis.evidence import gather, knowing_possible
from kossa.evidence import Finding, Person, Sex, State

RULES = sorted(load().cautions)
ALWAYS = [r for r in RULES if load().cautions[r].fires_on == "always"]


def asks(row):
    """Whether a rule hangs on a datum that a person can be asked for (not on the weighing alone)."""
    open_ = [a for a in atoms(parse(row.fires_on)) if a.kind in ("finding", "age", "sex")]
    return bool(open_ if row.ask_all else row.asks)


ASKING = [r for r in RULES if asks(load().cautions[r])]


def assignment(rule, want):
    """One way to make a rule true or false: its atoms with their values."""
    if rule.atom is not None:
        return {rule.atom: want}
    if rule.operator == "not":
        return assignment(rule.parts[0], not want)
    every = (rule.operator == "and") is want
    parts = rule.parts if every else rule.parts[:1]
    out = {}
    for part in parts:
        out |= assignment(part, want)
    return out


def evidence_for(values):
    """A person who has exactly these atoms."""
    findings = [
        Finding(id=a.name, state=State.PRESENT if v else State.ABSENT)
        for a, v in values.items()
        if a.kind == "finding"
    ]
    ages = [a for a in values if a.kind == "age"]
    fits = [x for x in (0.5, 4, 10, 30, 57, 67, 80) if all(_holds(x, a) is values[a] for a in ages)]
    sexes = [a.name if v else {"F": "M", "M": "F"}[a.name] for a, v in values.items() if a.kind == "sex"]
    who = Person(age_years=fits[0] if ages else None, sex=Sex(sexes[0]) if sexes else Sex.U)
    possible = {a.name: v for a, v in values.items() if a.kind == "possible"}
    return knowing_possible(gather(findings, who), possible.get)


def _holds(age, atom):
    return {
        "<": age < atom.number,
        "<=": age <= atom.number,
        ">": age > atom.number,
        ">=": age >= atom.number,
    }[atom.operator]


def all_false(rule):
    values = assignment(rule, want=False)
    for atom in atoms(rule):
        if atom.kind in ("finding", "possible"):
            values.setdefault(atom, False)
    return values


def test_there_are_seventy_eight_rules():
    assert len(RULES) == 78


@pytest.mark.parametrize("name", RULES)
def test_the_rule_fires_on_its_trigger_and_says_what_fired_it(name):
    row = load().cautions[name]
    caution, asked = judged(row, evidence_for(assignment(parse(row.fires_on), want=True)))
    assert caution is not None
    assert caution.rule == name
    assert caution.because.endswith(row.then)
    assert asked == ()


@pytest.mark.parametrize("name", [r for r in RULES if r not in ALWAYS])
def test_the_rule_is_silent_where_everything_it_names_is_absent(name):
    row = load().cautions[name]
    caution, asked = judged(row, evidence_for(all_false(parse(row.fires_on))))
    assert caution is None
    assert asked == ()


@pytest.mark.parametrize("name", ASKING)
def test_where_the_datum_is_missing_it_is_asked_for(name):
    caution, asked = judged(load().cautions[name], gather([], Person()))
    assert caution is None
    assert asked
    assert all(a and "_" not in a for a in asked)


def test_the_value_and_date_that_fired_it_are_told():
    finding = Finding(id="egfr_under_35", value=22.0, unit="mL/min", when="2025-02-03")
    caution, _ = judged(load().cautions["bis_egfr"], gather([finding], Person()))
    assert "22 mL/min, 2025-02-03" in caution.because


def test_no_rule_orders_and_none_gives_a_dose():
    for row in load().cautions.values():
        assert not row.then.lower().startswith(("stop ", "start ", "give "))
        assert not re.search(r"\d ?mg/(day|kg)|\d ?mg daily", row.then)


def test_a_finding_that_an_option_names_as_a_reason_against_is_told_as_one():
    evidence = gather([Finding(id="hx_pregnancy")], Person())
    assert against(("hx_pregnancy",), "pregnancy", evidence).rule == "when_not"
    assert against(("hx_gout",), "gout", evidence) is None
