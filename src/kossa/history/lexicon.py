"""Which phrases stand for which ids, and where they stand in a sentence.

Rules of the table: a phrase begins at a word's start; one of four characters or fewer also ends at
a word's end, a longer one may be a stem; the longest phrase at a place wins.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence.vocabulary import term, terms
from kossa.history.levelled import Sentence, level_phrase

__all__ = ["Match", "matches", "phrases"]

_SHORT = 4  # characters: shorter phrases are whole words (lexicon's rule)
_KEY = 3  # characters that a bucket is found by; the shortest phrase has two


@dataclass(frozen=True, slots=True)
class Match:
    """Words first..last (both inside) of a sentence stand for these ids."""

    ids: tuple[str, ...]
    first: int
    last: int
    size: int


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def phrases() -> Mapping[str, tuple[tuple[str, ...], bool]]:
    """Return levelled phrase -> (ids, whole word only): lexicon, added phrases, vocabulary synonyms."""
    ids: dict[str, set[str]] = defaultdict(set)
    whole: dict[str, bool] = defaultdict(bool)

    def add(phrase: str, id_: str) -> None:
        level = level_phrase(phrase)
        if len(level) > 1:
            ids[level].add(id_)
            whole[level] = whole[level] or min(len(phrase), len(level)) <= _SHORT

    for table in ("lexicon.csv", "more_phrases.csv"):
        for row in _rows(table):
            term(row["id"])  # raises where the vocabulary does not hold it
            for phrase in row["phrases"].split("|"):
                add(phrase, row["id"])
    left_out = {(r["id"], level_phrase(r["phrase"])) for r in _rows("left_out.csv")}
    for one in terms().values():
        for phrase in one.synonyms:
            add(phrase, one.id)
    for id_, level in left_out:
        ids[level].discard(id_)
    return {level: (tuple(sorted(found)), whole[level]) for level, found in ids.items() if found}


@cache
def _buckets() -> Mapping[str, tuple[tuple[str, tuple[str, ...], bool], ...]]:
    found: dict[str, list[tuple[str, tuple[str, ...], bool]]] = defaultdict(list)
    for level, (ids, whole) in phrases().items():
        found[level[:_KEY]].append((level, ids, whole))
    return {key: tuple(sorted(row, key=lambda r: (-len(r[0]), r[0]))) for key, row in found.items()}


def _at(level: str, place: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    buckets = _buckets()
    for key in (level[place : place + 3], level[place : place + 2]):
        for phrase, ids, whole in buckets.get(key, ()):
            if level.startswith(phrase, place):
                end = place + len(phrase)
                if not whole or end == len(level) or level[end] == " ":
                    yield phrase, ids


def matches(sentence: Sentence) -> list[Match]:
    """Return what stands in a sentence: from the left, the longest phrase at each place."""
    level, free = sentence.level, 0
    kept = []
    for place, number in sentence.offsets.items():
        if number < free:
            continue
        found = list(_at(level, place))
        if not found:
            continue
        size = max(len(phrase) for phrase, _ in found)
        ids = sorted({id_ for phrase, named in found if len(phrase) == size for id_ in named})
        longest = next(phrase for phrase, _ in found if len(phrase) == size)
        last = number + longest.count(" ")
        kept.append(Match(tuple(ids), number, last, size))
        free = last + 1
    return kept
