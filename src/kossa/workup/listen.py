"""Results, letters, records and case forms of a folder: what blood and words come to."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kossa.evidence import Person, Setting, Sex
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
        """Return the person with the age, sex and setting that the words tell, where nobody else did."""
        return person if self.history is None else joined_person(person, self.history.person)


def joined_person(person: Person, told: Person) -> Person:
    """Return a person with what is not known of it taken from `told`."""
    return msgspec.structs.replace(
        person,
        age_years=told.age_years if person.age_years is None else person.age_years,
        sex=told.sex if person.sex is Sex.U else person.sex,
        adult=person.adult or told.adult,
        setting=told.setting if person.setting is Setting.UNKNOWN else person.setting,
    )


def listen(met: Survey, person: Person, progress: Progress) -> Words:
    """Read results, letters and records; the rooms are loaded only where there is something for them."""
    if not (met.of(*BLOOD) or met.of(*WORDS)):
        return Words()
    from kossa.blood import examine as examine_blood  # noqa: PLC0415
    from kossa.history import examine as examine_words  # noqa: PLC0415

    history = examine_words(met, person, progress=progress)
    # a letter's "58-year-old man" sets the ranges of the results, where nobody else told
    return Words(examine_blood(met, joined_person(person, history.person), progress=progress), history)
