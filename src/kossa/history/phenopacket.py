"""A phenopacket (GA4GH, version 1 or 2) -> findings; what was excluded is absent, the answer is not read.

`interpretations` and `diseases` hold the diagnosis that is asked for, so they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kossa.evidence import Finding, Source, State
from kossa.evidence.vocabulary import ancestors
from kossa.history.codes import hpo_excluded, hpo_observed
from kossa.history.words import find

__all__ = ["read_phenopacket"]

_BY_LABEL = 0.9  # certainty where only the term's words are known, not its code (judgement)


def read_phenopacket(
    data: Mapping[str, Any], source: Source | None = None
) -> tuple[list[Finding], list[str]]:
    """Return the findings of `phenotypicFeatures`, and the labels that are not understood."""
    found: dict[tuple[str, State], Finding] = {}
    missed: list[str] = []
    features = data.get("phenotypicFeatures")
    for feature in features if isinstance(features, list) else []:
        here = list(_of(feature, source)) if isinstance(feature, dict) else []
        if not here and isinstance(feature, dict):
            missed.append(_label(feature))
        for one in here:
            found.setdefault((one.id, one.state), one)
    # what was observed stands, also where a wider term was excluded
    present = {id_ for id_, state in found if state is State.PRESENT}
    implied = present | {a for id_ in present for a in ancestors(id_)}
    kept = [f for (id_, state), f in found.items() if state is State.PRESENT or id_ not in implied]
    return kept, list(dict.fromkeys(m for m in missed if m))


def _label(feature: Mapping[str, Any]) -> str:
    kind = feature.get("type")
    label = kind.get("label") if isinstance(kind, dict) else None
    return label.strip() if isinstance(label, str) else ""


def _of(feature: Mapping[str, Any], source: Source | None) -> Iterator[Finding]:
    kind = feature.get("type")
    code = str(kind.get("id") or "") if isinstance(kind, dict) else ""
    excluded = bool(feature.get("excluded") or feature.get("negated"))
    state = State.ABSENT if excluded else State.PRESENT
    when, label = _onset(feature.get("onset")), _label(feature)
    ids = hpo_excluded(code) if excluded else hpo_observed(code)
    for id_ in ids:
        yield Finding(id=id_, state=state, when=when, words=label or code, source=source)
    if ids or not label:
        return
    here, _ = find(label, field="biopsy", source=source)
    for one in here:
        yield msgspec.structs.replace(
            one, state=state, certainty=min(one.certainty, _BY_LABEL), when=when, words=label
        )


def _onset(value: Any) -> str | None:
    """An age or a class of onset as it is written."""
    if not isinstance(value, dict):
        return None
    age = value.get("age", value)
    if isinstance(age, dict) and isinstance(age.get("iso8601duration"), str):
        return str(age["iso8601duration"])
    named = value.get("ontologyClass")
    label = named.get("label") if isinstance(named, dict) else None
    return label if isinstance(label, str) else None
