"""Deposits that only words tell of: from a sentence that says there is calcium, its place and look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kossa.evidence import DepositGroup, Finding, Material, Modality, Side, Source, State, ToldDeposit, Whose
from kossa.evidence.vocabulary import ancestors, term
from kossa.history.foreign import english, sentences_in
from kossa.history.levelled import Sentence
from kossa.history.lexicon import Match
from kossa.history.scope import Scope
from kossa.history.statements import statements
from kossa.history.stones import STONE_SITES, pictures, seen_stone
from kossa.history.unseen import elsewhere
from kossa.history.words import CALCIUM, VIEWED, find

__all__ = ["LAYERS", "Told", "group", "most_specific", "short", "told", "told_findings"]

_PHYSIOLOGICAL = "site_physiologic"
_NODULE, _CHEST = "site_lung_nodule", "site_chest"
_ZONES = frozenset(f"site_lung_{part}" for part in ("upper_zone", "middle_zone", "lower_zone", "apex"))
# layers of the body: they say what the calcium lies in, and a place says where
LAYERS = frozenset(
    {"site_soft_tissue", "site_skin", "site_subcutis", "site_muscle", "site_fascia", "site_scar"}
)
_LONGEST = 160  # characters of a sentence that are quoted


@dataclass(frozen=True, slots=True)
class Told:
    """A deposit's place and look as one text tells them; `certainty` is that of the calcium itself."""

    sites: tuple[tuple[str, Side], ...]
    patterns: tuple[str, ...]
    tissue: str | None
    words: str
    certainty: float
    source: Source | None = None
    physiological: bool = False


def _calcium(sentence: Sentence) -> tuple[float | None, list[int]]:
    """How sure a sentence says that there is calcium, None where not, and at which words."""
    padded = sentence.level + " "  # some stems end at a word's end
    sure: list[tuple[float, int]] = []
    for place, number in sentence.offsets.items():
        stem = next((s for s in CALCIUM if padded.startswith(s, place)), None)
        if stem is None or (number and sentence.words[number - 1].level == "non"):
            continue  # a non-calcified node is no deposit
        if elsewhere(sentence, number):
            continue  # nor is `no other calcification`
        match = Match((), number, number + stem.strip().count(" "), len(stem))
        said = Scope(sentence, (match,)).said(match)
        if said.whose is Whose.PERSON and said.state is State.PRESENT:
            sure.append((said.certainty, number))
    return (sure[0][0] if sure else None), [number for _, number in sure]


def most_specific(ids: Iterable[str]) -> list[str]:
    """Return the ids that are not above another one, each once."""
    found = list(dict.fromkeys(ids))
    above = {a for id_ in found for a in ancestors(id_)}
    return [id_ for id_ in found if id_ not in above]


def told(
    text: str,
    *,
    context: str = "",
    field: str = "imaging",
    source: Source | None = None,
    language: str = "English",
) -> list[Told]:
    """Return the deposits that a text tells of; `context` is where the picture was taken.

    A sentence that denies calcium, or speaks of a relative, tells none.
    """
    found = []
    for sentence in sentences_in(text, language):
        said, words = _calcium(sentence)
        stone = seen_stone(sentence, pictured=field == "imaging" or pictures(english(context, language)))
        if said is None and stone is None:
            continue

        def placed(part: str) -> bool:
            return any(term(f.id).kind == "site" for f in find(part, field=field, language=language)[0])

        for part in statements(sentence, words, placed):
            # beside a word that tells of calcium the places count
            about = part if said is not None else f"calcification: {part}"
            here, _ = find(about, field=field, source=source, language=language)
            one = _one(here, sentence, stone=said is None)
            one = replace(one, certainty=said or stone or 0.0, source=source)
            found.append(_where(one, context, field, source, language))
    return found


def _one(here: Sequence[Finding], sentence: Sentence, *, stone: bool) -> Told:
    """The deposit of a statement's findings: looks the surest first, and no place that was only pictured."""
    present = [f for f in here if f.state is State.PRESENT and f.whose is Whose.PERSON]
    sure = [f for f in present if term(f.id).kind != "site" or f.certainty > VIEWED]
    sites = _sites(sure, sentence.written) or _sites(present, sentence.written)
    if stone:
        sites = [(STONE_SITES.get(id_, id_), side) for id_, side in sites]
    looks = sorted((f for f in present if term(f.id).kind == "pattern"), key=lambda f: -f.certainty)
    tissues = [f.id for f in present if term(f.id).kind == "tissue" or f.id in LAYERS]
    return Told(
        tuple(sites), tuple(most_specific(f.id for f in looks)), tissues[0] if tissues else None,
        short(sentence.written), 1.0, physiological=any(f.id == _PHYSIOLOGICAL for f in present),
    )  # fmt: skip


def _where(one: Told, context: str, field: str, source: Source | None, language: str) -> Told:
    """The deposit with the place where the picture was taken, if it names a layer of the body alone."""
    sites = list(one.sites)
    if context and all(id_ in LAYERS for id_, _ in sites):
        # `Film of the thighs: calcification in the subcutaneous fat` lies in the thighs
        around, _ = find(f"calcification of {context}", field=field, source=source, language=language)
        sites = [s for s in _sites(around) if s[0] not in LAYERS] or sites
    return replace(one, sites=tuple(_on_film(sites, context)))


def short(words: str) -> str:
    """Return the words to quote, cut between two of them."""
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " ..."


def _on_film(sites: Sequence[tuple[str, Side]], context: str) -> list[tuple[str, Side]]:
    """Vessels that a mammogram shows are the breast's."""
    if "mammogra" not in context.lower():
        return list(sites)
    return [("site_breast_artery" if id_ == "site_vessel" else id_, side) for id_, side in sites]


def _apart(one: Finding, other: Finding, sentence: str) -> bool:
    """Say whether two places are named as two: `the basal ganglia and the dentate nuclei`."""
    joined = r"(?:\w+\s+)?(?:,|,? (?:and|und|et)|&|,? as well as)\s+(?:the |both |left |right )*"
    first, last = (re.escape(f.words or "") for f in (one, other))
    pattern = rf"{first}\s*{joined}{last}|{last}\s*{joined}{first}"
    return bool(first and last and re.search(pattern, sentence, re.IGNORECASE))


def _sites(found: Sequence[Finding], sentence: str = "") -> list[tuple[str, Side]]:
    """The places named, most specific first; a layer of the body is none where a place is named too."""
    placed = [f for f in found if term(f.id).kind == "site"]
    kept = set(most_specific(f.id for f in placed))
    for wide in [f for f in placed if f.id not in kept]:
        narrow = [f for f in placed if f.id in kept and wide.id in ancestors(f.id)]
        if narrow and all(_apart(wide, f, sentence) for f in narrow):
            kept.add(wide.id)
    if _NODULE in kept:
        kept -= _ZONES  # a nodule in the upper zone is one deposit
        if any(id_ not in LAYERS and _CHEST not in {id_, *ancestors(id_)} for id_ in kept):
            kept -= {_NODULE}  # `granulomas in the spleen` are not in the lung
    kept -= {_PHYSIOLOGICAL} if len(kept) > 1 else set()
    named = [
        (f.id, side)
        for f in placed
        if f.id in kept and f.id not in LAYERS
        for side in ([f.side] if f.side is not Side.UNKNOWN else _sides_above(f, placed))
    ]
    return list(dict.fromkeys(named)) or [(f.id, f.side) for f in placed if f.id in kept]


def _sides_above(one: Finding, placed: Sequence[Finding]) -> list[Side]:
    """The sides of the wider place that a place without a side is part of: `tips of the left thumb`."""
    wide = ancestors(one.id)
    sides = [f.side for f in placed if f.id in wide and f.side is not Side.UNKNOWN]
    return list(dict.fromkeys(sides)) if term(one.id).sided and sides else [one.side]


def group(all_told: Sequence[Told]) -> tuple[tuple[ToldDeposit, ...], tuple[DepositGroup, ...]]:
    """Return deposits and groups: the same place and side told twice is one deposit."""
    merged: dict[tuple[str | None, Side], list[Told]] = {}
    for one in all_told:
        for site, side in one.sites or ((None, Side.UNKNOWN),):
            merged.setdefault((site, side), []).append(one)
    if len(merged) > 1:
        merged.pop((None, Side.UNKNOWN), None)  # a deposit without a place beside placed ones is one of them
    for site, side in list(merged):
        sided = [key for key in merged if key[0] == site and key[1] is not Side.UNKNOWN]
        if side is Side.UNKNOWN and sided:  # told once with its side and once without
            merged[sided[0]].extend(merged.pop((site, side)))
    for site, side in list(merged):
        if side in (Side.LEFT, Side.RIGHT) and (site, Side.BOTH) in merged:  # `right hand`, and `both hands`
            merged[site, Side.BOTH].extend(merged.pop((site, side)))
    deposits, groups = [], []
    for number, ((site, side), tellers) in enumerate(merged.items(), 1):
        patterns = tuple(dict.fromkeys(p for t in tellers for p in t.patterns))
        words = tellers[0].words
        natural = all(t.physiological for t in tellers)
        material = Material.PHYSIOLOGICAL if natural else Material.CALCIFICATION
        deposits.append(
            ToldDeposit(
                id=f"w{number}", modality=Modality.WORDS, site=site, side=side, group=f"gw{number}",
                site_certainty=max(t.certainty for t in tellers) if site else 0.0,
                site_reason="named in the words" if site else "", patterns=patterns,
                tissue=next((t.tissue for t in tellers if t.tissue), None), words=words,
                source=tellers[0].source, reason="told in words", material=material,
            )
        )  # fmt: skip
        groups.append(
            DepositGroup(
                id=f"gw{number}", deposits=(f"w{number}",), site=site, side=side,
                pattern=patterns[0] if patterns else None, words=words, material=material,
            )
        )  # fmt: skip
    return tuple(deposits), tuple(groups)


def told_findings(found: Sequence[Finding]) -> list[Told]:
    """Return deposits of coded findings: a place whose term speaks of calcium (`Nephrocalcinosis`)."""
    out = []
    for one in found:
        words = (one.words or "").lower()
        placed = one.state is State.PRESENT and term(one.id).kind == "site"
        if placed and ("calc" in words or "ossif" in words):
            out.append(Told(((one.id, one.side),), (), None, one.words or "", one.certainty, one.source))
    return out
