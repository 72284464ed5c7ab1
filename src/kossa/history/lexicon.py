"""Which phrases stand for which ids, and where they stand in a sentence.

Rules of the table: a phrase begins at a word's start; one of four characters or fewer also ends at
a word's end, and so does one whose last word is that short; a longer one may be a stem; the longest
phrase at a place wins.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence.vocabulary import term, terms
from kossa.history.levelled import Sentence, level_phrase

__all__ = ["Match", "Meaning", "denies", "matches", "phrases", "shapes"]

_SHORT = 4  # characters: shorter phrases are whole words (lexicon's rule)
_TAIL = 2  # a last word as short is one too: `lung ca` is not the beginning of `lung calcification`
_KEY = 3  # characters that a bucket is found by; the shortest phrase has two


_NOTHING = "-"  # the id of a phrase that is known and says nothing of a deposit


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for; `whole` phrases also end at a word's end."""

    ids: tuple[tuple[str, float], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Words first..last (both inside) of a sentence stand for these ids, each with its certainty.

    A match without ids is a phrase that is known and says nothing of a deposit (`toothache`).
    """

    ids: tuple[tuple[str, float], ...]
    first: int
    last: int
    size: int


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def phrases() -> Mapping[str, Meaning]:
    """Return levelled phrase -> meaning: lexicon, added phrases, synonyms of the vocabulary."""
    ids: dict[str, dict[str, float]] = defaultdict(dict)
    whole: dict[str, bool] = defaultdict(bool)

    def add(phrase: str, id_: str, certainty: float) -> None:
        level = level_phrase(phrase)
        if len(level) > 1:
            ids[level][id_] = max(certainty, ids[level].get(id_, 0.0))
            tail = level.rpartition(" ")[2]
            short = min(len(phrase), len(level)) <= _SHORT or (tail.isalpha() and len(tail) <= _TAIL)
            whole[level] = whole[level] or short

    for table in ("lexicon.csv", "more_phrases.csv"):
        for row in _rows(table):
            if row["id"] != _NOTHING:
                term(row["id"])  # raises where the vocabulary does not hold it
            for phrase in row["phrases"].split("|"):
                add(phrase, row["id"], float(row.get("certainty") or 1.0))
    for one in terms().values():
        for phrase in one.synonyms:
            add(phrase, one.id, 1.0)
    for row in _rows("left_out.csv"):
        ids[level_phrase(row["phrase"])].pop(row["id"], None)
    return {
        level: Meaning(tuple(sorted((i, q) for i, q in found.items() if i != _NOTHING)), whole[level])
        for level, found in ids.items()
        if found
    }


@cache
def _buckets() -> Mapping[str, tuple[tuple[str, Meaning], ...]]:
    found: dict[str, list[tuple[str, Meaning]]] = defaultdict(list)
    for level, meaning in phrases().items():
        found[level[:_KEY]].append((level, meaning))
    return {key: tuple(sorted(rows, key=lambda r: (-len(r[0]), r[0]))) for key, rows in found.items()}


def _longest(level: str, place: int) -> tuple[str, Meaning] | None:
    """The longest phrase that begins at a place of the levelled sentence."""
    buckets = _buckets()
    for key in (level[place : place + _KEY], level[place : place + _KEY - 1]):
        for phrase, meaning in buckets.get(key, ()):
            end = place + len(phrase)
            if level.startswith(phrase, place) and (not meaning.whole or level[end : end + 1] in ("", " ")):
                return phrase, meaning
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], float], ...]:
    return tuple((r["id"], re.compile(r["pattern"]), float(r["certainty"])) for r in _rows("patterns.csv"))


@cache
def _broad() -> Mapping[str, Mapping[str, float]]:
    """Id -> the phrases whose denial denies it, with the certainty that leaves."""
    return {
        r["id"]: {level_phrase(p): float(r["denied_certainty"]) for p in r["phrases"].split("|")}
        for r in _rows("broad.csv")
    }


def denies(id_: str, level: str) -> float:
    """How far the denial of a phrase (levelled) denies an id: `no fracture` does not deny an injury."""
    phrases_ = _broad().get(id_)
    if phrases_ is None:
        return 1.0
    return next((q for phrase, q in phrases_.items() if level.startswith(phrase)), 0.0)


def shapes(sentence: Sentence) -> list[Match]:
    """Return what a sentence says by its shape (`firm, pea-sized nodule`), beside its phrases."""
    level, offsets = sentence.level, sentence.offsets
    found = []
    for id_, pattern, certainty in _patterns():
        for one in pattern.finditer(level):
            first = offsets.get(one.start())
            if first is not None:
                last = first + one.group().count(" ")
                found.append(Match(((id_, certainty),), first, last, len(one.group())))
    return found


def matches(sentence: Sentence) -> list[Match]:
    """Return what stands in a sentence: from the left, the longest phrase at each place."""
    level, free = sentence.level, 0
    kept = []
    for place, number in sentence.offsets.items():
        found = _longest(level, place) if number >= free else None
        if found is not None:
            phrase, meaning = found
            last = number + phrase.count(" ")
            kept.append(Match(meaning.ids, number, last, len(phrase)))
            free = last + 1
    return kept
