"""One film as a row of a table, its groups as rows of another, and its words on a contact sheet."""

from __future__ import annotations

from kossa.evidence import Category, FilmReading

__all__ = ["GROUP_COLUMNS", "caption", "csv_row", "group_rows"]

GRAVEST = (Category.SUSPICIOUS, Category.INDETERMINATE, Category.TYPICALLY_BENIGN)


def csv_row(reading: FilmReading) -> dict[str, str | int | float | None]:
    """Return the columns of one film, always the same ones; None where a figure is not known."""
    sizes = [d.diameter_mm for d in reading.deposits if d.diameter_mm is not None]
    counts = {c: sum(g.category is c for g in reading.groups) for c in GRAVEST}
    return {
        "kind": reading.kind.value,
        "side": reading.side.value,
        "view": reading.view,
        "spacing_mm": reading.spacing_mm,
        "spacing_source": reading.spacing_source,
        "marks": len(reading.deposits),
        "groups": len(reading.groups),
        "groups_described_suspicious": counts[Category.SUSPICIOUS],
        "groups_described_indeterminate": counts[Category.INDETERMINATE],
        "groups_described_typically_benign": counts[Category.TYPICALLY_BENIGN],
        "morphologies": " ".join(sorted({g.morphology for g in reading.groups if g.morphology})),
        "patterns": " ".join(sorted({p for g in reading.groups for p in g.patterns})),
        "largest_mm": max(sizes, default=None),
        "notices": " ".join(dict.fromkeys(n.code for n in reading.notices)),
    }


#: columns of the table of groups, which stand even where no film has a group
GROUP_COLUMNS = (
    "group",
    "row_first_px",
    "row_end_px",
    "column_first_px",
    "column_end_px",
    "marks",
    "largest_mark_mm",
    "morphology",
    "distribution",
    "form_described_as",
    "patterns",
    "because",
)


def group_rows(reading: FilmReading) -> list[dict[str, str | int | float | None]]:
    """Return one row a group: where it lies in the film's pixels, its marks, and what is said of its form."""
    marks = {d.id: d for d in reading.deposits}
    rows: list[dict[str, str | int | float | None]] = []
    for number, group in enumerate(reading.groups, 1):
        (y0, x0), (y1, x1) = group.bbox_px
        sizes = [d for m in group.members if m in marks and (d := marks[m].diameter_mm) is not None]
        told = (
            number,
            *(y0, y1, x0, x1),
            len(group.members),
            max(sizes, default=None),
            group.morphology,
            group.distribution,
            group.category.value if group.category else None,
            " ".join(group.patterns),
            group.because,
        )
        rows.append(dict(zip(GROUP_COLUMNS, told, strict=True)))
    return rows


def caption(number: int, reading: FilmReading) -> str:
    """Return two lines: which film, and what was found on it."""
    named = [reading.kind.value]
    if reading.side.value != "unknown":
        named.append(reading.side.value)
    named += [reading.view] if reading.view else []
    groups = len(reading.groups)
    found = f"{groups} group{'s' if groups != 1 else ''}" if groups else "nothing found above the limits"
    return f"{number}  {', '.join(named)}\n    {found}"
