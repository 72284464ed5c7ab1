"""Kinds, causes, next tests and options as rows for the page."""

from __future__ import annotations

import math
from typing import Any

from kossa.care.first_question import ASK
from kossa.conditions import load
from kossa.evidence import (
    Cause,
    Compared,
    Direction,
    Floor,
    Kind,
    Option,
    OptionKind,
    Reason,
    Weighing,
    Workup,
)
from kossa.report import plain
from kossa.report.brief import brief, unknown_cause
from kossa.report.mammogram import about_open_groups, about_unread_tissue, where_words, worst_form
from kossa.report.plain import NO_SHARE, NO_SHARE_WORDS, cause_name, kind_name, plain_name, share, unmarked
from kossa.workup.open_groups import open_groups

__all__ = ["kind_colour", "leading", "mind_view"]

SHOWN_CAUSES = 6
THIRD = 0.15  # a third kind that likely is named where two are not separated (judgement)
LIKELY = 0.6  # a kind less likely than this is not called most likely; judgement
NAMED = 0.35  # a cause less likely than this is not named in the first sentence; judgement
SHOWN_SHARE = 0.005  # kinds below this and causes whose interval stays below it are left to workup.json
WIDE_SHARE = 0.05  # an unlikely kind that the spread of the knowledge lets reach this is shown
SHOWN_REASONS = 10
SHOWN_TESTS = 4
SHOWN_OPTIONS = 12
SHOWN_NEEDS = 6  # data that an option needs first; workup.json has all
FIRST = OptionKind.CAUSE  # the sense of an option that says who sees the person first
SENSES = {
    OptionKind.CAUSE: "treats the cause",
    OptionKind.LEAVE: "leave alone",
    OptionKind.CONSERVATIVE: "conservative",
    OptionKind.SURGICAL: "surgical",
    OptionKind.MEDICAL: "medical",
}
# lines of the comparison that stand on every page, blank where nothing is known of this person
ALWAYS_COMPARED = (
    "Tissue condition",
    "Serum calcium and phosphate",
    "Associated conditions",
    "Location",
)
PARTS = (
    "kinds",
    "causes",
    "compare",
    "next_tests",
    "done",
    "avoided",
    "flips",
    "options",
    "floors",
    "bring",
    "brief",
)
BREAST_FLOOR = "malignancy_breast"
VIEWS = "mammogram_magnification"
READ_FIRST = (
    (
        "Which kind",
        "not told from a mammogram: what the form means is for a radiologist to say. No share is given.",
    ),
    ("What next", "a radiologist reads the film, with magnification views where they are needed."),
)
TISSUE_KIND = (
    "not told from a stain for calcium: the pathologist says whether the breast tissue is benign or"
    " malignant. No share is given."
)
TISSUE_NEXT = "the pathologist's report on the tissue; a radiologist reads the mammogram beside it."
TISSUE_FIRST = (("Which kind", TISSUE_KIND), ("What next", TISSUE_NEXT))
OTHER = "other"  # the kind that gathers what is neither dystrophic nor metastatic
NOTHING_SPEAKS = "nothing told here speaks for or against"
COLOURS = {"dystrophic": "dys", "metastatic": "met"}


def kind_colour(kind: str) -> str:
    """Return the class that colours a kind on the page; a word always stands beside the colour."""
    return COLOURS.get(kind, "oth")


def mind_view(workup: Workup) -> dict[str, Any]:
    """Return what the page shows of the weighing; empty lists where nothing was weighed."""
    weighing = workup.weighing
    if weighing is None:
        return dict.fromkeys(PARTS, ())
    if about_open_groups(workup):
        return _open_view(workup, weighing, READ_FIRST)
    if about_unread_tissue(workup):
        return _open_view(workup, weighing, TISSUE_FIRST)
    kind_of = {c.id: c.kind for c in load().conditions.values()}
    return {
        "separable": weighing.separable,
        "brief": brief(weighing),
        "cause_unknown": bool(weighing.kinds) and unknown_cause(weighing),
        "none_of_these": "" if weighing.none_of_these is None else plain.plain_share(weighing.none_of_these),
        "kinds": [_kind_row(k) for k in weighing.kinds if k.prob >= SHOWN_SHARE or k.high >= WIDE_SHARE],
        "causes": [
            _cause_row(c, kind_of.get(c.id, "other"))
            for c in weighing.causes[:SHOWN_CAUSES]
            if c.high >= SHOWN_SHARE
        ],
        "next_tests": _tests(weighing),
        "done": plain.done_words(weighing.done),
        "flips": [plain.flip_words(f) for f in weighing.flips],
        "options": [_option_row(o) for o in workup.options[:SHOWN_OPTIONS]],
        "ask_first": ASK if any(ASK in o.needs for o in workup.options) else "",
        "compare": [_compared_row(c) for c in weighing.compared if c.here or c.feature in ALWAYS_COMPARED],
        "avoided": _avoided(weighing),
        "floors": _floors(workup, weighing),
        "bring": [cause_name(c) for c in weighing.could_bring],
    }


def _refer(workup: Workup) -> list[dict[str, Any]]:
    """Return the referral to a breast clinic, whether or not its cause was likely enough for options."""
    named = [o for o in workup.options if o.for_cause in NO_SHARE and o.kind is FIRST]
    if named:
        return [_option_row(o) for o in named]
    return [
        _option_row(
            Option(
                id=r.id, for_cause="any", what=r.what, aim=r.aim, kind=FIRST, grade=r.grade,
                source=f"{r.source} ({r.checked})", decides="the person with the breast clinic",
            )
        )
        for r in load().care
        if r.kind == FIRST.value and set(r.causes) and set(r.causes) <= NO_SHARE
    ]  # fmt: skip


def _open_view(workup: Workup, weighing: Weighing, first: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return what is shown while a reading of film or tissue comes first: no kind, no share."""
    tests = sorted(_tests(weighing), key=lambda row: row["id"] != VIEWS)
    return {
        **dict.fromkeys(PARTS, ()),
        "ask_first": "",
        "brief": [(term, f"{words[:1].upper()}{words[1:]}") for term, words in first],
        "next_tests": tests,
        "done": plain.done_words(weighing.done),
        "options": _refer(workup),
        "floors": _floors(workup, weighing),
    }


def _floors(workup: Workup, weighing: Weighing) -> list[dict[str, Any]]:
    """Return the dangers; a mammogram's groups that are not typically benign are named, with their films."""
    rows = [_floor_row(f) for f in weighing.floors]
    open_ = open_groups(workup.films, workup.groups)
    if not open_:
        return rows
    where = f"{'On the pictures: ' if any(g.film for g in open_) else ''}{where_words(open_)}"
    where = f"{where[:1].upper()}{where[1:]}"
    for row in rows:
        if row["id"] == BREAST_FLOOR:
            row["where"] = where
            return rows
    form = worst_form(open_)
    read = {
        "id": "",
        "quiet": True,
        "why": f"Calcium on a mammogram, {form}",
        "where": where,
        "who": "A radiologist must read it",
        "how_soon": "before anything is concluded",
        "ask": "",
    }
    return [*rows, read]


def _compared_row(row: Compared) -> dict[str, Any]:
    return {
        "feature": row.feature,
        "dystrophic": row.dystrophic,
        "metastatic": row.metastatic,
        "here": unmarked(row.here) or NOTHING_SPEAKS,
        "colour": kind_colour(row.supports or ""),
    }


def _floor_row(floor: Floor) -> dict[str, Any]:
    return {
        "id": floor.id,
        "where": "",
        "quiet": floor.quiet,
        "why": unmarked(f"{floor.why[:1].upper()}{floor.why[1:]}".rstrip(".")),
        "who": f"If so: {floor.who}" if floor.quiet else f"{floor.who[:1].upper()}{floor.who[1:]}",
        "how_soon": plain.how_soon(floor.how_soon),
        # what is open stands in the reason already where it was counted as possible
        "ask": floor.ask if floor.ask and floor.ask not in floor.why else "",
    }


def _kind_row(kind: Kind) -> dict[str, Any]:
    return {
        "label": kind_name(kind.id),
        "prob": kind.prob,
        "low": kind.low,
        "high": kind.high,
        "text": share(kind.prob, kind.low, kind.high),
        "colour": kind_colour(kind.id),
    }


def _cause_row(cause: Cause, kind: str) -> dict[str, Any]:
    reasons = sorted(cause.because, key=lambda r: -abs(math.log10(max(r.lr, 1e-6))))
    hidden = cause.id in NO_SHARE
    return {
        "label": cause_name(cause.id),
        "prob": cause.prob,
        "low": cause.low,
        "high": cause.high,
        "text": NO_SHARE_WORDS if hidden else share(cause.prob, cause.low, cause.high),
        "colour": kind_colour(kind),
        "hidden": hidden,
        # ratios for and against would tell the share again
        "because": [] if hidden else [_reason_row(r) for r in reasons[:SHOWN_REASONS]],
        "expected_absent": ", ".join(plain.label(i) for i in cause.expected_absent),
    }


def _reason_row(reason: Reason) -> dict[str, Any]:
    decades = math.log10(max(reason.lr, 1e-6))
    # a ratio for a cause is drawn to the right, one against it to the left
    decades = abs(decades) if reason.direction is Direction.FOR else -abs(decades)
    finding, numbers = plain.reason_parts(reason)
    return {
        "label": f"{finding[:1].upper()}{finding[1:]}",
        "decades": decades,
        "ratio": plain.times(reason.lr),
        "sentence": numbers,
        "source": plain.source_words(reason.source),
    }


def _tests(weighing: Weighing) -> list[dict[str, Any]]:
    rows = []
    for test in weighing.next_tests[:SHOWN_TESTS]:
        name, why = plain.test_name(test.id), plain.test_note(test)
        rows.append(
            {
                "id": test.id,
                "label": f"{name[:1].upper()}{name[1:]}",
                "why": f"{why[:1].upper()}{why[1:]}.",
                "cost": f"Cost: {test.cost}.",
                "harm": f"Risk: {plain.harm_words(test.harm)}." if test.harm else "",
            }
        )
    return rows


def _avoided(weighing: Weighing) -> list[dict[str, str]]:
    """Return what is not offered, tests with one reason together."""
    together: dict[str, list[str]] = {}
    for one in weighing.avoided:
        because, _, _rule = one.why.partition(": ")
        together.setdefault(because, []).append(plain.test_name(one.id))
    return [{"label": ", ".join(names), "why": unmarked(because)} for because, names in together.items()]


def _option_row(option: Option) -> dict[str, Any]:
    because = [unmarked(c.because) for c in option.cautions]
    needs = [unmarked(n) for n in option.needs if n != ASK]
    if needs:
        more = f" and {len(needs) - SHOWN_NEEDS} more" if len(needs) > SHOWN_NEEDS else ""
        because.append(f"needed first: {', '.join(needs[:SHOWN_NEEDS])}{more}")
    return {
        "what": f"{option.what[:1].upper()}{option.what[1:]}",
        "aim": option.aim,
        "kind": SENSES[option.kind],
        "cause": "any deposit" if option.for_cause == "any" else plain_name(option.for_cause),
        "grade": option.grade,
        "source": plain.source_words(option.source),
        "because": "; ".join(because),
    }


def leading(weighing: Weighing) -> str:
    """Return the end of the first sentence: which kind, from what."""
    first, second = weighing.kinds[0], weighing.kinds[1]
    if first.prob < LIKELY:
        open_ = [k.id for k in weighing.kinds[2:3] if k.prob >= THIRD]
        # the kind that gathers the rest is named last: `metastatic or another kind`
        ids = sorted((first.id, second.id, *open_), key=lambda k: k == OTHER)
        *names, last = map(kind_name, ids)
        return f"{', '.join(names)} or {last}, which what is known does not separate"
    cause = weighing.causes[0]
    words = f"most likely {kind_name(first.id)}"
    if cause.prob >= NAMED and cause.id in NO_SHARE:
        return "of a form that a radiologist must read"
    if cause.prob >= NAMED:
        name = plain_name(cause.id)
        # `calciphylaxis, from uraemic calciphylaxis` says it twice
        words = f"most likely {name}" if first.id in name or first.id == OTHER else f"{words}, from {name}"
        words += ", neither dystrophic nor metastatic" if first.id == OTHER else ""
    elif unknown_cause(weighing):
        words += "; the cause is not known"
    return words if weighing.separable else f"{words}; {kind_name(second.id)} is not excluded"
