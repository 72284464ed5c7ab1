"""A FHIR record -> findings and texts: what was diagnosed, done, taken, observed and written.

R4, R4B, STU3 and R5 field names are all looked for. What was refuted, not done or not taken is
absent; what was entered in error is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kossa.evidence import Finding, Source, State, Whose
from kossa.history.attached import attached, narrative
from kossa.history.codes import icd10, snomed
from kossa.history.spoken import tabled
from kossa.history.told import Told, told
from kossa.history.words import find
from kossa.intake.fhir_entries import Resources, codings, moment, text_of, texts

__all__ = ["RecordReader", "Written"]

Plain = Mapping[str, Any]
_VOID = frozenset({"entered-in-error", "nullified", "draft", "cancelled", "superseded"})
_DENIED = frozenset({"refuted", "not-done", "not-taken"})
_DOUBT = {"provisional": 0.6, "differential": 0.5, "unconfirmed": 0.7}  # certainty (judgement)
_OVER = frozenset({"stopped", "completed", "inactive", "resolved", "remission", "ended", "on-hold"})
_ICD10 = re.compile(r"icd-?10|2\.16\.840\.1\.113883\.6\.(?:3|90)\b", re.IGNORECASE)
_SNOMED = re.compile(r"snomed|2\.16\.840\.1\.113883\.6\.96\b", re.IGNORECASE)
_YES_OR_NO = frozenset({"yes", "no", "true", "false", "present", "absent", "positive", "negative", "none"})
_TAKEN = ("effectiveDateTime", "effectivePeriod", "authoredOn", "dateWritten", "occurrenceDateTime")
_DONE = ("performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")


@dataclass(frozen=True, slots=True)
class Written:
    """A text inside the record: a report's conclusion, an attached letter; `site` is its body part."""

    text: str
    site: str
    source: Source


@dataclass(frozen=True, slots=True)
class _Stated:
    """One coded or worded statement with how it is meant."""

    concept: Any
    when: str | None = None
    certainty: float = 1.0
    denied: bool = False
    whose: Whose = Whose.PERSON
    site: str = ""


@dataclass(slots=True)
class RecordReader:
    """Reads the resources of one record; `clean` takes names out of words.

    `unread` are the places of attachments that are no plain text.
    """

    found: Resources
    file: int | None
    clean: Callable[[str], str] = str
    findings: list[Finding] = field(default_factory=list)
    deposits: list[Told] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Read every sound resource that tells of history."""
        readers = {
            "Condition": self._condition,
            "Procedure": self._procedure,
            "MedicationStatement": self._drug,
            "MedicationRequest": self._drug,
            "MedicationOrder": self._drug,
            "MedicationAdministration": self._drug,
            "MedicationUsage": self._drug,
            "FamilyMemberHistory": self._family,
            "AllergyIntolerance": self._allergy,
            "Observation": self._observation,
            "DiagnosticReport": self._report,
            "DocumentReference": self._document,
            "Composition": self._composition,
        }
        for met in self.found.met:
            reader = readers.get(met.kind)
            if reader is not None and met.fault is None and _status(met.data) not in _VOID:
                reader(met.data, Source(file=self.file, place=met.place))

    def _state(self, stated: _Stated, place: Source) -> None:
        words = self.clean(text_of(stated.concept))
        ids = dict.fromkeys(i for c in codings(stated.concept) for i in _of_code(c.system, c.code))
        here = [Finding(id=i, words=words or None, source=place) for i in ids]
        said = f"{words} of the {stated.site}" if stated.site else words
        language = tabled(words)
        worded, missed = find(said, field="letter", source=place, language=language)
        here.extend(f for f in worded if f.id not in ids)
        self.findings.extend(_meant(f, stated) for f in here)
        if words and not here:
            self.not_understood.extend(missed or [words])
        if words and not stated.denied and stated.whose is Whose.PERSON:
            heard = told(words, context=stated.site, field="letter", source=place, language=language)
            self.deposits.extend(heard)

    def _write(self, text: str, site: str, place: Source) -> None:
        if text.strip():
            self.written.append(Written(self.clean(text), site, place))

    def _notes(self, data: Plain, place: Source) -> None:
        for note in texts(data.get("note")):
            self._write(note, "", place)

    def _condition(self, data: Plain, place: Source) -> None:
        verified, clinical = _status(data, "verificationStatus"), _status(data, "clinicalStatus")
        if verified in _VOID:
            return
        when = moment(data, ("onsetDateTime", "onsetPeriod", "onsetString"))
        self._state(
            _Stated(
                concept=data.get("code"),
                when=when or ("past" if clinical in _OVER else None),
                certainty=_DOUBT.get(verified, 1.0),
                denied=verified in _DENIED,
                site=" ".join(texts(data.get("bodySite"))),
            ),
            place,
        )
        self._notes(data, place)

    def _procedure(self, data: Plain, place: Source) -> None:
        denied = _status(data) in _DENIED or data.get("notDone") is True or data.get("notPerformed") is True
        site = " ".join(texts(data.get("bodySite")))
        self._state(_Stated(data.get("code"), moment(data, _DONE), denied=denied, site=site), place)
        self._notes(data, place)

    def _drug(self, data: Plain, place: Source) -> None:
        if data.get("doNotPerform") is True:
            return
        not_taken = str(data.get("taken") or "").lower() == "n" or data.get("notGiven") is True
        adherence = data.get("adherence")
        kept = _status(adherence, "code") if isinstance(adherence, dict) else ""
        over = _status(data) in _OVER or kept in ("stopped", "not-taking")
        when = moment(data, _TAKEN)
        if over:
            when = f"past ({when})" if when else "past"
        denied = _status(data) in _DENIED or not_taken
        self._state(_Stated(self._medicine(data), when, denied=denied), place)
        self._notes(data, place)

    def _medicine(self, data: Plain) -> Any:
        """The drug as a concept: in R4 a field of its own, in R5 under `medication`, or by reference."""
        direct = data.get("medicationCodeableConcept")
        if direct is not None:
            return direct
        medication = data.get("medication")
        inside = medication if isinstance(medication, dict) else {}
        if "concept" in inside:
            return inside["concept"]
        reference = inside.get("reference")
        pointed = reference if isinstance(reference, dict) else inside
        named = self.found.resolve(data.get("medicationReference") or pointed, data)
        return named.get("code") if named is not None else None

    def _family(self, data: Plain, place: Source) -> None:
        conditions = data.get("condition")
        for condition in conditions if isinstance(conditions, list) else []:
            if isinstance(condition, dict):
                self._state(_Stated(condition.get("code"), whose=Whose.FAMILY), place)

    def _allergy(self, data: Plain, place: Source) -> None:
        verified = _status(data, "verificationStatus")
        if verified in _VOID:
            return
        here, _ = find(f"{self.clean(text_of(data.get('code')))} allergy", field="letter", source=place)
        stated = _Stated(None, certainty=_DOUBT.get(verified, 1.0), denied=verified in _DENIED)
        self.findings.extend(_meant(f, stated) for f in here if "allerg" in (f.words or "").lower())

    def _observation(self, data: Plain, place: Source) -> None:
        """Observations in words that are no laboratory results: smoking, what was felt or seen."""
        labs = "laboratory" in {c.code.lower() for c in codings(data.get("category"))}
        value = data.get("valueString") or text_of(data.get("valueCodeableConcept"))
        if labs or not isinstance(value, str) or not value.strip():
            return
        about = text_of(data.get("code"))
        said = f"{about}: {value}" if value.strip().lower() in _YES_OR_NO else value
        self._write(said, " ".join(texts(data.get("bodySite"))) or about, place)

    def _report(self, data: Plain, place: Source) -> None:
        conclusion = data.get("conclusion")
        said = [conclusion] if isinstance(conclusion, str) else []
        said.extend(texts(data.get("conclusionCode")))
        said.extend(attached(data.get("presentedForm"), place, self.unread))
        for text in said or narrative(data):
            self._write(text, " ".join(texts(data.get("bodySite"))), place)

    def _document(self, data: Plain, place: Source) -> None:
        if _status(data, "docStatus") in _VOID:
            return
        contents = data.get("content")
        listed = (
            [c.get("attachment") for c in contents if isinstance(c, dict)]
            if isinstance(contents, list)
            else []
        )
        for text in attached(listed, place, self.unread):
            self._write(text, "", place)

    def _composition(self, data: Plain, place: Source) -> None:
        sections = data.get("section")
        for section in sections if isinstance(sections, list) else []:
            for text in narrative(section) if isinstance(section, dict) else ():
                self._write(text, "", place)


def _status(data: Plain, name: str = "status") -> str:
    """A status as one word: a code, or the first code of a concept (STU3 and R5 differ)."""
    value = data.get(name)
    if isinstance(value, str):
        return value.lower()
    return next((c.code.lower() for c in codings(value)), "")


def _of_code(system: str, code: str) -> tuple[str, ...]:
    if _ICD10.search(system):
        return icd10(code)
    return snomed(code) if _SNOMED.search(system) else ()


def _meant(one: Finding, stated: _Stated) -> Finding:
    state = one.state
    if stated.denied:
        state = State.ABSENT if one.state is State.PRESENT else State.UNKNOWN
    return msgspec.structs.replace(
        one,
        state=state,
        certainty=min(one.certainty, stated.certainty),
        whose=stated.whose if stated.whose is Whose.FAMILY else one.whose,
        when=stated.when or one.when,
    )
