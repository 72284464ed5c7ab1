"""Age and sex as letters and request forms state them: `this 58-year-old man`, `71M`, `Sex: F  Age: 54`.

An age counts only where its form says whose it is; the first that is no relative's is taken. A date of
birth gives one only where the letter's own date stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kossa.evidence import Sex
from kossa.history.foreign import READ, english
from kossa.history.grown import age_by_birth, stated_abroad

__all__ = ["person_in", "stated_person"]

_I = re.IGNORECASE
_WOMAN = r"woman|lady|female|girl|mrs|miss|ms|f"
_MAN = r"man|gentleman|male|boy|mr|m"
_LONG_SEX = r"woman|lady|female|girl|man|gentleman|male|boy|baby|infant|child"
_UNIT = r"years?|yrs?|months?|mths?|weeks?|wks?|days?"
_SPOKEN = re.compile(rf"\b(\d{{1,3}})[ -]?({_UNIT}|y)[ -]old\b|\b(\d{{1,3}})[ -]?(?:yo|y/o|y\.o\.)(?!\w)", _I)
_AGED = re.compile(rf"\b(?:aged|age)\s*[:=]?\s*(\d{{1,3}})(?:\s*({_UNIT}|y))?\b", _I)
_COMMA = re.compile(rf"[,(]\s*(\d{{1,3}})\s*({_UNIT})\s*[,)/]?\s*(?:{_LONG_SEX})\b", _I)
_SEX_FIRST = re.compile(rf"\b(?:{_LONG_SEX})\s*[,/]\s*(?:aged\s*)?(\d{{1,3}})(?:\s*({_UNIT}))?\b", _I)
# the short form of request forms: 71M, 54 F, M/71; capitals only, so that `5 m` stays a length
_SHORT = re.compile(
    r"(?<![\w.])(\d{1,3}) ?/? ?([MF])(?![\w/]|\.\w)|(?<![\w.])([MF]) ?/? ?(\d{2,3})(?![\w/.])"
)
# `Mrs Jane Doe, 66 yrs,`
_NAMED = re.compile(
    rf"\b(Mrs|Miss|Ms|Mr)\.?\s(?:[A-Z][\w'’-]*\.? ?){{1,4}},\s*(?:aged )?(\d{{1,3}})\s*({_UNIT})\b"
)
_FIELD = re.compile(r"\b(?:sex|gender)\s*[:=]\s*(female|male|f|m)\b", _I)
_SEX = re.compile(rf"\b(?:{_LONG_SEX})\b", _I)
_TITLE = re.compile(r"\b(?:re|patient|name)\s*:?\s+(mrs|miss|ms|mr)\b", _I)
_HER = re.compile(r"\b(?:she|her)\b", _I)
_HIS = re.compile(r"\b(?:he|his)\b", _I)
_KIN = re.compile(
    r"\b(?:mother|father|sister|brother|son|daughter|aunt|uncle|wife|husband|cousin|partner|parents?)\b",
    _I,
)
_OLDEST = 120  # years
_NEAR = 25  # characters from the age to the word for the sex: `58-year-old retired man` (judgement)
_MOST_PRONOUNS = 3  # as many `she` without a `he` tell the sex where nothing else does (judgement)
_YEARS = {"y": 1.0, "m": 12.0, "w": 52.18, "d": 365.25}  # parts of a year


def _sex(word: str) -> Sex:
    if re.fullmatch(_WOMAN, word, _I):
        return Sex.F
    return Sex.M if re.fullmatch(_MAN, word, _I) else Sex.U


_CLAUSE = 300  # letters before an age in which its relative would stand (judgement)


def _found(text: str) -> Iterator[tuple[int, float, Sex]]:
    """Yield (place, years, sex) of every form of an age."""
    for one in _SPOKEN.finditer(text):
        named = _SEX.search(text[one.end() : one.end() + _NEAR])
        years = float(one[1] or one[3]) / _YEARS[(one[2] or "y")[0].lower()]
        yield one.start(), years, _sex(named[0]) if named else Sex.U
    for form in (_AGED, _COMMA, _SEX_FIRST):
        for one in form.finditer(text):
            named = _SEX.search(one[0])
            yield (
                one.start(),
                float(one[1]) / _YEARS[(one[2] or "y")[0].lower()],
                _sex(named[0] if named else ""),
            )
    for one in _NAMED.finditer(text):
        yield one.start(), float(one[2]) / _YEARS[one[3][0].lower()], _sex(one[1])
    for one in _SHORT.finditer(text):
        yield one.start(), float(one[1] or one[4]), _sex(one[2] or one[3])


def stated_person(text: str) -> tuple[float | None, Sex]:
    """Return age in years and sex; unknown where no such words stand, or only of a relative."""
    age: float | None = None
    sex = Sex.U
    for place, years, named in sorted(_found(text), key=lambda one: one[0]):
        clause = re.split(r"[.;\n]", text[max(0, place - _CLAUSE) : place])[-1]
        if _KIN.search(clause) or years > _OLDEST:
            continue
        age = years if age is None else age
        sex = named if sex is Sex.U and years == age else sex
    return age, _stated_sex(text) if sex is Sex.U else sex


def person_in(words: str, language: str) -> tuple[float | None, Sex]:
    """Return age and sex as a letter tells them in its language, by its birth date where by nothing else."""
    age, sex = stated_abroad(words) if language in READ else (None, Sex.U)
    told_age, told_sex = stated_person(english(words, language))
    age = told_age if age is None else age
    return age_by_birth(words) if age is None else age, told_sex if sex is Sex.U else sex


def _stated_sex(text: str) -> Sex:
    """Sex by a field or a title, else by the pronouns where a letter uses one kind only."""
    named = _FIELD.search(text) or _TITLE.search(text)
    if named:
        return _sex(named[1])
    she, he = len(_HER.findall(text)), len(_HIS.findall(text))
    if min(she, he) == 0 and max(she, he) >= _MOST_PRONOUNS and not _KIN.search(text):
        return Sex.F if she else Sex.M
    return Sex.U
