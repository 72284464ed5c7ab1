"""Text as words with their spelling levelled, and where each word stood in the text.

Spelling variants are levelled on both sides, in the phrases that are looked for and in the text:
ae/e, oe/e, our/or, ise/ize, re/er, hyphen or slash/space, apostrophes dropped, digits without a
thousands sign. What is matched is the levelled text; what is quoted is the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Sentence", "Word", "level_phrase", "sentences"]

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[a-z]*\d*|[^\W_]+(?:'[^\W_]+)*'?|[,;:()?<>%+=&\[\]]")
_LINE_END = re.compile(r"\n\s*(?:\n|[-*•·]|\d{1,2}[.)]\s)|(?<=[:.;])\s*\n|;\s|\n(?=[A-Z][^\n]{0,40}:)")
# a full stop ends a sentence unless it closes an initial or one of these short forms
_STOP = re.compile(
    r"(?<![\s(][a-zA-Z])(?<!^[a-zA-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<!\bvs)(?<!\bca)(?<!\bDr)[.!]+(?=\s|$)|\?\s+(?=[A-Z])"
)
_BLANK = re.compile(r"\n\s*\n")
_SPELLING = (
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"our"), "or"),
    (re.compile(r"([iy])s(e|es|ed|er|ing|ation|ations)$"), r"\1z\2"),
    (re.compile(r"(cent|fib|lit|calib)re(s?)$"), r"\1er\2"),
    (re.compile(r"grey"), "gray"),
    (re.compile(r"sulph"), "sulf"),
    (re.compile(r"((?:tunn|lab|trav|canc|pan)el)l(ed|ing)$"), r"\1\2"),
    (re.compile(r"ageing"), "aging"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign: levelled, and its half-open span in the text as written."""

    level: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """One sentence (or one line of a list); `text` is the whole text that the spans point into.

    `line` counts from 1, `paragraph` from 0; `language` is that of the text (the words are English
    in any), `span` where the sentence stands if its words do not reach from end to end.
    """

    text: str
    words: tuple[Word, ...]
    line: int
    paragraph: int = 0
    language: str = "English"
    span: tuple[int, int] | None = None

    @cached_property
    def level(self) -> str:
        """The levelled words joined by single spaces."""
        return " ".join(w.level for w in self.words)

    @cached_property
    def offsets(self) -> dict[int, int]:
        """Where each word begins in `level` -> its number."""
        place, found = 0, {}
        for number, word in enumerate(self.words):
            found[place] = number
            place += len(word.level) + 1
        return found

    def quote(self, first: int, last: int) -> str:
        """Return words first..last (both inside) as they were written."""
        return " ".join(self.text[self.words[first].start : self.words[last].end].split())

    def levelled(self, first: int, last: int) -> str:
        """Return words first..last (both inside) as they are compared."""
        return " ".join(w.level for w in self.words[first : last + 1])

    @property
    def written(self) -> str:
        """The whole sentence as it was written."""
        if self.span is not None:
            return " ".join(self.text[slice(*self.span)].split())
        return self.quote(0, len(self.words) - 1)


def _level(word: str) -> str:
    word = word.replace("'", "")
    if word[:1].isdigit():
        return re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", word)
    for pattern, to in _SPELLING:
        word = pattern.sub(to, word)
    return word


# typographic quotes, dashes and micro signs -> plain ones
_SIGNS = str.maketrans("’‘´–—µμ", "'''--uu")


def _fold(text: str) -> str:
    """Lower case with plain quotes and dashes; every character keeps its place."""
    return "".join(_fold_one(c) for c in text.translate(_SIGNS))


def _fold_one(char: str) -> str:
    if char.isascii():
        return char.lower()
    folded = unicodedata.normalize("NFKD", char).casefold()
    return folded[0] if folded else char


def _words(folded: str, offset: int) -> tuple[Word, ...]:
    found = []
    for token in _TOKEN.finditer(folded):
        level = _level(token.group())
        if level:
            found.append(Word(level, offset + token.start(), offset + token.end()))
    return tuple(found)


def level_phrase(phrase: str) -> str:
    """Return a phrase as it is compared: levelled words with single spaces."""
    return " ".join(w.level for w in _words(_fold(phrase), 0))


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, list items and headed lines; empty ones are left out."""
    folded = _fold(text)
    cuts = sorted({m.end() for m in _LINE_END.finditer(text)} | {m.end() for m in _STOP.finditer(text)})
    found: list[Sentence] = []
    start = 0
    # counted on from sentence to sentence: a letter may be long
    line, blanks, counted = 1, 0, 0
    for end in [*cuts, len(text)]:
        words = _words(folded[start:end], start)
        if any(w.level[0].isalnum() for w in words):
            begins = words[0].start
            line += text.count("\n", counted, begins)
            # a blank line that began before is seen whole
            blanks += sum(1 for m in _BLANK.finditer(text, counted, begins))
            counted = begins
            found.append(Sentence(text, words, line, blanks))
        start = end
    return found
