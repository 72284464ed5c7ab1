"""Stones of the body that somebody saw: in kidney, ureter, bladder, appendix, gallbladder, a duct.

A stone counts as calcium where a picture shows it or it is measured: `CT: two stones in the right kidney`,
`8 mm appendicolith`. `Kidney stones in 2010` is a history. Four of five kidney stones hold calcium, and so
does what a radiograph or a CT shows as a stone elsewhere (recalled); a gallstone of an ultrasound may not.
"""

from __future__ import annotations

import re

from kossa.evidence import State, Whose
from kossa.history.levelled import Sentence, level_phrase
from kossa.history.lexicon import Match
from kossa.history.scope import Scope

__all__ = ["STONE_SITES", "pictures", "seen_stone"]

STONE = 0.8  # certainty that a stone holds calcium (recalled: four of five of the kidney's)
# a stone told in an organ lies in its hollow
STONE_SITES = {"site_kidney_any": "site_renal_stone", "site_kidney_parenchyma": "site_renal_stone"}
_NO_STONE = (
    r"(?! (?:hard|like|cutter|mason|carver|dust|quarry|man|worker|former|disease|clinic|analysis|attacks?)\b)"
)
_STONES = re.compile(
    rf"\b(?:(?:gall)?stones?{_NO_STONE}|calcul(?:us|i)|(?:appendico|feca|copro|sialo|nephro|uretero|cysto)liths?|"
    r"(?:nephro|uro|uretero|cholecysto|chole|choledocho|sialo|pancreato)lithias[ie]s)\b"
)
_PICTURED = re.compile(
    r"\b(?:ct|kub|radiographs?|x ?rays?|films?|ultraso\w+|sonogra\w+|scans?|urogra\w+|mri|imaging)\b"
)
_MEASURED = re.compile(r"\b\d+(?:[.,]\d+)?(?: ?x ?\d+(?:[.,]\d+)?)? ?(?:mm|cm)\b")
_BY_DENSITY = re.compile(r"\b(?:ct|kub|radiographs?|x ?rays?|films?|radiopaque|radio opaque|calcif\w+)\b")
_GALL = re.compile(r"\b(?:gallstones?|cholecysto|chole|choledocho)")
_GONE = re.compile(
    r"\b(?:passed|removed|lithotripsy|fragmented|extracted|treated|former|formerly|past|previous\w*)\b"
)


def pictures(context: str) -> bool:
    """Whether words name a picture: the heading of a report."""
    return bool(_PICTURED.search(level_phrase(context)))


def seen_stone(sentence: Sentence, *, pictured: bool = False) -> float | None:
    """How sure a sentence tells of a stone as seen; None where it denies one or tells of an earlier one.

    `pictured` says that the sentence is of a picture's report.
    """
    level = sentence.level
    if _GONE.search(level) or not (pictured or _PICTURED.search(level) or _MEASURED.search(level)):
        return None
    for one in _STONES.finditer(level):
        number = sentence.offsets.get(one.start())
        if number is None or (_GALL.match(one.group()) and not _BY_DENSITY.search(level)):
            continue
        match = Match((), number, number, len(one.group()))
        said = Scope(sentence, (match,)).said(match)
        past = said.when is not None and said.when.startswith("past")
        if said.state is State.PRESENT and said.whose is Whose.PERSON and not past:
            return min(said.certainty, STONE)
    return None
