"""Dystrophic against metastatic, filled in for this person: what is known, and which side it supports."""

from __future__ import annotations

from kossa.conditions.knowledge import Knowledge
from kossa.conditions.rule import Atom
from kossa.diagnosis.evidence import Evidence
from kossa.evidence import Compared

__all__ = ["compared"]


def _known(ids: tuple[str, ...], evidence: Evidence) -> list[str]:
    return [evidence.words(Atom("finding", i, i)) for i in ids if evidence.state.get(i) is True]


def compared(knowledge: Knowledge, evidence: Evidence) -> tuple[Compared, ...]:
    """Return the lines of the comparison; what is unknown stays blank, never "normal"."""
    out = []
    for row in knowledge.compare:
        left, right = _known(row.dystrophic_ids, evidence), _known(row.metastatic_ids, evidence)
        side = "both" if left and right else "dystrophic" if left else "metastatic" if right else None
        out.append(
            Compared(
                feature=row.feature, dystrophic=row.dystrophic, metastatic=row.metastatic,
                here=", ".join(dict.fromkeys([*left, *right])), supports=side, number=row.number,
                source=f"{row.source} ({row.checked})",
            )
        )  # fmt: skip
    return tuple(out)
