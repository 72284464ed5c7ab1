"""What became of each CT file: settled when a scan was read, with a short reason."""

from __future__ import annotations

from collections.abc import Iterable

from kossa.ct.series import Candidate
from kossa.evidence import FileKind, Outcome, Refused
from kossa.intake.entry import Entry, Survey

__all__ = ["nothing_usable", "settle_others"]

SHOWN = 3  # reasons that one sentence lists


def settle_others(candidates: Iterable[Candidate], chosen: Candidate | None) -> None:
    """Settle the files of series that are not read; what was settled before stays."""
    for candidate in candidates:
        if candidate is chosen:
            continue
        for entry in candidate.entries():
            if entry.outcome is not None:
                continue
            if candidate.refused:
                entry.refuse(Refused(candidate.code, _sentence(candidate.barred)))
            else:
                entry.settle(Outcome.IGNORED, reason=candidate.code or "not-chosen")


def nothing_usable(survey: Survey, candidates: list[Candidate]) -> str:
    """Return the sentence that says why there is no scan, and what to do."""
    told = [f"series {c.number}: {c.barred}" for c in candidates if c.barred]
    known = {entry.number for c in candidates for entry in c.entries()}
    told += [
        f"file {e.number}: {_first_notice(e)}"
        for e in survey.entries
        if e.outcome is not None and e.outcome.outcome is Outcome.REJECTED and e.number not in known
    ]
    films = any(e.kind in (FileKind.FILM, FileKind.PICTURE) for e in survey.entries)
    hint = " Radiographs and pictures are not CT." if films else ""
    if not told:
        return f"There is no CT here: none of {len(survey.entries)} files is a CT image or NIfTI.{hint}"
    shown = "; ".join(told[:SHOWN]) + (f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else "")
    return f"No CT can be read here ({shown}).{hint} Check the export."


def _first_notice(entry: Entry) -> str:
    if entry.notices:
        return entry.notices[0].what.rstrip(".")
    return (entry.outcome.reason or "refused") if entry.outcome is not None else "refused"


def _sentence(words: str) -> str:
    """Return words as a sentence of their own."""
    return words[:1].upper() + words[1:].rstrip(".") + "."
