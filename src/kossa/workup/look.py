"""Films and stained sections of a folder: what their readers say, beside the scans and the words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kossa.evidence import FileKind, FilmReading, Finding, Notice, SectionReading
from kossa.evidence.progress import Progress
from kossa.intake.entry import Survey

if TYPE_CHECKING:
    from kossa.film.view import FilmView
    from kossa.section.view import SectionView

__all__ = ["Looks", "look"]

DRAWN = 40  # films, and sections, that are drawn; the rest is told in words (judgement: size of the page)


@dataclass(frozen=True)
class Looks:
    """The readings of all films and sections, what comparing sections told, and what is drawn of them."""

    films: tuple[FilmReading, ...] = ()
    sections: tuple[SectionReading, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    film_views: tuple[FilmView, ...] = ()
    section_views: tuple[SectionView, ...] = ()


def look(met: Survey, progress: Progress) -> Looks:
    """Read pictures, one held at a time; each room is loaded only where there is something for it."""
    if not met.of(FileKind.FILM, FileKind.SECTION, FileKind.PICTURE):
        return Looks()
    from kossa.film import reading as film  # noqa: PLC0415
    from kossa.film.view import view_of as film_view  # noqa: PLC0415
    from kossa.section import reading as section  # noqa: PLC0415
    from kossa.section.control import after_control, set_beside  # noqa: PLC0415
    from kossa.section.view import view_of as section_view  # noqa: PLC0415

    films: list[FilmReading] = []
    film_views: list[FilmView] = []
    for shot in film.iterate(met, progress=progress):
        films.append(shot.reading)
        if len(film_views) < DRAWN:
            film_views.append(film_view(shot))
    sections: list[SectionReading] = []
    section_views: list[SectionView] = []
    for cut in section.iterate(met, progress=progress):
        sections.append(cut.reading)
        if len(section_views) < DRAWN:
            section_views.append(section_view(cut))
    compared = set_beside(sections)
    settled = [after_control(reading, compared) for reading in sections]
    section_views = [replace(v, reading=r) for v, r in zip(section_views, settled, strict=False)]
    return Looks(
        tuple(films),
        tuple(settled),
        compared.findings,
        compared.notices,
        tuple(film_views),
        tuple(section_views),
    )
