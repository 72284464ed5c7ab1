"""Results, letters, records and case forms of a folder: what blood and words come to."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kossa.evidence import Person, Setting
from kossa.evidence.progress import Progress
from kossa.evidence.words_reading import BloodReading, HistoryReading
from kossa.intake.entry import Survey
from kossa.workup.readers import BLOOD, WORDS

__all__ = ["Words", "listen"]


@dataclass(frozen=True)
class Words:
    """What blood and words came to; None where there were none."""

    blood: BloodReading | None = None
    history: HistoryReading | None = None

    def seen_in(self, person: Person) -> Person:
        """Return the person with the setting that the words tell, where nobody typed one in."""
        if self.history is None or person.setting is not Setting.UNKNOWN:
            return person
        return msgspec.structs.replace(person, setting=self.history.person.setting)


def listen(met: Survey, person: Person, progress: Progress) -> Words:
    """Read results, letters and records; the rooms are loaded only where there is something for them."""
    if not (met.of(*BLOOD) or met.of(*WORDS)):
        return Words()
    from kossa.blood import examine as examine_blood  # noqa: PLC0415
    from kossa.history import examine as examine_words  # noqa: PLC0415

    blood = examine_blood(met, person, progress=progress)
    return Words(blood, examine_words(met, person, progress=progress))
