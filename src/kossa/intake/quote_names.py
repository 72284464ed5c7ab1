"""Names taken out of quoted words: those known from headers, and those that a letter itself shows.

Readers quote phrases so that a person can check them. Before a quotation leaves the reader it goes
through `Names.hide`; what was a name, a number of a person or a birth date stands as `…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kossa.intake.entry import Survey
from kossa.intake.identity import PLACEHOLDERS, TITLES, name_words
from kossa.intake.stated import in_letter

__all__ = ["Names", "known_names"]

HIDDEN = "…"
_WORD = r"[A-Z\u00c0-\u00de][\w'\u2019-]*"
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Herr|Frau|Mme|Sr|Sra)\b\.?"
#: `Dear Mrs Jane Smith`, `seen with Dr O'Brien`
SALUTATION = re.compile(rf"(?:\bDear\s+(?:{_TITLE}\s+)?|\b{_TITLE}\s+)({_WORD}(?:\s+{_WORD}){{0,3}})")
#: the lines after which a letter is signed
CLOSING = re.compile(
    r"(?im)^\s*(?:yours\s+\w+|(?:with\s+)?(?:kind|best|warm)\s+(?:regards|wishes)|sincerely|signed)\b.*$"
)
SIGNATURE = re.compile(rf"^\s*(?:{_TITLE}\s+)?({_WORD}(?:[ .]+{_WORD}){{1,3}})\s*(?:,.*)?$")
#: labelled lines whose value is a person's, whatever stands there
LABELLED = re.compile(
    r"(?im)^(\s*(?:patient'?s?\s+)?(?:full\s+name|name|address|telephone|tel|phone|fax|e-?mail|gp|next\s+of\s+kin|"
    r"d\.?o\.?b\.?|date\s+of\s+birth|mrn|nhs\s+(?:no|number)|hospital\s+(?:no|number)|patient\s+id)\.?\s*[:#])[^\n]+"
)
#: e-mail addresses; telephone and health service numbers; postcodes of the United Kingdom
PATTERNS = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w.,])(?:\+\d{1,3}[ -]?)?(?:\(?\d{3,5}\)?[ -]){1,2}\d{3,6}(?![\w.,]\d)"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)
#: words that stand in signatures and letterheads and are no one's name
ROLES = frozenset(
    (
        *("consultant", "registrar", "specialist", "resident", "attending", "fellow", "nurse", "secretary"),
        *(
            "radiologist",
            "rheumatologist",
            "nephrologist",
            "dermatologist",
            "pathologist",
            "surgeon",
            "physician",
        ),
        *(
            "endocrinologist",
            "oncologist",
            "orthopaedic",
            "department",
            "hospital",
            "clinic",
            "unit",
            "renal",
        ),
        *("colleague", "doctor", "sirs", "madam", "team", "all", "patient"),
    )
)


@dataclass(frozen=True)
class Names:
    """Words that no quotation may show."""

    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def with_letter(self, text: str) -> Names:
        """Return these names and those that a letter shows in salutation, signature and labelled lines."""
        found = {word for words in _shown(text) for word in name_words(words)}
        stated = in_letter(text)
        found.update(word for i in stated for word in i.names())
        return Names(
            self.words | {w for w in found if _tells(w)},
            self.numbers | {i.identifier for i in stated if len(i.identifier) > 3},
        )

    def hide(self, text: str) -> str:
        """Return the text with `…` in place of names, numbers of people, addresses and birth dates."""
        text = LABELLED.sub(rf"\1 {HIDDEN}", text)
        text = SALUTATION.sub(lambda found: found[0].removesuffix(found[1]) + HIDDEN, text)
        text = PATTERNS.sub(_contact, text)
        for number in self.numbers:
            text = re.sub(rf"(?<!\w){re.escape(number)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
        return re.sub(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*", self._word, text)

    def _word(self, found: re.Match[str]) -> str:
        """Hide a word of a name; a name of two letters only where it is written as a name."""
        word = found[0]
        parts = name_words(re.sub(r"['\u2019]s?$", "", word))
        if parts and (parts[-1] in self.words or "".join(parts) in self.words or parts[0] in self.words):
            return HIDDEN if len(word) > 2 or word[0].isupper() else word
        return word


def known_names(survey: Survey) -> Names:
    """Return the names and numbers that the files of a survey state, of all people in it."""
    stated = [i for entry in survey.entries for i in entry.identities]
    return Names(
        frozenset(word for i in stated for word in i.names() if _tells(word)),
        frozenset(_written(number for i in stated for number in (i.identifier, i.birth_date))),
    )


def _contact(found: re.Match[str]) -> str:
    """Hide a way to reach or number a person; digits fewer than a telephone number has are results."""
    digits = sum(c.isdigit() for c in found[0])
    return HIDDEN if digits > 8 or not found[0][0].isdigit() else found[0]


def _tells(word: str) -> bool:
    """Say whether a word can be told from ordinary ones: an initial cannot."""
    return len(word) > 1 and word not in PLACEHOLDERS | TITLES | ROLES


def _shown(text: str) -> Iterator[str]:
    """Yield the names that stand in a letter's salutations and under its closing line."""
    yield from (found[1] for found in SALUTATION.finditer(text))
    for closing in CLOSING.finditer(text):
        for line in text[closing.end() :].split("\n")[:6]:
            if found := SIGNATURE.match(line):
                yield found[1]


def _written(numbers: Iterable[str]) -> Iterator[str]:
    """Yield numbers as people write them: a date also with its parts in other orders."""
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        if len(number) > 3 and number.casefold() not in PLACEHOLDERS:
            yield number
        if len(digits) == 8 and number[:2] in ("18", "19", "20"):
            year, month, day = digits[:4], digits[4:6], digits[6:]
            yield from (f"{year}{s}{month}{s}{day}" for s in ("-", "/", "."))
            yield from (
                f"{a}{s}{b}{s}{year}" for s in ("-", "/", ".", " ") for a, b in ((day, month), (month, day))
            )
