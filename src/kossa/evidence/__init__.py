"""The ground floor: the types that all rooms share, the error tree, the vocabulary.

Nothing here reads a file of the user's, and nothing at import time loads an array library:
`geometry` and `volume`, which hold arrays, are imported by name where they are needed.
"""

from kossa.evidence.base import Record, decode, encode, to_plain
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
from kossa.evidence.truth import TrueDeposit, Truth
from kossa.evidence.weighing import (
    Answer,
    Calcification,
    Cause,
    Direction,
    Flip,
    Floor,
    GroupWeighing,
    Kind,
    NextTest,
    Reason,
    Weighing,
)
from kossa.evidence.workup import Workup

__all__ = [
    "Answer",
    "Calcification",
    "CannotFinish",
    "Category",
    "Cause",
    "Caution",
    "Comparator",
    "Contrast",
    "CtDeposit",
    "CtReading",
    "Deposit",
    "DepositGroup",
    "Direction",
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
    "Truth",
    "UnknownTerm",
    "Weighing",
    "Whose",
    "Workup",
    "WrongCall",
    "decode",
    "encode",
    "to_plain",
]
