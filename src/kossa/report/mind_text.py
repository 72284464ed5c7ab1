"""A weighing as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from kossa.evidence import Cause, Floor, Option, Person, Reason, Weighing
from kossa.report import plain
from kossa.report.brief import brief
from kossa.report.plain import cause_name, share

__all__ = ["case_text"]

SHOWN = 5


def case_text(
    person: Person, weighing: Weighing, options: Sequence[Option], not_understood: Sequence[str]
) -> str:
    """Return kinds, causes with reasons, dangers, next tests and options, most important first."""
    age = "age not known" if person.age_years is None else f"{person.age_years:g} years"
    lines = [f"{person.sex.value}, {age}. Calcification: {weighing.calcification.value.replace('_', ' ')}."]
    lines += [_floor(f) for f in weighing.floors]
    lines += ["", *(f"{term + ':':<16}{words}" for term, words in brief(weighing))]
    if weighing.kinds:
        lines += ["", "Kind (share, 80 % interval)"]
        lines += [
            f"  {plain.kind_name(k.id):<38}{share(k.prob, k.low, k.high)}" for k in weighing.kinds[:SHOWN]
        ]
        lines += ["Cause"]
        lines += [f"  {cause_name(c.id)}: {_cause_share(c)}" for c in weighing.causes[:SHOWN]]
        if weighing.none_of_these is not None:
            lines.append(f"  none of these: {plain.plain_share(weighing.none_of_these)}")
        first = weighing.causes[0] if weighing.causes else None
        if first is not None:
            lines += [f"Why {cause_name(first.id)}"]
            lines += [_reason(r) for r in first.because[: 2 * SHOWN]]
    if weighing.next_tests:
        lines += [
            "Next test",
            *(f"  {plain.test_name(t.id)}: {plain.test_note(t)}" for t in weighing.next_tests),
        ]
    if weighing.done:
        lines += [f"Done already: {plain.done_words(weighing.done)}"]
    if weighing.flips:
        lines += ["What would change this"]
        lines += [f"  {plain.flip_words(f)}" for f in weighing.flips]
    if options:
        lines += ["Options (never orders; discuss with the physician who knows the person)"]
        lines += [f"  {o.what} [{o.grade}; {plain.source_words(o.source)}]" for o in options[: 2 * SHOWN]]
    if not_understood:
        lines += ["Not understood: " + "; ".join(not_understood)]
    return "\n".join(line for line in lines if line) + "\n"


def _floor(floor: Floor) -> str:
    first = "Also ask" if floor.quiet else "LOOK FIRST"
    return f"{first} ({plain.how_soon(floor.how_soon)}, {floor.who}): {plain.unmarked(floor.why)}"


def _reason(reason: Reason) -> str:
    finding, numbers = plain.reason_parts(reason)
    behind = f" ({numbers})" if numbers else ""
    return f"  {plain.times(reason.lr):<8}{finding}{behind} [{plain.source_words(reason.source)}]"


def _cause_share(cause: Cause) -> str:
    return plain.NO_SHARE_WORDS if cause.id in plain.NO_SHARE else share(cause.prob, cause.low, cause.high)
