"""Whose a file says it is. This type never leaves the room: readers and reports see p1, p2, ..."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

__all__ = ["Identity", "name_words"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What one file states of one person; empty or None where it states nothing.

    `system` is the kind of file (dicom, fhir, ...) and `issuer` the assigner of the identifier inside
    that kind; `logical` marks a server's own number, which counts only where there is no other.
    `subject` is by what the records of a file name this person, where one file can hold several.
    `birth_date` is ISO 8601 or DICOM's eight digits, possibly a year only; `age_years` that at the
    newest date of the file. The values are kept out of `repr`: no traceback or log shows them.
    """

    system: str
    identifier: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    age_years: float | None = field(default=None, repr=False)
    subject: str = field(default="", repr=False)
    logical: bool = False

    def number(self) -> str:
        """Return the identifier as it is compared; empty for words that hide one."""
        number = " ".join(self.identifier.casefold().split())
        return "" if number in PLACEHOLDERS else number

    def born(self) -> str:
        """Return the birth date as digits YYYY, YYYYMM or YYYYMMDD; empty for what stands for none."""
        digits = re.sub(r"\D", "", self.birth_date.partition("T")[0])[:8]
        return "" if len(digits) not in (4, 6, 8) or digits[:4] in PLACEHOLDER_YEARS else digits

    def gender(self) -> str:
        """Return F, M or nothing."""
        letter = self.sex[:1].upper()
        return letter if letter in ("F", "M") else ""

    def names(self) -> frozenset[str]:
        """Return the words of the name as they are compared; empty where the name hides one."""
        return frozenset(name_words(self.name)) - PLACEHOLDERS


#: what exporters write in place of a number or a name
PLACEHOLDERS = frozenset(
    (
        *("0", "anon", "anonymous", "anonymized", "anonymised", "deidentified", "na", "n/a", "nil", "no"),
        *("name", "none", "null", "patient", "removed", "research", "subject", "test", "unknown", "unnamed"),
        *("xxx", "xxxx"),
    )
)
#: years that exporters put in place of a birth date
PLACEHOLDER_YEARS = frozenset(("0000", "0001", "1900", "1753"))
TITLES = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lord", "lady"),
        *("herr", "frau", "jr", "sr", "ii", "iii"),
    )
)


def name_words(name: str) -> list[str]:
    """Return the words of a person's name, lower-case and without accents, titles and signs.

    Of DICOM's three writings of one name (divided by `=`) the first that is not empty is taken.
    """
    first = next((part for part in name.split("=") if part.strip("^ ")), "")
    bare = unicodedata.normalize("NFKD", first).casefold()
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = bare.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    return [word for word in re.findall(r"[^\W\d_]+", bare) if word not in TITLES]
