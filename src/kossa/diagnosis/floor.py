"""Dangers that are shown whatever the probabilities say.

A floor is shown where its sign is known and nothing known rules out the rest: an and-part that nobody
asked counts as possible, and is asked. A floor changes what is shown, never a probability. An implausible
value fires none as a fact, but says what it would mean in the unit it probably has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kossa.blood.analytes import analytes
from kossa.blood.bands import emergency
from kossa.chemistry.units import convert
from kossa.conditions.knowledge import FloorRow, Knowledge, Sign
from kossa.conditions.rule import Atom, Verdict, atoms, evaluate, parse
from kossa.diagnosis.evidence import Evidence
from kossa.evidence import Floor, KossaError, Result

__all__ = ["DOUBTED", "floors"]

DOUBTED = "asked about with a question mark"  # how a floor begins that rests on a doubt alone

QUESTIONED = 0.5  # certainty of a mention with a question mark (history's levels of certainty)


def _shown(row: FloorRow, evidence: Evidence) -> tuple[Sign, Verdict, Verdict | None] | None:
    """Return the most certain alternative, its sign and what is open beside it."""
    open_: tuple[Sign, Verdict, Verdict | None] | None = None
    for one in row.alternatives:
        sign = evaluate(parse(one.sign), evidence.look)
        if sign.value is not True:
            continue
        rest = evaluate(parse(one.unless_not), evidence.look) if one.unless_not else None
        if (rest is None or rest.value is True) and not _questioned(sign, evidence):
            return one, sign, rest
        if rest is None or rest.value is not False:
            open_ = open_ or (one, sign, rest)
    return open_


def _ask(row: FloorRow, rest: Verdict | None, evidence: Evidence) -> str:
    """Return what is open; in the row's own words where nothing that it asks was denied."""
    if rest is None or rest.value is not None:
        return ""
    wanted = [a for one in row.alternatives if one.unless_not for a in atoms(parse(one.unless_not))]
    if not any(evidence.look(a) is False for a in wanted if a.kind == "finding"):
        return row.ask
    return ", ".join(dict.fromkeys(evidence.words(a) for a in rest.unknown))


def _questioned(sign: Verdict, evidence: Evidence) -> bool:
    """Say whether the sign rests on nothing but words with a question mark."""
    said = [evidence.findings.get(a.name) for a in sign.because]
    return bool(said) and all(f is not None and f.certainty <= QUESTIONED for f in said)


def _over(row: FloorRow, evidence: Evidence) -> bool:
    """Say whether the danger is told as over, and nothing told speaks of it now."""
    if not row.quiet_if or evaluate(parse(row.quiet_if), evidence.look).value is not True:
        return False
    return not row.quiet_unless or evaluate(parse(row.quiet_unless), evidence.look).value is not True


def _why(shown: str, ask: str, sign: Verdict, rest: Verdict | None, words: Callable[[Atom], str]) -> str:
    because = [words(a) for a in sign.because]
    if rest is not None and rest.value is True:
        because += [words(a) for a in rest.because]
    text = f"{shown}, because of: {', '.join(dict.fromkeys(because))}"
    if rest is not None and rest.value is None:
        text += f"; not known and counted as possible: {ask}"
    return text


def _implausible(results: tuple[Result, ...], rows: dict[str, FloorRow]) -> Iterator[Floor]:
    """Say what an implausible calcium would mean in its likely unit."""
    for one in results:
        if one.plausible or not one.counts or one.likely_unit is None or one.value is None:
            continue
        known = analytes().get(one.analyte)
        if known is None or known.si is None:
            continue
        try:
            value = convert(one.value, one.likely_unit, known.si, known.substance)
        except KossaError:
            continue
        row = rows.get(emergency(one.analyte, value) or "")
        if row is not None:
            yield Floor(
                id=row.id,
                why=(
                    f"check the unit today: calcium {one.value:g} {one.unit or 'without unit'} cannot be;"
                    f" if this is {value:.1f} {known.si} it is an emergency"
                ),
                who=row.who,
                how_soon=row.how_soon,
                ask="the unit of the calcium",
                source=row.source,
            )


def floors(knowledge: Knowledge, evidence: Evidence) -> tuple[Floor, ...]:
    """Return every floor that is shown for this person, in the order of the table."""
    found = []
    for row in knowledge.floors:
        shown = _shown(row, evidence)
        if shown is None:
            continue
        one, sign, rest = shown
        ask = _ask(row, rest, evidence)
        why = _why(one.show_as or row.show_as, ask, sign, rest, evidence.words)
        quiet = True
        if _questioned(sign, evidence):
            asked = ", ".join(evidence.words(a) for a in sign.because)
            why = f"{DOUBTED}: {asked}" + (f"; ask: {ask}" if ask else "")
        elif _over(row, evidence):
            why = row.quiet_as
        else:
            quiet = False
        found.append(
            Floor(
                id=row.id, why=why, who=one.who or row.who, how_soon=row.how_soon, ask=ask, source=row.source,
                quiet=quiet,
            )
        )  # fmt: skip
    have = {f.id for f in found}
    doubtful = _implausible(evidence.results, {r.id: r for r in knowledge.floors})
    return (*found, *(f for f in doubtful if f.id not in have))
