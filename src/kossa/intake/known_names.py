"""All names that a folder gives away, found once: what files state, and what stands behind titles in texts.

A name that one file gives away is taken out of the words of every other: a letter says `Mrs Jane Brown`,
a comment in the table of results `phoned Brown`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from kossa.evidence import FileKind, Refused
from kossa.intake.entry import Entry, Survey
from kossa.intake.identity import name_words
from kossa.intake.names import Names, given_names, medical_words, stated_names
from kossa.intake.sidecar import parse_toml
from kossa.intake.table import NAME_COLUMNS, VALUE_COLUMNS, read_table
from kossa.intake.text import decode_text, within

__all__ = ["known_names"]

_HUMAN = ("family", "given")  # the parts of FHIR's HumanName


def known_names(found: Survey) -> Names:
    """Return the words of all names in a folder; looked for once, also in files that are set aside."""
    if found.names is None:
        entries = found.everything()
        stated = set(stated_names(i for e in entries for i in e.identities))
        texts: dict[str, None] = {}
        for entry in entries:
            _gather(entry, texts, stated)
        found.names = Names(frozenset(stated), given_names(texts, medical_words()))
    return found.names


def _gather(entry: Entry, texts: dict[str, None], stated: set[str]) -> None:
    """Add each different text of a file that words or results are read from, and every human name."""
    if entry.kind in (FileKind.FHIR, FileKind.CASE) or entry.format == "phenopacket":
        _walk(_content(entry), texts, stated)
    elif entry.kind in (FileKind.HISTORY, FileKind.BLOOD):
        try:
            data = entry.read()
            if entry.kind is FileKind.HISTORY:
                texts[within(decode_text(data).text)] = None
            else:
                for row in read_table(data).rows:
                    texts.update(dict.fromkeys(row.cells.values()))
                    texts[_headed(row.cells)] = None  # a row `Patient name, Jane Brown`
        except Refused:
            return


def _content(entry: Entry) -> Any:
    """The data of a JSON or TOML file; None where it has none."""
    try:
        if entry.kind is FileKind.CASE and entry.format != "case_json":
            return parse_toml(entry.read())
        return entry.document().data
    except Refused:
        return None


def _headed(cells: dict[str, str]) -> str:
    """The label and the value of a row as a letter would have them."""
    label, value = (
        next((cells[c] for c in cells if c in names), "") for names in (NAME_COLUMNS, VALUE_COLUMNS)
    )
    return f"{label}: {value}"


def _walk(value: Any, texts: dict[str, None], stated: set[str]) -> None:
    """Gather from JSON data: every text, attached plain texts, and the words of FHIR's HumanName.

    The names are also those of who ordered, wrote and is related.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if " " in one:  # a code, a link or a number gives no name away
                texts[one] = None
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(v for k, v in one.items() if k != "data")
            data, kind = one.get("data"), str(one.get("contentType") or "text/plain")
            if isinstance(data, str) and kind.startswith("text/"):
                texts[_attached(data)] = None
            for part in _HUMAN:
                if part in one:
                    stated.update(_words(one[part]))


def _words(value: Any) -> Iterator[str]:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            yield from (w for w in name_words(text) if len(w) > 1)


def _attached(data: str) -> str:
    try:
        return within(decode_text(base64.b64decode(data)).text)
    except (Refused, binascii.Error, ValueError):
        return ""
