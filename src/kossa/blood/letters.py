"""Results inside running text: `calcium 2.33 mmol/L (2.15-2.55), PTH was 12.4 pmol/L`.

Only a known test followed by a number and a known unit or a range counts; a number alone could be anything.
"""

from __future__ import annotations

import re
from functools import cache

from kossa.blood.analytes import analytes, rows
from kossa.blood.row import Row
from kossa.chemistry.units import spellings
from kossa.evidence import Source

__all__ = ["rows_in_text"]

_LINK = r"[:=]|levels?|value|of|was|is|were|measured|at|raised|elevated|low|high|normal|\(serum\)"
_BETWEEN = rf"(?:\s*(?:{_LINK}))*\s*"
_NUMBER = r"(?P<number>(?:<=|>=|<|>|≤|≥)?\s?\d+(?:[.,]\d+)?)"
_RANGE = (
    r"(?:\s*[\[(]\s*(?:ref(?:erence)?(?:\s+range)?|normal|nr|rr)?\s*:?\s*(?P<low>\d+(?:[.,]\d+)?)"
    r"\s*(?:-|–|to)\s*(?P<high>\d+(?:[.,]\d+)?)(?:\s*(?P<inside>{known})(?![\w/]))?[^)\]]{0,24}[\])])"
)
_REMARK = re.compile(r"\s*[(\[]([^()\[\]\d]{3,60})[)\]]")  # `potassium 6.1 mmol/L (haemolysed)`
_YEARS = re.compile(r"(?:19|20)\d\d")


@cache
def _pattern() -> re.Pattern[str]:
    names = {r["alias"] for r in rows("aliases.csv")} | {a.name.lower() for a in analytes().values()}
    names = {n for n in names if "_" not in n}
    tests = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    known = "|".join(re.escape(u) for u in sorted(spellings(), key=len, reverse=True) if not u.isdigit())
    printed = _RANGE.replace("{known}", known)
    return re.compile(
        rf"(?<![\w-])(?P<name>{tests}){_BETWEEN}{_NUMBER}(?:\s*(?P<unit>{known})(?![\w/])|(?=\s*[\[(]))"
        rf"(?:{printed})?(?(unit)|(?<=[\])]))",
        re.IGNORECASE,
    )


def rows_in_text(text: str, source: Source | None = None) -> list[Row]:
    """Return a row for each result that a text prints with its unit; `source` gains the line."""
    found = []
    plain = text.replace("µ", "u").replace("μ", "u")
    line, counted = 1, 0
    for one in _pattern().finditer(plain):
        if one["unit"] is None and _YEARS.fullmatch(one["low"]) and _YEARS.fullmatch(one["high"]):
            continue  # `calcium 5 (2015-2019)`
        line += plain.count("\n", counted, one.start())
        counted = one.start()
        where = f"line {line}"
        remark = _REMARK.match(plain, one.end())
        found.append(
            Row(
                name=one["name"],
                value=one["number"].replace(" ", ""),
                unit=one["unit"] or one["inside"],
                low=one["low"],
                high=one["high"],
                comment=remark[1].strip() if remark else "",
                where=where,
                source=Source(file=source.file if source else None, place=where),
            )
        )
    return found
