"""The table of what was found and what became of it, and the map from numbers to places."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from kossa.evidence import File, FileKind, Notice, Outcome, Severity
from kossa.intake.entry import Survey
from kossa.intake.not_taken import UNREAD

__all__ = ["files", "locations", "notices", "settle_rest"]


def settle_rest(survey: Survey, read: Collection[FileKind]) -> None:
    """Settle what no reader has settled: not_read_yet where its kind is not among those `read`.

    A file of a kind that was read, but that no reader took, is ignored with its sentence.
    """
    for entry in survey.entries:
        if entry.outcome is not None:
            continue
        outcome = Outcome.IGNORED if entry.kind in read else Outcome.NOT_READ_YET
        code = "not-used" if entry.kind in read else "not-read-yet"
        entry.tell(code, Severity.INFO, UNREAD[entry.kind], done="It was not used.", todo=_todo(entry.kind))
        entry.settle(outcome, reason=code)


def _todo(kind: FileKind) -> str:
    if kind is FileKind.PICTURE:
        return 'Say what it is: put a NAME.toml beside it with kind = "mammogram", "radiograph" or "section".'
    return ""


def files(survey: Survey) -> tuple[File, ...]:
    """Return the table of files; an entry that is not settled yet stands as not_read_yet."""
    rows = []
    for entry in survey.everything():
        row = entry.outcome or File(number=entry.number, kind=entry.kind, outcome=Outcome.NOT_READ_YET)
        codes = tuple(dict.fromkeys(n.code for n in entry.notices))
        rows.append(msgspec.structs.replace(row, kind=entry.kind, person=entry.person, notices=codes))
    return tuple(rows)


def locations(survey: Survey) -> dict[int, str]:
    """Return number -> place inside the folder, for run.json alone: a file's name may be a person's."""
    return {entry.number: entry.location for entry in survey.everything()}


def notices(survey: Survey) -> tuple[Notice, ...]:
    """Return the notices on the folder and on all its files; the same remark on many files is one.

    Of equal remarks the first file stands as the source, and the sentence tells how many there are.
    """
    same: dict[tuple[str, str], list[Notice]] = {}
    for entry in survey.everything():
        for notice in entry.notices:
            same.setdefault((notice.code, notice.what), []).append(notice)
    told = [
        msgspec.structs.replace(group[0], what=f"{group[0].what} ({len(group)} files.)")
        if len(group) > 1
        else group[0]
        for group in same.values()
    ]
    return (*survey.notices, *told)
