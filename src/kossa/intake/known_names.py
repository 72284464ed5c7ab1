"""All names that a folder gives away, found once: what files state, and what stands behind titles in texts.

A name that one file gives away is taken out of the words of every other: a letter says `Mrs Jane Brown`,
a comment in the table of results `phoned Brown`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from kossa.evidence import FileKind, Refused
from kossa.intake.entry import Entry, Survey
from kossa.intake.identity import name_words
from kossa.intake.names import Names, given_names, medical_words, stated_names
from kossa.intake.sidecar import parse_toml
from kossa.intake.table import read_table
from kossa.intake.text import decode_text, within

__all__ = ["known_names"]

_HUMAN = ("family", "given")  # the parts of FHIR's HumanName


def known_names(found: Survey) -> Names:
    """Return the words of all names in a folder; looked for once, also in files that are set aside."""
    if found.names is None:
        entries = found.everything()
        stated = stated_names(i for e in entries for i in e.identities)
        stated |= frozenset(w for e in entries if e.kind is FileKind.FHIR for w in _human_names(e))
        given = given_names((t for e in entries for t in _texts(e)), medical_words())
        found.names = Names(stated, given)
    return found.names


def _human_names(entry: Entry) -> Iterator[str]:
    """Yield the words of every human name in a record: also of who ordered, wrote and is related."""
    for table in _tables(_content(entry)):
        for part in _HUMAN:
            value = table.get(part)
            for text in value if isinstance(value, list) else [value]:
                yield from (w for w in name_words(text) if len(w) > 1) if isinstance(text, str) else ()


def _content(entry: Entry) -> Any:
    """The data of a JSON or TOML file; None where it has none."""
    try:
        if entry.kind is FileKind.CASE and entry.format != "case_json":
            return parse_toml(entry.read())
        return entry.document().data
    except Refused:
        return None


def _texts(entry: Entry) -> Iterator[str]:
    """Yield the texts of a file that words or results are read from."""
    if entry.kind in (FileKind.FHIR, FileKind.CASE) or entry.format == "phenopacket":
        yield from _strings(_content(entry))
    elif entry.kind in (FileKind.HISTORY, FileKind.BLOOD):
        try:
            data = entry.read()
            if entry.kind is FileKind.HISTORY:
                yield within(decode_text(data).text)
            else:
                yield from (c for row in read_table(data).rows for c in row.cells.values())
        except Refused:
            return


def _strings(value: Any) -> Iterator[str]:
    """Yield every text inside JSON data, attached plain texts too."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, Mapping):
            kind, data = one.get("contentType"), one.get("data")
            if isinstance(data, str) and str(kind or "text/plain").startswith("text/"):
                yield _attached(data)
                one = {k: v for k, v in one.items() if k != "data"}
            waiting.extend(one.values())


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _attached(data: str) -> str:
    try:
        return within(decode_text(base64.b64decode(data)).text)
    except (Refused, binascii.Error, ValueError):
        return ""
