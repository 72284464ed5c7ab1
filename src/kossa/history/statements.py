"""The statements of one sentence that tells of calcium twice: each has its own place, side and look.

`Eggshell calcification of hilar nodes, nephrocalcinosis of both kidneys` calls the nodes eggshell, no kidney.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from kossa.history.levelled import Sentence

__all__ = ["statements"]

_STRONG = frozenset({",", ";"})
_WEAK = frozenset({"and", "with", "plus", "but"})


def statements(sentence: Sentence, told: Sequence[int], placed: Callable[[str], bool]) -> list[str]:
    """Return the texts of a sentence's statements; the whole sentence where one of them names no place.

    `told` are the numbers of the words that tell of calcium; `placed` says whether a text names a place.
    """
    whole = [sentence.written]
    cuts = []
    for number, following in pairwise(told):
        cut = _cut(sentence, number, following)
        if cut is not None:
            cuts.append(cut)
    if not cuts:
        return whole
    last = sentence.words[-1].end if sentence.span is None else sentence.span[1]
    first = sentence.words[0].start if sentence.span is None else sentence.span[0]
    starts = [first, *(sentence.words[n].end for n in cuts)]
    ends = [*(sentence.words[n].start for n in cuts), last]
    parts = [" ".join(sentence.text[a:b].split()) for a, b in zip(starts, ends, strict=True)]
    return parts if all(map(placed, parts)) else whole


def _cut(sentence: Sentence, number: int, following: int) -> int | None:
    """The word between two that tell of calcium at which a new statement begins; a comma before an `and`."""
    between = range(number + 1, following)
    for signs in (_STRONG, _WEAK):
        found = [n for n in between if sentence.words[n].level in signs]
        if found:
            return found[-1]
    return None
