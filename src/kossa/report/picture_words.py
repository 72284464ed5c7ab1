"""What films and stained sections add to the sentences of the report."""

from __future__ import annotations

from kossa.evidence import SectionReading, Side, Workup, vocabulary
from kossa.report.plain import unmarked

__all__ = [
    "denied_lines",
    "mineral_in_sections",
    "nothing_found",
    "picture_limits",
    "section_lines",
    "share_of",
]


def _called(section: SectionReading) -> bool:
    """Say whether what a section shows is called mineral."""
    return any(f.id == "score_mineral_area_percent" for f in section.findings)


def _doubted(section: SectionReading) -> bool:
    """Say whether a section shows what is dark enough and is not called mineral."""
    percent = section.mineral_percent
    return not _called(section) and not section.acid and percent.value is not None and not percent.below_limit


def mineral_in_sections(workup: Workup) -> bool:
    """Say whether a section that was not treated with acid shows mineral."""
    return any(_called(s) and not s.acid for s in workup.sections)


def nothing_found(workup: Workup, scan_limit: str) -> str:
    """Return the sentence that nothing was found, with what was looked at and above what size."""
    if workup.ct:
        return f"No calcium deposit was found above {scan_limit}."
    if not workup.films and not workup.sections and workup.denied:
        return "No calcium was seen, as far as reports tell; nothing was measured here."
    if not workup.films and any(_doubted(s) for s in workup.sections):
        return "Not known: what is dark in a stained section is not called mineral; the notices say why."
    looked = []
    if workup.films:
        looked.append("on the film" if len(workup.films) == 1 else "on the films")
    if workup.sections:
        looked.append("in the section" if len(workup.sections) == 1 else "in the sections")
    where = " and ".join(looked) or "in what was read"
    return f"Nothing was found {where} above the limits that the notices tell."


def denied_lines(workup: Workup) -> list[str]:
    """Return what reports say they did not see, each with its place, and that it holds there only."""
    by_words: dict[str, list[str]] = {}
    for one in workup.denied:
        there = by_words.setdefault(one.words, [])
        if one.site is not None:
            side = f"{one.side.value} " if one.side in (Side.LEFT, Side.RIGHT) else ""
            there.append(f"{side}{unmarked(vocabulary.label(one.site))}")
    lines = []
    for words, places in by_words.items():
        named = " and ".join(dict.fromkeys(places))
        where = f"in the {named}" if named else "at a place that it does not name"
        lines.append(f'Told by a report, not measured: no calcium seen {where} ("{words}").')
    if lines:
        lines.append("What a report did not see may still lie below what its picture shows, or elsewhere.")
    return lines


def share_of(section: SectionReading) -> str:
    """Return what a section's share is of: its tissue, or the picture where only that is certain."""
    pale = any(n.code == "too-pale" for n in section.notices)
    return "picture (of the tissue at least as much)" if pale else "tissue"


def section_lines(workup: Workup) -> list[str]:
    """Return one line a stained section, for the text to copy."""
    lines = []
    for number, section in enumerate(workup.sections, 1):
        percent = section.mineral_percent
        stain = section.stain.value.replace("_", " ")
        name = f"Section {number} ({stain}{', after acid' if section.acid else ''})"
        if percent.value is None:
            lines.append(f"{name}: not measured.")
        elif _called(section):
            spread = f" ({percent.low:.2g} to {percent.high:.2g})" if percent.low is not None else ""
            lines.append(f"{name}: {percent.value:.2g} %{spread} of the {share_of(section)} is mineralised.")
        else:
            lines.append(f"{name}: not called mineral.")
    return lines


def picture_limits(workup: Workup) -> list[str]:
    """Return what films and sections cannot tell."""
    lines = []
    if workup.films:
        lines.append(
            "Of films: a film tells no mass; how often deposits are found was measured on made clusters "
            "and virtual films only; a radiologist must read them."
        )
    if workup.sections:
        lines.append(
            "Of sections: the share was measured on made pictures only; a stain shows phosphate or calcium, "
            "not the mineral itself."
        )
    return lines
