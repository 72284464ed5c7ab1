"""What became of each CT file: settled when a scan was read, with a short reason."""

from __future__ import annotations

from collections.abc import Iterable

from kossa.ct.series import Candidate
from kossa.evidence import File, FileKind, Outcome
from kossa.intake.entry import Entry, Survey

__all__ = ["nothing_usable", "settle", "settle_others"]

SHOWN = 3  # reasons that one sentence lists


def settle(entry: Entry, outcome: Outcome, reason: str | None = None) -> None:
    """Write down what became of a file."""
    used = outcome in (Outcome.ACCEPTED, Outcome.PARTIAL)
    entry.outcome = File(
        number=entry.number,
        kind=entry.kind,
        outcome=outcome,
        reason=reason,
        used_by="ct" if used else None,
        notices=tuple(dict.fromkeys(n.code for n in entry.notices)),
    )


def settle_others(candidates: Iterable[Candidate], chosen: Candidate | None) -> None:
    """Settle the files of series that are not read; what was settled before stays."""
    for candidate in candidates:
        if candidate is chosen:
            continue
        outcome = Outcome.REJECTED if candidate.refused else Outcome.IGNORED
        for entry in candidate.entries():
            if entry.outcome is None:
                settle(entry, outcome, candidate.code or "not-chosen")


def nothing_usable(survey: Survey, candidates: list[Candidate]) -> str:
    """Return the sentence that says why there is no scan, and what to do."""
    reasons = [f"series {c.number}: {c.barred}" for c in candidates if c.barred]
    refused = [
        f"file {e.number}: {_sentence(e)}"
        for e in survey.entries
        if e.outcome is not None and e.outcome.outcome is Outcome.REJECTED and e.header is None
    ]
    told = "; ".join((reasons + refused)[:SHOWN])
    more = len(reasons) + len(refused) - SHOWN
    if more > 0:
        told += f"; and {more} more"
    films = [e for e in survey.entries if e.kind in (FileKind.FILM, FileKind.PICTURE)]
    hint = " Radiographs and pictures are not CT." if films else ""
    if not told:
        return f"There is no CT here: none of {len(survey.entries)} files is a CT image or NIfTI.{hint}"
    return f"No CT can be read here ({told}).{hint} Check the export."


def _sentence(entry: Entry) -> str:
    told = [n.what for n in entry.notices]
    return (
        told[0].rstrip(".") if told else (entry.outcome.reason or "refused" if entry.outcome else "refused")
    )
