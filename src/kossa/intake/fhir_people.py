"""Whose records a FHIR file holds, and how to keep those of one person.

Read tolerantly, entry by entry, over STU3, R4 and R5: a Bundle, one resource, or a list of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from kossa.intake.fhir_entries import age_on, moment
from kossa.intake.identity import Identity

__all__ = ["identities_in", "keep_subjects"]

Plain = dict[str, Any]
#: where a resource names its person (R4; `beneficiary`, `individual` and others belong to no evidence)
PERSON_FIELDS = ("subject", "patient")
DATE_FIELDS = (
    *("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued", "recordedDate"),
    *("performedDateTime", "occurrenceDateTime", "authoredOn", "date"),
)


def _entries(data: Any) -> Iterator[tuple[int, Any, str]]:
    """Yield (place in the file from 0, resource, fullUrl) of whatever FHIR JSON holds.

    A resource that could not be taken is a `json_doc.Fault`, or holds one.
    """
    if isinstance(data, list):
        for place, resource in enumerate(data):
            yield place, resource, ""
    elif isinstance(data, dict) and isinstance(entries := data.get("entry"), list):
        for place, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield place, entry.get("resource"), str(entry.get("fullUrl") or "")
            else:
                yield place, entry, ""
    else:
        yield 0, data, ""


def identities_in(data: Any) -> tuple[Identity, ...]:
    """Return what a FHIR file states of its people: of every Patient, and of every other reference."""
    patients: dict[str, tuple[Plain, tuple[str, ...]]] = {}
    referred: dict[str, str] = {}
    for _, resource, url in _entries(data):
        if not isinstance(resource, dict):
            continue
        if resource.get("resourceType") == "Patient":
            known_as = _known_as(resource, url)
            patients[known_as[0] if known_as else ""] = (resource, known_as)
        elif reference := _reference(resource):
            when = moment(resource, DATE_FIELDS) or ""
            referred[reference] = max(referred.get(reference, ""), when)
    found: list[Identity] = []
    for subject, (patient, known_as) in patients.items():
        newest = max((referred.pop(name, "") for name in known_as), default="")
        found += _of_patient(patient, subject, known_as, newest)
    found += (
        Identity(system="fhir", identifier=_bare(name), logical=True, subject=name)
        for name in sorted(referred)
        if not name.startswith("#")
    )
    return tuple(found)


def keep_subjects(data: Any, others: Collection[str]) -> Any:
    """Return the file without the resources that belong to the people known as `others`."""
    aliases = set(others)
    for _, resource, url in _entries(data):
        if isinstance(resource, dict) and resource.get("resourceType") == "Patient":
            known_as = _known_as(resource, url)
            aliases.update(known_as if aliases.intersection(known_as) else ())

    def belongs(resource: Any, url: str) -> bool:
        if not isinstance(resource, dict):
            return True
        if resource.get("resourceType") == "Patient":
            return aliases.isdisjoint(_known_as(resource, url))
        return _reference(resource) not in aliases

    if isinstance(data, list):
        return [resource for _, resource, url in _entries(data) if belongs(resource, url)]
    if isinstance(data, dict) and isinstance(data.get("entry"), list):
        kept = [data["entry"][place] for place, resource, url in _entries(data) if belongs(resource, url)]
        return {**data, "entry": kept}
    return data


def _known_as(patient: Plain, url: str) -> tuple[str, ...]:
    """Return the references by which the other resources of the file can name this Patient."""
    own = patient.get("id")
    names = (f"Patient/{own}" if isinstance(own, str) and own else "", url, f"urn:uuid:{own}" if own else "")
    return tuple(dict.fromkeys(name for name in names if name))


def _reference(resource: Plain) -> str:
    """Return by what a resource names its person; a versioned reference without its version."""
    for name in PERSON_FIELDS:
        value = resource.get(name)
        reference = value.get("reference") if isinstance(value, dict) else None
        if isinstance(reference, str) and ("Patient/" in reference or reference.startswith("urn:")):
            return reference.partition("/_history/")[0]
    return ""


def _bare(reference: str) -> str:
    return reference.removeprefix("urn:uuid:").removeprefix("Patient/")


def _of_patient(patient: Plain, subject: str, known_as: tuple[str, ...], newest: str) -> Iterator[Identity]:
    """Yield one Identity a number of this Patient, the server's own last."""
    born = patient.get("birthDate")
    born = born if isinstance(born, str) else ""
    about = Identity(
        system="fhir",
        name=_name(patient),
        birth_date=born,
        sex=str(patient.get("gender") or ""),
        age_years=age_on(born, newest),
        subject=subject,
    )
    numbers = patient.get("identifier")
    for number in numbers if isinstance(numbers, list) else []:
        if isinstance(number, dict) and isinstance(number.get("value"), str):
            issuer = str(number.get("system") or "")
            yield replace(about, identifier=number["value"], issuer=issuer)
    own = next((_bare(name) for name in known_as), "")
    yield replace(about, identifier=own, logical=True)


def _name(patient: Plain) -> str:
    names = patient.get("name")
    for name in names if isinstance(names, list) else [names]:
        if isinstance(name, dict):
            given = name.get("given")
            family = name.get("family")  # a list in DSTU2
            words = [*(given if isinstance(given, list) else [given])]
            words += family if isinstance(family, list) else [family]
            written = " ".join(word for word in words if isinstance(word, str))
            return written or str(name.get("text") or "")
    return ""
