"""One row of a laboratory report as it was met, and the notices that reading it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kossa.blood.analytes import Analyte, by_name
from kossa.chemistry.units import parse
from kossa.evidence import Flag, Notice, Severity, Source
from kossa.evidence.words_reading import ended

__all__ = ["Reading", "Remark", "Row", "flag_word", "row_of", "without_names"]

_FLAG_WORDS = {
    Flag.LOW: ("l", "ll", "low", "below", "decreased", "reduced", "below normal", "suppressed"),
    Flag.NORMAL: ("n", "normal", "ok", "negative", "neg", "within range", "in range"),
    Flag.HIGH: (
        "h",
        "hh",
        "high",
        "above",
        "elevated",
        "raised",
        "increased",
        "positive",
        "pos",
        "above normal",
    ),
    Flag.UNKNOWN: ("borderline", "equivocal", "indeterminate"),
}
_FLAGS = {word: flag for flag, words in _FLAG_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Remark:
    """What a document says against a row beside its value; one that `bars` forbids to weigh it."""

    code: str
    what: str
    bars: bool = True
    done: str = "It is shown and not weighed."


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `where` tells a person where it stands. `value`, `low`, `high` are as printed.

    `age_years` is the age on the day of the test where it is known, `absent` why there is no value,
    `by_name` that a coded document names the test in words only, `specimen` what it was measured in.
    `decimal_comma` tells that its table has decimal commas, where `1.234` has two readings.
    `remarks` are what stands against it in its document.
    """

    name: str
    value: Any = None
    unit: str | None = None
    date: str | None = None
    low: Any = None
    high: Any = None
    flag: str | None = None
    status: str | None = None
    loinc: str | None = None
    comment: str = ""
    where: str = ""
    source: Source | None = None
    age_years: float | None = None
    absent: str = ""
    by_name: bool = False
    specimen: str = ""
    decimal_comma: bool = False
    remarks: tuple[Remark, ...] = ()


def _text(cell: Any) -> str | None:
    return str(cell).strip() or None if cell is not None else None


def row_of(given: Mapping[str, Any], *, where: str = "", source: Source | None = None) -> Row:
    """Take a row in any of the spellings of case files and tables (`low` or `reference_low`)."""
    line = given.get("line")
    return Row(
        name=_text(given.get("name") or given.get("analyte")) or "",
        value=given.get("value"),
        unit=_text(given.get("unit")),
        date=_text(given.get("date")),
        low=given.get("low", given.get("reference_low")),
        high=given.get("high", given.get("reference_high")),
        flag=_text(given.get("flag")),
        status=_text(given.get("status")),
        loinc=_text(given.get("loinc")),
        comment=_text(given.get("comment") or given.get("note")) or "",
        where=where or (f"line {line}" if line else ""),
        source=source or given.get("source"),
        specimen=_text(given.get("specimen")) or "",
    )


_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d(?:T[\d:.+-]+Z?)?)?$")


def without_names(row: Row, clean: Callable[[str], str]) -> Row:
    """Return the row with names of people taken out of its words; a known test keeps its own."""

    def cleaned(cell: Any) -> Any:
        return clean(cell) if isinstance(cell, str) and any(map(str.isalpha, cell)) else cell

    return replace(
        row,
        name=row.name if by_name(row.name) else cleaned(row.name),
        value=cleaned(row.value),
        unit=row.unit if parse(row.unit) else cleaned(row.unit),
        date=row.date if _DAY.match(row.date or "") else cleaned(row.date),
        low=cleaned(row.low),
        high=cleaned(row.high),
        flag=cleaned(row.flag),
        status=cleaned(row.status),
        loinc=cleaned(row.loinc),
        comment=cleaned(row.comment),
        absent=cleaned(row.absent),
        specimen=cleaned(row.specimen),
    )


# `positive 1:640`, `positive (titre 1/320)`: the verdict is the laboratory's own
_WITH_TITRE = re.compile(r"^([a-z]+)[ ,:(]*(?:tit(?:re|er))?[ :]*1 ?[:/] ?\d+\)?$")


def flag_word(cell: Any) -> Flag | None:
    """Return the verdict that a printed flag means, None where it is none."""
    text = str(cell or "").strip().lower().strip("*() ")
    titred = _WITH_TITRE.match(text)
    return _FLAGS.get(titred[1] if titred else text)


@dataclass(slots=True)
class Reading:
    """A row while it is read: which test it is, and what has to be told of it."""

    row: Row
    analyte: Analyte | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def units(self) -> str:
        """The units that may be asked for, in words."""
        if self.analyte is None or self.analyte.si is None:
            return "the laboratory's unit"
        both = dict.fromkeys(u for u in (self.analyte.conventional, self.analyte.si) if u)
        return " or ".join(both)

    def tell(self, code: str, what: str, done: str, todo: str, severity: Severity = Severity.WARNING) -> None:
        """Leave a notice that says where the row stands."""
        at = f"{self.row.where}: " if self.row.where else ""
        self.notices.append(
            Notice(
                code=code,
                severity=severity,
                what=ended(at + what),
                done=done,
                todo=todo,
                source=self.row.source,
            )
        )
