"""What stands against a FHIR observation beside its value: signals that its words and code do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from kossa.blood.analytes import Analyte, analytes, by_name, rows
from kossa.blood.row import Remark
from kossa.intake.fhir_entries import codings, moment, text_of
from kossa.intake.safe_text import safe

__all__ = ["of_observation", "of_value"]

COMPARATORS = ("<", "<=", ">", ">=")  # FHIR R4 QuantityComparator
_SHOWN = 60  # letters of a code or address that are shown (judgement)


def of_observation(data: Mapping[str, Any], times: Sequence[str]) -> Iterator[Remark]:
    """Yield what bars a whole observation, or leaves it without a date.

    `modifierExtension` and `implicitRules` change the meaning of what they stand in: who does not know
    them must not process it (FHIR R4, extensibility 2.4.1 and resource 2.26.3.4).
    """
    yield from _modified(data)
    written = next((name for name in times if data.get(name) is not None), None)
    if written is not None and moment(data, times) is None:
        yield Remark(
            "invalid-date", f"its {written} is no date", bars=False, done="It counts without a date."
        )


def _modified(data: Mapping[str, Any]) -> Iterator[Remark]:
    extensions = data.get("modifierExtension")
    if extensions:
        urls = (
            [e.get("url") for e in extensions if isinstance(e, dict)] if isinstance(extensions, list) else []
        )
        named = ", ".join(safe(u).rpartition("/")[2][:_SHOWN] for u in urls if isinstance(u, str))
        what = f"a modifier extension ({named or 'without an address'}) changes what it means"
        yield Remark("modifier-extension", what)
    if isinstance(data.get("implicitRules"), str):
        yield Remark(
            "implicit-rules", "it is made by rules of its own (implicitRules), which change what it means"
        )


def of_value(data: Mapping[str, Any], known: Analyte | None) -> Iterator[Remark]:
    """Yield what bars one value of an observation or a component; `known` is the test by its code."""
    quantity = data.get("valueQuantity")
    comparator = quantity.get("comparator") if isinstance(quantity, dict) else None
    if comparator is not None and comparator not in COMPARATORS:
        what = f"its comparator '{safe(str(comparator))[:_SHOWN]}' is none of {', '.join(COMPARATORS)}"
        yield Remark("unknown-comparator", what)
    absent = data.get("dataAbsentReason")
    if absent and any(name.startswith("value") and data[name] is not None for name in data):
        why = next((c.code for c in codings(absent)), "") or text_of(absent)
        what = f"it has a value and also a reason why there is none ({safe(why)[:_SHOWN] or 'not told'})"
        yield Remark("value-and-absent", what)
    other = _named_otherwise(data.get("code"), known)
    if other is not None and known is not None:
        yield Remark(
            "code-contradicts-name", f"its code is that of {known.name}, its name that of {other.name}"
        )


def _named_otherwise(concept: Any, known: Analyte | None) -> Analyte | None:
    """Another test that the words of a code mean; `Calcium` beside the code of ionized calcium is none."""
    if known is None:
        return None
    for words in (text_of(concept), *(c.display for c in codings(concept) if c.system == "loinc")):
        named = by_name(words) if words else None
        if named is not None and named.id != known.id and not _part_of(words, known):
            return named
    return None


def _part_of(words: str, known: Analyte) -> bool:
    wanted = _set(words)
    return any(wanted <= one for one in _called()[known.id])


def _set(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", words.lower()))


@cache
def _called() -> Mapping[str, tuple[frozenset[str], ...]]:
    """Test -> the words of each of its names."""
    found = {one.id: [_set(one.name), _set(one.id)] for one in analytes().values()}
    for row in rows("aliases.csv"):
        found[row["analyte"]].append(_set(row["alias"]))
    return {id_: tuple(names) for id_, names in found.items()}
