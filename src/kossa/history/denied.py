"""Where a report says that it saw no calcium: `no calcification seen`, `von Kossa negative`.

Such a sentence is what somebody saw, or did not, at one place; it never says that there is none elsewhere.
"""

from __future__ import annotations

from kossa.evidence import Side, Source, State, Whose
from kossa.evidence.vocabulary import term
from kossa.evidence.words_reading import Denied
from kossa.history.foreign import sentences_in
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match
from kossa.history.scope import Scope
from kossa.history.told import LAYERS, most_specific, short
from kossa.history.words import find

__all__ = ["denied"]

# narrower than the words that tell of calcium: `no bony injury` and `no mineral disorder` deny no deposit
_STEMS = (
    "calcif", "calcinos", "microcalc", "nephrocalc", "chondrocalc", "ossif", "calcium deposit",
    "deposits of calcium", "phlebolith", "von kossa", "alizarin", "heterotopic bone",
)  # fmt: skip
_PAST = "past"  # `no history of calcification` is no look


def _unseen(sentence: Sentence) -> bool:
    """Whether a sentence denies calcium of the person, and says nowhere that there is some."""
    padded = sentence.level + " "
    unseen = False
    for place, number in sentence.offsets.items():
        stem = next((s for s in _STEMS if padded.startswith(s, place)), None)
        if stem is None:
            continue
        if number and sentence.words[number - 1].level == "non":
            return False  # a non-calcified plaque: one thing is not, and nothing is said of the rest
        match = Match((), number, number + stem.strip().count(" "), len(stem))
        said = Scope(sentence, (match,)).said(match)
        if said.state is not State.ABSENT or said.whose is not Whose.PERSON or said.when == _PAST:
            return False
        unseen = True
    return unseen


def denied(
    text: str,
    *,
    context: str = "",
    field: str = "letter",
    source: Source | None = None,
    language: str = "English",
) -> list[Denied]:
    """Return the sentences that deny calcium, each with the place it speaks of.

    `context` is where the picture was taken, for a sentence that names no place itself.
    """
    out = []
    for sentence in sentences_in(text, language):
        if not _unseen(sentence):
            continue
        named = _places(sentence.written, field, source, language)
        if not named and context:
            named = _places(f"calcification of {context}", field, source, language)
        for site, side in named or [(None, Side.UNKNOWN)]:
            out.append(Denied(words=short(sentence.written), site=site, side=side, source=source))
    return out


def _places(text: str, field: str, source: Source | None, language: str) -> list[tuple[str | None, Side]]:
    here, _ = find(text, field=field, source=source, language=language)
    placed = [f for f in here if term(f.id).kind == "site" and f.whose is Whose.PERSON]
    kept = [id_ for id_ in most_specific(f.id for f in placed) if id_ not in LAYERS]
    kept = kept or most_specific(f.id for f in placed)
    return list(dict.fromkeys((f.id, f.side) for f in placed if f.id in kept))
