"""The one list of ids that every finding, site and pattern comes from.

Data: `terms.csv` (one row an id) and `sites_totalsegmentator.csv` (class name of that
segmentation -> site). Rooms add rows and rename none; an unknown id is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.evidence.errors import UnknownTerm

__all__ = ["SegmentSite", "Term", "ancestors", "label", "segment_sites", "site_named", "term", "terms"]


@dataclass(frozen=True, slots=True)
class Term:
    """One id. `parents` say what else is true when it is; `sided` whether left and right differ."""

    id: str
    kind: str
    label: str
    synonyms: tuple[str, ...]
    aliases: tuple[str, ...]
    parents: tuple[str, ...]
    seen_by: tuple[str, ...]
    negated_as: str
    sided: bool
    hpo: str
    sct: str
    note: str


@dataclass(frozen=True, slots=True)
class SegmentSite:
    """What a class of a foreign segmentation means here; `bone_expected` yes, no, partly, ..."""

    task: str
    name: str
    site: str
    region: str
    side: str
    bone_expected: str


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


@cache
def terms() -> Mapping[str, Term]:
    """Return all terms by id; raises `UnknownTerm` where a parent is not itself a term."""
    found: dict[str, Term] = {}
    for row in _rows("terms.csv"):
        found[row["id"]] = Term(
            id=row["id"],
            kind=row["class"],
            label=row["label"],
            synonyms=_split(row["synonyms"]),
            aliases=_split(row["aliases"]),
            parents=_split(row["parents"]),
            seen_by=_split(row["seen_by"]),
            negated_as=row["negated_as"],
            sided=row["sided"] == "yes",
            hpo=row["hpo"],
            sct=row["sct"],
            note=row["note"],
        )
    for one in found.values():
        for parent in one.parents:
            if parent not in found:
                message = f"the vocabulary's {one.id} names a parent {parent} that is not a term"
                raise UnknownTerm(message)
    return found


def term(id_: str) -> Term:
    """Return one term; raises `UnknownTerm`."""
    try:
        return terms()[id_]
    except KeyError:
        message = f"{id_} is not in the vocabulary"
        raise UnknownTerm(message) from None


def label(id_: str) -> str:
    """Return the plain words of an id."""
    return term(id_).label


def site_named(word: str) -> str | None:
    """Return the site that a word names (an id with or without `site_`, a label, a synonym), or None."""
    asked = " ".join(word.replace("_", " ").lower().split()).removeprefix("site ")
    for one in terms().values():
        if one.kind == "site":
            names = (one.id.removeprefix("site_").replace("_", " "), one.label, *one.synonyms)
            if asked in (name.lower() for name in names):
                return one.id
    return None


@cache
def ancestors(id_: str) -> frozenset[str]:
    """Return all ids that are true when this one is, itself left out."""
    above: set[str] = set()
    queue = list(term(id_).parents)
    while queue:
        parent = queue.pop()
        if parent not in above:
            above.add(parent)
            queue.extend(term(parent).parents)
    return frozenset(above)


@cache
def segment_sites() -> Mapping[str, SegmentSite]:
    """Return class name -> site for TotalSegmentator's classes (matched by name, never by index)."""
    return {
        row["class_name"]: SegmentSite(
            row["task"], row["class_name"], row["site"], row["region"], row["side"], row["bone_expected"]
        )
        for row in _rows("sites_totalsegmentator.csv")
    }
