"""Age, sex and setting as findings: the vocabulary's `hx_age_*` and `hx_sex_*`."""

from __future__ import annotations

import re
from functools import cache

from kossa.evidence import Finding, Person, Sex, State
from kossa.evidence.vocabulary import terms

__all__ = ["person_findings"]

_SPAN = re.compile(r"^hx_age_(?:(under|over)_(\d+)|(\d+)_to_(\d+)|(\d+)_or_over)$")


@cache
def _ages() -> tuple[tuple[str, float, float], ...]:
    """Id, lowest age inside, first age outside; in years."""
    found = []
    for id_ in terms():
        span = _SPAN.match(id_)
        if span is None:
            continue
        word, edge, low, high, least = span.groups()
        if word == "under":
            found.append((id_, 0.0, float(edge)))
        elif word == "over":
            found.append((id_, float(edge), float("inf")))
        elif low:
            found.append((id_, float(low), float(high)))
        else:
            found.append((id_, float(least), float("inf")))
    return tuple(found)


def person_findings(person: Person) -> list[Finding]:
    """Return what age and sex say, present and absent; nothing where they are unknown."""
    found = []
    if person.age_years is not None:
        for id_, low, high in _ages():
            inside = low <= person.age_years < high
            found.append(Finding(id=id_, state=State.PRESENT if inside else State.ABSENT))
    if person.sex is not Sex.U:
        for sex, id_ in ((Sex.F, "hx_sex_female"), (Sex.M, "hx_sex_male")):
            if id_ in terms():
                found.append(Finding(id=id_, state=State.PRESENT if person.sex is sex else State.ABSENT))
    return found
