"""`index.html`: the two persons side by side, truth beside reading, with links to both reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from kossa.demo.bars import Bar
from kossa.demo.match import Comparison, Match
from kossa.demo.pictures import PictureComparison
from kossa.demo.places import words
from kossa.evidence import CtDeposit, Interval
from kossa.report.page import allowed, engine, template_text
from kossa.report.pictures import projections
from kossa.report.plain import share
from kossa.workup import WorkupResult

__all__ = ["Case", "index_page"]


@dataclass(frozen=True, eq=False)
class Case:
    """One person of the demonstration."""

    key: str
    note: str
    comparison: Comparison
    result: WorkupResult
    three_se_mg: float
    pictures: PictureComparison | None = None


@cache
def _environment() -> jinja2.Environment:
    return engine(_template)


def _template(name: str) -> str:
    """Return a template of this room, or of the report where it is named `report/...`."""
    if name.startswith("report/"):
        return template_text(name.removeprefix("report/"))
    return files("kossa.demo").joinpath("templates", name).read_text(encoding="utf-8")


def index_page(cases: Sequence[Case], judged: Sequence[Bar], *, process: str | None = None) -> str:
    """Return the page; it loads nothing, and its style is allowed by its hash."""
    style, style_hash = allowed(_template("report/style.css") + _template("demo.css"))
    context = {
        "style": style,
        "style_hash": style_hash,
        "cases": [_case(case) for case in cases],
        "bars": judged,
        "process": process,
        "version": cases[0].result.workup.kossa_version if cases else "",
    }
    return _environment().get_template("index.html.j2").render(context)


def _case(case: Case) -> dict[str, Any]:
    exam = case.result.examinations[0]
    rows = sorted(case.comparison.rows, key=lambda r: (not r.above_limit, -r.truth.mass_mg))
    marked: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        marked.update(dict.fromkeys(row.pieces, str(number)))
    above = [r for r in rows if r.above_limit]
    return {
        "key": case.key,
        "note": case.note,
        "kind_true": _true_kind(case.comparison),
        "kinds_read": _read_kinds(case.result),
        "report": f"{case.key}/report.html",
        "picture": projections(exam, marked=marked)[0],
        "found": sum(r.found for r in above),
        "above": len(above),
        "limit": case.comparison.limit_mg,
        "noise_true": case.comparison.noise_hu_true,
        "noise_read": case.comparison.noise_hu_read,
        "factor_true": case.comparison.factor_mg_per_mm3_hu,
        "factor_read": case.comparison.factor_assumed,
        "rows": [_row(number, row) for number, row in enumerate(rows, 1) if row.above_limit],
        "below": [_row(number, row) for number, row in enumerate(rows, 1) if not row.above_limit],
        "pictures": case.pictures,
        "surplus": [_surplus(d) for d in case.comparison.surplus],
    }


def _true_kind(comparison: Comparison) -> str:
    """Return the kind of most of what was put in above the limit."""
    kinds = Counter(row.truth.kind for row in comparison.rows if row.above_limit)
    return kinds.most_common(1)[0][0] if kinds else "none"


def _read_kinds(result: WorkupResult) -> str:
    """Return the two likeliest kinds in words, as weighed from this scan alone."""
    weighing = result.workup.weighing
    if weighing is None or not weighing.kinds:
        return "not weighed"
    first = sorted(weighing.kinds, key=lambda k: -k.prob)[:2]
    return ", ".join(f"{k.id} {share(k.prob, k.low, k.high)}" for k in first)


def _row(number: int, row: Match) -> dict[str, Any]:
    return {
        "number": number,
        "name": row.truth.id,
        "true_site": words(row.truth.site),
        "true_mass": _mg(row.truth.mass_mg),
        "found": row.found,
        "called": row.called,
        "pieces": len(row.pieces),
        "away": "" if row.place_error_mm is None else f"{row.place_error_mm:.1f} mm",
        "site": words(row.site) if row.pieces else "",
        "site_right": row.site_right,
        "mass": _interval(row.mass),
        "inside": row.in_interval,
        "given": "" if row.mass_given_mg is None else f"{_mg(row.mass_given_mg)} ({row.mass_error:+.0%})",
    }


def _surplus(deposit: CtDeposit) -> dict[str, Any]:
    return {
        "id": deposit.id,
        "site": words(deposit.site),
        "mass": _interval(deposit.mass_integrated_mg),
        "why": deposit.reason,
    }


def _mg(mass: float) -> str:
    return f"{mass:.1f} mg" if mass < 100 else f"{mass:.0f} mg"


def _interval(mass: Interval | None) -> str:
    if mass is None or mass.value is None:
        return "no mass"
    if mass.low is None or mass.high is None:
        return _mg(mass.value)
    return f"{_mg(mass.value)} ({mass.low:.0f} to {mass.high:.0f})"
