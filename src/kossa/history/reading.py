"""The reader of words: files in, one reading out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kossa.evidence import (
    FileKind,
    Finding,
    NothingUsable,
    Notice,
    Outcome,
    Person,
    Refused,
    Setting,
    SeveralPeople,
    Severity,
    Sex,
)
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.evidence.words_reading import Denied, Examined, HistoryReading
from kossa.history.case import contradictions, merged, read_case
from kossa.history.fhir import RecordReader
from kossa.history.grown import is_adult
from kossa.history.letter import Letter, read_letter
from kossa.history.lexicon import phrases
from kossa.history.person import person_findings
from kossa.history.phenopacket import read_phenopacket
from kossa.history.spoken import spoken
from kossa.history.stated import person_in
from kossa.history.told import Told, group, told_findings
from kossa.intake.entry import Entry, Survey
from kossa.intake.fhir_entries import resources
from kossa.intake.files_table import files, notices
from kossa.intake.json_doc import first_fault
from kossa.intake.known_names import known_names
from kossa.intake.names import cleaner
from kossa.intake.people import people
from kossa.intake.shared_entries import open_to, settle_shared
from kossa.intake.sidecar import parse_toml
from kossa.intake.survey import survey
from kossa.intake.text import decode_text

__all__ = ["examine"]

_ROOM = "history"
_KINDS = (FileKind.FHIR, FileKind.HISTORY, FileKind.CASE)
_NAME_LETTERS = 60  # letters of a text that may be no more than a name (judgement)


@dataclass(slots=True)
class _Said:
    """What the files of a folder say together."""

    findings: list[Finding] = field(default_factory=list)
    deposits: list[Told] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    examined: list[Examined] = field(default_factory=list)
    history_told: bool = False
    setting: Setting = Setting.UNKNOWN
    age_years: float | None = None
    sex: Sex = Sex.U
    adult: bool = False

    def hear(self, letter: Letter, *, missed: bool = True) -> None:
        """Take in what a letter says; without `missed` not what was not understood of it."""
        self.findings.extend(letter.findings)
        self.deposits.extend(letter.deposits)
        self.denied.extend(letter.denied)
        self.history_told |= letter.tells_history
        self.examined.extend(letter.examined)
        self.not_understood.extend(letter.not_understood if missed else ())

    def count(self) -> tuple[int, ...]:
        """How much was understood so far; words that were not are no evidence."""
        return len(self.findings), len(self.deposits), len(self.denied), len(self.examined)


def examine(
    found: Survey | Path | str, person: Person | None = None, *, progress: Progress = silent
) -> HistoryReading:
    """Read what words and codes say: letters, FHIR records, phenopackets, case forms.

    Raises `NothingUsable` where a path holds none, `SeveralPeople` where it tells of two people; of a
    survey without words an empty reading is returned.
    """
    alone = isinstance(found, Path | str)
    if isinstance(found, Path | str):
        found = survey(Path(found), progress=progress)
    whose = person or _whose(found)
    said = _Said()
    entries = open_to(found, _ROOM, *_KINDS)
    clean = cleaner(names=known_names(found), phrases=tuple(phrases()))
    for number, entry in enumerate(entries, 1):
        progress("reading words", number, len(entries))
        _read(entry, said, clean)
    if alone and not entries:
        why = next((n.what for e in found.entries for n in e.notices), "")
        raise NothingUsable(f"There are no letters, records or cases here. {why}".strip())
    whose = _as_told(whose, said)
    findings, contradicted = contradictions(merged([*person_findings(whose), *said.findings]))
    deposits, groups = group(said.deposits)
    return HistoryReading(
        kossa_version=VERSION,
        files=files(found) if alone else (),
        person=whose,
        deposits=deposits,
        groups=groups,
        findings=tuple(findings),
        denied=tuple(dict.fromkeys(said.denied)),
        examined=tuple(dict.fromkeys(said.examined)),
        history_told=said.history_told,
        not_understood=tuple(dict.fromkeys(said.not_understood)),
        notices=(*(notices(found) if alone else ()), *said.notices, *contradicted),
    )


def _as_told(whose: Person, said: _Said) -> Person:
    """The person as files state it, completed by what a case form or `this 58-year-old man` tells."""
    return msgspec.structs.replace(
        whose,
        age_years=said.age_years if whose.age_years is None else whose.age_years,
        sex=said.sex if whose.sex is Sex.U else whose.sex,
        adult=said.adult and whose.age_years is None and said.age_years is None,
        setting=said.setting if whose.setting is Setting.UNKNOWN else whose.setting,
    )


def _whose(found: Survey) -> Person:
    who = people(found, _KINDS)
    if len(who.persons) > 1:
        raise SeveralPeople(who.sentence())
    return who.persons[0]


def _read(entry: Entry, said: _Said, clean: Callable[[str], str]) -> None:
    """Read one file and settle it."""
    before = said.count()
    try:
        reason = _READERS[_form(entry)](entry, said, clean)
    except Refused as refused:
        entry.refuse(refused)
        return
    after = said.count()
    outcome = Outcome.PARTIAL if reason else Outcome.ACCEPTED
    if reason == "language":
        outcome = Outcome.REJECTED
    elif after == before and not reason:
        outcome, reason = Outcome.IGNORED, "no-history"
    settle_shared(entry, _ROOM, outcome, reason=reason)


def _form(entry: Entry) -> str:
    if entry.kind is FileKind.FHIR:
        return "fhir"
    if entry.kind is FileKind.CASE:
        return "case"
    return "phenopacket" if entry.format == "phenopacket" else "letter"


def _fhir(entry: Entry, said: _Said, clean: Callable[[str], str]) -> str | None:
    found = resources(entry.document())
    record = RecordReader(found, entry.number, clean)
    record.read()
    said.findings.extend(record.findings)
    said.deposits.extend(record.deposits)
    said.not_understood.extend(record.not_understood)
    reason = None
    for written in record.written:
        said_in = spoken(written.text, entry, what="A text of this record")
        if said_in is None or said_in.cut:
            reason = "text-not-read" if said_in is None else reason or "too-long"
        if said_in is not None:
            named = len(written.text) <= _NAME_LETTERS  # the name of a condition, told already
            said.hear(
                read_letter(said_in.words, written.source, context=written.site, language=said_in.language),
                missed=not named,
            )
    if record.unread:
        entry.tell(
            "attachment-not-read",
            Severity.WARNING,
            f"{len(record.unread)} attached documents are no plain text: {', '.join(record.unread[:5])}.",
            done="Their words are not used.",
            todo="Copy their words into a plain text file (.txt).",
        )
    return "attachment-not-read" if record.unread else reason


def _case(entry: Entry, said: _Said, clean: Callable[[str], str]) -> str | None:
    data = entry.document().data if entry.format == "case_json" else parse_toml(entry.read())
    fault = first_fault(data)
    if fault is not None:
        raise Refused(fault.code, fault.what)
    if not isinstance(data, dict):
        raise Refused("not-a-case", "This case is not a table of fields such as age_years and history.")
    case = read_case(_cleaned(data, clean), source=entry.source())
    said.findings.extend(case.findings)
    said.deposits.extend(case.told)
    said.denied.extend(case.denied)
    said.history_told |= case.has_history
    said.examined.extend(case.examined)
    said.not_understood.extend(case.not_understood)
    said.notices.extend(case.notices)
    if case.person.setting is not Setting.UNKNOWN:
        said.setting = case.person.setting
    refused = {n.code for n in case.notices} - {"contradiction", "one-table", "language"}
    return "fields-refused" if refused else None


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """The same data without names in its words."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(v, clean) for v in value]
    return {k: _cleaned(v, clean) for k, v in value.items()} if isinstance(value, dict) else value


def _phenopacket(entry: Entry, said: _Said, clean: Callable[[str], str]) -> str | None:
    document = entry.document()
    fault = first_fault(document.data)
    if fault is not None or not isinstance(document.data, Mapping):
        raise Refused(
            fault.code if fault else "not-a-phenopacket", fault.what if fault else "This is no object."
        )
    findings, missed = read_phenopacket(_cleaned(document.data, clean), entry.source())
    said.findings.extend(findings)
    said.deposits.extend(told_findings(findings))
    said.not_understood.extend(missed)
    if document.data.get("interpretations") or document.data.get("diseases"):
        entry.tell(
            "diagnosis-left-out",
            Severity.INFO,
            "This phenopacket states a diagnosis.",
            done="It was not used: only what was observed and excluded was.",
        )
    return None


def _letter(entry: Entry, said: _Said, clean: Callable[[str], str]) -> str | None:
    text = decode_text(entry.read())
    for code, what in text.remarks:
        entry.tell(code, Severity.WARNING, what, done="It was read.", todo="Save it as UTF-8.")
    said_in = spoken(text.text, entry)
    if said_in is None:
        return "language"
    words, language = said_in.words, said_in.language
    age, sex = person_in(words, language)
    said.adult |= is_adult(words)
    said.age_years = age if said.age_years is None else said.age_years
    said.sex = sex if said.sex is Sex.U else said.sex
    said.hear(read_letter(clean(words), entry.source(), language=language))
    if said_in.cut:
        return "too-long"
    return "encoding" if text.remarks else None


_READERS: dict[str, Callable[[Entry, _Said, Callable[[str], str]], str | None]] = {
    "fhir": _fhir,
    "case": _case,
    "phenopacket": _phenopacket,
    "letter": _letter,
}
