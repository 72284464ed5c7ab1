"""A printed laboratory value -> number and comparator; a printed date -> ISO date.

Decimal commas are taken where one reading exists; where a separator could be either, the value is
refused. Nothing here guesses.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from kossa.evidence import Comparator, Refused

__all__ = ["Printed", "decimal_comma", "iso_date", "printed"]

_NUMBER = re.compile(
    r"^(?P<bound><=|>=|<|>|≤|≥|=|~)?\s*"
    r"(?P<sign>[+-]?)(?P<digits>\d(?:[\d.,' \u00a0]*[\d.])?)(?P<exponent>[eE][+-]?\d+)?$"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED = re.compile(r"[' \u00a0]")
_THOUSANDS = re.compile(r"\d{1,3}(?P<by>[.,])\d{3}(?:(?P=by)\d{3})*")
_SPACED_THOUSANDS = re.compile(r"\d{1,3}(?P<by>[' \u00a0])\d{3}(?:(?P=by)\d{3})*(?:[.,]\d*)?")
_SIGNS = {"≤": "<=", "≥": ">=", "=": "", "~": ""}
_LONGEST = 40  # characters: a longer number is a fault in the file


@dataclass(frozen=True, slots=True)
class Printed:
    """A value as a number; `comma` tells that a decimal comma was read."""

    value: float
    comparator: Comparator = Comparator.NONE
    comma: bool = False


def _plain(digits: str) -> tuple[str, bool]:
    """Return digits with a point, and whether a comma was the decimal sign.

    A sign of thousands stands before groups of three digits and nowhere else: `7 40` is no 740.
    """
    bare = _SPACED.sub("", digits)
    if bare != digits and not _SPACED_THOUSANDS.fullmatch(digits):
        raise Refused("ambiguous", f"{digits} can be read as one number or as two")
    return _pointed(bare, spaced=bare != digits)


def _grouped(digits: str) -> bool:
    """Whether one sign divides all digits into groups of three, the first of one to three."""
    return _THOUSANDS.fullmatch(digits) is not None


def decimal_comma(text: str) -> bool:
    """Whether a cell holds a number that can only have a decimal comma: `2,4` and `1.234,5`, not `1,234`."""
    for digits in _DIGITS.findall(text[:_LONGEST]):
        try:
            if printed(digits).comma:
                return True
        except Refused:
            continue
    return False


def _pointed(digits: str, *, spaced: bool) -> tuple[str, bool]:
    """Settle commas and points; where spaces part the thousands (`spaced`), a comma is the decimal sign."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        decimal = "," if digits.rfind(",") > digits.rfind(".") else "."
        whole, _, after = digits.rpartition(decimal)
        if spaced or not _grouped(whole) or decimal in whole:
            raise Refused("ambiguous", f"the signs of {digits} can be read in more than one way")
        return f"{re.sub('[.,]', '', whole)}.{after}", decimal == ","
    if points > 1:
        raise Refused("invalid-number", f"{digits} has more than one decimal point")
    if commas > 1:
        if spaced or not _grouped(digits):
            raise Refused("invalid-number", f"{digits} cannot be read as one number")
        return digits.replace(",", ""), False
    if commas and not spaced and _grouped(digits) and not digits.startswith("0"):
        raise Refused("ambiguous", f"{digits} can be read with a decimal comma or with a thousands sign")
    return digits.replace(",", "."), commas == 1


def printed(value: object, *, commas: bool = False) -> Printed:
    """Read a value; raises `Refused` (`no-value`, `invalid-number`, `ambiguous`) with one sentence.

    `commas` tells that the numbers beside it have decimal commas: there `1.234` may be one of thousands.
    """
    if isinstance(value, bool) or value is None:
        raise Refused("no-value", "the value is empty")
    if isinstance(value, int | float):
        return Printed(_finite(float(value), str(value)))
    text = str(value).strip()
    if not text:
        raise Refused("no-value", "the value is empty")
    found = _NUMBER.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise Refused("invalid-number", f"'{text[:_LONGEST]}' is not a number")
    grouped = _grouped(found["digits"]) and not found["digits"].startswith("0")
    if commas and grouped and found["digits"].count(".") == 1:
        raise Refused("ambiguous", f"{text} can be read with a decimal point or with a sign of thousands")
    digits, comma = _plain(found["digits"])
    number = float(f"{found['sign']}{digits}{found['exponent'] or ''}")
    sign = _SIGNS.get(found["bound"] or "", found["bound"] or "")
    return Printed(_finite(number, text), Comparator(sign) if sign else Comparator.NONE, comma)


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise Refused("invalid-number", f"{text[:_LONGEST]} is not a number that a test can give")
    return value


_ISO = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?$")
_DMY = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$")


def iso_date(text: str | None, *, today: date) -> str | None:
    """Return a date as written in ISO form (a year or month alone stays so); raises `Refused`.

    `15/03/2024` has one reading; `03/04/2024` has two and is refused.
    """
    if text is None or not str(text).strip():
        return None
    text = str(text).strip()
    found = _ISO.match(text)
    if found:
        year, month, day = (int(g) if g else None for g in found.groups())
        parts = [p for p in (year, month, day) if p is not None]
        return _checked(text, parts, today, keep=text if "T" in text or " " in text else None)
    other = _DMY.match(text)
    if other:
        first, sign, second, year_ = other.group(1), other.group(2), other.group(3), int(other.group(4))
        a, b = int(first), int(second)
        if sign == "." or a > 12:
            return _checked(text, [year_, b, a], today)
        if b > 12:
            return _checked(text, [year_, a, b], today)
        if a == b:
            return _checked(text, [year_, a, b], today)
        raise Refused("ambiguous-date", f"the date {text} can be read in two ways: write {year_}-MM-DD")
    raise Refused("invalid-date", f"'{text[:_LONGEST]}' is not a date: write YYYY-MM-DD")


def _checked(text: str, parts: list[int], today: date, keep: str | None = None) -> str:
    try:
        when = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise Refused("invalid-date", f"the date {text} does not exist: write YYYY-MM-DD") from None
    if when > today or when.year < 1900:
        raise Refused("invalid-date", f"the date {text} is not in anybody's past")
    return keep or "-".join(f"{p:02d}" for p in parts)
