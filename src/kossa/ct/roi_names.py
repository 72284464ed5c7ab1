"""The names of a label map's labels: a table beside it, its header, or its own name."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from kossa.evidence import Refused
from kossa.evidence.vocabulary import segment_sites
from kossa.intake.budget import DEFAULT
from kossa.intake.files import read_file
from kossa.intake.json_doc import parse
from kossa.intake.safe_text import safe
from kossa.intake.text import decode_text

__all__ = ["label_names"]

NUMBER_COLUMNS = ("index", "label", "id", "value", "key", "mapping")  # BIDS dseg.tsv and what people write
NAME_COLUMNS = ("name", "class_name", "structure", "region", "abbreviation")


def label_names(path: Path, extensions: Iterable[bytes], present: list[int]) -> dict[int, str]:
    """Return label -> name; raises `Refused` (`label-table`) where a table beside the map is broken."""
    stem = path.name.removesuffix(".gz").removesuffix(".nii")
    for suffix in (".json", ".tsv", ".csv"):
        table = path.with_name(stem + suffix)
        if table.is_file():
            data = read_file(table, DEFAULT)
            return _from_json(data) if suffix == ".json" else _from_table(data, suffix)
    for content in extensions:
        found = _from_extension(content)
        if found:
            return found
    if len(present) == 1 and stem in segment_sites():
        return {present[0]: stem}
    return {}


def _from_extension(content: bytes) -> dict[int, str]:
    """Read the label table in XML that TotalSegmentator writes into the header (CaretExtension)."""
    if b"<Label" not in content:
        return {}
    try:
        root = fromstring(content.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    found = {}
    for label in root.iter("Label"):
        key, name = label.get("Key", ""), (label.text or "").strip()
        if key.isascii() and key.isdigit() and name:
            found[int(key)] = safe(name)
    return found


def _from_json(data: bytes) -> dict[int, str]:
    """Read {"1": "name"}, {"name": 1}, or either under "labels"."""
    document = parse(data)
    table = document.get("labels", document) if isinstance(document, dict) else None
    if not isinstance(table, dict):
        raise Refused("label-table", "the table of labels is not a JSON object of numbers and names")
    found = {}
    for key, value in table.items():
        number, name = (key, value) if isinstance(value, str) else (value, key)
        found[_number(number)] = safe(str(name))
    return found


def _from_table(data: bytes, suffix: str) -> dict[int, str]:
    lines = decode_text(data).text.splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t" if suffix == ".tsv" else ","))
    columns = {(name or "").strip().lower(): name for name in (rows[0] if rows else {})}
    number = next((columns[c] for c in NUMBER_COLUMNS if c in columns), None)
    name = next((columns[c] for c in NAME_COLUMNS if c in columns), None)
    if number is None or name is None:
        raise Refused("label-table", "the table of labels needs the columns index and name")
    return {_number(row[number]): safe((row[name] or "").strip()) for row in rows}


def _number(text: object) -> int:
    if isinstance(text, bool) or not str(text).strip().isdecimal():
        raise Refused(
            "label-table", f"the table of labels has '{safe(str(text))}' where a whole number belongs"
        )
    return int(str(text))
