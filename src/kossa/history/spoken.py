"""Which language a text is in and how much of it is read: one rule for files and for texts inside records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kossa.evidence import Severity
from kossa.history.foreign import ENGLISH, READ, likely_language
from kossa.history.letter import language
from kossa.intake.entry import Entry
from kossa.intake.text import within

__all__ = ["TABLED", "Spoken", "language_of", "spoken", "tabled"]


TABLED = "it was read by a table of phrases, not translated."


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a text that are read, in the language `language`; `cut` where the text is longer."""

    words: str
    language: str
    cut: bool = False


def language_of(text: str) -> str:
    """Return the language of a text by its commonest words, or where it is short by the tables of phrases."""
    return language(text) or likely_language(text) or ENGLISH


@lru_cache(maxsize=256)  # a field of a form is asked about for each of its readers
def tabled(text: str) -> str:
    """Return the language in which a field of a form is read: one that there is a table for, or English."""
    found = language_of(text)
    return found if found in READ else ENGLISH


def spoken(text: str, entry: Entry, *, what: str = "This text") -> Spoken | None:
    """Return what is read of a text, None where its language is not; the file is told of either.

    `what` begins the notice; what is told of one text of a file is not told again of its others.
    """
    words = within(text)
    cut = words is not text
    if cut:
        _tell_once(
            entry,
            "too-long",
            Severity.WARNING,
            f"{what} has {len(text) / 1e6:.1f} million letters, more than a person's letters have.",
            f"The first {len(words) / 1e6:.1f} million were read.",
            "Cut out what is about calcification, and give that.",
        )
    said_in = language_of(words)
    if said_in not in (ENGLISH, *READ):
        _tell_once(
            entry,
            "language",
            Severity.WARNING,
            f"{what} seems to be {said_in}; only English, {' and '.join(READ)} are read.",
            "It was not used.",
            "Translate what matters, or fill in a case.toml (`kossa new FOLDER`).",
        )
        return None
    if said_in != ENGLISH:
        _tell_once(
            entry,
            "language",
            Severity.INFO,
            f"{what} seems to be {said_in}; {TABLED}",
            "What the table does not hold is listed as not understood.",
            "Check the findings against the letter, or fill in a case.toml (`kossa new FOLDER`).",
        )
    return Spoken(words, said_in, cut)


def _tell_once(entry: Entry, code: str, severity: Severity, what: str, done: str, todo: str) -> None:
    if all((n.code, n.what) != (code, what) for n in entry.notices):
        entry.tell(code, severity, what, done=done, todo=todo)
