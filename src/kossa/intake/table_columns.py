"""What the columns of a table of results are by their names, in the languages of letters that are read.

Names are compared without case, accents and signs: `Patient-ID`, `patient_id` and `PATIENT ID` are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["PERSON_ROLES", "level_column", "person_columns"]

_NUMBERED = r"(?: ?(?:id|ids|identifier|no|nr|num(?:ber|mer)?|key|code|kennung|uid))?"
#: by what word of a column's name its role is known; a column is of the first role that it fits
PERSON_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{words})$"))
    for role, words in (
        ("born", r"(?:.* )?(?:birth ?(?:dates?|day|year)|dob|d o b|(?:date|year) of birth|born)"),
        ("born", r"geburts(?:datum|tag|jahr)|geb(?: ?(?:dat(?:um)?|am|tag))?|geboren(?: am)?"),
        ("born", r"(?:date|annee) de naissance|naissance|ne e? le|ddn"),
        ("sex", r"(?:patient |pat |person )?(?:sex|gender|geschlecht|sexe)"),
        ("given", r"(?:patient |pat )?(?:(?:first|given|middle) ?names?|forenames?|vornamen?|prenoms?)"),
        ("family", r"(?:patient |pat )?(?:(?:last|family|maiden) ?name|surname|(?:nach|familien)name)"),
        ("family", r"nom(?: de famille)?"),
        ("name", r"(?:patient(?:en)?|patient s|pat|person|subject|full|client|complete) ?names?"),
        ("name", r"nom (?:du |de la )?patiente?|name (?:of (?:the )?|des )?patient(?:en)?"),
        ("number", r"(?:medical record|hospital|unit|chart) ?(?:id|no|nr|num(?:ber)?)"),
        ("number", rf"(?:patient(?:en)?|patient s|pat|subject|person(?:en)?|client|participant){_NUMBERED}"),
        ("number", r"(?:id|no|numero|n)(?: du| de la)? patiente?|patiente?|numero patient|(?:ipp|nip|nir)"),
        ("number", rf"mrn|pid|patid|pat id|(?:nhs|ssn|hn|urn|chi|uhid|empi|mpi){_NUMBERED}"),
    )
)  # fmt: skip


def level_column(name: str) -> str:
    """Return a column's name as it is compared: lower case, words divided by single spaces."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


def person_columns(columns: Iterable[str], tests: Iterable[str] = ()) -> dict[str, str]:
    """Return the columns that say whose a row is, each with its role (a key of `PERSON_ROLES`).

    `tests` are the columns that name the test: beside another one, a column `name` is the person's.
    """
    found: dict[str, str] = {}
    for column in columns:
        level = level_column(column)
        role = next((role for role, words in PERSON_ROLES if words.match(level)), None)
        if role is not None:
            found[column] = role
    named = set(tests) - {"loinc"}
    if "name" in named and len(named) > 1:
        found["name"] = "name"
    return found
