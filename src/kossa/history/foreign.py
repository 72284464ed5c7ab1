"""German and French sentences as the English words they are compared by; what is quoted stays as written.

A table of phrases turns the words of a sentence into English ones, each with the span of the phrase that it
came from. It is no translation: what the table does not hold stays as it is, and is listed as not understood.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from kossa.history.levelled import Sentence, Word, level_phrase, sentences
from kossa.history.lexicon import phrases

__all__ = ["ENGLISH", "READ", "english", "likely_language", "sentences_in"]

READ = ("German", "French")
ENGLISH = "English"
_HALF = 0.5  # of the words of a short text, that many must be the language's (judgement)
_STEM = 4  # letters: a shorter beginning of a word is not taken for a stem
_FUGUES = ("", "s", "n", "en", "es", "e")  # what joins the parts of a German compound


@dataclass(frozen=True)
class _Table:
    """Phrases of one language: whole ones and stems by their levelled words, heads of compounds, dots."""

    whole: Mapping[tuple[str, ...], tuple[str, ...]]
    stems: Mapping[str, tuple[str, ...]]
    heads: tuple[tuple[str, tuple[str, ...]], ...]
    dotted: re.Pattern[str] | None
    longest: int


def _forms(phrase: str) -> set[str]:
    """A phrase and its spelling without signs over letters: `Gefäß` is also written `Gefaess`."""
    plain = phrase
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(sign, letters)
    return {phrase, plain}


@cache
def _table(language: str) -> _Table:
    text = files(__package__).joinpath("data", "foreign.csv").read_text(encoding="utf-8")
    whole: dict[tuple[str, ...], tuple[str, ...]] = {}
    stems: dict[str, tuple[str, ...]] = {}
    heads: dict[str, tuple[str, ...]] = {}
    dotted = []
    for row in csv.DictReader(text.splitlines()):
        if row["language"] != language:
            continue
        meaning = tuple(level_phrase(row["english"]).split())
        for given in row["phrases"].split("|"):
            if "." in given:
                dotted.append(given)
            for form in _forms(given.lower()):
                level = level_phrase(form.strip("*-").replace(".", " "))
                if form.startswith("-"):
                    heads[level] = meaning
                elif form.endswith("*"):
                    stems[level] = meaning
                else:
                    whole[tuple(level.split())] = meaning
    pattern = "|".join(re.escape(d).replace(r"\ ", r"\s?") for d in sorted(dotted, key=len, reverse=True))
    return _Table(
        whole, stems, tuple(sorted(heads.items(), key=lambda h: -len(h[0]))),
        re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE) if pattern else None,
        max(map(len, whole), default=1),
    )  # fmt: skip


def _undotted(text: str, table: _Table) -> str:
    """The text with the full stops of known short forms blanked, every letter at its place."""
    if table.dotted is None:
        return text
    return table.dotted.sub(lambda found: found.group().replace(".", " "), text)


def sentences_in(text: str, language: str = ENGLISH) -> list[Sentence]:
    """Split a text of a language into sentences of English words; quotes stay in its own words."""
    if language not in READ:
        return sentences(text)
    table = _table(language)
    cut = sentences(_undotted(text, table))
    turned = (
        replace(
            s, text=text, words=_turned(s.words, table), language=language,
            span=(s.words[0].start, s.words[-1].end),
        )
        for s in cut
    )  # fmt: skip
    return [s for s in turned if any(w.level[0].isalnum() for w in s.words)]


def _turned(words: tuple[Word, ...], table: _Table) -> tuple[Word, ...]:
    out: list[Word] = []
    place = 0
    while place < len(words):
        count, meaning = _meant(words, place, table)
        start, end = words[place].start, words[place + count - 1].end
        out += [Word(level, start, end) for level in meaning]
        place += count
    return tuple(out)


def _meant(words: tuple[Word, ...], place: int, table: _Table) -> tuple[int, tuple[str, ...]]:
    """How many words a phrase takes here, and what it means; one word stands for itself."""
    for count in range(min(table.longest, len(words) - place), 0, -1):
        found = table.whole.get(tuple(w.level for w in words[place : place + count]))
        if found is not None:
            return count, found
    word = words[place].level
    return 1, _of_word(word, table) or ((word,) if _of_word(word, table) is None else ())


def _of_word(word: str, table: _Table) -> tuple[str, ...] | None:
    """What one word means: itself, the longest stem that it begins with, or the parts of a compound."""
    whole = table.whole.get((word,))
    if whole is not None:
        return whole
    for head, meaning in table.heads:
        if word.endswith(head) and len(word) > len(head):
            return (*_first_part(word[: -len(head)], table), *meaning)
    for size in range(len(word), _STEM - 1, -1):
        if word[:size] in table.stems:
            return table.stems[word[:size]]
    return None


def _first_part(part: str, table: _Table) -> tuple[str, ...]:
    """What the first part of a compound means; nothing where the table does not hold it."""
    for fugue in _FUGUES:
        if part.endswith(fugue):
            bare = part[: len(part) - len(fugue)]
            found = table.whole.get((bare,)) or table.stems.get(bare)
            if found is not None:
                return found
    return ()


def english(text: str, language: str) -> str:
    """Return a heading or a line as English words, as it is compared; English ones as they are."""
    if language not in READ:
        return text
    return " ".join(s.level for s in sentences_in(text, language))


def likely_language(text: str) -> str | None:
    """Return the language whose table knows most words of a text too short to be told by its common ones."""
    counts = {name: _known_part(text, name) for name in READ}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= _HALF else None


@cache
def _english_words() -> frozenset[str]:
    """Words of the English phrases: `calcification` and `thorax` tell no language."""
    return frozenset(w for phrase in phrases() for w in phrase.split()) | {
        "a",
        "an",
        "on",
        "in",
        "was",
        "son",
    }


def _known_part(text: str, language: str) -> float:
    """The part of a text's words that a table holds, those left out that are English anyway."""
    table = _table(language)
    known = total = 0
    for sentence in sentences(_undotted(text, table)):
        words, place = sentence.words, 0
        while place < len(words):
            count, meaning = _meant(words, place, table)
            here = tuple(w.level for w in words[place : place + count])
            own = sum(w.isalpha() and len(w) > 1 and w not in _english_words() for w in here)
            total += own
            known += own if here != meaning else 0
            place += count
    return known / total if total else 0.0
