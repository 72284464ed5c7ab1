"""Files that two readers take: a FHIR record and a case hold results for one and words for the other."""

from __future__ import annotations

from kossa.evidence import FileKind, Outcome
from kossa.intake.entry import Entry, Survey

__all__ = ["open_to", "settle_shared"]

_USED = (Outcome.ACCEPTED, Outcome.PARTIAL)
_RANK = (Outcome.PARTIAL, Outcome.ACCEPTED, Outcome.REJECTED, Outcome.IGNORED, Outcome.NOT_READ_YET)


def open_to(survey: Survey, room: str, *kinds: FileKind) -> list[Entry]:
    """Return the entries of these kinds that are open, or settled by another reader that shares them.

    A file that was refused as a whole (unsound JSON) stays refused.
    """
    return [e for e in survey.entries if e.kind in kinds and (e.outcome is None or _shared(e, room))]


def _shared(entry: Entry, room: str) -> bool:
    used_by = entry.outcome.used_by if entry.outcome else None
    return used_by is not None and room not in used_by.split(", ")


def settle_shared(entry: Entry, room: str, outcome: Outcome, *, reason: str | None = None) -> None:
    """Say what a reader made of a file; what another reader could use of it stays used.

    `used_by` names every reader that looked into the file.
    """
    before = entry.outcome
    if before is None or before.used_by is None:
        entry.settle(outcome, reason=reason, used_by=room)
        return
    better = min(outcome, before.outcome, key=_RANK.index)
    if better is Outcome.PARTIAL and Outcome.PARTIAL not in (outcome, before.outcome):
        better = Outcome.ACCEPTED
    why = reason if better is outcome else before.reason
    if better in _USED and Outcome.REJECTED in (outcome, before.outcome):
        better = Outcome.PARTIAL
        why = reason if outcome is Outcome.REJECTED else before.reason
    entry.settle(better, reason=why, used_by=f"{before.used_by}, {room}")
