"""Laboratory results and what is computed from them as rows for the page; the value as given stands."""

from __future__ import annotations

from typing import Any

from kossa.blood.analytes import analytes
from kossa.evidence import Comparator, Result
from kossa.evidence.words_reading import Derived
from kossa.report.words import number

__all__ = ["derived_row", "result_row"]


def _value(result: Result) -> str:
    sign = "" if result.comparator is Comparator.NONE else result.comparator.value
    shown = result.value if result.value is not None else result.bound
    return f"{sign}{number(shown, 4)} {result.unit or ''}".strip() if shown is not None else "no number"


def _other(result: Result, *, conventional: bool) -> str:
    """Return the value in SI, or in the conventional unit of its test."""
    if result.value_si is None:
        return ""
    known = analytes().get(result.analyte)
    if not conventional or known is None or known.conventional is None:
        return f"{number(result.value_si, 4)} {result.unit_si or ''}".strip()
    return f"{number(result.value_si / float(known.factor), 4)} {known.conventional}"


def result_row(result: Result, *, conventional: bool = False) -> dict[str, Any]:
    """Return one result: as given, in SI or conventional units, its range, and what is doubtful."""
    span = result.range
    limits = "none"
    if span is not None:
        low = "" if span.low is None else number(span.low)
        high = "" if span.high is None else number(span.high)
        limits = f"{low} to {high} {span.unit or ''}".strip()
    flag = result.flag.value if result.counts else "not weighed"
    if not result.plausible:
        flag = f"implausible; likely {result.likely_unit}" if result.likely_unit else "implausible"
    if result.comment:
        flag = f"{flag}; laboratory's remark: {result.comment}"
    if result.also_in:
        again = dict.fromkeys(
            f"file {s.file}" if s.file is not None else "another row" for s in result.also_in
        )
        flag = f"{flag}; also in {' and '.join(again)}"
    return {
        "name": result.analyte.replace("_", " "),
        "given": _value(result),
        "si": _other(result, conventional=conventional),
        "range": limits,
        "flag": flag,
        "when": (result.when or "")[:10],
        "source": span.source if span else "",
    }


def derived_row(derived: Derived) -> dict[str, Any]:
    """Return one computed value with its formula, or why it was not computed."""
    value = (
        f"{number(derived.value, 3)} {derived.unit}"
        if derived.value is not None
        else f"not given: {derived.reason}"
    )
    return {
        "name": derived.name.replace("_", " "),
        "value": value,
        "reliability": derived.reliability.value,
        "how": f"{derived.formula}; {derived.source}",
    }
