"""Films and stained sections of a folder: what their readers say, beside the scans and the words."""

from __future__ import annotations

from dataclasses import dataclass

from kossa.evidence import FileKind, FilmReading, Finding, Notice, SectionReading
from kossa.evidence.progress import Progress
from kossa.intake.entry import Survey

__all__ = ["Looks", "look"]


@dataclass(frozen=True)
class Looks:
    """The readings of all films and sections, with what comparing sections told."""

    films: tuple[FilmReading, ...] = ()
    sections: tuple[SectionReading, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()


def look(met: Survey, progress: Progress) -> Looks:
    """Read pictures; each room is loaded only where there is something for it."""
    if not met.of(FileKind.FILM, FileKind.SECTION, FileKind.PICTURE):
        return Looks()
    from kossa.film import examine_each as examine_films  # noqa: PLC0415
    from kossa.section.control import concordance  # noqa: PLC0415
    from kossa.section.reading import examine_all  # noqa: PLC0415

    films = tuple(e.reading for e in examine_films(met, progress=progress))
    sections = tuple(e.reading for e in examine_all(met, progress=progress))
    compared = concordance(sections)
    return Looks(films, sections, compared.findings, compared.notices)
