"""The resources of a FHIR document, one by one and tolerantly: R4, R4B, STU3 and R5 alike.

Plain dictionaries, no model of the standard: real bundles break strict ones while the results in
them are sound. A bad entry is met with its fault and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kossa.intake.json_doc import Document, Fault, first_fault

__all__ = [
    "Coding",
    "Met",
    "Resources",
    "age_on",
    "codings",
    "moment",
    "resources",
    "text_of",
    "texts",
]

_NESTED = 3  # bundles inside bundles that are opened; real ones have at most one inside another
_LOINC = ("http://loinc.org", "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1", "LOINC")


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of a concept; `system` is `loinc` for LOINC, else as it is written."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """One resource: where it stands, what it is, and its fault where it cannot be used."""

    place: str
    kind: str
    data: Mapping[str, Any]
    fault: Fault | None = None


@dataclass(frozen=True)
class Resources:
    """All resources of a document, and a way from a reference to what it names."""

    met: tuple[Met, ...]
    _by_reference: dict[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def of(self, *kinds: str) -> list[Met]:
        """Return the sound resources of these kinds, in their order."""
        return [m for m in self.met if m.kind in kinds and m.fault is None]

    def faults(self) -> list[Met]:
        """Return what was met and cannot be used."""
        return [m for m in self.met if m.fault is not None]

    def resolve(self, reference: Any, inside: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
        """Return what a reference names: a full URL, `Type/id`, or `#id` of a contained resource."""
        name = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(name, str):
            return None
        if name.startswith("#") and inside is not None:
            contained = inside.get("contained")
            return next((c for c in _records(contained) if c.get("id") == name[1:]), None)
        return self._by_reference.get(name) or self._by_reference.get("/".join(name.split("/")[-2:]))


def _records(value: Any) -> list[dict[str, Any]]:
    """The dictionaries of a list, or the one that stands where a list should."""
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def resources(document: Document) -> Resources:
    """Return what a parsed document holds: a Bundle, a list of resources, or one resource."""
    found = list(_walk(document.data, "", 0))
    if document.faults:
        found = [(url, _checked(met)) for url, met in found]
    by_reference: dict[str, Mapping[str, Any]] = {}
    for url, met in found:
        identifier = met.data.get("id")
        if isinstance(url, str) and url:
            by_reference.setdefault(url, met.data)
        if isinstance(identifier, str):
            by_reference.setdefault(f"{met.kind}/{identifier}", met.data)
    return Resources(tuple(met for _, met in found), by_reference)


def _walk(data: Any, place: str, depth: int) -> Iterator[tuple[Any, Met]]:
    if isinstance(data, Fault):
        yield None, Met(place or "document", "", {}, data)
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from _walk(item, f"entry {number}", depth)
    elif isinstance(data, dict) and data.get("resourceType") == "Bundle" and depth < _NESTED:
        yield from _bundle(data, place, depth)
    elif isinstance(data, dict):
        yield None, _one(data, place)
        for number, inside in enumerate(_records(data.get("contained"))):
            yield None, _one(inside, f"{place or 'document'}, contained {number}")


def _bundle(data: Mapping[str, Any], place: str, depth: int) -> Iterator[tuple[Any, Met]]:
    entries = data.get("entry")
    if isinstance(entries, Fault):
        yield None, Met(place or "document", "", {}, entries)
        return
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        here = f"{place}, entry {number}" if place else f"entry {number}"
        if isinstance(entry, Fault):
            yield None, Met(here, "", {}, entry)
        elif isinstance(entry, dict):
            inside = entry.get("resource", entry if "resourceType" in entry else None)
            for _, met in _walk(inside, here, depth + 1):
                yield entry.get("fullUrl"), met


def _one(data: dict[str, Any], place: str) -> Met:
    kind = data.get("resourceType")
    kind = kind if isinstance(kind, str) else ""
    fault = None if kind else Fault("not-a-resource", "This entry does not say what it is (no resourceType).")
    return Met(place or "document", kind, data, fault)


def _checked(met: Met) -> Met:
    return replace(met, fault=met.fault or first_fault(dict(met.data)))


def codings(concept: Any) -> list[Coding]:
    """Return the codes of a concept (CodeableConcept, Coding, or a list of either)."""
    found = []
    for one in _records(concept):
        listed = one.get("coding")
        for coding in _records(listed) if listed is not None else [one]:
            code, system = coding.get("code"), coding.get("system")
            if isinstance(code, str | int) and not isinstance(code, bool):
                name = str(system or "")
                name = "loinc" if name in _LOINC else name
                display = coding.get("display")
                found.append(Coding(name, str(code).strip(), display if isinstance(display, str) else ""))
    return found


def text_of(concept: Any) -> str:
    """Return the words of a concept: its text, else the first display; empty where it has none."""
    if isinstance(concept, str):
        return concept.strip()
    for one in _records(concept):
        text = one.get("text")
        if isinstance(text, str) and text.strip():
            return text.strip()
    return next((c.display for c in codings(concept) if c.display), "")


def texts(value: Any) -> list[str]:
    """Return the words of a list of concepts, annotations (`note`) or strings."""
    items = value if isinstance(value, list) else [value]
    return [t for t in (text_of(i) for i in items) if t]


def moment(data: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Return the first of these times: a date, an instant, or the end or start of a period."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, dict):
            for part in ("end", "start"):
                inside = value.get(part)
                if isinstance(inside, str) and inside.strip():
                    return inside.strip()
    return None


_DATE = re.compile(r"^(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def _day(text: str | None) -> date | None:
    found = _DATE.match(text or "")
    if found is None:
        return None
    year, month, day = (int(g) if g else None for g in found.groups())
    try:
        # of a birth year alone the middle of the year is nearest to the truth
        return date(year or 1, month or 7, day or (1 if month is None else 15))
    except ValueError:
        return None


def age_on(birth: str | None, when: str | None) -> float | None:
    """Return the age in years at a moment, None where either date is missing or they contradict."""
    born, then = _day(birth), _day(when)
    if born is None or then is None or then < born:
        return None
    return round((then - born).days / 365.2425, 3)
