"""Everything that is known of one person, as it is written to workup.json."""

from __future__ import annotations

from kossa.evidence.base import Record
from kossa.evidence.deposit import DepositGroup
from kossa.evidence.finding import Finding
from kossa.evidence.notice import Notice
from kossa.evidence.option import Option
from kossa.evidence.person import Person
from kossa.evidence.picture_reading import FilmReading, SectionReading
from kossa.evidence.reading import CtReading
from kossa.evidence.result import Result
from kossa.evidence.source import File
from kossa.evidence.weighing import Calcification, Weighing
from kossa.evidence.words_reading import Denied, Derived

__all__ = ["Workup"]


class Workup(Record, frozen=True, kw_only=True):
    """One person's case. `ct` holds exactly what `kossa ct --json` prints, one entry a scan."""

    schema: str = "kossa/workup/1"
    kossa_version: str
    person: Person
    calcification: Calcification
    ct: tuple[CtReading, ...] = ()
    films: tuple[FilmReading, ...] = ()
    sections: tuple[SectionReading, ...] = ()
    results: tuple[Result, ...] = ()
    derived: tuple[Derived, ...] = ()
    findings: tuple[Finding, ...] = ()
    groups: tuple[DepositGroup, ...] = ()
    denied: tuple[Denied, ...] = ()
    weighing: Weighing | None = None
    options: tuple[Option, ...] = ()
    not_understood: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    files: tuple[File, ...] = ()
