"""One person or two: whose each file is, and how old and of which sex that person is.

The rule (design.md, Decisions): two identifiers within one kind and issuer, or a birth date, sex or
name that contradict, are two persons. Different number systems, or none, are one person, and a
notice says so. Names and numbers are compared here and go no further; persons are p1, p2, ...
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from kossa.evidence import FileKind, Notice, Outcome, Person, Severity, Sex, WrongCall
from kossa.intake.claims import Claim, claims_in, persons, same_number
from kossa.intake.entry import Entry, Survey
from kossa.intake.fhir_people import keep_subjects
from kossa.intake.json_doc import Document

__all__ = ["People", "only", "people"]

#: outcomes with which a file still counts as evidence of its person
COUNTS = (Outcome.ACCEPTED, Outcome.PARTIAL)
#: kinds of files whose word on age and sex was typed in for this case, and wins over exported headers
BY_HAND = "case"


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a folder. `whose` maps a file's number to keys of persons, empty where it does not say.

    `subjects` maps (file, name of a person inside it) to the key, for files that hold several people.
    """

    persons: tuple[Person, ...]
    whose: dict[int, tuple[str, ...]]
    notices: tuple[Notice, ...] = ()
    subjects: dict[tuple[int, str], str] = field(default_factory=dict, repr=False)

    def sentence(self) -> str:
        """Say that there is more than one person, and how to choose; empty where there is one."""
        if len(self.persons) < 2:
            return ""
        counts = {p.key: sum(p.key in keys for keys in self.whose.values()) for p in self.persons}
        shown = ", ".join(f"{key}: {count} file{'s' * (count != 1)}" for key, count in counts.items())
        choose = "`kossa read` takes one by --person p1."
        return f"This holds evidence of {len(self.persons)} people ({shown}). {choose}"


def people(survey: Survey, kinds: Collection[FileKind] | None = None) -> People:
    """Return the persons of the files that are open, accepted or partial, in the order of a hash.

    With `kinds` only files of these count: those that the caller has readers for. Every entry's
    `person` is set. Called again after reading, files that were rejected meanwhile no longer count.
    """
    counting = [
        e
        for e in survey.entries
        if (e.outcome is None or e.outcome.outcome in COUNTS) and (kinds is None or e.kind in kinds)
    ]
    claims = same_number(claims_in(counting))
    groups = persons(claims)
    keys = [f"p{n}" for n in range(1, len(groups) + 1)] or ["p1"]
    if survey.person is not None and len(keys) == 1:
        keys = [survey.person]
    subjects = {
        file: key for key, group in zip(keys, groups, strict=False) for c in group for file in c.files
    }
    whose: dict[int, tuple[str, ...]] = {}
    for entry in counting:
        said = sorted({key for (number, _), key in subjects.items() if number == entry.number})
        whose[entry.number] = tuple(said) if said or len(groups) > 1 else (keys[0],)
        entry.person = whose[entry.number][0] if len(whose[entry.number]) == 1 else None
    found = groups or [[]]
    known = tuple(_person(key, group) for key, group in zip(keys, found, strict=True))
    return People(known, whose, tuple(_notices(groups, counting, whose)), subjects)


def only(survey: Survey, found: People, key: str) -> Survey:
    """Narrow a survey to one person: other people's files are ignored and set aside, shared ones cut.

    Raises `WrongCall` where there is no such person.
    """
    if key not in {p.key for p in found.persons}:
        known = ", ".join(p.key for p in found.persons)
        raise WrongCall(f"There is no person {key} here; there is {known}.")
    survey.person = key
    if len(found.persons) == 1:
        return survey
    for entry in survey.entries:
        keys = found.whose.get(entry.number)
        if keys is None or entry.outcome is not None:
            continue
        if key not in keys:
            entry.settle(Outcome.IGNORED, reason="another-person" if keys else "person-unknown")
            survey.set_aside.append(entry)
        elif len(keys) > 1:
            others = {s for (n, s), k in found.subjects.items() if n == entry.number and k != key}
            entry.identities = tuple(i for i in entry.identities if i.subject not in others)
            entry.person = key
            _cut(entry, others)
    aside = {entry.number for entry in survey.set_aside}
    survey.entries = [entry for entry in survey.entries if entry.number not in aside]
    return survey


def _cut(entry: Entry, others: Collection[str]) -> None:
    """Take the records of other people out of a file that holds several."""
    if entry.kind is FileKind.FHIR:
        document = entry.document()
        entry.replace_document(Document(keep_subjects(document.data, others), document.faults))
    else:
        entry.tell(
            "several-people",
            Severity.ERROR,
            "This table holds the results of several people.",
            done="It is not used.",
            todo="Split it into one table a person.",
        )
        entry.settle(Outcome.REJECTED, reason="two-people")


def _person(key: str, group: list[Claim]) -> Person:
    """Return what is known of a person; what was typed in for this case wins over headers."""
    stated = [i for claim in group for i in claim.stated]
    by_hand = [i for i in stated if i.system == BY_HAND]
    ages = [[i.age_years for i in these if i.age_years is not None] for these in (by_hand, stated)]
    sexes = [{i.gender() for i in these if i.gender()} for these in (by_hand, stated)]
    sex = sexes[0] or sexes[1]
    return Person(
        key=key,
        age_years=max(ages[0] or ages[1], default=None),
        sex=Sex(next(iter(sex))) if len(sex) == 1 else Sex.U,
    )


def _notices(
    groups: list[list[Claim]], counting: list[Entry], whose: dict[int, tuple[str, ...]]
) -> Iterator[Notice]:
    """Tell what was assumed, or that nothing could be."""
    silent = sum(not any(i.number() or i.names() or i.born() for i in e.identities) for e in counting)
    if len(groups) > 1:
        unknown = sum(not keys for keys in whose.values())
        also = f" {unknown} file(s) do not say whose they are, and are left out." if unknown else ""
        yield Notice(
            code="two-people",
            severity=Severity.ERROR,
            what=f"This holds evidence of {len(groups)} people.{also}",
            done="Nothing was read until one is chosen.",
            todo="Choose one by --person p1, or give each person a folder.",
        )
    elif len(counting) > 1 and groups and (len(groups[0]) > 1 or 0 < silent < len(counting)):
        yield Notice(
            code="one-person-assumed",
            severity=Severity.INFO,
            what="The files name their person in different ways, or not at all; nothing in them contradicts.",
            done="They were taken as one person's.",
            todo="Make sure that they are.",
        )
    for group in groups:
        if any(claim.is_inconsistent() for claim in group):
            yield Notice(
                code="names-differ",
                severity=Severity.WARNING,
                what="Files with the same identifier state different names, birth dates or sexes.",
                done="They were taken as one person's, by the identifier.",
                todo="Make sure that they are.",
            )
