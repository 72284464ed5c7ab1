"""Rows of figures as CSV text that a spreadsheet opens without running anything."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Row", "as_csv"]

Row = dict[str, str | int | float | None]


def as_csv(rows: Sequence[Row], first: Sequence[str] = ()) -> bytes:
    """Return the rows as CSV, columns `first` before the others; a row that lacks one is empty there."""
    import csv
    import io

    from kossa.report.tables import guard

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = list(dict.fromkeys([*first, *(column for row in rows for column in row)]))
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guard(row.get(column)) for column in columns])
    return text.getvalue().encode("utf-8")
