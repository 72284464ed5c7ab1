"""Observations of a FHIR document -> rows: every value[x], components, ranges, comparators, status.

Real bundles: a range of 0 to 0, STU3 without a patient, values in strings, panels in components.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kossa.blood.analytes import by_loinc, by_name, check_digit_holds
from kossa.blood.row import Remark, Row
from kossa.blood.signals import COMPARATORS, of_observation, of_value
from kossa.evidence import Source
from kossa.intake.fhir_entries import Met, Resources, age_on, codings, moment, text_of, texts

__all__ = ["observation_rows"]

_TIMES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming", "issued")
_STRING = re.compile(r"^\s*([<>≤≥=]*\s*[-+]?\d[\d.,]*)\s*([^\d\s].*)?$")
_INTERPRETATION = {"LL": "low", "HH": "high", "LU": "low", "HU": "high", "POS": "positive", "NEG": "negative"}
_POSITIVE = re.compile(r"\b(positive|detected|reactive|present)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(negative|not detected|non-?reactive|absent|none detected)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the components of an observation share with it."""

    place: str
    date: str | None
    status: str | None
    comment: str
    source: Source | None
    age_years: float | None
    specimen: str
    remarks: tuple[Remark, ...]


def observation_rows(found: Resources, source: Source | None = None, birth: str | None = None) -> list[Row]:
    """Return a row for each observation and each component that is a laboratory result.

    A code that no table knows keeps its words as the name; `birth` gives the age at the time.
    """
    rows: list[Row] = []
    for met in found.of("Observation"):
        rows.extend(_rows(met, source, birth, _specimen(found, met.data)))
    return rows


def _specimen(found: Resources, data: Mapping[str, Any]) -> str:
    """The words and codes of what was measured in: of the reference itself, and of the Specimen it names."""
    reference = data.get("specimen")
    if not isinstance(reference, dict):
        return ""
    kind = (found.resolve(reference, data) or {}).get("type")
    shown = reference.get("display")
    said = [shown if isinstance(shown, str) else "", text_of(kind)]
    said += [word for coding in codings(kind) for word in (coding.display, coding.code)]
    return " ".join(dict.fromkeys(word for word in said if word))


def _rows(met: Met, source: Source | None, birth: str | None, specimen: str) -> Iterator[Row]:
    data = met.data
    when = moment(data, _TIMES)
    place = met.place
    shared = _Context(
        place=place,
        date=when,
        status=data["status"] if isinstance(data.get("status"), str) else None,
        comment=" ".join(texts(data.get("note")) + texts(data.get("comment"))),
        source=Source(file=source.file if source else None, place=place),
        age_years=age_on(birth, when),
        specimen=specimen,
        remarks=tuple(of_observation(data, _TIMES)),
    )
    parts = data.get("component")
    components = [c for c in parts if isinstance(c, dict)] if isinstance(parts, list) else []
    if not components or _has_value(data):
        yield from _row(data, shared, is_lab=_is_lab(data))
    for component in components:
        yield from _row(component, shared, is_lab=_is_lab(data))


def _has_value(data: Mapping[str, Any]) -> bool:
    return any(k.startswith("value") for k in data)


def _is_lab(data: Mapping[str, Any]) -> bool:
    named = {c.code.lower() for c in codings(data.get("category"))}
    return "laboratory" in named


def _row(data: Mapping[str, Any], shared: _Context, *, is_lab: bool) -> Iterator[Row]:
    code, name = _code(data.get("code"))
    known = by_loinc(code) if code else by_name(name)
    if known is None and not is_lab:
        return  # a finding of another kind: social history, a survey, a picture
    value, unit = _value(data)
    if value is None and known is None:
        return
    low, high = _range(data.get("referenceRange"))
    yield Row(
        name=name or (known.name if known else code or ""),
        value=value,
        unit=unit,
        date=shared.date,
        low=low,
        high=high,
        flag=_flag(data),
        status=shared.status,
        loinc=code,
        comment=shared.comment,
        where=shared.place,
        source=shared.source,
        age_years=shared.age_years,
        absent=_absent(data) if value is None else "",
        by_name=code is None,
        specimen=shared.specimen,
        remarks=(*shared.remarks, *of_value(data, by_loinc(code) if code else None)),
    )


def _code(concept: Any) -> tuple[str | None, str]:
    """The LOINC code that a table knows, else the first that can be one, and the words."""
    sound = [c.code for c in codings(concept) if c.system == "loinc" and check_digit_holds(c.code)]
    known = [c for c in sound if by_loinc(c)]
    return next(iter(known or sound), None), text_of(concept)


def _value(data: Mapping[str, Any]) -> tuple[Any, str | None]:
    """Return value and unit as printed; None where the observation has no value."""
    quantity = data.get("valueQuantity")
    if isinstance(quantity, dict):
        return _quantity(quantity)
    for name in ("valueInteger", "valueDecimal"):
        if isinstance(data.get(name), int | float):
            return data[name], None
    if isinstance(data.get("valueBoolean"), bool):
        return ("positive" if data["valueBoolean"] else "negative"), None
    text = data.get("valueString")
    words = text if isinstance(text, str) else text_of(data.get("valueCodeableConcept"))
    return _words(words)


def _quantity(quantity: Mapping[str, Any]) -> tuple[Any, str | None]:
    value = quantity.get("value")
    if value is None:
        return None, None
    code, printed = quantity.get("code"), quantity.get("unit")
    unit = next((u for u in (code, printed) if isinstance(u, str) and u.strip()), None)
    comparator = quantity.get("comparator")
    if isinstance(comparator, str) and comparator in COMPARATORS:
        return f"{comparator}{value}", unit
    return value, unit


def _words(words: str) -> tuple[Any, str | None]:
    found = _STRING.match(words)
    if found:
        return found.group(1), (found.group(2) or "").strip() or None
    if _NEGATIVE.search(words):
        return "negative", None
    if _POSITIVE.search(words):
        return "positive", None
    return (words, None) if words else (None, None)


def _flag(data: Mapping[str, Any]) -> str | None:
    named = data.get("interpretation")
    for coding in codings(named):
        code = coding.code.upper()
        if code in ("H", "L", "N", "A") or code in _INTERPRETATION:
            return _INTERPRETATION.get(code, code)
    return text_of(named) or None


def _range(ranges: Any) -> tuple[Any, Any]:
    """The first range that is for normal people and names a limit."""
    for one in ranges if isinstance(ranges, list) else []:
        if not isinstance(one, dict):
            continue
        kinds = {c.code.lower() for c in codings(one.get("type"))}
        low, high = (
            one.get(k, {}).get("value") if isinstance(one.get(k), dict) else None for k in ("low", "high")
        )
        if (low is not None or high is not None) and kinds <= {"normal", ""}:
            return low, high
        text = one.get("text")
        found = re.match(r"^\s*(\d[\d.]*)\s*(?:-|–|to)\s*(\d[\d.]*)", text) if isinstance(text, str) else None
        if found:
            return found.group(1), found.group(2)
    return None, None


def _absent(data: Mapping[str, Any]) -> str:
    return text_of(data.get("dataAbsentReason")) or next(
        (c.code for c in codings(data.get("dataAbsentReason"))), "no value"
    )
