"""The ground floor: the types that all rooms share, the error tree, the vocabulary.

Nothing here reads a file of the user's. Names are resolved on first use, so that `kossa --help` builds
no types; `geometry` and `volume`, which hold arrays, are imported by name where they are needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.evidence.base import Record, decode, encode, from_plain, to_plain
    from kossa.evidence.deposit import (
        CtDeposit,
        Deposit,
        DepositGroup,
        FilmDeposit,
        Material,
        Modality,
        ToldDeposit,
    )
    from kossa.evidence.errors import (
        CannotFinish,
        KossaError,
        NothingUsable,
        OutsideDomain,
        Refused,
        SeveralPeople,
        UnknownTerm,
        WrongCall,
    )
    from kossa.evidence.finding import Finding, State
    from kossa.evidence.interval import Interval
    from kossa.evidence.notice import Notice, Severity
    from kossa.evidence.option import Caution, Option, OptionKind
    from kossa.evidence.person import Person, Setting, Sex, Side, Whose
    from kossa.evidence.picture_reading import (
        Category,
        FilmGroup,
        FilmKind,
        FilmReading,
        SectionReading,
        Stain,
    )
    from kossa.evidence.reading import (
        Contrast,
        CtReading,
        Geometry,
        Limits,
        SeriesChoice,
        SeriesRow,
    )
    from kossa.evidence.result import Comparator, Flag, Range, Result
    from kossa.evidence.score import Score
    from kossa.evidence.source import File, FileKind, Outcome, Source
    from kossa.evidence.truth import TrueDeposit, TrueMark, TruePictures, TrueSection, Truth
    from kossa.evidence.weighing import (
        Answer,
        Avoided,
        Calcification,
        Cause,
        Compared,
        Direction,
        DoneTest,
        Flip,
        Floor,
        GroupWeighing,
        Kind,
        NextTest,
        Reason,
        Weighing,
    )
    from kossa.evidence.workup import Workup

_MODULES = {
    "base": "Record decode encode from_plain to_plain",
    "deposit": "CtDeposit Deposit DepositGroup FilmDeposit Material Modality ToldDeposit",
    "errors": "CannotFinish KossaError NothingUsable OutsideDomain Refused SeveralPeople UnknownTerm WrongCall",  # noqa: E501
    "finding": "Finding State",
    "interval": "Interval",
    "notice": "Notice Severity",
    "option": "Caution Option OptionKind",
    "person": "Person Setting Sex Side Whose",
    "picture_reading": "Category FilmGroup FilmKind FilmReading SectionReading Stain",
    "reading": "Contrast CtReading Geometry Limits SeriesChoice SeriesRow",
    "result": "Comparator Flag Range Result",
    "score": "Score",
    "source": "File FileKind Outcome Source",
    "truth": "TrueDeposit TrueMark TruePictures TrueSection Truth",
    "weighing": (
        "Answer Avoided Calcification Cause Compared Direction DoneTest Flip Floor GroupWeighing Kind"
        " NextTest Reason Weighing"
    ),
    "workup": "Workup",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Answer",
    "Avoided",
    "Calcification",
    "CannotFinish",
    "Category",
    "Cause",
    "Caution",
    "Comparator",
    "Compared",
    "Contrast",
    "CtDeposit",
    "CtReading",
    "Deposit",
    "DepositGroup",
    "Direction",
    "DoneTest",
    "File",
    "FileKind",
    "FilmDeposit",
    "FilmGroup",
    "FilmKind",
    "FilmReading",
    "Finding",
    "Flag",
    "Flip",
    "Floor",
    "Geometry",
    "GroupWeighing",
    "Interval",
    "Kind",
    "KossaError",
    "Limits",
    "Material",
    "Modality",
    "NextTest",
    "NothingUsable",
    "Notice",
    "Option",
    "OptionKind",
    "Outcome",
    "OutsideDomain",
    "Person",
    "Range",
    "Reason",
    "Record",
    "Refused",
    "Result",
    "Score",
    "SectionReading",
    "SeriesChoice",
    "SeriesRow",
    "Setting",
    "SeveralPeople",
    "Severity",
    "Sex",
    "Side",
    "Source",
    "Stain",
    "State",
    "ToldDeposit",
    "TrueDeposit",
    "TrueMark",
    "TruePictures",
    "TrueSection",
    "Truth",
    "UnknownTerm",
    "Weighing",
    "Whose",
    "Workup",
    "WrongCall",
    "decode",
    "encode",
    "from_plain",
    "to_plain",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        message = f"module 'kossa.evidence' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"kossa.evidence.{_HOME[name]}"), name)
    globals()[name] = value
    return value
