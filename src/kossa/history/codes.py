"""Codes -> ids: ICD-10 by the longest beginning that the table holds, SNOMED CT and HPO by the whole code."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kossa.evidence.vocabulary import term, terms

__all__ = ["hpo_excluded", "hpo_observed", "icd10", "snomed"]

_RANGE = re.compile(r"^([A-Z])(\d\d)-\1(\d\d)$")
_SITES = ("site", "tissue")


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _icd10() -> Mapping[str, tuple[str, ...]]:
    """Code without its point -> ids; a range of chapters is written out."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("icd10.csv"):
        ids = tuple(term(i).id for i in row["ids"].split("|"))
        spread = _RANGE.match(row["code"])
        if spread:
            letter, low, high = spread.groups()
            found.update({f"{letter}{n:02d}": ids for n in range(int(low), int(high) + 1)})
        else:
            found[row["code"].replace(".", "")] = ids
    # of a range and a code of its own the latter is the more exact: it is read last
    for row in _rows("icd10.csv"):
        if "-" not in row["code"]:
            found[row["code"].replace(".", "")] = tuple(row["ids"].split("|"))
    return found


def icd10(code: str) -> tuple[str, ...]:
    """Return the ids of an ICD-10 code (any edition, with or without its point); () where unknown."""
    bare = code.strip().upper().replace(".", "")
    table = _icd10()
    for end in range(len(bare), 2, -1):
        if bare[:end] in table:
            return table[bare[:end]]
    return ()


@cache
def _snomed() -> Mapping[str, str]:
    """SNOMED CT codes of findings; on sites the vocabulary holds body structures, which say nothing alone."""
    return {one.sct: one.id for one in terms().values() if one.sct and one.kind not in _SITES}


def snomed(code: str) -> tuple[str, ...]:
    """Return the id of a SNOMED CT code of a finding; () where unknown."""
    found = _snomed().get(code.strip())
    return (found,) if found else ()


@cache
def _hpo() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    observed: dict[str, list[str]] = {}
    excluded: dict[str, list[str]] = {}
    for row in _rows("hpo.csv"):
        id_ = term(row["id"]).id
        observed.setdefault(row["hpo"], []).append(id_)
        for parent in (row["hpo"], *filter(None, row["parents"].split("|"))):
            excluded.setdefault(parent, []).append(id_)
    return (
        {k: tuple(dict.fromkeys(v)) for k, v in observed.items()},
        {k: tuple(dict.fromkeys(v)) for k, v in excluded.items()},
    )


def hpo_observed(code: str) -> tuple[str, ...]:
    """Return the ids of an observed HPO term; () where unknown."""
    return _hpo()[0].get(code, ())


def hpo_excluded(code: str) -> tuple[str, ...]:
    """Return the ids that an excluded HPO term excludes: its own, and those it is a listed parent of.

    Only the parents that the table lists: a closure over the whole ontology excludes too much.
    """
    return _hpo()[1].get(code, ())
