"""JSON from strangers: depth is known before parsing, and no value is taken that is not one clear value.

The standard parser does the work; it is kept from what it takes in silence (NaN, 1e999, the last of
two equal keys) and from what brings it down (depth, thousands of digits).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kossa.evidence import Refused
from kossa.intake.budget import DEFAULT, Budget
from kossa.intake.safe_text import safe
from kossa.intake.text import decode_text

__all__ = ["Document", "Fault", "depth", "first_fault", "parse", "parse_lines", "parse_tolerant"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Stands in a tolerant document where a value could not be taken; `code` as in `Refused`."""

    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data with `Fault`s where values were refused; `faults` are all of them, in file order."""

    data: Any
    faults: tuple[Fault, ...] = ()


def parse(data: bytes, *, budget: Budget = DEFAULT) -> Any:
    """Return dictionaries, lists, strings, finite numbers, booleans and None.

    Raises `Refused`: too-deep, too-large, invalid-number, ambiguous (equal keys), invalid-json.
    """
    document = parse_tolerant(data, budget=budget)
    if document.faults:
        raise Refused(document.faults[0].code, document.faults[0].what)
    return document.data


def parse_tolerant(data: bytes, *, budget: Budget = DEFAULT) -> Document:
    """Parse as `parse` does, but leave a `Fault` where one value or object is bad.

    A reader that goes entry by entry refuses the entry in which `first_fault` finds one.
    Raises `Refused` where the whole text cannot be read: too-deep, too-large, invalid-json.
    """
    text = decode_text(data, budget=budget, keep_nul=True).text
    if depth(text.encode("utf-8", "replace"), stop=budget.nesting) > budget.nesting:
        raise Refused("too-deep", f"This JSON is nested more than {budget.nesting} levels deep.")
    guard = _Guard(budget)
    try:
        value = json.loads(
            text,
            object_pairs_hook=guard.record,
            parse_float=guard.real,
            parse_int=guard.whole,
            parse_constant=guard.constant,
        )
    except json.JSONDecodeError as error:
        raise Refused("invalid-json", f"This is not sound JSON: line {error.lineno}, {error.msg}.") from None
    except RecursionError:
        raise Refused("too-deep", f"This JSON is nested more than {budget.nesting} levels deep.") from None
    return Document(value, tuple(guard.faults))


def parse_lines(data: bytes, *, budget: Budget = DEFAULT) -> Iterator[tuple[int, Document | Fault]]:
    """Parse JSON Lines: (line number, document or what is wrong with the line)."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, parse_tolerant(line, budget=budget)
            except Refused as refused:
                yield number, Fault(refused.code, str(refused))


def first_fault(value: Any) -> Fault | None:
    """Return the first `Fault` inside plain data, None where it is sound."""
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, Fault):
            return here
        if isinstance(here, dict):
            todo.extend(reversed(here.values()))
        elif isinstance(here, list):
            todo.extend(reversed(here))
    return None


ESCAPED = re.compile(rb"\\.", re.DOTALL)
BRACKETS = bytes.maketrans(b"{}", b"[]")
NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))


def depth(data: bytes, *, stop: int) -> int:
    """Return how deep JSON text is nested, or `stop` + 1 where it is deeper, without parsing it.

    All but quotes and brackets is struck out, then what stands between quotes; each pass then takes
    out the innermost pairs, so that the number of passes is the depth. An unclosed bracket counts
    as deeper than any limit only if it comes in great numbers; the parser refuses it anyway.
    """
    bare = ESCAPED.sub(b"", data).translate(BRACKETS, NOT_STRUCTURE)
    bare = b"".join(bare.split(b'"')[::2])
    for level in range(stop + 1):
        shorter = bare.replace(b"[]", b"")
        if len(shorter) == len(bare):
            return level if len(bare) <= stop else stop + 1
        bare = shorter
    return stop + 1


class _Guard:
    """Hooks of the parser: each takes one value, or leaves a `Fault` in its place."""

    def __init__(self, budget: Budget) -> None:
        self.digits = budget.number_digits
        self.faults: list[Fault] = []

    def fault(self, code: str, what: str) -> Any:
        self.faults.append(Fault(code, what))
        return self.faults[-1]

    def record(self, pairs: list[tuple[str, Any]]) -> Any:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        return self.fault("ambiguous", f"The key {safe(twice)!r} stands twice in one object.")

    def real(self, digits: str) -> Any:
        number = float(digits)
        if number - number == 0.0:
            return number
        return self.fault("invalid-number", f"The number {safe(digits)} is too large to be one.")

    def whole(self, digits: str) -> Any:
        if len(digits) <= self.digits:
            return int(digits)
        return self.fault("invalid-number", f"A whole number has {len(digits)} digits.")

    def constant(self, name: str) -> Any:
        return self.fault("invalid-number", f"{name} is not a number in JSON.")
