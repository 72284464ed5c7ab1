"""Rows of figures as CSV text that a spreadsheet opens without running anything."""

from __future__ import annotations

__all__ = ["Row", "as_csv"]

Row = dict[str, str | int | float | None]


def as_csv(rows: list[Row]) -> bytes:
    """Return the rows as CSV; all have the columns of the first."""
    import csv
    import io

    from kossa.report.tables import guard

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([guard(cell) for cell in row.values()])
    return text.getvalue().encode("utf-8")
