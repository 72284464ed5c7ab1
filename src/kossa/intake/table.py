"""Tables of text (CSV): delimiter and encoding found out, rows with line numbers, nothing repaired."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake.budget import DEFAULT, Budget
from kossa.intake.table_columns import person_columns
from kossa.intake.text import decode_text

__all__ = ["NAME_COLUMNS", "VALUE_COLUMNS", "Header", "Row", "Table", "header_of", "read_table"]

DELIMITERS = ",;\t|"
#: names of columns that a table of blood results has; the form is design.md's `name,value,unit,date`
NAME_COLUMNS = {"name", "test", "analyte", "parameter", "component", "test name", "test_name", "loinc"}
VALUE_COLUMNS = {"value", "result", "result value", "result_value"}


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table, taken apart; names are lower-case and trimmed."""

    columns: tuple[str, ...]
    delimiter: str

    @property
    def is_table(self) -> bool:
        """Three or more short, different column names."""
        named = [c for c in self.columns if c]
        return len(named) > 2 and len(set(named)) == len(self.columns) and all(len(c) < 40 for c in named)

    @property
    def is_labs(self) -> bool:
        """A column that names the test, and one that holds the value."""
        return bool(NAME_COLUMNS & set(self.columns)) and bool(VALUE_COLUMNS & set(self.columns))

    def person_columns(self) -> dict[str, str]:
        """Return the columns that say whose a row is, each with its role (`table_columns`)."""
        return person_columns(self.columns, NAME_COLUMNS.intersection(self.columns))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` by column name, trimmed, as text.

    `fault` is (code, sentence) where the row cannot be used.
    """

    line: int
    cells: dict[str, str]
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table; `remarks` as in `text.Text`."""

    header: Header
    rows: tuple[Row, ...]
    remarks: tuple[tuple[str, str], ...] = ()

    def person_columns(self) -> dict[str, str]:
        """Return the columns that say whose a row is, with their roles."""
        return self.header.person_columns()


def header_of(start: str) -> Header:
    """Return the first line that is no comment, split by the delimiter that splits it most."""
    line = next((t for t in start.split("\n") if t.strip() and not t.startswith("#")), "")
    delimiter = max(DELIMITERS, key=line.count)
    cells = next(csv.reader([line.replace("\0", "")], delimiter=delimiter), [])
    return Header(tuple(_column(c) for c in cells), delimiter)


def read_table(data: bytes, *, budget: Budget = DEFAULT) -> Table:
    """Read a table with a header line; raises `Refused` (empty, too-large) where there is none.

    A row with another number of cells than the header, or with a NUL, stays in the list with its
    fault: rows are never shifted, cut or filled. Cells are text; numbers are the reader's matter.
    """
    text = decode_text(data, budget=budget, keep_nul=True)
    header = header_of(text.text)
    if not header.columns:
        raise Refused("empty", "This table is empty: it needs a first line such as name,value,unit,date.")
    if len(set(header.columns)) < len(header.columns):
        raise Refused("ambiguous", "Two columns of this table have the same name.")
    rows = tuple(_rows(text.text, header))[1:]
    if not rows:
        raise Refused("empty", "This table has a first line with names of columns, and no row below it.")
    return Table(header, rows, text.remarks)


def _column(cell: str) -> str:
    return " ".join(cell.lower().split())


def _rows(text: str, header: Header) -> Iterator[Row]:
    """Yield every row with the line it begins on; a quoted cell may go over several lines."""
    columns, width = header.columns, len(header.columns)
    lines = text.replace("\0", "\ufffe").split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=header.delimiter)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(begins, {}, ("unreadable-row", f"Line {begins} cannot be split into cells: {error}."))
            begins = reader.line_num + 1
            continue
        line, begins = begins, reader.line_num + 1
        if not any(c.strip() for c in cells) or cells[0].startswith("#"):
            continue
        named = dict(zip(columns, (c.strip() for c in cells), strict=False))
        yield Row(line, named, _fault(line, cells, width, swallowed=begins - line - 1))


def _fault(line: int, cells: list[str], width: int, *, swallowed: int) -> tuple[str, str] | None:
    if any("\ufffe" in c for c in cells):
        return ("nul", f"Line {line} holds a NUL character.")
    if len(cells) != width and swallowed > 0:
        what = f"A quotation mark that is opened in line {line} is not closed there, and took in the next"
        return ("row-length", f"{what} {swallowed} lines.")
    if len(cells) != width:
        return ("row-length", f"Line {line} has {len(cells)} cells, the first line has {width}.")
    return None
