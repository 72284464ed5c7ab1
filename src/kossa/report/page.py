"""`report.html`: one self-contained page, made from the work-up and nothing else.

The page's script and style are allowed by their hashes; everything that came from a file is escaped by
the template engine.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from kossa.evidence import File, Notice, Severity, Sex, Workup
from kossa.report import words
from kossa.report.body_map import spots
from kossa.report.film_view import film_rows, section_rows
from kossa.report.lab_view import derived_row, result_row
from kossa.report.mind_view import mind_view
from kossa.report.scan_view import group_rows, scan_view
from kossa.workup.result import WorkupResult

__all__ = ["allowed", "engine", "environment", "hashed", "page", "template_text"]


def engine(load: Callable[[str], str]) -> jinja2.Environment:
    """Return a template engine over `load`: everything is escaped, an unknown name is an error."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def environment() -> jinja2.Environment:
    """Return the engine over this room's templates."""
    return engine(template_text)


def template_text(name: str) -> str:
    """Return one of this room's templates, styles or scripts as text."""
    return files("kossa.report").joinpath("templates", name).read_text(encoding="utf-8")


def hashed(name: str) -> tuple[Markup, str]:
    """Return one of our own style or script files, and its hash for the page's security policy."""
    return allowed(template_text(name))


def allowed(text: str) -> tuple[Markup, str]:
    """Return a style or script of package data as it may stand on a page, and its hash for the policy."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return Markup(text), f"sha256-{digest}"  # noqa: S704 (package data, never a user's text)


def page(result: WorkupResult) -> str:
    """Return the report of one reading as HTML."""
    workup = result.workup
    style, style_hash = hashed("style.css")
    script, script_hash = hashed("copy.js")
    notices = _all_notices(workup)
    groups = group_rows(workup)
    placed, homeless = spots((g["number"], g["site"], g["side"], "") for g in groups)
    context: dict[str, Any] = {
        "style": style,
        "style_hash": style_hash,
        "script": script,
        "script_hash": script_hash,
        "title": "report",
        "who": _who(workup),
        "headline": result.sentence or words.headline(workup),
        "lead": "" if result.sentence else words.lead(workup),
        "urgent": [n for n in notices if n.severity is Severity.EMERGENCY],
        "groups": groups,
        "spots": placed,
        "homeless": [f"{g['number']} ({g['where']})" for g in groups if g["number"] in homeless],
        "scans": [scan_view(exam) for exam in result.examinations],
        "copy_text": words.copy_text(workup),
        "notices": [_notice_row(n) for n in notices if n.severity is not Severity.EMERGENCY],
        "files": _file_rows(workup.files),
        "films": film_rows(workup.films, result.looks),
        "sections": section_rows(workup.sections, result.looks),
        "mind": mind_view(workup),
        "results": [result_row(r) for r in workup.results],
        "derived": [derived_row(d) for d in workup.derived],
        "not_understood": workup.not_understood,
        "version": workup.kossa_version,
    }
    return environment().get_template("report.html.j2").render(context)


def _who(workup: Workup) -> str:
    person = workup.person
    noun = {Sex.F: "woman", Sex.M: "man", Sex.U: "person"}[person.sex]
    if person.age_years is not None and person.age_years < 18:
        noun = {Sex.F: "girl", Sex.M: "boy", Sex.U: "child"}[person.sex]
    age = ", age not known"
    if person.age_years is not None:
        # an infant's age matters in parts of a year
        years = person.age_years if person.age_years < 2 else int(person.age_years)
        age = f", {years:.2g} years" if person.age_years < 2 else f", {years} years"
    read = sum(f.outcome.value in ("accepted", "partial") for f in workup.files)
    return f"{noun}{age} · {read} of {len(workup.files)} files read"


def _all_notices(workup: Workup) -> list[Notice]:
    """Return every notice once, gravest first."""
    met = [*workup.notices, *(n for r in workup.ct for n in r.notices)]
    order = [Severity.EMERGENCY, Severity.ERROR, Severity.WARNING, Severity.INFO]
    return sorted(dict.fromkeys(met), key=lambda n: order.index(n.severity))


def _notice_row(notice: Notice) -> dict[str, Any]:
    return {
        "severity": notice.severity.value,
        "what": notice.what,
        "done": notice.done,
        "todo": notice.todo,
        "file": notice.source.file if notice.source else None,
    }


def _file_rows(met: tuple[File, ...]) -> list[dict[str, Any]]:
    """Return one row for each (kind, outcome, reason), with how many files and the first numbers."""
    kinds: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], list[int]] = {}
    for file in met:
        key = (file.kind.value, file.outcome.value, file.reason or "")
        kinds[key] += 1
        first.setdefault(key, []).append(file.number)
    rows = []
    for (kind, outcome, reason), count in sorted(kinds.items()):
        numbers = first[kind, outcome, reason]
        shown = ", ".join(map(str, numbers[:5])) + (" ..." if count > 5 else "")
        rows.append(
            {
                "kind": kind.replace("_", " "),
                "outcome": outcome.replace("_", " "),
                "numbers": f"{count} ({shown})",
                "reason": reason,
            }
        )
    return rows
