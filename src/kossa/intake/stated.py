"""What phenopackets, cases, tables and letters state of their person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kossa.intake.identity import Identity
from kossa.intake.table import Table

__all__ = ["in_case", "in_letter", "in_phenopacket", "in_table"]

#: ISO 8601 durations as phenopackets write ages: P41Y, P2Y4M, P10D
DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
#: years; the oldest person on record reached 122
OLDEST = 130
DAYS = (365.25, 30.44, 7.0, 1.0)
#: words of the sexes in German and French whose first letter is not that of the English one
SEXES = {"w": "F", "weiblich": "F", "h": "M", "homme": "M"}


def in_phenopacket(data: Any) -> tuple[Identity, ...]:
    """Return the subject of a phenopacket (v1 or v2)."""
    subject = data.get("subject") if isinstance(data, dict) else None
    if not isinstance(subject, dict):
        return ()
    last = subject.get("timeAtLastEncounter") or subject.get("ageAtCollection")
    age = last.get("age", last) if isinstance(last, dict) else None
    written = age.get("iso8601duration", age.get("age", "")) if isinstance(age, dict) else age
    return (
        Identity(
            system="phenopacket",
            identifier=str(subject.get("id") or ""),
            birth_date=str(subject.get("dateOfBirth") or ""),
            sex=str(subject.get("sex") or "").replace("UNKNOWN_SEX", ""),
            age_years=_years(written),
        ),
    )


def in_case(data: Any) -> tuple[Identity, ...]:
    """Return age and sex of a case filled in by hand; it has no name and no number."""
    if not isinstance(data, Mapping):
        return ()
    age = data.get("age_years")
    years: float | None = None
    if isinstance(age, int | float) and not isinstance(age, bool) and 0 <= age <= OLDEST:
        years = float(age)
    return (Identity(system="case", sex=str(data.get("sex") or ""), age_years=years),)


def in_table(table: Table) -> tuple[Identity, ...]:
    """Return what the columns of a table say of whose each row is: once for each different statement."""
    roles = table.person_columns()
    found: dict[tuple[str, ...], list[Identity]] = {}
    for row in table.rows:
        said = tuple(row.cells.get(column, "") for column in roles)
        if said not in found:
            found[said] = _of_row(row.cells, roles)
    return tuple(
        replace(one, subject=" | ".join(said)) for said, stated in sorted(found.items()) for one in stated
    )


def _of_row(cells: Mapping[str, str], roles: Mapping[str, str]) -> list[Identity]:
    """An Identity for each number that a row gives its person, or one without; none where it says nothing."""
    said = {column: cells[column] for column in roles if cells.get(column)}
    numbers = [column for column, role in roles.items() if role == "number"]
    named = [c for c in numbers if _is_name(said.get(c, ""))]  # a column `patient` may hold names

    def words(*of: str) -> str:
        return " ".join(text for column, text in said.items() if roles[column] in of)

    sex = words("sex")
    about = Identity(
        system="table",
        name=words("name") or words("given", "family") or " ".join(said[c] for c in named[:1]),
        birth_date=written_date(words("born")),
        sex=SEXES.get(sex.casefold(), sex),
    )
    stated = [
        replace(about, identifier=said[c], issuer="" if c == numbers[0] else c)
        for c in numbers
        if c in said and c not in named
    ]
    return stated or ([about] if about.names() or about.born() or about.gender() else [])


def _is_name(text: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text)) > 1 and not re.search(r"\d", text)


def _years(duration: Any) -> float | None:
    found = DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if not found or not any(found.groups()):
        return None
    days = sum(int(n) * d for n, d in zip(found.groups(), DAYS, strict=True) if n)
    return round(days / DAYS[0], 2)


#: lines of a letter's head; only what stands behind such a word counts, never running text
LABELS = {
    "name": r"(?:patient'?s?\s+)?(?:full\s+)?name|patient",
    "born": r"d\.?\s?o\.?\s?b\.?|date\s+of\s+birth|birth\s?date|born",
    "number": r"mrn|(?:nhs|hospital|unit|medical\s+record|patient)\s*(?:no\.?|nr\.?|num(?:ber)?|id)",
    "sex": r"sex|gender",
}
LINE = {
    key: re.compile(rf"(?im)(?:^|[|,;\t])\s*(?:{words})\s*[:#]\s*([^\n|;\t]+)")
    for key, words in LABELS.items()
}
#: a name is two to four words that begin with a capital; `45-year-old woman` is none
WRITTEN_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+)?"
    r"[A-Z\u00c0-\u00de][\w'\u2019-]+(?:,?\s+[A-Z\u00c0-\u00de][\w'\u2019.-]*){1,3}"
)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def in_letter(text: str) -> tuple[Identity, ...]:
    """Return what the labelled lines at the head of a letter state; nothing where there are none."""
    stated = {key: found[1].strip() for key, line in LINE.items() if (found := line.search(text[:4000]))}
    name = WRITTEN_NAME.match(stated.get("name", ""))
    number = re.match(r"[A-Za-z]{0,4}[\s-]?\d[\d\s-]{2,18}\d", stated.get("number", ""))
    kind = LINE["number"].search(text[:4000])
    identity = Identity(
        system="letter",
        identifier=re.sub(r"[\s-]", "", number[0]) if number else "",
        issuer=re.sub(r"\W", "", kind[0].partition(":")[0]).casefold() if kind and number else "",
        name=name[0] if name else "",
        birth_date=written_date(stated.get("born", "")),
        sex=stated.get("sex", ""),
    )
    return (
        (identity,) if identity.number() or identity.names() or identity.born() or identity.gender() else ()
    )


def written_date(words: str) -> str:
    """Return a written date as YYYY-MM-DD, or the year alone where day and month could be exchanged."""
    if found := re.match(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)|(\d{4})-(\d{2})-(\d{2})", words):
        return "-".join(part for part in found.groups() if part)
    if found := re.match(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})", words):
        first, second, year = (int(n) for n in found.groups())
        if first > 12 >= second or first == second:
            return f"{year:04}-{second:02}-{first:02}"
        if second > 12 >= first or "." in found[0]:
            day, month = (second, first) if second > 12 else (first, second)
            return f"{year:04}-{month:02}-{day:02}"
        return f"{year:04}"
    if spelled := re.match(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3})[a-z]*\.?,?[ -](\d{4})", words):
        name = spelled[2].lower()
        if name in MONTHS:
            return f"{int(spelled[3]):04}-{MONTHS.index(name) + 1:02}-{int(spelled[1]):02}"
    found = re.search(r"\b(?:19|20)\d{2}\b", words)
    return found[0] if found else ""
