"""A film as plain text for a terminal."""

from __future__ import annotations

from kossa.evidence import FilmGroup, FilmReading, vocabulary

__all__ = ["film_text", "group_sentence"]


def group_sentence(group: FilmGroup) -> str:
    """Return one group in words: how many, of which form and spread, described as what, and why."""
    parts = [f"group {group.id}: {len(group.members)} mark{'s' if len(group.members) != 1 else ''}"]
    if group.morphology:
        parts.append(f"form {group.morphology.replace('_', ' ')}")
    if group.distribution:
        parts.append(f"distribution {group.distribution.replace('_', ' ')}")
    if group.category is None:
        parts += [vocabulary.label(p) for p in group.patterns]
    (y0, x0), (y1, x1) = group.bbox_px
    where = f"At rows {y0} to {y1}, columns {x0} to {x1} of the film."
    return f"{', '.join(parts)}. {where} {group.because}".strip()


def film_text(reading: FilmReading) -> str:
    """Return what was seen on one film, with its spacing, its limits and its notices."""
    spacing = "not known" if reading.spacing_mm is None else f"{reading.spacing_mm:g} mm"
    lines = [f"{reading.kind.value}, side {reading.side.value}, pixel {spacing} ({reading.spacing_source})"]
    lines += [group_sentence(g) for g in reading.groups]
    if not reading.groups:
        lines.append("No group of calcium was found above the limits of this film.")
    single = sum(d.group is None for d in reading.deposits)
    if single:
        lines.append(f"{single} single mark{'s' if single > 1 else ''} outside the groups (in --json).")
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    lines.append("A radiologist must read this film.")
    return "\n".join(lines) + "\n"
