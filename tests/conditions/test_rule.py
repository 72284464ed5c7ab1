"""Rules over findings with three truth values: unknown is not false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kossa.conditions.rule import atoms, evaluate, parse


def verdict(text, **known):
    return evaluate(parse(text), lambda atom: known.get(atom.name))


def test_an_or_is_true_with_one_part_and_says_which():
    said = verdict("sx_pain or sx_livedo", sx_livedo=True)
    assert said.value is True
    assert [a.name for a in said.because] == ["sx_livedo"]


def test_an_unknown_part_leaves_an_and_open_and_is_named():
    said = verdict("hx_ckd and rx_vka", hx_ckd=True)
    assert said.value is None
    assert [a.name for a in said.unknown] == ["rx_vka"]
    assert [a.name for a in said.because] == ["hx_ckd"]


def test_a_false_part_closes_an_and_whatever_is_unknown():
    said = verdict("hx_ckd and rx_vka", hx_ckd=False)
    assert said.value is False
    assert said.unknown == ()


def test_not_and_brackets_bind_as_they_read():
    assert verdict("not (a or b) and c", a=False, b=False, c=True).value is True
    assert verdict("a and not b", a=True, b=True).value is False
    assert verdict("not a").value is None


def test_age_sex_and_possible_are_questions_of_their_own():
    found = list(atoms(parse("age >= 12 and sex = F and possible(fop) and always")))
    assert [a.kind for a in found] == ["age", "sex", "possible", "always"]
    assert (found[0].operator, found[0].number) == (">=", 12.0)
    assert verdict("always").value is True


@pytest.mark.parametrize("text", ["a and", "(a or b", "a b", "or a", "a ? b", ")", ""])
def test_a_rule_that_cannot_be_read_says_where(text):
    with pytest.raises(ValueError, match="rule"):
        parse(text)


WORDS = st.sampled_from(["a", "b", "c", "d"])
RULES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        inner.map(lambda r: f"not ({r})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
    ),
    max_leaves=8,
)


@given(RULES, st.dictionaries(WORDS, st.booleans()), st.dictionaries(WORDS, st.booleans()))
def test_what_is_decided_stays_decided_when_more_is_known(text, known, more):
    before = verdict(text, **known).value
    after = verdict(text, **(more | known)).value
    assert before is None or before is after


@given(RULES, st.fixed_dictionaries({k: st.booleans() for k in "abcd"}))
def test_with_everything_known_a_rule_is_what_python_says(text, known):
    assert verdict(text, **known).value is bool(eval(text, {}, known))
