"""A weighing as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from kossa.evidence import Option, Person, Weighing
from kossa.report.mind_view import cause_name, share

__all__ = ["case_text"]

SHOWN = 5
REASONS = 10


def case_text(
    person: Person, weighing: Weighing, options: Sequence[Option], not_understood: Sequence[str]
) -> str:
    """Return kinds, causes with reasons, dangers, next tests and options, most important first."""
    age = "age not known" if person.age_years is None else f"{person.age_years:g} years"
    lines = [f"{person.sex.value}, {age}. Calcification: {weighing.calcification.value.replace('_', ' ')}."]
    lines += [f"LOOK FIRST ({f.how_soon}, {f.who}): {f.why}" for f in weighing.floors]
    if weighing.kinds:
        lines += ["", "Kind (share, 80 % interval)"]
        lines += [f"  {k.id:<16}{share(k.prob, k.low, k.high)}" for k in weighing.kinds[:SHOWN]]
        lines += ["Cause"]
        lines += [f"  {cause_name(c.id)}: {share(c.prob, c.low, c.high)}" for c in weighing.causes[:SHOWN]]
        lines += [f"  none of these: {weighing.none_of_these:.2f}" if weighing.none_of_these else ""]
        first = weighing.causes[0] if weighing.causes else None
        if first is not None:
            lines += [f"Why {cause_name(first.id)}"]
            lines += [
                f"  {r.direction.value:<8}{r.sentence} [{r.source}]" for r in first.because[: 2 * SHOWN]
            ]
    if weighing.next_tests:
        lines += ["Next test", *(f"  {t.id.replace('_', ' ')}: {t.why}" for t in weighing.next_tests[:SHOWN])]
    if weighing.flips:
        lines += ["What would change this"]
        lines += [f"  {f.datum}: {f.before} -> {f.after}: {f.kind_after}" for f in weighing.flips]
    if options:
        lines += ["Options (never orders; discuss with the physician who knows the person)"]
        lines += [f"  {o.what} [{o.grade}; {o.source}]" for o in options[: 2 * SHOWN]]
    if not_understood:
        lines += ["Not understood: " + "; ".join(not_understood)]
    return "\n".join(line for line in lines if line) + "\n"
