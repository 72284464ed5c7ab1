"""Groups on mammograms that are not typically benign: a radiologist reads them before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kossa.evidence import Category, FilmKind, FilmReading, Side

__all__ = ["OpenGroup", "open_groups"]


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Its film and its number on that film's picture, its marks, and how its form is described."""

    film: int
    number: int
    side: Side
    category: Category
    members: tuple[str, ...]


def open_groups(films: Iterable[FilmReading]) -> tuple[OpenGroup, ...]:
    """Return the groups of all mammograms whose form is described as suspicious or is not decided."""
    return tuple(
        OpenGroup(n, k, g.side, g.category, g.members)
        for n, film in enumerate(films, 1)
        if film.kind is FilmKind.MAMMOGRAM
        for k, g in enumerate(film.groups, 1)
        if g.category in (Category.SUSPICIOUS, Category.INDETERMINATE)
    )
