"""A stained section as plain text for a terminal."""

from __future__ import annotations

from kossa.evidence import SectionReading
from kossa.report import words
from kossa.report.picture_words import share_of

__all__ = ["section_text"]


def section_text(reading: SectionReading) -> str:
    """Return what was seen on one section: stain, share with its interval, deposits, doubts."""
    stain = reading.stain.value.replace("_", " ")
    sure = "" if reading.stain_certainty is None else f", certainty {reading.stain_certainty:.2f}"
    spacing = "pixel size not known" if reading.um_per_px is None else f"{reading.um_per_px:g} µm a pixel"
    lines = [f"stained section, {stain} ({reading.stain_source}{sure}), {spacing}", _share(reading)]
    if reading.deposits and reading.mineral_percent.value is not None:
        called = any(f.id == "score_mineral_area_percent" for f in reading.findings)
        parts = [f"{reading.deposits} {'deposits' if called else 'dark places'}"]
        if reading.per_mm2 is not None:
            parts.append(f"{words.number(reading.per_mm2)} in a mm² of the {share_of(reading)}")
        if reading.largest_um is not None:
            parts.append(f"the largest {words.number(reading.largest_um)} µm across")
        lines.append(f"{', '.join(parts)}.")
    if reading.artefacts:
        lines.append(f"Seen beside it: {', '.join(a.replace('_', ' ') for a in reading.artefacts)}.")
    lines += [f"{n.severity.value}: {n.what} {n.done} {n.todo}".strip() for n in reading.notices]
    return "\n".join(lines) + "\n"


def _share(reading: SectionReading) -> str:
    percent = reading.mineral_percent
    if percent.value is None:
        return "No share could be measured."
    figure = f"{words.number(percent.value)} %"
    if percent.low is not None and percent.high is not None:
        figure += f" ({words.number(percent.low)} to {words.number(percent.high)}, 95 % interval)"
    if any(f.id == "score_mineral_area_percent" for f in reading.findings):
        return f"Mineralised share of the {share_of(reading)}: {figure}."
    return f"Not called mineral; over the stain's floor lies {figure} of the {share_of(reading)}."
