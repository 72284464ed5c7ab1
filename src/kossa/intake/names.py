"""Names of people out of quoted words: those that files state, and those behind a title or a heading.

What is taken out is replaced by `[name]`, so that the sentence around it can still be read. A stated name
is taken out in any spelling; one that a text gives away, and a stated one that is a word of medicine, only
where it is written with a capital, so that Mr Stone does not cost a kidney stone. A known phrase (`brown
tumour`) and an eponym (`Paget disease`) stay whoever bears the name.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence.vocabulary import terms
from kossa.intake.identity import Identity, name_words

__all__ = ["Clean", "Names", "cleaner", "given_names", "medical_words", "stated_names", "titled"]

Clean = Callable[[str], str]

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
# a word without which none of these is met: most texts of a record have none
_GIVES_AWAY = re.compile(
    rf"\b(?:{_TITLE})\b|\b(?:Dear|Sehr|Lieber?|Cher|Chère|Yours|[Rr]egards|Best|Sincerely|Signed|Mit|"
    rf"[Cc]ordialement|Confraternellement|Dictated|Reported|Electronically|cc)\b|"
    rf"(?im:^[ \t>*]*(?:{_LABELS})\s*[:;-])"
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
_SHORTEST = 3  # letters of a stated name that is taken out in any spelling: `an` and `ng` are also words


@dataclass(frozen=True, slots=True)
class Names:
    """Words of names as `name_words` gives them: `stated` by files, `given` away by texts."""

    stated: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()


@cache
def _listed(table: str) -> frozenset[str]:
    text = files(__package__).joinpath("data", table).read_text(encoding="utf-8")
    return frozenset(w for row in csv.DictReader(text.splitlines()) for w in row["words"].split())


@cache
def _spoken_of() -> tuple[str, ...]:
    """What the vocabulary calls its findings."""
    return tuple(phrase.lower() for one in terms().values() for phrase in (one.label, *one.synonyms))


def _parts(words: str) -> list[str]:
    """The words of a name; capitalised ones that stand where a name could and are none are left out."""
    found = re.findall(r"[^\W\d_][\w'’-]*", words)
    no_names = _listed("not_names.csv")
    return [w for w in found if len(w) > 1 and w.lower() not in no_names and w[0].isupper()]


def titled(text: str, words: Collection[str] = ()) -> set[str]:
    """Return the words of names that a text itself gives away: behind titles, salutations, headings.

    A heading that holds nothing but `words` is about them: `Re: Gout`.
    """
    found: set[str] = set()
    if not _GIVES_AWAY.search(text):
        return found
    text = _WRAPPED.sub(r"\1 ", text)
    for pattern in (_TITLED, _HEADED, _DEAR, _SIGNED):
        for match in pattern.finditer(text):
            parts = _parts(match.group(1))
            about = pattern is _HEADED and not re.search(rf"\b{_TITLE}\b", match.group(1))
            if not (about and all(p.lower() in words for p in parts)):
                found.update(parts)
    return {w for w in found if not re.fullmatch(_TITLE, w)}


@cache
def medical_words(phrases: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the words of the vocabulary and of `phrases`, and ordinary ones: a name may be one of them."""
    return frozenset(w for p in (*_spoken_of(), *phrases) for w in p.split()) | _listed("not_names.csv")


def given_names(texts: Iterable[str], words: Collection[str]) -> frozenset[str]:
    """Return the words of names that texts give away, as names are compared."""
    found = (name_words(name) for text in texts for name in titled(text, words))
    return frozenset(w for several in found for w in several if len(w) > 1)


def stated_names(identities: Iterable[Identity]) -> frozenset[str]:
    """Return the words of the names that files state, what exporters write in their place left out."""
    found: set[str] = set()
    for one in identities:
        found |= one.names()
        called = name_words(one.identifier)  # a column `patient` may hold names
        if len(called) > 1 and not re.search(r"\d", one.identifier):
            found |= set(called)
    return frozenset(w for w in found if len(w) > 1)


def _folded(text: str) -> str:
    """Lower case without accents; every letter keeps its place."""
    return text.lower() if text.isascii() else "".join(map(_folded_letter, text))


@cache
def _folded_letter(letter: str) -> str:
    folded = unicodedata.normalize("NFKD", letter).casefold()
    return folded[0] if folded else letter


def _spelt(word: str) -> str:
    """The pattern of a name in folded text: `muller` is also Mueller, `obrien` O'Brien, `strauss` Straus."""
    letters = re.sub(r"ss", "s", re.sub(r"([aou])e", r"\1", word))
    spelt = (f"{x}e?" if x in "aou" else "ss?" if x == "s" else re.escape(x) for x in letters)
    return "['’]?".join(spelt)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(_spelt(w) for w in sorted(words, key=lambda w: (-len(w), w)))


def _phrase(phrase: str) -> str:
    """The pattern of a known phrase in any of its spellings."""
    out = re.escape(phrase).replace(r"\ ", " ").replace("our", "or")
    out = re.sub(r"ae|oe|e", "[ao]?e", out).replace("or", "ou?r").replace("'", "['’]?")
    return re.sub(r"[ /]|\\-", r"[\\s/-]+", out)


class _Cleaner:
    """Takes the names of a folder out of one text after the other."""

    def __init__(self, names: Names, phrases: tuple[str, ...], *, markup: bool) -> None:
        self.names = names
        self.markup = markup
        self.phrases = (*_spoken_of(), *phrases)
        self.words = medical_words(phrases)
        self.free = {w for w in names.stated if len(w) >= _SHORTEST and w not in self.words}
        self.patterns: dict[frozenset[str], re.Pattern[str] | None] = {}

    def __call__(self, text: str) -> str:
        text = text if self.markup else _TAG.sub(" ", text)
        here = given_names([text], self.words)
        out = _NUMBERED.sub(" ", text)
        found = here - self.names.given
        if found not in self.patterns:
            self.patterns[found] = self._pattern(found | self.names.given)
        pattern = self.patterns[found]
        return out if pattern is None else self._without(pattern, out)

    def _pattern(self, given: frozenset[str]) -> re.Pattern[str] | None:
        every = self.names.stated | given
        if not every:
            return None
        parted = ((p, re.findall(r"[^\W\d_]+", p)) for p in self.phrases)
        kept = [_phrase(p) for p, words in parted if len(words) > 1 and not every.isdisjoint(words)]
        names = _any_of(every)
        nouns = "|".join(sorted(_listed("behind_eponyms.csv"), key=len, reverse=True))
        known = "|".join([*sorted(kept, key=len, reverse=True), rf"(?:{names})(?:['’]?s)?[\s-]+(?:{nouns})"])
        run = rf"(?:{names})(?:[\s,.^]+(?:{names}))+" if self.names.stated else "(?!)"
        free = _any_of(self.free) or "(?!)"
        return re.compile(
            rf"\b(?:(?P<run>{run})|(?P<known>(?:{known})\b)|(?P<free>{free})|(?P<named>{names}))(?:['’]s)?\b"
        )

    def _without(self, pattern: re.Pattern[str], text: str) -> str:
        out, last = [], 0
        for one in pattern.finditer(_folded(text)):
            written = text[one.start() : one.end()]
            if one["known"] or (one["named"] and not written[0].isupper()):
                continue
            if one["run"] and not self._is_name(one["run"], written):
                continue
            out += [text[last : one.start()], _MARK]
            last = one.end()
        return "".join([*out, text[last:]])

    def _is_name(self, run: str, written: str) -> bool:
        """Whether names in a row are a person: one has a capital, or is no other word."""
        free = _any_of(self.free) or "(?!)"
        return written != written.lower() or re.search(rf"\b(?:{free})\b", run) is not None


def cleaner(
    identities: Iterable[Identity] = (),
    *,
    names: Names | None = None,
    phrases: tuple[str, ...] = (),
    markup: bool = False,
) -> Clean:
    """Return a function that takes names and numbers of people out of a text.

    `names` are those of a whole folder, `phrases` (lower case) what must stay beside the vocabulary's own.
    With `markup` tags stay as they are: what is no clean unit or number must not become one.
    """
    folder = names or Names()
    return _Cleaner(Names(folder.stated | stated_names(identities), folder.given), phrases, markup=markup)
