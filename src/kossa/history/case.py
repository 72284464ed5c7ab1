"""A case as a form (one line of a case file, or case.toml) -> person, findings, deposits told in words.

The form has age_years, sex, setting, history, symptoms, biopsy, labs and imaging; a missing field is
unknown, a label is never read. Lab rows are handed on as they are: the blood room reads them, and
`CaseRead.with_labs` joins what it found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from kossa.evidence import (
    DepositGroup,
    Finding,
    Notice,
    Person,
    Result,
    Setting,
    Severity,
    Sex,
    Source,
    State,
    ToldDeposit,
    Whose,
)
from kossa.evidence.vocabulary import label, term
from kossa.evidence.words_reading import Denied, Examined, ended
from kossa.history.breast import graded
from kossa.history.denied import denied
from kossa.history.examinations import examined
from kossa.history.foreign import ENGLISH
from kossa.history.person import person_findings
from kossa.history.spoken import TABLED, tabled
from kossa.history.told import Told, group, told
from kossa.history.words import find
from kossa.intake.case_form import form_notices, lab_rows

__all__ = ["CaseRead", "contradictions", "merged", "read_case"]

_WORDS_ONLY = 0.9  # certainty of a laboratory verdict that only words tell (judgement)
_OF_DEPOSITS = frozenset({"site", "pattern", "tissue", "spread", "course"})  # one deposit has it, another not
_CONTRADICTED = 0.5  # certainty left to each side where a history says both (judgement)


@dataclass(frozen=True, slots=True)
class CaseRead:
    """What a case says. `labs` are its rows for the blood room; `results` are filled by `with_labs`."""

    id: str | None
    person: Person
    findings: tuple[Finding, ...]
    deposits: tuple[ToldDeposit, ...]
    groups: tuple[DepositGroup, ...]
    labs: tuple[Mapping[str, Any], ...] = ()
    results: tuple[Result, ...] = ()
    not_understood: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    told: tuple[Told, ...] = ()
    denied: tuple[Denied, ...] = ()
    examined: tuple[Examined, ...] = ()
    about: str | None = None
    has_history: bool = field(default=False)

    def with_labs(
        self, results: Sequence[Result], findings: Sequence[Finding], notices: Sequence[Notice]
    ) -> CaseRead:
        """Return the case with its measured results: what was measured wins over what was told."""
        measured = {f.id for f in findings}
        kept = tuple(f for f in self.findings if f.id not in measured or f.whose is Whose.FAMILY)
        return replace(
            self,
            findings=kept + tuple(findings),
            results=tuple(results),
            notices=self.notices + tuple(notices),
        )


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    return [v for v in value if isinstance(v, str) and v.strip()] if isinstance(value, list) else []


def _notice(code: str, what: str, done: str, todo: str) -> Notice:
    return Notice(code=code, severity=Severity.WARNING, what=ended(what), done=done, todo=todo)


def _person(case: Mapping[str, Any], notices: list[Notice]) -> Person:
    age = case.get("age_years")
    if age is not None and (isinstance(age, bool) or not isinstance(age, int | float) or not 0 <= age <= 130):
        notices.append(
            _notice(
                "age",
                f"age_years is {age!r}, not an age",
                "The age was taken as unknown.",
                "Give years, for an infant a fraction.",
            )
        )
        age = None
    sex, setting = str(case.get("sex") or "U").upper()[:1], str(case.get("setting") or "unknown").lower()
    if sex not in ("F", "M", "U"):
        notices.append(
            _notice("sex", f"sex is {case.get('sex')!r}", "It was taken as unknown.", "Write F, M or U.")
        )
        sex = "U"
    if setting not in {s.value for s in Setting}:
        notices.append(
            _notice(
                "setting",
                f"setting is {setting!r}",
                "It was taken as unknown.",
                "Write clinic, radiology, inpatient or dialysis.",
            )
        )
        setting = "unknown"
    return Person(age_years=None if age is None else float(age), sex=Sex(sex), setting=Setting(setting))


def _imaging(
    entries: Any, source: Source | None
) -> tuple[list[Finding], list[Told], list[str], list[Denied]]:
    findings: list[Finding] = []
    deposits: list[Told] = []
    missed: list[str] = []
    unseen: list[Denied] = []
    for entry in entries or []:
        site, text = str(entry.get("site") or ""), str(entry.get("description") or "")
        language = tabled(text)
        here, lost = find(text, field="imaging", source=source, language=language)
        findings.extend(here)
        missed.extend(lost)
        film = "mammogram, " if str(entry.get("modality") or "").lower().startswith("mammogra") else ""
        made = told(text, context=film + site, source=source, language=language)
        made, suspicious = graded(text, made, source=source, language=language)
        findings.extend(suspicious)
        unseen.extend(denied(text, context=film + site, field="imaging", source=source, language=language))
        deposits.extend(made)
        if site and (made or not here):
            findings.extend(_placed(site, made, source))
    return findings, deposits, missed, unseen


def _placed(site: str, made: Sequence[Told], source: Source | None) -> list[Finding]:
    """The place that a picture was taken of counts as the deposit's where the text names none itself."""
    if not made or any(one.sites and one.sites != _sites_of(site, source) for one in made):
        return []
    return [
        f
        for f in find(f"calcification of {site}", field="imaging", source=source)[0]
        if term(f.id).kind == "site"
    ]


def _sites_of(site: str, source: Source | None) -> tuple[tuple[str, Any], ...]:
    found = told(f"calcification of {site}", source=source)
    return found[0].sites if found else ()


def merged(found: Iterable[Finding]) -> list[Finding]:
    """Return one finding per id, state, whose and side: the surest."""
    best: dict[tuple[str, str, str, str], Finding] = {}
    for given in found:
        sure = min(given.certainty, _WORDS_ONLY) if term(given.id).kind == "lab" else given.certainty
        one = msgspec.structs.replace(given, certainty=sure)
        key = (one.id, one.state, one.whose, one.side)
        if key not in best or one.certainty > best[key].certainty:
            best[key] = one
    return list(best.values())


def contradictions(found: Sequence[Finding]) -> tuple[list[Finding], list[Notice]]:
    """Where words say both yes and no, both stay with half the certainty, and it is told.

    `no history of gout` beside `gout suspected` is no contradiction: what is said of today stands.
    What was only thought of (a differential, a plan) contradicts nothing.
    """
    own = [
        f for f in found
        if f.whose is Whose.PERSON and f.certainty > _CONTRADICTED and term(f.id).kind not in _OF_DEPOSITS
    ]  # fmt: skip
    present = {f.id for f in own if f.state is State.PRESENT}
    kept = [f for f in found if not (f.state is State.ABSENT and f.when == "past" and f.id in present)]
    both = present & {f.id for f in kept if f in own and f.state is State.ABSENT}
    done, todo = "Both were kept, each with half the certainty.", "Say which holds."
    notices = [
        _notice("contradiction", f"the words say both that there is and is not: {label(i)}", done, todo)
        for i in sorted(both)
    ]
    return [_halved(f) if f.id in both and f.whose is Whose.PERSON else f for f in kept], notices


def _halved(one: Finding) -> Finding:
    return msgspec.structs.replace(one, certainty=min(one.certainty, _CONTRADICTED))


def _examined(
    case: Mapping[str, Any], pictures: Sequence[Mapping[str, Any]], source: Source | None
) -> list[Examined]:
    """The pictures and biopsies that a form tells were taken."""
    texts = [t for name in ("history", "symptoms") for t in _texts(case.get(name))]
    texts += [f"biopsy: {t}" for t in _texts(case.get("biopsy"))]
    texts += [f"{p.get('modality') or ''} of {p.get('site') or 'it'}" for p in pictures]
    return [e for t in texts for e in examined(t, source=source, language=tabled(t))]


def _languages(case: Mapping[str, Any]) -> list[Notice]:
    """Tell of fields that are in another language."""
    texts = [t for name in ("history", "symptoms", "biopsy") for t in _texts(case.get(name))]
    found = dict.fromkeys(language for t in texts if (language := tabled(t)) != ENGLISH)
    return [
        Notice(
            code="language",
            severity=Severity.INFO,
            what=f"A field of this form seems to be {language}; {TABLED}",
            done="What the table does not hold is listed as not understood.",
            todo="Check the findings against the form.",
        )
        for language in found
    ]


def read_case(case: Mapping[str, Any], *, source: Source | None = None, hide: Sequence[str] = ()) -> CaseRead:
    """Read one case. `hide` names fields that are to be taken as unknown (`biopsy`)."""
    shown = {k: v for k, v in case.items() if k not in (*hide, "label", "notes", "source", "provenance")}
    notices: list[Notice] = [*form_notices(shown), *_languages(shown)]
    person = _person(shown, notices)
    findings: list[Finding] = list(person_findings(person))
    missed: list[str] = []
    all_told: list[Told] = []
    looked: list[Denied] = []
    for name in ("history", "symptoms", "biopsy"):
        for text in _texts(shown.get(name)):
            language = tabled(text)
            here, lost = find(text, field=name, source=source, language=language)
            findings.extend(here)
            missed.extend(lost)
            all_told.extend(told(text, field=name, source=source, language=language))
            if name == "biopsy":
                looked.extend(denied(text, field=name, source=source, language=language))
    pictures = [row for row in lab_rows(shown, "imaging") if isinstance(row, Mapping)]
    pictured, deposits, lost, unseen = _imaging(pictures, source)
    findings.extend(pictured)
    missed.extend(lost)
    deposit_list, groups = group([*deposits, *all_told])
    together, contradicted = contradictions(merged(findings))
    return CaseRead(
        id=None if shown.get("id") is None else str(shown["id"]),
        person=person,
        findings=tuple(together),
        deposits=deposit_list,
        groups=groups,
        labs=tuple(row for row in lab_rows(shown) if isinstance(row, Mapping)),
        not_understood=tuple(dict.fromkeys(missed)),
        notices=tuple(msgspec.structs.replace(n, source=source) for n in (*notices, *contradicted)),
        told=(*deposits, *all_told),
        denied=(*unseen, *looked),
        examined=tuple(_examined(shown, pictures, source)),
        about=shown.get("about"),
        has_history=bool(_texts(shown.get("history"))),
    )
