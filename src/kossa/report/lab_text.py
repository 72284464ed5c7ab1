"""Results and words as plain text for a terminal."""

from __future__ import annotations

from kossa.evidence import State, vocabulary
from kossa.evidence.words_reading import BloodReading, HistoryReading
from kossa.report.lab_view import derived_row, result_row

__all__ = ["blood_text", "history_text"]


def blood_text(reading: BloodReading, *, conventional: bool = False) -> str:
    """Return one line a result: as given, in the other system, its range, how it reads."""
    lines = []
    for result in reading.results:
        row = result_row(result, conventional=conventional)
        line = f"{row['name']:<27} {row['given']:<19} {row['si']:<17} {row['flag']:<9} {row['range']}"
        lines.append(f"{line}  {row['when']}".rstrip())
    for derived in reading.derived:
        row = derived_row(derived)
        lines.append(f"{row['name']:<27} {row['value']}  (reliability {row['reliability']}; {row['how']})")
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    return "\n".join(lines) + "\n"


def history_text(reading: HistoryReading) -> str:
    """Return one line a finding with the words that said it, and what was not understood."""
    signs = {State.PRESENT: "yes", State.ABSENT: "no", State.UNKNOWN: "?"}
    lines = []
    for finding in reading.findings:
        whose = " (family)" if finding.whose.value == "family" else ""
        words = f'"{finding.words}"' if finding.words else ""
        label = vocabulary.label(finding.id)
        lines.append(f"{signs[finding.state]:<5}{finding.certainty:.2f}  {label}{whose}  {words}".rstrip())
    lines += [f"not understood: {words}" for words in reading.not_understood]
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    return "\n".join(lines) + "\n"
