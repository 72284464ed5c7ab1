"""What words say of the calcium in a breast beyond its form: a BI-RADS category, `suspicious`, a biopsy.

Such words stand in the sentence of the calcium or in a later one (`BI-RADS 4c.`, `Biopsy recommended.`), and
mean it as long as they name no other thing. Categories: BI-RADS 4 is suspicious, 5 highly suggestive of
malignancy, 0 incomplete until recalled (ACR BI-RADS atlas, 5th edition).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kossa.evidence import Finding, Source
from kossa.evidence.vocabulary import ancestors
from kossa.history.foreign import sentences_in
from kossa.history.levelled import Sentence
from kossa.history.told import Told
from kossa.history.words import speaks_of_calcium

__all__ = ["SUSPICIOUS", "graded"]

SUSPICIOUS = "pattern_mammo_suspicious"
_BREAST, _ARTERY = "site_breast", "site_breast_artery"
_NAMED = r"category|categorie|kategorie|classification|class|klasse|grade|score|stufe|is|of|:|=|\("
_SCALE = rf"\b(?:bi ?rads|acr)(?: (?:{_NAMED}))*"
_CATEGORY = re.compile(rf"{_SCALE} ?(?:4|5|iv|v)(?: ?[abc])?\b")
_INCOMPLETE = re.compile(rf"{_SCALE} ?0\b")
_RECALLED = re.compile(
    r"\b(?:recall\w*|call back|magnification|spot (?:view|compression)|further views?|additional views?)\b"
)
_DOUBTED = re.compile(
    r"\bsuspicious\b|\bsuspicion of (?:malignan|carcinoma|cancer|dcis)\w*|"
    r"\bsuspected (?:dcis|malignan|carcinoma)\w*"
)
_ADVISED = re.compile(
    r"\bbiops(?:y|ies)(?: \w+){0,2} (?:recommend\w*|advi[sz]ed|indicated|suggested|needed|required)\b|"
    r"\b(?:recommend\w*|advi[sz]e|suggest|request|refer\w*|arrange\w*|needs?|for)(?: \w+){0,4} biops(?:y|ies)"
)
_NOT = re.compile(r"\b(?:no|not|non|never|without|neither|nor|excluded|rather than)\b")
# what a category may be given to instead
_OTHER = re.compile(r"\b(?:mass(?:es)?|lesion|nodul\w*|distortion|asymmetr\w*|lump|lymph|node|cyst)\b")


def _said(sentence: Sentence, words: re.Pattern[str]) -> bool:
    """Whether words stand in a sentence and nothing just before or behind denies them."""
    found = words.search(sentence.level)
    if found is None:
        return False
    before = sentence.level[: found.start()].split()[-4:]
    return not _NOT.search(" ".join((*before, found.group())))


def _grave(sentence: Sentence, following: str) -> bool:
    """Whether a sentence, with the next one for the recall, says that calcium is suspicious."""
    if _OTHER.search(sentence.level) and not speaks_of_calcium(sentence):
        return False
    if _said(sentence, _CATEGORY) or _said(sentence, _ADVISED):
        return True
    if _said(sentence, _INCOMPLETE):
        return bool(_RECALLED.search(f"{sentence.level} {following}"))
    return speaks_of_calcium(sentence) and _said(sentence, _DOUBTED)


def _in_breast(one: Told) -> bool:
    return any(s == _BREAST or (_BREAST in ancestors(s) and s != _ARTERY) for s, _ in one.sites)


def graded(
    text: str, told: Sequence[Told], *, source: Source | None = None, language: str = "English"
) -> tuple[list[Told], list[Finding]]:
    """Return the deposits, those of a breast as suspicious where the text calls them so, and that finding."""
    if not any(_in_breast(one) for one in told):
        return list(told), []
    sentences = sentences_in(text, language)
    nexts = [s.level for s in sentences[1:]] + [""]
    grave = next((s for s, after in zip(sentences, nexts, strict=True) if _grave(s, after)), None)
    if grave is None:
        return list(told), []
    out = [replace(one, patterns=_marked(one.patterns)) if _in_breast(one) else one for one in told]
    return out, [Finding(id=SUSPICIOUS, words=grave.written[:80], source=source)]


def _marked(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns of a deposit with that it is suspicious, first unless its own form says it already."""
    if any(p == SUSPICIOUS or SUSPICIOUS in ancestors(p) for p in patterns):
        return patterns
    return (SUSPICIOUS, *patterns)
