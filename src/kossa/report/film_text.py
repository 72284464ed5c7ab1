"""A film as plain text for a terminal, and as sentences for the page."""

from __future__ import annotations

from typing import Any

from kossa.evidence import FilmGroup, FilmReading, SectionReading, vocabulary

__all__ = ["film_row", "film_text", "group_sentence", "section_row"]


def group_sentence(group: FilmGroup) -> str:
    """Return one group in words: how many, of which form and spread, described as what, and why."""
    parts = [f"group {group.id}: {len(group.members)} mark{'s' if len(group.members) != 1 else ''}"]
    if group.morphology:
        parts.append(f"form {group.morphology.replace('_', ' ')}")
    if group.distribution:
        parts.append(f"distribution {group.distribution.replace('_', ' ')}")
    parts += [vocabulary.label(p) for p in group.patterns]
    if group.category is not None:
        parts.append(f"form described as {group.category.value.replace('_', ' ')}")
    return f"{', '.join(parts)}. {group.because}".strip()


def film_text(reading: FilmReading) -> str:
    """Return what was seen on one film, with its spacing, its limits and its notices."""
    spacing = "not known" if reading.spacing_mm is None else f"{reading.spacing_mm:g} mm"
    lines = [f"{reading.kind.value}, side {reading.side.value}, pixel {spacing} ({reading.spacing_source})"]
    lines += [group_sentence(g) for g in reading.groups]
    if not reading.groups:
        lines.append("No group of calcium was found; the notices say above what size.")
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    lines.append("A radiologist must read this film.")
    return "\n".join(lines) + "\n"


def film_row(number: int, reading: FilmReading) -> dict[str, Any]:
    """Return what the page shows of one film."""
    spacing = "pixel size not known" if reading.spacing_mm is None else f"pixel {reading.spacing_mm:g} mm"
    return {
        "title": f"Film {number}: {reading.kind.value}, side {reading.side.value}, {spacing}",
        "groups": [group_sentence(g) for g in reading.groups],
        "notices": [f"{n.what} {n.done} {n.todo}".strip() for n in reading.notices],
    }


def section_row(number: int, reading: SectionReading) -> dict[str, Any]:
    """Return what the page shows of one stained section."""
    percent = reading.mineral_percent
    share = "not measured"
    if percent.value is not None:
        share = f"{percent.value:.2g} %"
        if percent.low is not None and percent.high is not None:
            share += f" ({percent.low:.2g} to {percent.high:.2g})"
    return {
        "title": f"Section {number}: {reading.stain.value.replace('_', ' ')}",
        "share": share,
        "artefacts": ", ".join(a.replace("_", " ") for a in reading.artefacts),
        "notices": [f"{n.what} {n.done} {n.todo}".strip() for n in reading.notices],
    }
