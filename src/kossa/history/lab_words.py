"""Laboratory verdicts in words: `calcium, phosphate and PTH were normal`, `raised creatinine`.

A list of tests shares its verdict, on either side. What is high or low without a number is a finding
with less certainty than a measured value, and the measured one wins.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence import State
from kossa.evidence.vocabulary import terms
from kossa.history.levelled import Sentence, level_phrase

__all__ = ["Verdict", "verdicts"]

_VERDICTS = {
    "high": ("high", "raised", "elevated", "increased", "above"),
    "low": ("low", "reduced", "decreased", "suppressed", "undetectable", "below", "lowered"),
    "normal": ("normal", "unremarkable"),
    "positive": ("positive",),
    "negative": ("negative",),
}
_BE = frozenset(
    {"is", "was", "were", "are", "remained", "remains", "also", "all", "both", "found", "to", "be"}
    | {"slightly", "mildly", "markedly", "very", "had", "has", "have", "been", "persistently", "consistently"}
    | {"significantly", "moderately", "severely", "still", "again", "within"}
)
_LEVELS = frozenset(
    {"level", "levels", "value", "values", "concentration", "concentrations", "serum", "the", "of", "test"}
    | {"titer"}
)
_NOT = frozenset({"not", "never"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Words first..last (both inside) call this finding present or absent."""

    id: str
    state: State
    first: int
    last: int


@cache
def _names() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """First word of a test's name -> (its words, stem), longest first."""
    text = files(__package__).joinpath("data", "lab_words.csv").read_text(encoding="utf-8")
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        for phrase in row["phrases"].split("|"):
            words = tuple(level_phrase(phrase).split(" "))
            found.setdefault(words[0], []).append((words, row["stem"]))
    return {key: tuple(sorted(rows, key=lambda r: -len(r[0]))) for key, rows in found.items()}


@cache
def _verdict_words() -> Mapping[str, str]:
    return {level_phrase(word): verdict for verdict, words in _VERDICTS.items() for word in words}


def _test_at(words: list[str], place: int) -> tuple[int, str] | None:
    for name, stem in _names().get(words[place], ()):
        if tuple(words[place : place + len(name)]) == name:
            return place + len(name), stem
    return None


def _tests_from(words: list[str], place: int) -> tuple[int, list[str]]:
    """Read `calcium, phosphate and PTH` from a place; return where it ends and the stems."""
    stems: list[str] = []
    end = place
    while place < len(words):
        found = _test_at(words, place)
        if found is not None:
            end, stem = found
            stems.append(stem)
            place = end
        elif stems and words[place] in (",", "and", "or", "&", *_LEVELS):
            place += 1
        else:
            break
    return end, stems


def verdicts(sentence: Sentence) -> list[Verdict]:
    """Return every test that a sentence calls high, low, normal, positive or negative."""
    words = [w.level for w in sentence.words]
    found: list[Verdict] = []
    place = 0
    while place < len(words):
        end, stems = _tests_from(words, place)
        if not stems:
            place += 1
            continue
        found.extend(_of_list(words, stems, place, end))
        place = end
    return found


def _of_list(words: list[str], stems: list[str], place: int, end: int) -> list[Verdict]:
    """The verdicts on one list; `normal calcium, phosphate raised` gives the last test its own."""
    after, before = _after(words, end), _before(words, place)
    found: list[Verdict] = []
    if before is not None and after is not None and len(stems) > 1:
        last, verdict, denied = after
        found = _meant(stems[-1:], verdict, end - 1, last, denied=denied)
        stems, after = stems[:-1], None
    if before is not None:
        first, verdict, denied = before
        found = [*_meant(stems, verdict, first, end - 1, denied=denied), *found]
    elif after is not None:
        last, verdict, denied = after
        found.extend(_meant(stems, verdict, place, last, denied=denied))
    return found


def _after(words: list[str], end: int) -> tuple[int, str, bool] | None:
    """The verdict behind a list: `were not raised`, `: normal`, `(normal)`."""
    denied = False
    for place in range(end, min(end + 6, len(words))):
        word = words[place]
        if word in _verdict_words():
            return place, _verdict_words()[word], denied
        if word in _NOT:
            denied = True
        elif word not in _BE and word not in _LEVELS and word not in (":", "("):
            return None
    return None


def _before(words: list[str], start: int) -> tuple[int, str, bool] | None:
    """The verdict before a list: `raised serum calcium`, `no raised creatinine`."""
    for place in range(start - 1, max(start - 3, -1), -1):
        word = words[place]
        if word in _verdict_words():
            denied = bool(place and words[place - 1] in ("no", "not", "without"))
            return place, _verdict_words()[word], denied
        if word not in _LEVELS:
            return None
    return None


def _meant(stems: list[str], verdict: str, first: int, last: int, *, denied: bool) -> list[Verdict]:
    found = []
    for stem in dict.fromkeys(stems):
        for id_, state in _ids(stem, verdict):
            if not denied:
                found.append(Verdict(id_, state, first, last))
            elif state is State.PRESENT:  # `not normal` says that it is not normal, and no more
                found.append(Verdict(id_, State.ABSENT, first, last))
    return found


def _ids(stem: str, verdict: str) -> list[tuple[str, State]]:
    """The ids of a verdict: `normal` also says that it is neither high nor low."""
    if stem in terms():  # positive or negative
        if verdict in ("positive", "high"):
            return [(stem, State.PRESENT)]
        return [(stem, State.ABSENT)] if verdict in ("negative", "normal") else []
    if verdict in ("positive", "negative"):
        verdict = "high" if verdict == "positive" else "normal"
    if (stem, verdict) == ("egfr", "low"):
        return [("egfr_under_60", State.PRESENT)]
    others = ("high", "low") if verdict == "normal" else ()
    named = [(f"{stem}_{verdict}", State.PRESENT), *((f"{stem}_{o}", State.ABSENT) for o in others)]
    return [(id_, state) for id_, state in named if id_ in terms()]
