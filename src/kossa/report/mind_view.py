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
    Reason,
    Weighing,
    Workup,
    vocabulary,
)

__all__ = ["cause_name", "kind_colour", "leading", "mind_view", "share"]

SHOWN_CAUSES = 6
LIKELY = 0.6  # a kind less likely than this is not called most likely; judgement
NAMED = 0.35  # a cause less likely than this is not named in the first sentence; judgement
SHOWN_SHARE = 0.005  # kinds and causes whose interval stays below this are left to workup.json
SHOWN_REASONS = 10
SHOWN_TESTS = 4
SHOWN_OPTIONS = 12
# lines of the comparison that stand on every page, blank where nothing is known of this person
ALWAYS_COMPARED = (
    "Tissue condition",
    "Serum calcium and phosphate",
    "Associated conditions",
    "Location",
)
# a film cannot tell cancer from its look-alikes, so no share is given to a person: `kossa causes` has those
# published of lesions sent to biopsy
NO_SHARE = frozenset({"breast_malignant"})
NO_SHARE_WORDS = "no share is given: a radiologist must read the film"
COLOURS = {"dystrophic": "dys", "metastatic": "met"}


def kind_colour(kind: str) -> str:
    """Return the class that colours a kind on the page; a word always stands beside the colour."""
    return COLOURS.get(kind, "oth")


def cause_name(id_: str) -> str:
    """Return a condition's first name in plain words."""
    known = load().conditions.get(id_)
    return known.names[0] if known else id_.replace("_", " ")


def share(prob: float, low: float, high: float) -> str:
    """Return `0.91 (0.82 to 0.96)`; a share is never said to be 0 or 1."""
    return f"{_share(prob)} ({_share(low)} to {_share(high)})"


def _share(prob: float) -> str:
    if prob >= 0.995:
        return "over 0.99"
    return "under 0.01" if prob < 0.005 else f"{prob:.2f}"


def mind_view(workup: Workup) -> dict[str, Any]:
    """Return what the page shows of the weighing; empty lists where nothing was weighed."""
    weighing = workup.weighing
    if weighing is None:
        return {
            name: []
            for name in (
                "kinds",
                "causes",
                "compare",
                "next_tests",
                "avoided",
                "flips",
                "options",
                "floors",
                "bring",
            )
        }
    kind_of = {c.id: c.kind for c in load().conditions.values()}
    return {
        "separable": weighing.separable,
        "none_of_these": "" if weighing.none_of_these is None else f"{weighing.none_of_these:.2f}",
        "kinds": [_kind_row(k) for k in weighing.kinds if k.high >= SHOWN_SHARE],
        "causes": [
            _cause_row(c, kind_of.get(c.id, "other"))
            for c in weighing.causes[:SHOWN_CAUSES]
            if c.high >= SHOWN_SHARE
        ],
        "next_tests": _tests(weighing),
        "flips": [f"{f.datum}: {f.before} to {f.after} (then {f.kind_after})" for f in weighing.flips],
        "options": [_option_row(o) for o in workup.options[:SHOWN_OPTIONS]],
        "ask_first": ASK if any(ASK in o.needs for o in workup.options) else "",
        "compare": [_compared_row(c) for c in weighing.compared if c.here or c.feature in ALWAYS_COMPARED],
        "avoided": [{"label": _label(a.id), "why": a.why} for a in weighing.avoided],
        "floors": [_floor_row(f) for f in weighing.floors],
        "bring": [cause_name(c) for c in weighing.could_bring],
    }


def _compared_row(row: Compared) -> dict[str, Any]:
    return {
        "feature": row.feature,
        "dystrophic": row.dystrophic,
        "metastatic": row.metastatic,
        "here": row.here,
        "colour": kind_colour(row.supports or ""),
    }


def _floor_row(floor: Floor) -> dict[str, str]:
    return {
        "why": f"{floor.why[:1].upper()}{floor.why[1:]}".rstrip("."),
        "who": floor.who,
        "how_soon": floor.how_soon,
        # what is open stands in the reason already where it was counted as possible
        "ask": floor.ask if floor.ask and floor.ask not in floor.why else "",
    }


def _kind_row(kind: Kind) -> dict[str, Any]:
    return {
        "label": kind.id.replace("_", " "),
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
        "prob": 0.0 if hidden else cause.prob,
        "low": 0.0 if hidden else cause.low,
        "high": 0.0 if hidden else cause.high,
        "text": NO_SHARE_WORDS if hidden else share(cause.prob, cause.low, cause.high),
        "colour": kind_colour(kind),
        "because": [_reason_row(r) for r in reasons[:SHOWN_REASONS]],
        "expected_absent": ", ".join(_label(i) for i in cause.expected_absent),
    }


def _label(id_: str) -> str:
    return vocabulary.label(id_) if id_ in vocabulary.terms() else id_.replace("_", " ")


def _reason_row(reason: Reason) -> dict[str, Any]:
    decades = math.log10(max(reason.lr, 1e-6))
    # a ratio for a cause is drawn to the right, one against it to the left
    decades = abs(decades) if reason.direction is Direction.FOR else -abs(decades)
    return {
        "label": _label(reason.finding),
        "decades": decades,
        "ratio": f"x {reason.lr:.2g}",
        "sentence": reason.sentence,
        "source": reason.source,
    }


def _tests(weighing: Weighing) -> list[dict[str, Any]]:
    return [
        {
            "label": t.id.replace("_", " "),
            "gain": f"{t.bits:.2f} bit expected." if t.bits else "",
            "why": t.why,
            "cost": t.cost,
            "harm": t.harm,
        }
        for t in weighing.next_tests[:SHOWN_TESTS]
    ]


def _option_row(option: Option) -> dict[str, Any]:
    because = [f"{c.rule} ({c.because})" for c in option.cautions]
    needs = [n for n in option.needs if n != ASK]
    because += [f"needed first: {', '.join(needs)}"] if needs else []
    return {
        "what": option.what,
        "aim": option.aim,
        "kind": option.kind.value,
        "cause": "any deposit" if option.for_cause == "any" else cause_name(option.for_cause),
        "grade": option.grade,
        "source": option.source,
        "because": "; ".join(because),
    }


def leading(weighing: Weighing) -> tuple[str, str]:
    """Return the first sentence's end and the second sentence: which kind, from what, how sure."""
    first, second = weighing.kinds[0], weighing.kinds[1]
    both = f"{first.id.capitalize()} {share(first.prob, first.low, first.high)}, "
    both += f"{second.id} {share(second.prob, second.low, second.high)}."
    if first.prob < LIKELY:
        return f"{first.id} or {second.id}, which what is known does not separate", both
    cause = weighing.causes[0]
    words = f"most likely {first.id}"
    if cause.prob >= NAMED and cause.id not in NO_SHARE:
        words += f", from {plain_name(cause.id)}"
    if not weighing.separable:
        return f"{words}; {second.id} is not excluded", both
    return words, f"Probability {share(first.prob, first.low, first.high)}."


def plain_name(id_: str) -> str:
    """Return a condition's name without its examples in brackets, in lower case but for initials."""
    name = cause_name(id_).split(" (")[0]
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
