"""Text as words with their spelling levelled, and where each word stood in the text.

Spelling variants are levelled on both sides, in the phrases that are looked for and in the text:
ae/e, oe/e, our/or, ise/ize, re/er, hyphen or slash/space, apostrophes dropped, digits without a
thousands sign. What is matched is the levelled text; what is quoted is the text as it was written.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

__all__ = ["Sentence", "Word", "level_phrase", "sentences"]

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[a-z]*\d*|[^\W_]+(?:'[^\W_]+)*'?|[,;:()?<>%+=&\[\]]")
_LINE_END = re.compile(r"\n\s*(?:\n|[-*•·]|\d{1,2}[.)]\s)|(?<=[:.;])\s*\n|;\s|\n(?=[A-Z][^\n]{0,40}:)")
# a full stop ends a sentence unless it closes an initial or one of these short forms
_STOP = re.compile(
    r"(?<![\s(][a-zA-Z])(?<!^[a-zA-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<!\bvs)(?<!\bca)(?<!\bDr)(?<![.!])[.!]+(?=\s|$)|\?\s+(?=[A-Z])"
)
# a line that ends by itself: it is short, the next begins with a capital, and its last word asks for no more
_LINE = re.compile(r"(?m)^([^\n]*\w[)%\]]?)[ \t]*\n[ \t]*(?=[A-Z\u00c0-\u00de0-9])")
_SHORT_LINE = 40  # letters: no text is broken into narrower lines (judgement)
LONGEST = 120  # words of a sentence; longer is a list without full stops, which is cut (judgement)
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


@cache
def _goes_on() -> frozenset[str]:
    """Words that no statement ends with: `no evidence of` goes on in the next line."""
    text = files(__package__).joinpath("data", "goes_on.csv").read_text(encoding="utf-8")
    return frozenset(w for row in csv.DictReader(text.splitlines()) for w in row["words"].split())


def _own_lines(text: str) -> set[int]:
    """Return where lines end that are complete: what is told one thing a line needs no full stop."""
    return {
        m.end()
        for m in _LINE.finditer(text)
        if len(m[1]) < _SHORT_LINE and m[1].rpartition(" ")[2].lower() not in _goes_on()
    }


def _pieces(words: tuple[Word, ...], text: str) -> Iterator[tuple[Word, ...]]:
    """Cut a sentence that is longer than any: where a line ends, else at a sign, else between two words."""
    while len(words) > LONGEST:
        room = range(LONGEST, LONGEST // 2, -1)
        lines = (n for n in room if "\n" in text[words[n - 1].end : words[n].start])
        signs = (n for n in room if words[n - 1].level in (",", ";", ")"))
        cut = next(lines, None) or next(signs, None) or LONGEST
        yield words[:cut]
        words = words[cut:]
    yield words


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, list items and headed lines; empty ones are left out."""
    folded = _fold(text)
    cuts = sorted({m.end() for ends in (_LINE_END, _STOP) for m in ends.finditer(text)} | _own_lines(text))
    found: list[Sentence] = []
    start = 0
    # counted on from sentence to sentence: a letter may be long
    line, blanks, counted = 1, 0, 0
    for end in [*cuts, len(text)]:
        for words in _pieces(_words(folded[start:end], start), text):
            if not any(w.level[0].isalnum() for w in words):
                continue
            begins = words[0].start
            line += text.count("\n", counted, begins)
            # a blank line that began before is seen whole
            blanks += sum(1 for m in _BLANK.finditer(text, counted, begins))
            counted = begins
            found.append(Sentence(text, words, line, blanks))
        start = end
    return found
