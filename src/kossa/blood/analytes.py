"""What is known of each laboratory test: its names and codes, its units, what a living person can have."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from kossa.chemistry.units import Substance

__all__ = ["Analyte", "analytes", "by_loinc", "by_name", "check_digit_holds", "rows"]


@dataclass(frozen=True, slots=True)
class Analyte:
    """One test. Plausible limits are in `si`; `stem` begins the ids of its findings, empty = none.

    `conventional` and `si` are UCUM codes, None for a test that is only positive or negative.
    """

    id: str
    name: str
    conventional: str | None
    si: str | None
    factor: Decimal
    valence: int | None
    low: float | None
    high: float | None
    stem: str
    digits_si: int

    @property
    def substance(self) -> Substance | None:
        """What the conversion of units needs to know."""
        if self.conventional is None or self.si is None:
            return None
        return Substance(self.conventional, self.si, self.factor, self.valence)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of this room's tables."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


@cache
def analytes() -> Mapping[str, Analyte]:
    """Return the tests by id."""
    return {
        row["analyte"]: Analyte(
            id=row["analyte"],
            name=row["name"],
            conventional=row["conventional"] or None,
            si=row["si"] or None,
            factor=Decimal(row["si_per_conventional"] or "1"),
            valence=int(row["valence"]) if row["valence"] else None,
            low=_number(row["plausible_low_si"]),
            high=_number(row["plausible_high_si"]),
            stem=row["finding_stem"],
            digits_si=int(row["round_si"] or 0),
        )
        for row in rows("analytes.csv")
    }


def _level(name: str) -> str:
    return re.sub(r"[\s_,.()-]+", " ", name.strip().lower()).strip()


@cache
def _names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in rows("aliases.csv"):
        found.setdefault(_level(row["alias"]), row["analyte"])
    for one in analytes().values():
        found.setdefault(_level(one.name), one.id)
        found.setdefault(_level(one.id), one.id)
    return found


# parts of a test's printed name that say where it was measured, not what
_WHERE = re.compile(
    r"\[[^\]]*\]|\b(?:in|by) (?:serum|plasma|blood|venous|serum or plasma|serum/plasma)\b.*$|"
    r"\(?\b(?:serum|plasma|s|p|venous|level|levels|conc|concentration|blood|total in serum)\b\)?"
)
_URINE = re.compile(r"\b(?:urine|urinary|ur|u|24 ?h|24 hour|spot)\b")


# how a test was done or computed, which says nothing of what it is
_HOW = re.compile(
    r"\b(?:ckd epi|mdrd|enzymatic|jaffe|idms|calculated|abbreviated|estimation|estimated|total|result|"
    r"measurement|i s|eclia|2009|2021|cystatin c|by [a-z]+)\b"
)


@lru_cache(maxsize=4096)  # a record names the same few tests thousands of times
def by_name(name: str) -> Analyte | None:
    """Return the test that a printed name means, or None; urine is never read as serum."""
    level = _level(name)
    found = _names().get(level)
    if found is None and not _URINE.search(level):
        where = _level(_WHERE.sub(" ", level))
        found = _names().get(where) or _names().get(_level(_HOW.sub(" ", where)))
    return analytes()[found] if found else None


@cache
def _loinc() -> Mapping[str, str]:
    return {row["loinc"]: row["analyte"] for row in rows("loinc.csv")}


def by_loinc(code: str) -> Analyte | None:
    """Return the test of a LOINC code, or None where the code is not in the table."""
    found = _loinc().get(code.strip())
    return analytes()[found] if found else None


@lru_cache(maxsize=4096)
def check_digit_holds(code: str) -> bool:
    """Whether a LOINC code's last digit fits (mod 10; LOINC Users' Guide, appendix C)."""
    body, _, last = code.strip().partition("-")
    if not (body.isdigit() and last.isdigit() and len(last) == 1 and len(body) <= 7):
        return False
    odd, even = body[::-1][0::2], body[::-1][1::2]
    doubled = str(int(odd) * 2)
    total = sum(map(int, doubled)) + sum(map(int, even))
    return (10 - total % 10) % 10 == int(last)
