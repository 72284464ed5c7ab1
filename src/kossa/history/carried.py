"""What a letter tells of a deposit's place outside its own sentence: the lump of the complaint, its side.

`Painful lump of the left knee. Radiograph: calcified mass with a rim.` is one thing, at the left knee.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kossa.evidence import Finding, Side, State, Whose
from kossa.evidence.vocabulary import ancestors, term
from kossa.history.foreign import sentences_in
from kossa.history.told import LAYERS, Told, most_specific
from kossa.history.words import find

__all__ = ["carried"]

_LUMP = re.compile(r"\b(?:mass|masses|lumps?|nodul\w*|lesion|tumor|swelling|growth|deposits?)\b")
# a sentence of the complaint, whose place is the deposit's where they are the same
_COMPLAINT = frozenset(
    {"sx_pain", "sx_joint_pain", "sx_hard_nodule", "hx_trauma", "sx_inflammation", "sx_function_loss"}
)


def carried(text: str, told: Sequence[Told], *, language: str = "English") -> list[Told]:
    """Return the deposits, with the place of the one lump and the one side that other sentences tell."""
    if all(one.sites and all(side is not Side.UNKNOWN for _, side in one.sites) for one in told):
        return list(told)
    lumps, mentioned = _mentions(text, language)
    out = []
    for one in told:
        sites = one.sites or (tuple(lumps) if len(lumps) == 1 and _is_lump(one, language) else ())
        sites = tuple((id_, _side(id_, side, mentioned)) for id_, side in sites)
        out.append(replace(one, sites=sites))
    return out


def _is_lump(one: Told, language: str) -> bool:
    return any(_LUMP.search(s.level) for s in sentences_in(one.words, language))


def _mentions(text: str, language: str) -> tuple[list[tuple[str, Side]], list[Finding]]:
    """The places of lumps that the complaint tells, and every place that it names, with its side."""
    lumps: list[tuple[str, Side]] = []
    mentioned: list[Finding] = []
    for sentence in sentences_in(text, language):
        here, _ = find(f"calcification: {sentence.written}", field="letter", language=language)
        own = [f for f in here if f.state is State.PRESENT and f.whose is Whose.PERSON]
        lump = _LUMP.search(sentence.level) is not None
        if not lump and not {f.id for f in own} & _COMPLAINT:
            continue
        placed = [f for f in own if term(f.id).kind == "site"]
        mentioned += placed
        if lump:
            kept = [i for i in most_specific(f.id for f in placed) if i not in LAYERS]
            lumps += [(f.id, f.side) for f in placed if f.id in kept]
    return list(dict.fromkeys(lumps)), mentioned


def _side(id_: str, side: Side, mentioned: Sequence[Finding]) -> Side:
    """The side of a place; where it has none, the one that the complaint gives the same place."""
    if side is not Side.UNKNOWN or not term(id_).sided:
        return side
    family = {id_, *ancestors(id_)}
    sides = {f.side for f in mentioned if f.id in family and f.side is not Side.UNKNOWN}
    return next(iter(sides)) if len(sides) == 1 else side
