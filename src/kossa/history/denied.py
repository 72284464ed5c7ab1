"""Where a report says that it saw no calcium: `no calcification seen`, `von Kossa negative`.

Such a sentence is what somebody saw, or did not, at one place; it never says that there is none elsewhere.
"""

from __future__ import annotations

from kossa.evidence import Side, Source, Whose
from kossa.evidence.vocabulary import term
from kossa.evidence.words_reading import Denied
from kossa.history.foreign import sentences_in
from kossa.history.told import LAYERS, most_specific, short
from kossa.history.unseen import denies_calcium
from kossa.history.words import find

__all__ = ["denied"]


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
        if not denies_calcium(sentence):
            continue
        named = _places(sentence.written, field, source, language)
        if not named and context:
            named = _places(context, field, source, language)
        for site, side in named or [(None, Side.UNKNOWN)]:
            out.append(Denied(words=short(sentence.written), site=site, side=side, source=source))
    return out


def _places(text: str, field: str, source: Source | None, language: str) -> list[tuple[str | None, Side]]:
    # beside a word that tells of calcium the places count
    here, _ = find(f"calcification of {text}", field=field, source=source, language=language)
    placed = [f for f in here if term(f.id).kind == "site" and f.whose is Whose.PERSON]
    kept = [id_ for id_ in most_specific(f.id for f in placed) if id_ not in LAYERS]
    kept = kept or most_specific(f.id for f in placed)
    return list(dict.fromkeys((f.id, f.side) for f in placed if f.id in kept))
