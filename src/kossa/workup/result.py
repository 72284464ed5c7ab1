"""What one reading of a folder gives back: the work-up, the arrays behind it, and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field

from kossa.evidence import Workup
from kossa.evidence.volume import Examination
from kossa.workup.look import Looks

__all__ = ["WorkupResult"]


@dataclass(frozen=True, eq=False)
class WorkupResult:
    """`examinations` stand in the order of `workup.ct`; `looks` holds what is drawn of films and sections.

    `locations` maps a file's number to its path inside the folder and `seconds` a stage to its time:
    both go to `run.json` only. `exit_code` is 0, 3, 4 or 6, and `sentence` says why it is not 0.
    """

    workup: Workup
    examinations: tuple[Examination, ...] = ()
    looks: Looks = field(default_factory=Looks)
    locations: dict[int, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    exit_code: int = 0
    sentence: str = ""
