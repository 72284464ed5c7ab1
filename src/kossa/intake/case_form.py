"""The fields of a case form (case.toml, a line of a case file), and what is wrong with one that is given.

A slip must not lose a datum silently: a field that nobody knows, or of the wrong shape, is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from kossa.evidence import Notice, Severity
from kossa.intake.safe_text import safe

__all__ = ["FIELDS", "form_notices", "lab_rows"]

WORDS = ("history", "symptoms", "biopsy")
TABLES = ("labs", "imaging")
#: beside what is read: what a case file may carry for its own purposes, never read
FIELDS = frozenset(
    {"id", "age_years", "sex", "setting", "about", "calcification", *WORDS, *TABLES}
    | {"provenance", "source", "read_depth", "notes", "label", "title", "schema"}
)
SHOWN = 40  # letters of a field's name in a notice


def form_notices(form: Mapping[str, Any]) -> list[Notice]:
    """Return a notice for each field that is unknown or of the wrong shape."""
    found = []
    for name in form:
        if name not in FIELDS:
            near = get_close_matches(str(name), sorted(FIELDS), n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(FIELDS))}."
            found.append(_notice("unknown-field", f"The field {_name(name)} is not known.", hint))
    found += [
        _notice(
            "field-type",
            f"The field {name} is not text.",
            f'Write {name} = "..." or a list of texts in quotes.',
        )
        for name in WORDS
        if not _words(form.get(name))
    ]
    for name in TABLES:
        value = form.get(name)
        if isinstance(value, Mapping):
            found.append(
                Notice(
                    code="one-table",
                    severity=Severity.INFO,
                    what=f"{name} is one table and not a list of tables.",
                    done="It was taken as one row.",
                    todo=f"Write [[{name}]] above each row.",
                )
            )
        elif value is not None and not isinstance(value, list):
            found.append(
                _notice(
                    "field-type",
                    f"The field {name} is not a list of tables.",
                    f"Write [[{name}]] above each row.",
                )
            )
        elif value and not all(isinstance(row, Mapping) for row in value):
            found.append(
                _notice(
                    "field-type",
                    f"A row of {name} is not a table.",
                    f"Write [[{name}]] above each row.",
                )
            )
    return found


def lab_rows(form: Mapping[str, Any], field: str = "labs") -> list[Any]:
    """Return the rows of `labs` or `imaging`: a list as it is, one table as one row, else nothing."""
    value = form.get(field)
    if isinstance(value, Mapping):
        return [value]
    return list(value) if isinstance(value, list) else []


def _words(value: Any) -> bool:
    """Say whether a value is text, a list of texts, or not given."""
    if value is None or isinstance(value, str):
        return True
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _name(name: object) -> str:
    return repr(safe(str(name), limit=SHOWN))


def _notice(code: str, what: str, todo: str) -> Notice:
    return Notice(code=code, severity=Severity.WARNING, what=what, done="It was not used.", todo=todo)
