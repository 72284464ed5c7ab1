"""What two sections of one place say together: two stains that differ, and one of them after acid.

Reference page films_and_sections.md, section 5: silver shows phosphate or carbonate, Alizarin binds calcium,
and acid dissolves a true calcium salt but leaves pigment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from kossa.evidence import Finding, Notice, SectionReading, Severity, Stain, State

__all__ = ["Compared", "acid_control", "after_control", "concordance", "set_beside"]

CLEARED = 0.1  # share of the mineral that may stay after acid (judgement: what two cuts differ by)
POSITIVE = ("bx_von_kossa_positive", "bx_alizarin_positive")
CERTAIN = 0.8  # of what two pictures say together; that they show one place is taken on trust (judgement)


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings and notices of sections set beside one another, and the stains that acid did not clear."""

    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    uncleared: frozenset[Stain] = frozenset()


def after_control(reading: SectionReading, compared: Compared) -> SectionReading:
    """Return a section as it stands after its control: what acid did not clear is not called mineral."""
    if reading.acid or reading.stain not in compared.uncleared:
        return reading
    kept = (f for f in reading.findings if f.id != "score_mineral_area_percent")
    findings = tuple(
        replace(f, state=State.UNKNOWN, certainty=0.5, words=f"{f.words}; acid did not clear it")
        if f.id in POSITIVE and f.state is State.PRESENT
        else f
        for f in kept
    )
    return replace(reading, findings=findings)


def _positive(reading: SectionReading) -> bool | None:
    """Return whether a section is positive, None where its picture does not say."""
    ids = {f.id: f.state for f in reading.findings}
    for name in POSITIVE:
        if ids.get(name) is State.PRESENT:
            return True
    negative = {"bx_von_kossa_negative", "bx_alizarin_negative"} & set(ids)
    return False if negative else None


def set_beside(readings: Sequence[SectionReading]) -> Compared:
    """Return all that the sections of one biopsy say together: both stains, and each after acid."""
    plain = [r for r in readings if not r.acid]
    told = [concordance(plain)]
    for treated in (r for r in readings if r.acid):
        same = [r for r in plain if r.stain is treated.stain]
        if same:
            # the neighbour of a control is not named: the richest one is what acid had to clear
            told.append(acid_control(max(same, key=lambda r: r.mineral_percent.value or 0.0), treated))
    return Compared(
        tuple(f for t in told for f in t.findings),
        tuple(n for t in told for n in t.notices),
        frozenset[Stain]().union(*(t.uncleared for t in told)),
    )


def concordance(readings: Sequence[SectionReading]) -> Compared:
    """Set von Kossa and Alizarin sections of one biopsy, none of them after acid, beside one another."""
    silver, alizarin = (_any(readings, stain) for stain in (Stain.VON_KOSSA, Stain.ALIZARIN_RED))
    if silver is None or alizarin is None:
        return Compared()
    if silver and alizarin:
        return Compared(
            (
                Finding(
                    id="bx_calcium", certainty=CERTAIN, words="positive with von Kossa and with Alizarin Red"
                ),
            ),
            (
                _notice(
                    "stains-agree",
                    Severity.INFO,
                    "Both stains are positive: calcium with phosphate or carbonate.",
                    "",
                ),
            ),
        )
    if silver:
        what = (
            "Von Kossa is positive and Alizarin Red is not: the silver may show pigment, or a phosphate or "
            "carbonate whose calcium was not stained (pH too low, calcium removed)."
        )
    elif alizarin:
        what = (
            "Alizarin Red is positive and von Kossa is not: calcium without phosphate or carbonate at hand, "
            "a red background, or a block whose surface was decalcified before the silver."
        )
    else:
        return Compared(
            (), (_notice("stains-agree", Severity.INFO, "Neither stain is positive in these sections.", ""),)
        )
    todo = "Repeat both with a control slide on neighbouring cuts, one of them after acid."
    return Compared((), (_notice("stains-differ", Severity.WARNING, what, todo),))


def _any(readings: Sequence[SectionReading], stain: Stain) -> bool | None:
    said = [p for r in readings if r.stain is stain and (p := _positive(r)) is not None]
    return any(said) if said else None


def acid_control(untreated: SectionReading, treated: SectionReading) -> Compared:
    """Set a section beside its neighbour after acid, both with one stain."""
    before, after = untreated.mineral_percent.value, treated.mineral_percent.value
    if untreated.stain is not treated.stain or before is None or after is None or not _positive(untreated):
        what = "The acid control says nothing: the untreated section is not positive, or the stains differ."
        return Compared((), (_notice("acid-control-mute", Severity.INFO, what, ""),))
    figures = f"{before:.2f} % before and {after:.2f} % after acid"
    if after <= CLEARED * before:
        found = Finding(id="bx_acid_control_clears", certainty=CERTAIN, words=figures)
        return Compared((found,), ())
    what = f"Acid did not clear it ({figures}): what stayed is no calcium salt."
    return Compared(
        (
            Finding(id="bx_acid_control_clears", state=State.ABSENT, certainty=CERTAIN, words=figures),
            Finding(id="bx_pigment", certainty=CERTAIN, words=figures),
        ),
        (_notice("acid-not-cleared", Severity.WARNING, what, "Look for pigment; check acid and time."),),
        frozenset({untreated.stain}),
    )


def _notice(code: str, severity: Severity, what: str, todo: str) -> Notice:
    return Notice(code=code, severity=severity, what=what, todo=todo)
