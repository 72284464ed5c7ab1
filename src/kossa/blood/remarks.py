"""What stands beside a number in one cell: `2.2 (haemolysed)`, `2,2*`, `2.2 mmol/L H`, `2.2 (2.1-2.6)`.

The number is read, its unit, flag and range are taken where the row gives none, and every other word is
kept as the result's comment. What a comment means for the value is a table with sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kossa.blood.analytes import rows
from kossa.blood.row import Reading, Row, flag_word
from kossa.chemistry.units import parse, spellings

__all__ = ["Interference", "apart", "interference"]

_NUMBER = re.compile(r"((?:<=|>=|<|>|≤|≥|=|~)?\s*[+-]?\d(?:[\d.,']*\d)?(?:[eE][+-]?\d+)?)")
_MARKS = {"H": "high", "HH": "high", "L": "low", "LL": "low", "N": "normal", "+": "high", "++": "high"}
_MARKS |= {"-": "low", "--": "low", "↑": "high", "↑↑": "high", "↓": "low", "↓↓": "low"}
_MARK = re.compile(r"[(\[]?(HH?|LL?|N|\+\+?|--?|↑↑?|↓↓?)[)\]]?(?=$|[\s,;(\[*!])")
_STAR = re.compile(r"\*+|!+|#")  # the laboratory calls it remarkable, and not in which direction
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_RANGE = re.compile(
    r"\s*(?:ref(?:erence)?|range|norm(?:al)?|nr|rr)?[ :.]*(\d[\d.,]*)\s*(?:-|–|to|bis|à)\s*(\d[\d.,]*)"
)
_WORDS = re.compile(r"[,;:–-]?\s*([^\W\d_][^\d()\[\]]*)$")
_LONGEST = 200  # letters of a cell that may be one value with its remark (judgement)


@dataclass(frozen=True, slots=True)
class Interference:
    """What a comment says of a test: `weighed` is `no` or `less`."""

    effect: str
    weighed: str
    source: str


@cache
def _table() -> tuple[tuple[re.Pattern[str], frozenset[str], Interference], ...]:
    return tuple(
        (
            re.compile(r["words"], re.IGNORECASE),
            frozenset(r["analytes"].split("|")),
            Interference(r["effect"], r["weighed"], r["source"]),
        )
        for r in rows("interference.csv")
    )


def interference(analyte: str, comment: str) -> Interference | None:
    """Return what the laboratory's comment means for a test; None where nothing is known of it.

    A row for the test itself comes before one for all tests, and one that forbids before one that lessens.
    """
    met = [
        (("*" in tests), i)
        for words, tests, i in _table()
        if tests & {analyte, "*"} and words.search(comment)
    ]
    return min(met, key=lambda m: (m[1].weighed != "no", m[0]))[1] if met else None


@cache
def _unit_pattern() -> re.Pattern[str]:
    known = sorted((u for u in spellings() if not u.isdigit()), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, known))})(?=$|[\s,;(\[*!])", re.IGNORECASE)


def apart(reading: Reading) -> Row:
    """Return the row with its cell taken apart, unchanged where the cell is not a number with remarks."""
    row = reading.row
    text = str(row.value).strip() if isinstance(row.value, str) else ""
    number = _NUMBER.match(text) if len(text) <= _LONGEST else None
    rest = text[number.end() :] if number else ""
    if number is None or not rest.strip():
        return row
    found = _Rest(rest)
    if not found.understood:
        return row
    unit = row.unit
    if found.unit and unit and not _one_unit(found.unit, unit):
        reading.tell(
            "ambiguous",
            f"{row.name} is given as {text[:60]}, and its unit as {unit}",
            "The row gives no value.",
            "Say which unit holds.",
        )
        return replace(row, value=None, absent="two units", comment=_joined(row.comment, text))
    return replace(
        row,
        value=number.group(1).strip(),
        unit=unit or found.unit,
        flag=row.flag or found.flag,
        low=row.low if row.low is not None or row.high is not None else found.low,
        high=row.high if row.low is not None or row.high is not None else found.high,
        comment=_joined(row.comment, found.comment),
    )


def _one_unit(one: str, other: str) -> bool:
    first, second = parse(one), parse(other)
    return one == other or (first is not None and first == second)


def _joined(*comments: str) -> str:
    return "; ".join(dict.fromkeys(c for c in comments if c))


class _Rest:
    """What stands behind the number, piece by piece."""

    def __init__(self, text: str) -> None:
        self.unit: str | None = None
        self.flag: str | None = None
        self.low: str | None = None
        self.high: str | None = None
        self.said: list[str] = []
        self.understood = self._read(text)

    @property
    def comment(self) -> str:
        """Every word that is no unit, flag or range."""
        return _joined(*self.said)

    def _read(self, text: str) -> bool:
        text = text.strip()
        while text:
            taken = self._mark(text) or self._unit(text) or self._brackets(text) or self._words(text)
            if not taken:
                return False
            text = text[taken:].strip()
        return True

    def _mark(self, text: str) -> int:
        mark = _MARK.match(text)
        if mark is not None:
            self.flag = self.flag or _MARKS[mark.group(1)]
            return mark.end()
        star = _STAR.match(text)
        if star is None:
            return 0
        self.said.append(star.group())
        return star.end()

    def _unit(self, text: str) -> int:
        found = _unit_pattern().match(text) if self.unit is None else None
        if found is None:
            return 0
        self.unit = found.group()
        return found.end()

    def _brackets(self, text: str) -> int:
        found = _BRACKETS.match(text)
        if found is None:
            return 0
        inside = (found.group(1) or found.group(2) or "").strip()
        limits = _RANGE.match(inside)
        if limits is not None and self.low is None:
            self.low, self.high = limits.groups()
        elif flag_word(inside) is not None:
            self.flag = self.flag or inside
        elif inside:
            self.said.append(inside)
        return found.end()

    def _words(self, text: str) -> int:
        found = _WORDS.match(text)
        if found is None:
            return 0
        words = found.group(1).strip()
        if flag_word(words) is not None:
            self.flag = self.flag or words
        else:
            self.said.append(words)
        return found.end()
