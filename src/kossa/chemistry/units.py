"""A closed table of laboratory units as UCUM codes, and exact conversion between them.

A unit that the table does not hold is refused, never guessed. Units of one kind (mass per volume,
substance per volume, ...) differ by a factor; between kinds only the analyte knows the way: its
molar mass, its charge, or that its assay counts U and IU alike. The referees in the tests are pint
and ucumvert.

Source: The Unified Code for Units of Measure, version 2.1 (2017); factors follow from its prefixes.
U = umol/min, so ukat/L = 60 U/L.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from kossa.evidence.errors import Refused

__all__ = ["Substance", "Unit", "convert", "parse", "spellings", "units"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code, what it counts, and how many reference units of its kind it is."""

    code: str
    kind: str
    to_reference: Decimal


@dataclass(frozen=True, slots=True)
class Substance:
    """What a conversion between kinds needs to know of an analyte.

    `si_per_conventional` is the printed factor from `conventional` to `si` (both UCUM codes);
    `valence` is the charge that mEq/L divides by, None where the analyte has none.
    """

    conventional: str
    si: str
    si_per_conventional: Decimal
    valence: int | None = None


def _key(spelling: str) -> str:
    """Spellings are compared without case and spaces, the micro signs as u.

    Case is let go because laboratories print MG/DL; no two codes of the table differ by case alone.
    """
    plain = spelling.strip().replace("µ", "u").replace("μ", "u").replace("²", "2").replace("^", "*")
    return re.sub(r"\s+", "", plain).lower()


@cache
def units() -> Mapping[str, Unit]:
    """Return the units by UCUM code."""
    return {row["code"]: _unit(row) for row in _rows()}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files(__package__).joinpath("data", "units.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _unit(row: dict[str, str]) -> Unit:
    return Unit(row["code"], row["kind"], Decimal(row["to_reference"]))


def spellings() -> tuple[str, ...]:
    """Return every spelling that `parse` knows, as the table writes it."""
    return tuple(s for row in _rows() for s in (row["code"], *row["spellings"].split("|")) if s)


@cache
def _spellings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in _rows():
        for spelling in (row["code"], *row["spellings"].split("|")):
            if spelling:
                found.setdefault(_key(spelling), row["code"])
    return found


@lru_cache(maxsize=4096)  # a record prints the same few spellings thousands of times
def parse(spelling: str | None) -> Unit | None:
    """Return the unit that a laboratory's spelling means, None where the table does not hold it."""
    if not spelling:
        return None
    code = _spellings().get(_key(spelling))
    return units()[code] if code else None


def _scale(have: Unit, want: Unit) -> Decimal | None:
    return have.to_reference / want.to_reference if have.kind == want.kind else None


def convert(value: float, have: str, want: str, substance: Substance | None = None) -> float:
    """Convert a value between two units of the table (UCUM codes).

    Raises
    ------
    Refused
        `unknown-unit` for a code that is not in the table, `no-conversion` where nothing that is
        known of the substance leads from one kind to the other.
    """
    try:
        start, goal = units()[have], units()[want]
    except KeyError as missing:
        raise Refused("unknown-unit", f"the unit {missing.args[0]} is not in the table of units") from None
    factor = _scale(start, goal)
    if factor is None and substance is not None:
        factor = _through(start, goal, substance)
    if factor is None:
        raise Refused("no-conversion", f"{have} cannot be converted to {want} for this analyte")
    return float(Decimal(repr(value)) * factor)


# kinds that laboratories print for one another, number for number: enzymes in IU and U, hormones by
# bioassay in U and IU, a clearance that was not indexed (the caller tells that)
_SAME = frozenset(
    {
        ("arbitrary/volume", "catalytic/volume"),
        ("catalytic/volume", "arbitrary/volume"),
        ("clearance", "clearance/area"),
    }
)


def _through(have: Unit, want: Unit, substance: Substance) -> Decimal | None:
    """The factor by way of the analyte's own two units, or None."""
    to_si = _to_si(have, substance)
    from_si = _to_si(want, substance)
    return None if to_si is None or from_si is None else to_si / from_si


def _to_si(unit: Unit, substance: Substance) -> Decimal | None:
    """How many of the analyte's SI units one of `unit` is."""
    conventional, si = units()[substance.conventional], units()[substance.si]
    direct = _scale(unit, si)
    if direct is not None:
        return direct
    scaled = _scale(unit, conventional)
    if scaled is not None:
        return scaled * substance.si_per_conventional
    valence = substance.valence
    if unit.kind == "charge/volume" and valence and si.kind == "substance/volume":
        return unit.to_reference / valence / si.to_reference
    return unit.to_reference / si.to_reference if (unit.kind, si.kind) in _SAME else None
