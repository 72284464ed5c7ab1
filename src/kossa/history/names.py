"""Names of people out of quoted words: those that files state, and those behind a title or a heading.

What is taken out is replaced by `[name]`, so that the sentence around it can still be read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from kossa.intake.identity import Identity, name_words

__all__ = ["cleaner", "titled"]

_MARK = "[name]"
_CAPITAL = r"[A-Z\u00c0-\u00de][\w'’\u2019-]+"
_TITLE = r"(?:Mrs|Mr|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Sister|Nurse|Doctor|Herr|Frau|Mme|Madame|Monsieur)"
# a full stop behind a short form is part of it; behind a whole word (`49-jährige Frau.`) it ends the sentence
_SHORTENED = r"(?:Mrs|Mr|Ms|Mx|Dr|Prof|Mme)"
_TITLED = re.compile(
    rf"(?:\b{_SHORTENED}\.\s+|(?<!jährige )(?<!jährigen )\b{_TITLE}\b\s+|\b{_TITLE}[ \t]+)"
    rf"(?:[A-Z]\.?\s*)*((?:{_CAPITAL}[ \t]?){{1,3}})"
)
_LABELS = "re|ref|patient|patient'?s? name|name|surname|forenames?|first name|last name|pt|subject|"
_LABELS += "vorname|nachname|betreff|betr\\.?|nom|prénom|objet|concerne"
_HEADED = re.compile(
    rf"(?im)^[ \t>*]*(?:{_LABELS})\s*[:;-]\s*(?-i:((?:(?:{_TITLE}\.?\s+)?{_CAPITAL},?[ \t]*){{1,5}}))"
)
_DEAR = re.compile(
    rf"(?m)^[ \t]*(?:Dear|Sehr geehrter?|Lieber?|Cher|Chère)\s+"
    rf"(?:{_TITLE}\.?\s+)?((?:{_CAPITAL}[ \t]?){{1,3}})"
)
_SIGNED = re.compile(
    rf"(?m)^[ \t]*(?:Yours (?:sincerely|faithfully|truly)|Kind regards|Best wishes|Regards|Sincerely|Signed|"
    rf"Mit freundlichen(?: kollegialen)? Gr(?:ü|ue)(?:ß|ss)en|(?:Bien )?[Cc]ordialement|Confraternellement|"
    rf"Dictated by|Reported by|Electronically signed by|cc)[ \t]*[,:]?[ \t]*\n*[ \t]*"
    rf"((?:(?:{_TITLE}\.?\s+)?(?:[A-Z]\.?\s)?{_CAPITAL}[ \t]*){{1,4}})"
)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")  # a name in bold type is a name: `Mr <b>Jane</b>`
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NUMBERED = re.compile(
    r"(?i)\b(?:mrn|nhs(?:\s*(?:no|number))?|hospital\s*(?:no|number)|patient\s*(?:id|no|number)|d\.?o\.?b\.?|"
    r"date of birth|born|geb(?:oren)?|geburtsdatum|née? le|date de naissance)(?:\s+(?:on|am))?\s*[.:#]*\s*"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[ .-]*{_MONTH}[ .,-]*\d{{2,4}}|{_MONTH}[ .]*\d{{1,2}}[ ,]+\d{{4}}|"
    r"[a-z]{0,4}[-/]?\d(?:[\d/. -]{0,18}\d)?[a-z]?\b)"
)
_WRAPPED = re.compile(r"(?m)^(.{40,})\n(?=[A-Z])")  # a long line goes on in the next: `Dr Jane` / `Brown`


@cache
def _no_names() -> frozenset[str]:
    """Capitalised words that stand where a name could and are none."""
    text = files(__package__).joinpath("data", "not_names.csv").read_text(encoding="utf-8")
    return frozenset(w for row in csv.DictReader(text.splitlines()) for w in row["words"].split())


def _parts(words: str) -> list[str]:
    found = re.findall(r"[^\W\d_][\w'’-]*", words)
    return [w for w in found if len(w) > 1 and w.lower() not in _no_names() and w[0].isupper()]


def titled(text: str) -> set[str]:
    """Return the words of names that a text itself gives away: behind titles, salutations, headings."""
    found: set[str] = set()
    text = _WRAPPED.sub(r"\1 ", text)
    for pattern in (_TITLED, _HEADED, _DEAR, _SIGNED):
        for match in pattern.finditer(text):
            found.update(_parts(match.group(1)))
    return {w for w in found if not re.fullmatch(_TITLE, w)}


def cleaner(identities: Iterable[Identity], texts: Iterable[str] = ()) -> Callable[[str], str]:
    """Return a function that takes names and numbers of people out of a text.

    A stated name is taken out in any spelling of its letters; one that a text gives away only where
    it is written with a capital, so that Mr Stone does not cost a kidney stone.
    """
    stated = {w for i in identities for w in name_words(i.name) if len(w) > 1}
    given = {w for text in texts for w in titled(text)}

    def clean(text: str) -> str:
        text = _TAG.sub(" ", text)
        names = given | titled(text)
        out = _NUMBERED.sub(" ", text)
        if stated:
            pattern = "|".join(sorted(map(re.escape, stated), key=len, reverse=True))
            out = re.sub(rf"(?i)\b(?:{pattern})(?:'s|’s)?\b", _MARK, out)
        if names:
            pattern = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
            out = re.sub(rf"\b(?:{pattern})(?:'s|’s)?\b", _MARK, out)
            upper = "|".join(sorted((re.escape(n.upper()) for n in names), key=len, reverse=True))
            out = re.sub(rf"\b(?:{upper})\b", _MARK, out)
        return out

    return clean
