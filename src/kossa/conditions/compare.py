"""Dystrophic and metastatic calcification side by side, as text, for people who meet the words first."""

from __future__ import annotations

import textwrap

from kossa.conditions.knowledge import Knowledge

__all__ = ["LAY_SOURCES", "table"]

FIRST, COLUMN = 18, 38
IN_SHORT = (
    "In short: dystrophic calcium settles where tissue was harmed, while the blood is normal; metastatic"
    " calcium settles in healthy tissue, because the blood carries or carried too much calcium or phosphate."
    " Metastatic here does not mean that a cancer has spread."
)
# where a lay reader can go on; named, not linked: addresses change
LAY_SOURCES = (
    "Cleveland Clinic, Health Library: the page on calcium deposits (calcification)",
    "NHS and MedlinePlus: pages on hyperparathyroidism, chronic kidney disease, scleroderma",
    "National Kidney Foundation: pages on mineral and bone disorder",
)


def _cells(cells: tuple[str, ...], widths: tuple[int, ...]) -> list[str]:
    """Return the lines of one row, every cell wrapped in its column."""
    parts = [textwrap.wrap(c, w) or [""] for c, w in zip(cells, widths, strict=True)]
    height = max(len(p) for p in parts)
    filled = [p + [""] * (height - len(p)) for p in parts]
    return [
        "  ".join(p[i].ljust(w) for p, w in zip(filled, widths, strict=True)).rstrip() for i in range(height)
    ]


def table(knowledge: Knowledge) -> str:
    """Return the comparison: tissue, serum, conditions, places, what follows, with numbers and sources."""
    widths = (FIRST, COLUMN, COLUMN)
    kinds = {k.id: k for k in knowledge.kinds}
    out = [*textwrap.wrap(IN_SHORT, WIDE), ""]
    out += _cells(("", "DYSTROPHIC", "METASTATIC"), widths)
    out += _cells(("What it is", kinds["dystrophic"].definition, kinds["metastatic"].definition), widths)
    for row in knowledge.compare:
        out.append("")
        out += _cells((row.feature, row.dystrophic, row.metastatic), widths)
        if row.number:
            told = "unchecked: " if row.checked == "unchecked" else ""
            out += textwrap.wrap(f"{told}{row.number} ({row.source})", WIDE, initial_indent=" " * (FIRST + 2),
                                 subsequent_indent=" " * (FIRST + 2))  # fmt: skip
    out += ["", *_follows(knowledge, widths)]
    out += ["", "To read on, in plain words:"]
    out += [f"  {s}" for s in LAY_SOURCES]
    return "\n".join(out) + "\n"


WIDE = FIRST + 2 * COLUMN + 4
SHOWN = 4


def _follows(knowledge: Knowledge, widths: tuple[int, ...]) -> list[str]:
    """Return what may follow: the measured consequences of the commonest causes of both kinds."""
    told = []
    for kind in ("dystrophic", "metastatic"):
        usual = sorted(
            (c for c in knowledge.conditions.values() if c.kind == kind),
            key=lambda c: -max(c.prior["radiology"].weight, c.prior["dialysis"].weight),
        )
        lines = [e.what for c in usual for e in c.consequence[:1] if e.affects != "none"]
        told.append("; ".join(dict.fromkeys(lines[:SHOWN])))
    return _cells(("May lead to", *told), widths)
