"""Phrases in a text -> findings, each with how it is meant; and what was not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from kossa.evidence import Finding, Side, Source, State
from kossa.evidence.vocabulary import term, terms
from kossa.history.foreign import sentences_in
from kossa.history.lab_words import Verdict, verdicts
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match, denies, matches, shapes
from kossa.history.scope import Said, Scope
from kossa.history.stones import seen_stone
from kossa.history.unseen import denies_calcium, denies_elsewhere

__all__ = ["CALCIUM", "VIEWED", "find", "speaks_of_calcium"]

# words that make a sentence one about a deposit: a place named in another sentence is not the deposit's
CALCIUM = (
    "calcif", "calcin", "calcar", "ossif", "mineral", "chalk", "phlebolith", "microcalc", "nephrocalc",
    "chondrocalc", "heterotopic bone",
    "bone formation", "bony", "bone like", "bone hard", "bone density", "concretion", "gritty", "stony",
    "stone hard", "rock hard", "tram track", "popcorn", "von kossa", "alizarin", "white material",
    "white stony", "white salts", "hard deposit", "eggshell", "psammoma", "osteoma cutis", "tumoral calc",
    "calcium deposit", "calcium foci", "calcium in ", "calcium along", "calcium on ", "calcium within",
    "calcium salts in ", "deposits of calcium", "deposition of calcium", "sheets of calcium",
    "plates of calcium", "porcelain", "opll", "band keratopathy", "band shaped keratopathy",
)  # fmt: skip
_LUMP = (
    "lump", "nodul", "mass", "plaque", "papule", "bump", "tumor", "lesion", "growth",
    "hard", "deposit", "opacit", "ulcer", "wound", "eschar", "necro", "gangren", "infusion", "drip",
    "calcium gluconate", "calcium chloride", "leaked",
)  # fmt: skip
_RESULT = re.compile(r"\d\s?(?:[munp]?g|[munpµ]?mol|[mµ]?[uU]|m?IU|meq)/(?:[dm]?[lL]|mmol)\b")
# `54 y old lady`
_ONLY_AGE = re.compile(r"(?i)\d{1,3}[ -]?(?:y|yo|yrs?|years?|months?)[ -]?(?:old)?[ -]?\w*")
_SAME = ("same", "similar", "affected", "alike", "likewise", "also")
_HARD = ("hard", "firm", "stone", "rigid")
_TISSUE = (
    "biops",
    "histolog",
    "patholog",
    "microscop",
    "specimen",
    "stain",
    "section show",
    "aspirat",
    "cytolog",
)
_PICTURE = (
    "film ",
    "radiograph",
    "x ray",
    "xray",
    "ct ",
    "mri ",
    "scan",
    "ultrasound",
    "mammogra",
    "sonogra",
)
_LUMP_FIELDS = frozenset({"symptoms", "imaging", "letter"})
_WORDED = 0.9  # certainty of a laboratory verdict in words, without a number (judgement)
_LUMP_CERTAINTY = 0.6  # a lump told as the complaint is the deposit more often than not (judgement)
_LUMP_BEFORE = 0.5  # a lump in the history may be another one (judgement)
_HEADING_WORDS = 5  # `PMH:`, `Past medical history:` say nothing themselves
_VIEW = frozenset(
    {"film", "films", "radiograph", "radiographs", "xr", "xray", "ray", "rays", "ct", "mri", "scan", "scans",
     "ultrasound", "biopsy", "biopsies"}
)  # fmt: skip
_WRITER = frozenset(
    {"letter", "clinic", "unit", "summary", "outpatient", "outpatients", "ward", "department"}
)
_TITLES = frozenset({"name", "mrs", "miss", "prof", "herr", "frau", "madame", "monsieur", "mme"})
VIEWED = 0.5  # the part that was pictured or cut holds the place, which the sentence names apart (judgement)
_MEASURED = frozenset({"lab", "antibody"})  # where a verdict is read as a whole, its parts are not
_LOCAL = frozenset({"site", "tissue", "spread", "course"})  # of the deposit, where calcium is spoken of


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
    padded = f" {level} "
    return any(" " + stem in padded for stem in stems)


def speaks_of_calcium(sentence: Sentence) -> bool:
    """Whether a sentence is about a deposit."""
    return _starts(sentence.level, CALCIUM)


_SIDES = {
    "left": Side.LEFT,
    "right": Side.RIGHT,
    "both": Side.BOTH,
    "bilateral": Side.BOTH,
    "bilaterally": Side.BOTH,
}


_PART = frozenset({"fat", "muscle", "muscles", "region", "tissue", "area", "skin", "tendon", "side"})
_OTHER_THING = frozenset({"with", ",", ";", "but", "(", "on"})


def _side(sentence: Sentence, match: Match) -> Side:
    """The nearest word of a side before the place, else just behind it (`thigh, left`)."""
    before = [w.level for w in sentence.words[max(0, match.first - 4) : match.first]]
    cut = max((n for n, w in enumerate(before) if w in _OTHER_THING), default=-1)
    before = before[cut + 1 :]
    behind = [w.level for w in sentence.words[match.last + 1 : match.last + 7]]
    if behind and behind[0] in _PART:  # `gluteal fat on both sides`
        del behind[0]
    after = behind[:2]
    if after[:1] == ["bilaterally"] or after in (["on", "both"], ["both", "side"], ["both", "sides"]):
        return Side.BOTH
    compared = set(behind[:5])
    if after[:1] in ([","], ["("]) and {"left", "right"} <= compared:  # `fingertips, right > left`
        return Side.BOTH
    if after == ["on", "the"]:  # `nodes on the right`
        after = behind[2:3]
    for place, word in reversed(list(enumerate(before))):
        if word in _SIDES:
            if before[place + 1 :] == ["and"]:
                continue  # `a stone on the left and nephrocalcinosis`: the side is the other's
            return Side.BOTH if {"left", "right"} <= set(before) and "and" in before else _SIDES[word]
    named = [w for w in after if w in _SIDES] if after and after[0] in (",", "(", *_SIDES) else []
    return _SIDES[named[0]] if named else Side.UNKNOWN


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
    if said.state is not State.UNKNOWN and other and _kind(id_) == "negative":
        turned = State.ABSENT if said.state is State.PRESENT else State.PRESENT  # `not painless`
        return [base, msgspec.structs.replace(base, id=other, state=turned, side=Side.UNKNOWN)]
    return [base]


def _local_certainty(sentence: Sentence, field: str) -> float:
    """How sure a place named in this sentence is a deposit's place; 0 where it does not count."""
    if speaks_of_calcium(sentence) or seen_stone(sentence, pictured=field == "imaging") is not None:
        return 1.0
    if not _starts(sentence.level, _LUMP) and not _swollen(sentence):
        return 0.0
    return _LUMP_CERTAINTY if field in _LUMP_FIELDS or _starts(sentence.level, _HARD) else _LUMP_BEFORE


def _swollen(sentence: Sentence) -> bool:
    """A swelling is a lump unless it is oedema or a joint's."""
    if not _starts(sentence.level, ("swelling", "swollen")):
        return False
    named = {id_ for match in matches(sentence) for id_, _ in match.ids}
    return not named & {"sx_oedema", "sx_joint_pain"}


def _viewed(sentence: Sentence, match: Match) -> bool:
    """Whether a place only says what was pictured or cut: `skin biopsy`, `XR pelvis`, `film of the hand`."""
    if {sentence.words[match.first].level, sentence.words[match.last].level} & _VIEW:
        return True  # `CT abdomen` is a phrase of its own
    before = [w.level for w in sentence.words[max(0, match.first - 4) : match.first]]
    while before and before[-1] in ("of", "the", "left", "right", "both", "plain"):
        before.pop()
    after = [w.level for w in sentence.words[match.last + 1 : match.last + 3]]
    if after[:1] == ["x"]:
        after.pop(0)
    return bool(before and before[-1] in _VIEW) or bool(after and after[0] in _VIEW)


def _views(sentence: Sentence, found: Sequence[Match]) -> set[int]:
    """Numbers of matches that only say what was pictured, where another one says the place."""
    places = [n for n, m in enumerate(found) if any(_kind(i) == "site" for i, _ in m.ids)]
    viewed = {n for n in places if _viewed(sentence, found[n])}
    return viewed if len(viewed) < len(places) else set()


def _weights(sentence: Sentence, field: str, *, tissue: bool) -> dict[str, float]:
    """How sure ids of a kind are meant of the deposit in this sentence; kinds left out are sure."""
    local = _local_certainty(sentence, field)
    found = dict.fromkeys(_LOCAL, local)
    found["pattern"] = 1.0 if field == "imaging" or local == 1.0 else local
    found["biopsy"] = 1.0 if tissue else 0.0
    return found


def _in_sentence(
    sentence: Sentence, field: str, source: Source | None, *, tissue: bool
) -> tuple[list[Finding], bool]:
    found = [*matches(sentence), *shapes(sentence)]
    negative = frozenset(n for n, m in enumerate(found) if any(_kind(i) == "negative" for i, _ in m.ids))
    scope = Scope(sentence, found, negative)
    weights = _weights(sentence, field, tissue=tissue)
    told = verdicts(sentence)
    judged = {n for v in told for n in range(v.first, v.last + 1)}
    out: list[Finding] = []
    views = _views(sentence, found)
    stone = seen_stone(sentence, pictured=field == "imaging") is not None
    looked = not stone and denies_calcium(
        sentence
    )  # `normal lungs, no calcification`: the lungs are no deposit's place
    for number, match in enumerate(found):
        said = scope.said(match)
        for id_, certainty in match.ids:
            q = min(certainty, weights.get(_kind(id_), 1.0))
            if number in views and _kind(id_) == "site":
                q = min(q, VIEWED)
            if looked and said.state is State.PRESENT and _kind(id_) in _LOCAL:
                q = 0.0
            if said.state is State.ABSENT:
                q = min(q, denies(id_, sentence.levelled(match.first, match.last)))
            if q and not (_kind(id_) in _MEASURED and judged & set(range(match.first, match.last + 1))):
                out.extend(_one(id_, sentence, match, said, source, q))
    if scope.tells_of_relatives_alike(_SAME + _LUMP + CALCIUM):
        out.append(Finding(id="hx_family_same", words=sentence.written[:80], source=source))
    out.extend(_of_verdict(v, sentence, source) for v in told)
    return out, bool(told) or any(m.ids for m in found) or denies_elsewhere(sentence)


def _of_verdict(verdict: Verdict, sentence: Sentence, source: Source | None) -> Finding:
    words = sentence.quote(verdict.first, verdict.last)
    return Finding(id=verdict.id, state=verdict.state, certainty=_WORDED, words=words, source=source)


def _worth_telling(sentence: Sentence) -> bool:
    """Numbers of a list, results, and names that were taken out are nothing to be listed."""
    if _RESULT.search(sentence.written):
        return False  # a laboratory value: the blood room reads it
    if _ONLY_AGE.fullmatch(sentence.written):
        return False
    if len(sentence.words) <= _HEADING_WORDS and (
        ":" in {w.level for w in sentence.words[-2:]} or _framed(sentence)
    ):
        return False
    return any(w.level.isalpha() and len(w.level) > 2 and w.level not in _TITLES for w in sentence.words)


def _framed(sentence: Sentence) -> bool:
    """Whether a short line only says who writes: `Renal unit - urgent letter`."""
    return bool(_WRITER & {w.level for w in sentence.words})


def _unique(found: list[Finding]) -> list[Finding]:
    """Keep one finding per id, state, whose and side: the surest, at its first place."""
    best: dict[tuple[str, str, str, str], Finding] = {}
    for one in found:
        key = (one.id, one.state, one.whose, one.side)
        if key not in best or one.certainty > best[key].certainty:
            best[key] = one
    return list(best.values())


def find(
    text: str, *, field: str = "history", source: Source | None = None, language: str = "English"
) -> tuple[list[Finding], list[str]]:
    """Return the findings that a text names, and its sentences in which nothing was understood.

    `field` is history, symptoms, imaging, biopsy or letter; a place counts as a deposit's place only
    in a sentence that speaks of calcium (or, as the complaint or on a picture, of a lump).
    """
    found: list[Finding] = []
    not_understood: list[str] = []
    all_sentences = sentences_in(text, language)
    section = -1  # the paragraph whose later sentences speak of a tissue section
    for sentence in all_sentences:
        if _starts(sentence.level, _TISSUE):
            section = sentence.paragraph
        tissue = field == "biopsy" or (
            section == sentence.paragraph and not _starts(sentence.level, _PICTURE)
        )
        here, understood = _in_sentence(sentence, field, source, tissue=tissue)
        found.extend(here)
        if not understood and _worth_telling(sentence):
            not_understood.append(sentence.written)
    return _unique(found), not_understood
