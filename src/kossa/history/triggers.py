"""The words that say how a thing is meant: a table of triggers, and where they stand in a sentence.

After NegEx (Chapman, J Biomed Inform 2001;34:301) and ConText (Harkema, J Biomed Inform 2009;42:839).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.history.levelled import level_phrase

__all__ = ["Trigger", "triggers"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words first..last (both inside) play this role; `certainty` is what doubt leaves.

    Roles: deny, deny_list, deny_next look right (the second through a list of commas, the third at
    the next word only); deny_after, deny_after_next look left; unsure and doubt likewise. end stops
    a look, verb too where it begins a new statement. kin names a relative, kin_list the diseases of
    relatives; past_mark, past_after and past say that it is over; pseudo looks like a denial and is
    none.
    """

    role: str
    first: int
    last: int
    certainty: float


@cache
def _table() -> Mapping[str, tuple[tuple[tuple[str, ...], str, float], ...]]:
    text = files(__package__).joinpath("data", "triggers.csv").read_text(encoding="utf-8")
    found: dict[str, list[tuple[tuple[str, ...], str, float]]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        words = tuple(level_phrase(row["phrase"]).split(" "))
        found[words[0]].append((words, row["role"], float(row["certainty"] or 1.0)))
    return {key: tuple(rows) for key, rows in found.items()}


def triggers(words: Sequence[str]) -> list[Trigger]:
    """Return the triggers among levelled words; one inside a longer one is not one (`no` in `no change`)."""
    found = []
    for place, word in enumerate(words):
        for phrase, role, certainty in _table().get(word, ()):
            last = place + len(phrase) - 1
            if tuple(words[place : last + 1]) == phrase:
                found.append(Trigger(role, place, last, certainty))
    return [t for t in found if not any(_inside(t, other) for other in found)]


def _inside(one: Trigger, other: Trigger) -> bool:
    """Whether a longer trigger takes a word's role; `is not` looks left and lets `not` look right."""
    if other.role == "deny_after" and one.role in ("deny", "deny_list"):
        return False
    longer = other.last - other.first > one.last - one.first
    return longer and other.first <= one.first and one.last <= other.last
