"""Examinations that words tell were done: `CT thorax 2011`, `skin biopsy of the thigh`; how good they were.

What is asked for, planned, refused or not available was not done.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from kossa.evidence import Side, Source, State, Whose
from kossa.evidence.vocabulary import term
from kossa.evidence.words_reading import Examined
from kossa.history.foreign import sentences_in
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match
from kossa.history.scope import Scope
from kossa.history.told import LAYERS, most_specific
from kossa.history.when import time_in
from kossa.history.words import find

__all__ = ["examined"]

_TO_COME = re.compile(
    r"\b(?:recommend\w*|request\w*|arrang\w*|await\w*|pending|plan\w*|advis\w*|"
    r"suggest(?:ed)? (?:a|an|further)|consider\w*|should|needs?|will|would|refer\w* for|book\w*|declin\w*|"
    r"refus\w*|please|query|not (?:been )?(?:done|performed|available|taken)|"
    r"for (?:ct|mri|biopsy|x ray|ultrasound|echo))\b"
)
_POOR = re.compile(
    r"\b(?:poor quality|non diagnostic|nondiagnostic|inadequate|insufficient|degraded|motion artefacts?|"
    r"limited (?:study|view|examination|by)|superficial biopsy|too superficial|inconclusive|not diagnostic)\b"
)


@cache
def _table() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    text = files(__package__).joinpath("data", "examinations.csv").read_text(encoding="utf-8")
    return tuple(
        (tuple(r["tests"].split("|")), re.compile(r["words"])) for r in csv.DictReader(text.splitlines())
    )


def examined(text: str, *, source: Source | None = None, language: str = "English") -> list[Examined]:
    """Return each examination that a text tells was done, with its place where the sentence names one."""
    out = []
    for sentence in sentences_in(text, language):
        if _TO_COME.search(sentence.level):
            continue
        tests = [t for names, words in _table() if _done(sentence, words) for t in names]
        for site, side in _places(sentence, source) if tests else ():
            out += [
                Examined(
                    test=test, site=site, side=side, when=time_in(sentence.written), source=source,
                    how="told in words", poor=bool(_POOR.search(sentence.level)),
                )
                for test in tests
            ]  # fmt: skip
    return out


def _done(sentence: Sentence, words: re.Pattern[str]) -> bool:
    found = words.search(sentence.level)
    first = sentence.offsets.get(found.start()) if found else None
    if found is None or first is None:
        return False
    match = Match((), first, first + found.group().count(" "), len(found.group()))
    said = Scope(sentence, (match,)).said(match)
    return said.state is State.PRESENT and said.whose is Whose.PERSON


def _places(sentence: Sentence, source: Source | None) -> Sequence[tuple[str | None, Side]]:
    here, _ = find(
        f"calcification: {sentence.written}", field="imaging", source=source, language=sentence.language
    )
    placed = [f for f in here if term(f.id).kind == "site" and f.id not in LAYERS]
    kept = most_specific(f.id for f in placed)
    return list(dict.fromkeys((f.id, f.side) for f in placed if f.id in kept)) or [(None, Side.UNKNOWN)]
