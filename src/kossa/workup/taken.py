"""Which examinations lie in the folder itself: a scan, a film, a stained section answer for their test.

What a picture shows is told by its header's part of the body, by what stands beside it, or by the anatomy
that the reader saw, also where it shows no deposit; the places of its deposits are shown in any case. Where
nothing tells, nothing is assumed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from kossa.evidence import FileKind, FilmKind, FilmReading, Side
from kossa.evidence.vocabulary import ancestors
from kossa.evidence.volume import Examination
from kossa.evidence.words_reading import Examined
from kossa.film.region import body_parts, region_of
from kossa.intake.entry import Entry, Survey
from kossa.workup.look import Looks

__all__ = ["pictures_taken"]

CHEST = "site_chest"
BREAST = "site_breast"
FILM = "film"  # as the reader of films calls itself where it settles a file
CT_HERE, FILM_HERE, BREAST_HERE = (
    "a CT in this folder", "a radiograph in this folder", "a mammogram in this folder"
)  # fmt: skip
MAGNIFIED = 1.4  # of magnification views, 1.5 and more; less is the distance of a plain view (judgement)
# tissue that was taken answers for all three ways of taking it (judgement)
BIOPSIES = ("biopsy_skin_punch", "biopsy_incisional_deep", "biopsy_core_image_guided")

Place = tuple[str | None, Side]


def pictures_taken(met: Survey, exams: Sequence[Examination], looks: Looks) -> Iterator[Examined]:
    """Yield the tests that the folder's own pictures answer, each with the places that they show."""
    for exam in exams:
        yield from _of_scan(met, exam)
    for film, entry in _with_files(met, looks.films):
        yield from _of_film(film, entry)
    if looks.sections:
        for test in BIOPSIES:
            yield _taken(test, "a stained section in this folder", None, Side.UNKNOWN)


def _of_scan(met: Survey, exam: Examination) -> Iterator[Examined]:
    """A scan of the chest is one where header or anatomy say so; where neither does, deposits in it do."""
    region = _scanned(met, exam)
    found = _places((g.site, g.side) for g in exam.reading.groups)
    for site, side in dict.fromkeys([*((s, Side.UNKNOWN) for s in region), *found]):
        yield _taken("ct_noncontrast_of_site", CT_HERE, site, side)
    chest = [p for p in ([(s, Side.UNKNOWN) for s in region] or found) if _in_chest(p[0])]
    for site, side in chest:
        yield _taken("chest_ct", CT_HERE, site, side)


def _of_film(film: FilmReading, entry: Entry | None) -> Iterator[Examined]:
    if film.kind is FilmKind.MAMMOGRAM:
        yield _taken("radiograph_of_site", BREAST_HERE, BREAST, film.side)
        header = entry.header if entry else None
        if header is not None and (header.magnification or 1.0) >= MAGNIFIED:
            yield _taken("mammogram_magnification", BREAST_HERE, BREAST, film.side)
        return
    shown = region_of(entry.header, entry.told) if entry else None
    for site, side in _places([(shown, film.side), *((g.site, g.side) for g in film.groups)]):
        yield _taken("radiograph_of_site", FILM_HERE, site, side)


@cache
def _regions() -> Mapping[str, tuple[str, ...]]:
    """DICOM's word for a part of the body -> the places that a scan of it shows."""
    text = files(__package__).joinpath("ct_regions.csv").read_text(encoding="utf-8")
    trunk = {r["body_part"]: tuple(r["sites"].split("|")) for r in csv.DictReader(text.splitlines())}
    return {word: (site,) for word, site in body_parts().items()} | trunk


def _scanned(met: Survey, exam: Examination) -> tuple[str, ...]:
    """The places that a scan's headers name, where they agree, and those that the reader saw whole."""
    numbers = set(exam.reading.series.files)
    headers = [e.header for e in met.everything() if e.number in numbers]
    words = {"".join(c for c in (h.body_part if h else None) or "" if c.isalpha()).upper() for h in headers}
    told = _regions().get(words.pop(), ()) if len(words) == 1 else ()
    seen = (site for part in exam.reading.limits.whole for site in _regions()[part.upper()])
    return tuple(dict.fromkeys([*told, *seen]))


def _with_files(met: Survey, films: Sequence[FilmReading]) -> Iterator[tuple[FilmReading, Entry | None]]:
    """Yield each film with its file: films are read in the order of their files."""
    read = [
        e
        for e in met.entries
        if e.kind is FileKind.FILM and e.outcome is not None and e.outcome.used_by == FILM
    ]
    known = len(read) == len(films)
    yield from ((film, read[n] if known else None) for n, film in enumerate(films))


def _in_chest(site: str | None) -> bool:
    return site is not None and CHEST in {site, *ancestors(site)}


def _places(seen: Iterator[Place] | Sequence[Place]) -> list[Place]:
    return list(dict.fromkeys(p for p in seen if p[0] is not None))


def _taken(test: str, how: str, site: str | None, side: Side) -> Examined:
    return Examined(test=test, how=how, site=site, side=side)
