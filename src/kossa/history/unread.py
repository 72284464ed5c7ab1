"""Sentences that tell of calcium at a place whose name is not known: they are listed as not understood.

`Calcification of the arcuate line` has a deposit without a place, or beside it another one; either is told.
"""

from __future__ import annotations

import re

from kossa.evidence.vocabulary import term
from kossa.history.foreign import sentences_in
from kossa.history.levelled import Sentence
from kossa.history.lexicon import matches, shapes

__all__ = ["unread"]

_FILLER = (
    r"(?:the|a|an|both|left|right|his|her|its|their|this|that|these|those|all|several|multiple|many|some|upper|"
    r"lower|inner|outer|anterior|posterior|medial|lateral|proximal|distal|middle|mid|whole|entire|region|area|part|"
    r"parts|side|sides|small|large|deep|superficial|soft|known)"
)
_PLACED = re.compile(
    r"\b(?:\w*calcif\w*|\w*ossif\w*|\w*calcinosis|calcium)(?: (?!no\b|not\b|without\b)\w+){0,2}? "
    r"(?:of|in|at|along|within|around|near|beside|over|under|behind|inside|throughout)"
    rf"(?: {_FILLER})* (?P<place>\w+)"
)
_PHRASE = 8  # words in which a place's name ends: `the upper outer quadrant of the right breast` (judgement)
# what follows such a word and is no part of the body
_NO_PLACE = re.compile(
    r"(?:\d.*|calc\w*|ossif\w*|phosphate|keeping|size|number|comparison|course|form|shape|diameter|length|mm|cm|up|"
    r"about|one|two|three|four|five|origin|unknown|uncertain|benign|malignant|suspicious|typical|mass\w*|lumps?|nodul\w*|"
    r"lesions?|plaques?|deposits?|foci|focus|tumor\w*|swelling|cysts?|wall|walls|type|kind|nature|clusters?|groups?|"
    r"distribution|view|views|film|films|ct|scan|radiographs?|mammogra\w+|ultrasound|mri|years?|months?|patients?|"
    r"childhood|blood|serum|urine|it|them|him|her|me|us|you|and|or|to|with|is|was|were|are|name|vessels?|linear|"
    r"segmental|grouped|place|places|site|sites|line|lines|ring|center|sites?|biopsy|section|interval|time)"
)


def unread(text: str, *, language: str = "English") -> list[str]:
    """Return the sentences that tell of calcium at a place that is not known."""
    return [s.written for s in sentences_in(text, language) if _lost(s)]


def _lost(sentence: Sentence) -> bool:
    covered: set[int] = set()
    for match in (*matches(sentence), *shapes(sentence)):
        if any(term(id_).kind in ("site", "tissue", "biopsy") for id_, _ in match.ids) or not match.ids:
            covered.update(range(match.first, match.last + 1))
    for found in _PLACED.finditer(sentence.level):
        number = sentence.offsets.get(found.start("place"))
        if number is None or _NO_PLACE.fullmatch(found["place"]):
            continue
        first = sentence.offsets.get(found.start(), number)
        # the name of a place may be of several words, and may begin before (`coronary calcification of ...`)
        if not covered & set(range(first, number + _PHRASE)):
            return True
    return False
