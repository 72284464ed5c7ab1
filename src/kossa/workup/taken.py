"""Which examinations lie in the folder itself: a scan, a film, a stained section answer for their test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kossa.evidence import FilmKind, Side
from kossa.evidence.vocabulary import ancestors
from kossa.evidence.volume import Examination
from kossa.evidence.words_reading import Examined
from kossa.workup.look import Looks

__all__ = ["pictures_taken"]

CHEST = "site_chest"
# tissue that was taken answers for all three ways of taking it (judgement)
BIOPSIES = ("biopsy_skin_punch", "biopsy_incisional_deep", "biopsy_core_image_guided")


def pictures_taken(exams: Sequence[Examination], looks: Looks) -> Iterator[Examined]:
    """Yield the tests that the folder's own pictures answer, each with the places that they show."""
    for exam in exams:
        for site, side in _places((g.site, g.side) for g in exam.reading.groups):
            yield _taken("ct_noncontrast_of_site", "a CT in this folder", site, side)
            if site is not None and CHEST in {site, *ancestors(site)}:
                yield _taken("chest_ct", "a CT in this folder", site, side)
    for film in looks.films:
        if film.kind is FilmKind.RADIOGRAPH:
            for site, side in _places((g.site, g.side) for g in film.groups):
                yield _taken("radiograph_of_site", "a radiograph in this folder", site, side)
    if looks.sections:
        for test in BIOPSIES:
            yield _taken(test, "a stained section in this folder", None, Side.UNKNOWN)


def _places(seen: Iterator[tuple[str | None, Side]]) -> list[tuple[str | None, Side]]:
    return list(dict.fromkeys(p for p in seen if p[0] is not None))


def _taken(test: str, how: str, site: str | None, side: Side) -> Examined:
    return Examined(test=test, how=how, site=site, side=side)
