"""The answer in five lines: which kind, how sure, from what, why, what next."""

from __future__ import annotations

import re

from kossa.conditions import load
from kossa.evidence import Cause, Direction, NextTest, Weighing
from kossa.report.plain import (
    NO_SHARE,
    NO_SHARE_WORDS,
    finding_words,
    how_soon,
    kind_name,
    plain_name,
    plain_share,
    test_name,
    unmarked,
)

__all__ = ["NAMED", "brief", "unknown_cause"]

NAMED = 0.15  # where no cause reaches this the cause is said to be not known (clinical reference, 4.8, 2)
SHOWN_CAUSES, SHOWN_REASONS, SHOWN_TESTS = 3, 3, 2
SERUM = "Serum calcium and phosphate"  # a line of the comparison
ALSO = 0.25  # a second kind that is true as often beside the first is told (judgement)
MOSTLY = 0.8  # above this share the spread leaves room rather than a choice of two (judgement)
UNSEPARATED = "The spread of the knowledge still leaves room for the other."
NOT_SEPARATED = "The two are not separated by what is known."
STRONG_AGAINST = 0.5  # a ratio against below this is told in the brief (judgement)
# what a share is called; the bounds are judgement
SURE_WORDS = ((0.95, "very likely"), (0.8, "likely"), (0.6, "more likely than not"), (0.0, "open"))


def unknown_cause(weighing: Weighing) -> bool:
    """Whether no cause stands out at all."""
    return not weighing.causes or weighing.causes[0].prob < NAMED


def brief(weighing: Weighing) -> list[tuple[str, str]]:
    """Return (term, words) of the five lines; without kinds only what could bring it and what shows it."""
    if not weighing.kinds:
        could = ", ".join(plain_name(c) for c in weighing.could_bring[:SHOWN_CAUSES])
        rows = [("Could bring it", could), ("What next", _next(weighing))]
        return [r for r in rows if r[1]] if could else []
    return [
        ("Which kind", _kind(weighing)),
        ("How sure", _sure(weighing)),
        ("From what", _causes(weighing)),
        ("Why", _why(weighing)),
        ("What next", _next(weighing)),
    ]


def _kind(weighing: Weighing) -> str:
    first = weighing.kinds[0]
    meaning = next((k.definition for k in load().kinds if k.id == first.id), "")
    name = kind_name(first.id).split(" (")[0].capitalize()
    return f"{name}: {unmarked(meaning)}." if meaning else f"{name}."


def _sure(weighing: Weighing) -> str:
    first, second = weighing.kinds[0], weighing.kinds[1]
    # what the spread of the knowledge does not separate is called likely at most
    words = SURE_WORDS if weighing.separable else SURE_WORDS[1:]
    word = next(w for least, w in words if first.prob >= least)
    low, high = plain_share(first.low), plain_share(first.high)
    spread = "" if low == high else f", {low} to {high} as far as the knowledge goes"
    text = f"{word[:1].upper()}{word[1:]} ({plain_share(first.prob)}{spread})"
    text += f"; next {kind_name(second.id).split(' (')[0]} ({plain_share(second.prob)})."
    # over several groups the chance of a second kind adds up, though one cause may explain them all
    others = weighing.kinds[1:] if len(weighing.groups) <= 1 else ()
    seconds = (k for k in others if (k.prob_each or 0.0) >= ALSO and k.prob < ALSO)
    also = [k for k in seconds if _open(k.id, weighing)]
    text += "".join(
        f" {kind_name(k.id).capitalize()} may be true at the same time: the same cause can bring both."
        for k in also
        if _carried(k.id, weighing)
    )
    return text if weighing.separable else f"{text} {UNSEPARATED if first.prob >= MOSTLY else NOT_SEPARATED}"


def _carried(kind: str, weighing: Weighing) -> bool:
    """Whether a cause that is named brings this kind beside its own."""
    known = load().conditions
    return any(kind in known[c.id].also_kind for c in weighing.causes if c.prob >= NAMED and c.id in known)


def _open(kind: str, weighing: Weighing) -> bool:
    """Whether a second kind may be told beside the first: metastatic only where the serum speaks for it."""
    if kind != "metastatic":
        return True
    return any(c.feature == SERUM and c.supports in ("metastatic", "both") for c in weighing.compared)


def _causes(weighing: Weighing) -> str:
    named = [c for c in weighing.causes if c.prob >= NAMED][:SHOWN_CAUSES]
    if named:
        text = "; ".join(_cause(c) for c in named)
        return f"{text[:1].upper()}{text[1:]}."
    near = "; ".join(_cause(c) for c in weighing.causes[:SHOWN_CAUSES])
    return f"The cause is not known: none reaches {NAMED}. Nearest: {near}."


def _cause(cause: Cause) -> str:
    share = NO_SHARE_WORDS if cause.id in NO_SHARE else plain_share(cause.prob)
    return f"{plain_name(cause.id)} ({share})"


def _why(weighing: Weighing) -> str:
    reasons = weighing.causes[0].because if weighing.causes else ()
    speaking = [_short(finding_words(r)) for r in reasons if r.direction is Direction.FOR]
    against = [r for r in reasons if r.direction is Direction.AGAINST and r.lr <= STRONG_AGAINST]
    text = "; ".join(dict.fromkeys(speaking[:SHOWN_REASONS])) or "nothing known speaks strongly for it"
    if against:
        text += f". Against: {_short(finding_words(min(against, key=lambda r: r.lr)))}"
    return f"{text[:1].upper()}{text[1:]}."


def _test(test: NextTest) -> str:
    """Return a test, with the place that it should show where no deposit is known yet."""
    place = re.search(r"at its usual place: (.*)$", test.why)
    return test_name(test.id).replace("of the place", f"of {unmarked(place[1])}" if place else "of the place")


def _short(words: str) -> str:
    """Return a finding without what was noted beside it."""
    return re.sub(r" \((?:told with certainty [\d.]+|at another deposit)\)", "", words)


def _next(weighing: Weighing) -> str:
    loud = [f for f in weighing.floors if not f.quiet]
    parts = [f"the warning above first, {how_soon(loud[0].how_soon)}"] if loud else []
    tests = [_test(t) for t in weighing.next_tests[:SHOWN_TESTS]]
    parts += tests
    if not tests and weighing.kinds:
        parts.append("no further test would change this answer by much; the options below are next")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
