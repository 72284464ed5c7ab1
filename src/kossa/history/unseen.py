"""Whether a sentence denies calcium: `no calcification seen`, `von Kossa negative`.

A place named in such a sentence is where somebody looked, and no deposit's place.
"""

from __future__ import annotations

import re

from kossa.evidence import State, Whose
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match
from kossa.history.scope import Scope

__all__ = ["PAST", "denies_calcium", "denies_elsewhere", "elsewhere"]

# narrower than the words that tell of calcium: `no bony injury` and `no mineral disorder` deny no deposit
_STEMS = (
    "calcif", "calcinos", "microcalc", "nephrocalc", "chondrocalc", "ossif", "calcium deposit",
    "deposits of calcium", "phlebolith", "von kossa", "alizarin", "heterotopic bone",
)  # fmt: skip
PAST = "past"  # `no history of calcification` is no look


# `no calcification elsewhere` says that there is some at the place told before
_BEFORE = re.compile(
    r"\b(?:(?:otherwi[sz]e|elsewhere|else) (?:no|without|not any|free of)|"
    r"(?:no|without|not any) (?:\w+ )?(?:other|others|further|additional|more))(?: [\w,]+){0,5} $"
)
_BEHIND = re.compile(r"\S+(?: (?!but\b)[\w]+){0,6} (?:elsewhere|otherwi[sz]e|else)\b")


def elsewhere(sentence: Sentence, number: int) -> bool:
    """Whether calcium at a word is denied of other places alone: `no other calcification`."""
    place = next(p for p, n in sentence.offsets.items() if n == number)
    before, behind = sentence.level[:place], sentence.level[place:]
    if _BEFORE.search(before):
        return True
    denied = {"no", "without", "not"} & set(before.split()[-4:]) or re.match(
        r"\S+ (?:is|was)? ?not\b", behind
    )
    return bool(denied) and _BEHIND.match(behind) is not None


def denies_elsewhere(sentence: Sentence) -> bool:
    """Whether a sentence says `no other calcification`: understood, though it tells nothing new."""
    padded = sentence.level + " "
    return any(
        elsewhere(sentence, number)
        for place, number in sentence.offsets.items()
        if padded.startswith(_STEMS, place)
    )


def denies_calcium(sentence: Sentence) -> bool:
    """Whether a sentence denies calcium of the person, and says nowhere that there is some."""
    padded = sentence.level + " "
    unseen = False
    for place, number in sentence.offsets.items():
        stem = next((s for s in _STEMS if padded.startswith(s, place)), None)
        if stem is None:
            continue
        if number and sentence.words[number - 1].level == "non":
            return False  # a non-calcified plaque: one thing is not, and nothing is said of the rest
        if elsewhere(sentence, number):
            continue  # of other places than those told before
        match = Match((), number, number + stem.strip().count(" "), len(stem))
        said = Scope(sentence, (match,)).said(match)
        if said.state is not State.ABSENT or said.whose is not Whose.PERSON or said.when == PAST:
            return False
        unseen = True
    return unseen
