"""The columns of a table of results: what is taken from each, and which nothing is taken from."""

from __future__ import annotations

from collections.abc import Mapping

from kossa.intake.safe_text import safe
from kossa.intake.table import NAME_COLUMNS, VALUE_COLUMNS, Header
from kossa.intake.table_columns import level_column

__all__ = ["RENAME", "unused", "used_columns"]

#: what is taken from a row -> names of its column, as written in lower case or as levelled
_NAMES = {
    "name": NAME_COLUMNS - {"loinc"},
    "value": VALUE_COLUMNS,
    "unit": {"unit", "units"},
    "date": {"date", "collected", "collection date", "taken", "sample date", "result date", "when"},
    "low": {"low", "reference low", "ref low", "range low", "lower"},
    "high": {"high", "reference high", "ref high", "range high", "upper"},
    "range": {"range", "reference range", "reference", "ref range"},
    "flag": {"flag", "abnormal", "interpretation"},
    "status": {"status"},
    "loinc": {"loinc", "code", "loinc code"},
    "comment": {"comment", "comments", "note", "notes", "remark"},
    "specimen": {
        *(
            "specimen",
            "specimen type",
            "sample",
            "sample type",
            "sample material",
            "material",
            "matrix",
            "fluid",
        ),
        *(
            "probe",
            "probenmaterial",
            "probenart",
            "untersuchungsmaterial",
            "prelevement",
            "echantillon",
            "nature",
        ),
    },
}
RENAME = "Rename one that matters: name, value, unit, date, low, high, flag, comment, specimen."
_NAMED, _LETTERS = 12, 40  # so many columns are named, and so much of each (judgement)


def used_columns(header: Header) -> dict[str, tuple[str, ...]]:
    """Return what is taken from a row -> its columns; those that say whose a row is are none of them."""
    whose = header.person_columns()
    own = [(column, level_column(column)) for column in header.columns if column not in whose]
    return {key: tuple(c for c, level in own if {c, level} & names) for key, names in _NAMES.items()}


def unused(header: Header, used: Mapping[str, tuple[str, ...]]) -> str:
    """Name the columns that nothing is taken from (empty where there is none), and nothing of their cells."""
    known = {column for columns in used.values() for column in columns} | set(header.person_columns())
    left = [safe(c)[:_LETTERS] or "(no name)" for c in header.columns if c not in known]
    if not left:
        return ""
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"Nothing is taken from the columns {', '.join(left[:_NAMED])}{more} of this table."
