"""Dystrophic against metastatic, filled in for this person: what is known, and which side it supports."""

from __future__ import annotations

from kossa.conditions.knowledge import Knowledge
from kossa.conditions.rule import Atom
from kossa.diagnosis.evidence import SURE_ENOUGH, Evidence
from kossa.evidence import Compared
from kossa.evidence.vocabulary import ancestors, label, term

__all__ = ["compared"]

LOCATION = "Location"  # the line that tells the places even where they decide nothing
MOST_PLACES = 4


def _known(ids: tuple[str, ...], evidence: Evidence) -> list[str]:
    """Return what is known of these, each by the most special finding that says it."""
    out: list[str] = []
    for id_ in ids:
        if evidence.state.get(id_) is True:
            out += [evidence.words(Atom("finding", i, i)) for i in _most_special(id_, evidence) or [id_]]
    return list(dict.fromkeys(out))


def _most_special(id_: str, evidence: Evidence) -> list[str]:
    said = [
        i
        for i, f in evidence.findings.items()
        if f.certainty >= SURE_ENOUGH and (i == id_ or id_ in ancestors(i))
    ]
    wide = {a for i in said for a in ancestors(i)}
    return [i for i in said if i not in wide]


def _places(evidence: Evidence) -> list[str]:
    """Return the most special places that are known, where they speak for neither side."""
    known = [i for i, yes in evidence.state.items() if yes and term(i).kind == "site"]
    wide = {a for i in known for a in ancestors(i)}
    return [label(i) for i in known if i not in wide][:MOST_PLACES]


def compared(knowledge: Knowledge, evidence: Evidence) -> tuple[Compared, ...]:
    """Return the lines of the comparison; what is unknown stays blank, never "normal"."""
    out = []
    for row in knowledge.compare:
        left, right = _known(row.dystrophic_ids, evidence), _known(row.metastatic_ids, evidence)
        right = [words for words in right if words not in left]  # a nodule in the lung is not the lung
        side = "both" if left and right else "dystrophic" if left else "metastatic" if right else None
        here = [*left, *right] or (_places(evidence) if row.feature == LOCATION else [])
        out.append(
            Compared(
                feature=row.feature, dystrophic=row.dystrophic, metastatic=row.metastatic,
                here=", ".join(dict.fromkeys(here)), supports=side, number=row.number,
                source=f"{row.source} ({row.checked})",
            )
        )  # fmt: skip
    return tuple(out)
