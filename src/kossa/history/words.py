"""Phrases in a text -> findings, each with how it is meant; and what was not understood."""

from __future__ import annotations

from functools import cache

import msgspec

from kossa.evidence import Finding, Side, Source, State
from kossa.evidence.vocabulary import term, terms
from kossa.history.levelled import Sentence, sentences
from kossa.history.lexicon import Match, matches
from kossa.history.scope import Said, Scope

__all__ = ["CALCIUM", "find", "speaks_of_calcium"]

# words that make a sentence one about a deposit: a site named in another sentence is not the deposit's
CALCIUM = (
    "calc", "ossif", "mineral", "chalk", "phlebolith", "microcalc", "heterotopic bone", "bone formation",
    "bony", "bone like", "concretion", "gritty", "stony", "stone hard", "rock hard", "tram track", "popcorn",
    "von kossa", "alizarin", "white material", "deposits", "eggshell", "salts",
)  # fmt: skip
_LUMP = ("lump", "nodul", "mass", "swelling", "plaque", "papule", "bump", "tumor", "lesion", "growth")
_LUMP_FIELDS = frozenset({"symptoms", "imaging"})
_LUMP_CERTAINTY = 0.6  # a lump told as the complaint is the deposit more often than not (judgement)
_LOCAL = ("site", "tissue")


@cache
def _kind(id_: str) -> str:
    return term(id_).kind


@cache
def _opposites() -> dict[str, str]:
    """neg_* id -> the first id that it denies (`neg_no_injury` -> `hx_trauma`)."""
    found: dict[str, str] = {}
    for one in terms().values():
        if one.negated_as not in ("", "absent"):
            found.setdefault(one.negated_as, one.id)
    return found


def _opposite(id_: str) -> str | None:
    negated = term(id_).negated_as
    return _opposites().get(id_) if negated in ("", "absent") else negated


def _starts(level: str, stems: tuple[str, ...]) -> bool:
    padded = " " + level
    return any(" " + stem in padded for stem in stems)


def speaks_of_calcium(sentence: Sentence) -> bool:
    """Whether a sentence is about a deposit."""
    return _starts(sentence.level, CALCIUM)


def _side(sentence: Sentence, match: Match) -> Side:
    words = {w.level for w in sentence.words[max(0, match.first - 4) : match.last + 3]}
    if words & {"bilateral", "bilaterally", "both"} or {"left", "right"} <= words:
        return Side.BOTH
    if "left" in words:
        return Side.LEFT
    return Side.RIGHT if "right" in words else Side.UNKNOWN


def _one(
    id_: str, sentence: Sentence, match: Match, said: Said, source: Source | None, q: float
) -> list[Finding]:
    sided = term(id_).sided
    base = Finding(
        id=id_,
        state=said.state,
        certainty=min(said.certainty, q),
        whose=said.whose,
        when=said.when,
        side=_side(sentence, match) if sided else Side.UNKNOWN,
        words=sentence.quote(match.first, match.last),
        source=source,
    )
    other = _opposite(id_)
    if said.state is State.ABSENT and term(id_).negated_as == other:
        return [base, msgspec.structs.replace(base, id=other, state=State.PRESENT, side=Side.UNKNOWN)]
    if said.state is State.PRESENT and other and _kind(id_) == "negative":
        return [base, msgspec.structs.replace(base, id=other, state=State.ABSENT, side=Side.UNKNOWN)]
    return [base]


def _local_certainty(sentence: Sentence, field: str) -> float:
    """How sure a place named in this sentence is a deposit's place; 0 where it does not count."""
    if speaks_of_calcium(sentence):
        return 1.0
    if field in _LUMP_FIELDS and _starts(sentence.level, _LUMP):
        return _LUMP_CERTAINTY
    return 0.0


def _in_sentence(sentence: Sentence, field: str, source: Source | None) -> tuple[list[Finding], bool]:
    found = matches(sentence)
    negative = frozenset(n for n, m in enumerate(found) if any(_kind(i) == "negative" for i in m.ids))
    scope = Scope(sentence, found, negative)
    local = _local_certainty(sentence, field)
    out: list[Finding] = []
    for match in found:
        said = scope.said(match)
        for id_ in match.ids:
            q = local if _kind(id_) in _LOCAL else 1.0
            if q:
                out.extend(_one(id_, sentence, match, said, source, q))
    return out, bool(found)


def _unique(found: list[Finding]) -> list[Finding]:
    """Keep one finding per id, state, whose and side: the surest, at its first place."""
    best: dict[tuple[str, str, str, str], Finding] = {}
    for one in found:
        key = (one.id, one.state, one.whose, one.side)
        if key not in best or one.certainty > best[key].certainty:
            best[key] = one
    return list(best.values())


def find(
    text: str, *, field: str = "history", source: Source | None = None
) -> tuple[list[Finding], list[str]]:
    """Return the findings that a text names, and its sentences in which nothing was understood.

    `field` is history, symptoms, imaging, biopsy or letter; a place counts as a deposit's place only
    in a sentence that speaks of calcium (or, as the complaint or on a picture, of a lump).
    """
    found: list[Finding] = []
    not_understood: list[str] = []
    for sentence in sentences(text):
        here, understood = _in_sentence(sentence, field, source)
        found.extend(here)
        if not understood:
            not_understood.append(sentence.written)
    return _unique(found), not_understood
