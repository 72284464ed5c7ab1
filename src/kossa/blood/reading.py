"""The reader of laboratory results: files in, one reading out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from kossa.blood.analytes import rows as table
from kossa.blood.read import KINDS, rows_in
from kossa.blood.results import LOST, Measured, join, measure_rows
from kossa.blood.row import without_names
from kossa.blood.saturation import saturation_of
from kossa.blood.series import usable
from kossa.chemistry.units import spellings
from kossa.evidence import NothingUsable, Outcome, Person, Refused, SeveralPeople
from kossa.evidence.progress import Progress, silent
from kossa.evidence.version import VERSION
from kossa.evidence.words_reading import BloodReading
from kossa.intake.entry import Entry, Survey
from kossa.intake.files_table import files, notices
from kossa.intake.known_names import known_names
from kossa.intake.names import Clean, cleaner
from kossa.intake.people import people
from kossa.intake.shared_entries import open_to, settle_shared
from kossa.intake.survey import survey

__all__ = ["examine"]

_ROOM = "blood"
_REMEMBERED = 4096  # cleaned texts that are kept (judgement)


def examine(
    found: Survey | Path | str,
    person: Person | None = None,
    *,
    today: date | None = None,
    progress: Progress = silent,
) -> BloodReading:
    """Read all laboratory results of a folder, a file, or a survey.

    `person` (age and sex choose the ranges) is what the files say of it where it is not given.
    Raises `NothingUsable` where a path holds no results, `SeveralPeople` where it holds those of two
    people; of a survey without results an empty reading is returned.
    """
    alone = isinstance(found, Path | str)
    if isinstance(found, Path | str):
        found = survey(Path(found), progress=progress)
    whose = person or _whose(found)
    measured: list[Measured] = []
    entries = open_to(found, _ROOM, *KINDS)
    # the words beside results repeat: a record has thousands of rows that say "final"
    clean = lru_cache(_REMEMBERED)(cleaner(names=known_names(found), phrases=_phrases(), markup=True))
    for number, entry in enumerate(entries, 1):
        progress("reading results", number, len(entries))
        measured.extend(_read(entry, whose, today, clean))
    if alone and not measured:
        raise NothingUsable(_nothing(found))
    blood = join(measured, whose)
    return BloodReading(
        kossa_version=VERSION,
        files=files(found) if alone else (),
        person=whose,
        results=blood.results,
        derived=(*blood.derived, *saturation_of(blood.results)),
        highest=blood.highest,
        findings=blood.findings,
        notices=(*(notices(found) if alone else ()), *blood.notices),
    )


def _nothing(found: Survey) -> str:
    why = next((n.what for e in found.entries for n in e.notices), "")
    return f"There are no laboratory results here. {why}".strip()


def _whose(found: Survey) -> Person:
    who = people(found, KINDS)
    if len(who.persons) > 1:
        raise SeveralPeople(who.sentence())
    return who.persons[0]


@cache
def _phrases() -> tuple[str, ...]:
    """What no name is taken out of: tests as they are written, and units (`ng/mL` beside Mrs Ng)."""
    return (*(r["alias"] for r in table("aliases.csv")), *(u.lower() for u in spellings()))


def _read(entry: Entry, person: Person, today: date | None, clean: Clean) -> list[Measured]:
    """Read one file and settle it; one that cannot be read at all is told and gives nothing."""
    try:
        rows = [without_names(row, clean) for row in rows_in(entry)]
    except Refused as refused:
        entry.refuse(refused)
        return []
    measured = measure_rows(rows, person, today=today)
    outcome, reason = _outcome(entry, measured)
    settle_shared(entry, _ROOM, outcome, reason=reason)
    return measured


def _outcome(entry: Entry, measured: Sequence[Measured]) -> tuple[Outcome, str | None]:
    """Accepted, partial where rows were lost, rejected where none is left, ignored where there was none."""
    codes = [n.code for n in entry.notices] + [n.code for m in measured for n in m.notices]
    lost = list(dict.fromkeys(c for c in codes if c in LOST))
    if any(m.result is not None and m.result.plausible and _says(m) for m in measured):
        return (Outcome.PARTIAL, "rows-refused") if lost else (Outcome.ACCEPTED, None)
    if not lost:
        return Outcome.IGNORED, "no-results"
    return Outcome.REJECTED, lost[0] if len(lost) == 1 else "rows-refused"


def _says(one: Measured) -> bool:
    return one.result is not None and usable(one.result)
