"""What diagnosis ends in: kinds and causes with reasons, next tests, safety floors."""

from __future__ import annotations

from enum import StrEnum

from kossa.evidence.base import Record

__all__ = [
    "Answer",
    "Avoided",
    "Calcification",
    "Cause",
    "Compared",
    "Direction",
    "DoneTest",
    "Flip",
    "Floor",
    "GroupWeighing",
    "Kind",
    "NextTest",
    "Reason",
    "Weighing",
]


class Calcification(StrEnum):
    """The first question: is there any?"""

    MEASURED = "measured"
    TOLD = "told"
    NONE_SEEN = "none_seen"
    NOT_EXAMINED = "not_examined"


class Direction(StrEnum):
    """Whether a finding speaks for or against a cause."""

    FOR = "for"
    AGAINST = "against"


class Kind(Record, frozen=True, kw_only=True):
    """One of the seven kinds; `prob` is a share, `prob_each` the chance that it is true at all."""

    id: str
    prob: float
    low: float
    high: float
    prob_each: float | None = None
    level: float = 0.80


class Reason(Record, frozen=True, kw_only=True):
    """One finding's part in a cause; `sentence` is made from the same numbers."""

    finding: str
    direction: Direction
    lr: float
    sentence: str
    source: str


class Cause(Record, frozen=True, kw_only=True):
    """One cause with its share, interval and reasons."""

    id: str
    group: str
    prob: float
    low: float
    high: float
    prob_each: float | None = None
    level: float = 0.80
    because: tuple[Reason, ...] = ()
    expected_absent: tuple[str, ...] = ()


class Answer(Record, frozen=True, kw_only=True):
    """One possible answer of a test and what would then be believed."""

    result: str
    prob: float
    kinds_after: dict[str, float]


class NextTest(Record, frozen=True, kw_only=True):
    """A test worth asking for, by expected information gain.

    `again` says why one that was done is offered again, `missing` which parts nobody measured.
    """

    id: str
    bits: float
    cost: str
    harm: str
    why: str
    answers: tuple[Answer, ...] = ()
    again: str = ""
    missing: tuple[str, ...] = ()


class DoneTest(Record, frozen=True, kw_only=True):
    """A test that is done already, and how that is known."""

    id: str
    how: str


class Avoided(Record, frozen=True, kw_only=True):
    """A test that is not offered to this person, and why."""

    id: str
    why: str


class Compared(Record, frozen=True, kw_only=True):
    """One line of dystrophic against metastatic, filled in for this person; blank where unknown.

    `supports` is `dystrophic`, `metastatic`, `both` or None.
    """

    feature: str
    dystrophic: str
    metastatic: str
    here: str = ""
    supports: str | None = None
    number: str = ""
    source: str = ""


class Floor(Record, frozen=True, kw_only=True):
    """A danger that is shown whatever the probabilities say; `ask` is what is open and decides it.

    `quiet` where it is a line and no alarm: only asked about, or told as over.
    """

    id: str
    why: str
    who: str
    how_soon: str
    ask: str = ""
    source: str = ""
    quiet: bool = False


class Flip(Record, frozen=True, kw_only=True):
    """The single datum that would change the leading kind."""

    datum: str
    before: str
    after: str
    kind_after: str


class GroupWeighing(Record, frozen=True, kw_only=True):
    """Kinds and causes of one deposit group; of the causes only those above two in a thousand.

    `surprise_bits` says how unexpected its place and look are for this person's age, sex and setting.
    """

    group: str
    kinds: tuple[Kind, ...]
    causes: tuple[Cause, ...]
    none_of_these: float
    surprise_bits: float | None = None


class Weighing(Record, frozen=True, kw_only=True):
    """The whole answer; probabilities only where calcification was measured or told.

    Otherwise `could_bring` names the conditions that this person's data make more likely (without a
    number) and `next_tests` what would show a deposit. `groups` begin with the least expected.
    """

    calcification: Calcification
    kinds: tuple[Kind, ...] = ()
    causes: tuple[Cause, ...] = ()
    none_of_these: float | None = None
    groups: tuple[GroupWeighing, ...] = ()
    next_tests: tuple[NextTest, ...] = ()
    floors: tuple[Floor, ...] = ()
    separable: bool | None = None
    flips: tuple[Flip, ...] = ()
    avoided: tuple[Avoided, ...] = ()
    done: tuple[DoneTest, ...] = ()
    could_bring: tuple[str, ...] = ()
    compared: tuple[Compared, ...] = ()
    answer_group: str | None = None
    prior: str | None = None
