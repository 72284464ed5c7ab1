"""Age as German and French letters state it, by a birth date and the letter's date, and who is grown up.

`Frau K., 62 Jahre`, `die 62jährige Patientin`, `Patientin, 62 J.`, `Mme D., 62 ans`, `geb. 1964`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kossa.evidence import Sex
from kossa.history.salutation import unsaluted

__all__ = ["age_by_birth", "is_adult", "stated_abroad"]

_WOMEN = frozenset({"frau", "patientin", "dame", "mädchen", "mme", "madame", "patiente", "femme", "fille"})
_WHO = (
    r"Frau|Herrn?|Patientin|Patienten|Patient|Dame|Mann|Mädchen|Junge|Knabe|Mme|Madame|M\.|Monsieur|patiente?|"
    r"femme|homme"
)
_UNIT = r"Jahren?|Jahre?|J\.?|ans|Monaten?|Mon\.|mois|Wochen?|semaines|Tagen?|jours"
_PER_YEAR = {"j": 1.0, "a": 1.0, "mo": 12.0, "w": 52.18, "s": 52.18, "t": 365.25}
_NAME = r"(?:\s+(?:[A-ZÀ-Þ][\w'’-]*\.?|\[name\]))"
_I = re.IGNORECASE
# `Frau K., 62 Jahre`; the name in capitals
_NAMED = re.compile(rf"(?<!\w)({_WHO}){_NAME}{{0,4}}\s*[,(]\s*(\d{{1,3}})\s*({_UNIT})(?!\w)")
_OLD = re.compile(rf"(?<![\w.])(\d{{1,3}})\s*({_UNIT})\s+alte?[rsnm]?(?:\s+({_WHO}))?(?!\w)", _I)
_JOINED = re.compile(
    rf"(?<![\w.])(\d{{1,3}})\s?[-–]?\s?(?:j(?:ä|ae)hrige?[rnsm]?)\b(?:\s+[a-zß-ÿ-]+){{0,3}}(?:\s+({_WHO})\b)?"
)
_FIELD = re.compile(r"\b(?:Alter|âge)\s*:\s*(\d{1,3})\b", _I)
_KIN = re.compile(
    r"\b(?:Mutter|Vater|Schwester|Bruder|Sohn|Tochter|Tante|Onkel|Ehemann|Ehefrau|mère|père|sœur|soeur|frère|fils|"
    r"tante|oncle|mari)\b",
    _I,
)
_CLAUSE = 200  # letters before an age in which its relative would stand (judgement)
_OLDEST = 120  # years

_DAY = r"(?:(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)|((?:19|20)\d\d)-(\d\d)-(\d\d)|((?:19|20)\d\d))(?!\d)"
_BORN = re.compile(
    r"(?<!\w)(?:geb(?:oren|\.)?(?: am| im Jahr)?|geburtsdatum|jahrgang|jg\.|born(?: on| in)?|d\.?o\.?b\.?|"
    rf"date of birth|née?(?:\(e\))?(?: le| en)|date de naissance|\*)\s*:?\s*{_DAY}",
    _I,
)
_WRITTEN = re.compile(
    r"(?m)(?:^[ \t]*|\b(?:datum|date|dated|vom|den|le)\s*:?\s*|^[A-ZÀ-Þ][\w -]{2,30},\s*(?:den |le )?)"
    rf"{_DAY}[ \t.]*$",
    _I,
)
_ADULT = 18  # years; of a child a year more or less matters, so bare years tell its age not (judgement)

_GROWN = re.compile(
    r"\b(?:woman|lady|gentleman|man|mrs|mr|frau|mann|herrn?|mme|madame|monsieur|femme|homme)\b"
    r"(?!\.? (?:dr|prof|kolleg|doktor|docteur|confr|coll))",
    _I,
)
_YOUNG = re.compile(
    r"\b(?:child|children|infant|baby|boy|girl|newborn|neonate|toddler|kind|kinder|säugling|neugeborene\w*|junge|"
    r"mädchen|knabe|enfant|nourrisson|garçon|fille|nouveau-né)\b",
    _I,
)


def _sex(word: str | None) -> Sex:
    if not word:
        return Sex.U
    return Sex.F if word.lower() in _WOMEN else Sex.M


def _years(number: str, unit: str) -> float:
    key = unit.lower()[:2] if unit.lower().startswith("mo") else unit.lower()[0]
    return float(number) / _PER_YEAR[key]


def _found(text: str) -> Iterator[tuple[int, float, Sex]]:
    for one in _NAMED.finditer(text):
        yield one.start(), _years(one[2], one[3]), _sex(one[1])
    for one in _OLD.finditer(text):
        yield one.start(), _years(one[1], one[2]), _sex(one[3])
    for one in _JOINED.finditer(text):
        yield one.start(), float(one[1]), _sex(one[2])
    for one in _FIELD.finditer(text):
        yield one.start(), float(one[1]), Sex.U


def stated_abroad(text: str) -> tuple[float | None, Sex]:
    """Return age in years and sex as a German or French letter states them, the first of no relative."""
    for place, years, sex in sorted(_found(text), key=lambda one: one[0]):
        clause = re.split(r"[.;\n](?!\s*,)", text[max(0, place - _CLAUSE) : place])[-1]
        if not _KIN.search(clause) and years <= _OLDEST:
            return years, sex
    return None, Sex.U


def _date(found: re.Match[str]) -> tuple[int, date | None]:
    """Year and, where the whole date stands, the day; day before month as letters write it."""
    day, month, year, iso_year, iso_month, iso_day, bare = found.groups()
    try:
        if year:
            return int(year), date(int(year), int(month), int(day))
        if iso_year:
            return int(iso_year), date(int(iso_year), int(iso_month), int(iso_day))
    except ValueError:
        return int(year or iso_year), None
    return int(bare), None


def age_by_birth(text: str) -> float | None:
    """Return the age that a birth date and the letter's own date give; None where either is missing."""
    births = list(_BORN.finditer(text))
    letters = [
        m
        for m in _WRITTEN.finditer(text)
        if all(m.end() <= b.start() or m.start() >= b.end() for b in births)
    ]
    if len({_date(b) for b in births}) != 1 or not letters:
        return None
    (born_year, born), (year, written) = _date(births[0]), _date(letters[0])
    if born is not None and written is not None:
        days = (written - born).days
        return days / 365.25 if 0 <= days <= _OLDEST * 365.25 else None
    return float(year - born_year) if _ADULT < year - born_year <= _OLDEST else None


def is_adult(text: str) -> bool:
    """Whether a letter speaks of a woman or a man and of no child; whom it greets says nothing of that."""
    told = "\n".join(unsaluted(line) for line in text.split("\n"))
    return bool(_GROWN.search(told)) and not _YOUNG.search(told)
