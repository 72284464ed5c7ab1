"""Cautions: which rules this person's data fire, and which need a datum first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kossa.conditions.knowledge import CautionRow
from kossa.conditions.rule import Atom, evaluate, parse
from kossa.diagnosis.evidence import Evidence
from kossa.evidence import Caution
from kossa.evidence.vocabulary import label, term

__all__ = ["against", "judged"]

ENDINGS = re.compile(r"_(high|low|normal|inappropriate|(under|over)_[\dx_]+(uln)?)$")
# what a person is asked for, where the stem of an id says it badly
DATUM = {
    "egfr": "eGFR",
    "platelets": "platelet count",
    "calcium": "calcium",
    "d25": "25-hydroxyvitamin D",
    "inr": "INR",
    "alp": "alkaline phosphatase",
    "alt": "liver enzymes",
    "igra": "tuberculosis test",
    "hbv_marker": "HBsAg and anti-HBc",
    "m_protein": "protein electrophoresis",
    "sx_sbp": "blood pressure",
    "sx_abi": "ankle-brachial index",
    "leucocytes": "blood count",
}


def _datum(atom: Atom) -> str | None:
    """Return what to ask for, None where the answer comes from the weighing itself."""
    if atom.kind == "age":
        return "age"
    if atom.kind == "sex":
        return "sex"
    if atom.kind != "finding":
        return None
    stem = ENDINGS.sub("", atom.name)
    if stem in DATUM:
        return DATUM[stem]
    return stem.replace("_", " ") if term(atom.name).kind == "lab" else label(atom.name)


def judged(row: CautionRow, evidence: Evidence) -> tuple[Caution | None, tuple[str, ...]]:
    """Return the caution where the rule fires, else the data that are needed to know."""
    said = evaluate(parse(row.fires_on), evidence.look)
    if said.value is True:
        told = [a for a in said.because if a.kind != "possible"] or list(said.because)
        because = ", ".join(dict.fromkeys(evidence.words(a) for a in told))
        start = "" if because == "always" else f"{because}: "
        return Caution(rule=row.id, because=f"{start}{row.then}"), ()
    if said.value is False:
        return None, ()
    wanted = said.unknown if row.ask_all else tuple(a for a in said.unknown if a.name in row.asks)
    return None, _distinct(_datum(a) for a in wanted)


def _distinct(data: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d for d in data if d is not None))


def against(ids: Iterable[str], when_not: str, evidence: Evidence) -> Caution | None:
    """Return a caution where a finding that the option names as a reason against is present."""
    here = [i for i in ids if evidence.state.get(i) is True]
    if not here:
        return None
    words = ", ".join(evidence.words(Atom("finding", i, i)) for i in here)
    return Caution(rule="when_not", because=f"{words}: told as a reason against ({when_not})")
