"""Rows of figures as CSV text that a spreadsheet opens without running anything."""

from __future__ import annotations

__all__ = ["Row", "as_csv"]

Row = dict[str, str | int | float | None]


def as_csv(rows: list[Row]) -> bytes:
    """Return the rows as CSV; a row that lacks columns of another is empty there."""
    import csv
    import io

    from kossa.report.tables import guard

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guard(row.get(column)) for column in columns])
    return text.getvalue().encode("utf-8")
