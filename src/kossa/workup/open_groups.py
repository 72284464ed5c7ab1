"""Groups in a breast that are not typically benign: a radiologist reads them before anything else.

A film's groups count whose form is suspicious or not decided; of groups that only words tell, those that the
words call suspicious.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kossa.evidence import Category, DepositGroup, FilmKind, FilmReading, Side
from kossa.evidence.vocabulary import ancestors

__all__ = ["OpenGroup", "open_groups"]

SUSPICIOUS, BREAST = "pattern_mammo_suspicious", "site_breast"


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Its film (None: told in words) and its number there, its marks, and how its form is described."""

    film: int | None
    number: int
    side: Side
    category: Category
    members: tuple[str, ...]


def open_groups(films: Iterable[FilmReading], told: Iterable[DepositGroup] = ()) -> tuple[OpenGroup, ...]:
    """Return the groups of all mammograms whose form is described as suspicious or is not decided.

    `told` are the person's groups: those of a breast that words call suspicious follow the films'.
    """
    filmed = tuple(
        OpenGroup(n, k, g.side, g.category, g.members)
        for n, film in enumerate(films, 1)
        if film.kind is FilmKind.MAMMOGRAM
        for k, g in enumerate(film.groups, 1)
        if g.category in (Category.SUSPICIOUS, Category.INDETERMINATE)
    )
    known = {member for g in filmed for member in g.members}
    spoken = (g for g in told if _told_suspicious(g) and not known & set(g.deposits))
    return filmed + tuple(
        OpenGroup(None, k, g.side, Category.SUSPICIOUS, g.deposits) for k, g in enumerate(spoken, 1)
    )


def _told_suspicious(group: DepositGroup) -> bool:
    """Whether a group is one of a breast that only words tell, as suspicious."""
    if not group.words or group.volume_mm3 is not None or group.pattern is None or group.site is None:
        return False
    return SUSPICIOUS in {group.pattern, *ancestors(group.pattern)} and BREAST in {
        group.site,
        *ancestors(group.site),
    }
