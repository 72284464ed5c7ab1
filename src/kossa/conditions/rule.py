"""Small rules over findings, as the TOML files write them, with three truth values.

    rule   = or-parts of and-parts of [not] atom
    atom   = a vocabulary id | age < 8 | sex = F | possible(cause) | always | (rule)

Unknown is not false: a rule is unknown where its value hangs on what nobody asked, and says on what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Atom", "Rule", "Verdict", "atoms", "evaluate", "parse"]

TOKEN = re.compile(r"\s*(possible\(\w+\)|age\s*(?:<=|>=|<|>)\s*\d+(?:\.\d+)?|sex\s*=\s*[FM]|[()]|\w+)")


@dataclass(frozen=True, slots=True)
class Atom:
    """One question: `kind` is finding, age, sex, possible or always; `text` as it is written."""

    kind: str
    text: str
    name: str
    operator: str = ""
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A node of a rule: `operator` is atom, not, and, or."""

    operator: str
    parts: tuple[Rule, ...] = ()
    atom: Atom | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The value (None = unknown), the atoms that made it so, and those it hangs on."""

    value: bool | None
    because: tuple[Atom, ...] = ()
    unknown: tuple[Atom, ...] = ()


def _atom(written: str) -> Atom:
    text = re.sub(r"\s+", " ", written)
    if m := re.fullmatch(r"age\s*(<=|>=|<|>)\s*([\d.]+)", written):
        return Atom("age", text, "age", m[1], float(m[2]))
    if m := re.fullmatch(r"sex\s*=\s*([FM])", written):
        return Atom("sex", text, m[1])
    if m := re.fullmatch(r"possible\((\w+)\)", written):
        return Atom("possible", text, m[1])
    return Atom("always" if written == "always" else "finding", text, written)


def _tokens(text: str) -> list[str]:
    out, place = [], 0
    while place < len(text.rstrip()):
        m = TOKEN.match(text, place)
        if m is None:
            message = f"the rule {text!r} cannot be read at {text[place:]!r}"
            raise ValueError(message)
        out.append(m[1])
        place = m.end()
    return out


class _Parser:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)

    def take(self) -> str:
        if not self.tokens:
            message = f"the rule {self.text!r} ends too early"
            raise ValueError(message)
        return self.tokens.pop(0)

    def either(self, word: str, part: Callable[[], Rule]) -> Rule:
        parts = [part()]
        while self.tokens and self.tokens[0] == word:
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Rule(word, tuple(parts))

    def rule(self) -> Rule:
        return self.either("or", lambda: self.either("and", self.factor))

    def factor(self) -> Rule:
        word = self.take()
        if word == "not":
            return Rule("not", (self.factor(),))
        if word == "(":
            inner = self.rule()
            if self.take() != ")":
                message = f"the rule {self.text!r} lacks a closing bracket"
                raise ValueError(message)
            return inner
        if word in {")", "and", "or"}:
            message = f"the rule {self.text!r} has {word!r} where a question should stand"
            raise ValueError(message)
        return Rule("atom", atom=_atom(word))


@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """Read one rule; raises `ValueError` with the place of the fault."""
    parser = _Parser(text)
    whole = parser.rule()
    if parser.tokens:
        message = f"the rule {text!r} goes on after its end: {' '.join(parser.tokens)}"
        raise ValueError(message)
    return whole


def atoms(rule: Rule) -> Iterator[Atom]:
    """Yield all atoms of a rule from left to right."""
    if rule.atom is not None:
        yield rule.atom
    for part in rule.parts:
        yield from atoms(part)


def _distinct(many: list[Verdict], pick: Callable[[Verdict], tuple[Atom, ...]]) -> tuple[Atom, ...]:
    return tuple(dict.fromkeys(a for one in many for a in pick(one)))


def evaluate(rule: Rule, look: Callable[[Atom], bool | None]) -> Verdict:
    """Return the value of a rule; `look` answers one atom, None where nobody asked."""
    if rule.atom is not None:
        value = True if rule.atom.kind == "always" else look(rule.atom)
        only = (rule.atom,)
        return Verdict(value, only if value is not None else (), only if value is None else ())
    parts = [evaluate(part, look) for part in rule.parts]
    if rule.operator == "not":
        (one,) = parts
        return Verdict(None if one.value is None else not one.value, one.because, one.unknown)
    deciding = rule.operator == "or"  # one true part decides an "or", one false part an "and"
    decided = [p for p in parts if p.value is deciding]
    if decided:
        return Verdict(deciding, _distinct(decided, lambda v: v.because))
    open_ = [p for p in parts if p.value is None]
    if open_:
        rest = [p for p in parts if p.value is not None]
        return Verdict(None, _distinct(rest, lambda v: v.because), _distinct(open_, lambda v: v.unknown))
    return Verdict(not deciding, _distinct(parts, lambda v: v.because))
