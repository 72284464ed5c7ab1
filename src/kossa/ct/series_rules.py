"""What words and kernels of a series mean for calcium: two tables with sources, read once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kossa.intake.dicom_header import DicomHeader

__all__ = ["WordRule", "meanings", "sharpness"]


@dataclass(frozen=True, slots=True)
class WordRule:
    """A pattern in the image type or in the descriptions, what it means, and how that is said."""

    field: str
    pattern: re.Pattern[str]
    meaning: str
    words: str


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _word_rules() -> tuple[WordRule, ...]:
    return tuple(
        WordRule(row["field"], re.compile(row["pattern"], re.IGNORECASE), row["meaning"], row["words"])
        for row in _rows("series_words.csv")
    )


@cache
def _kernels() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(row["pattern"], re.IGNORECASE), row["sharpness"]) for row in _rows("kernels.csv")
    )


@cache
def sharpness(kernel: str | None) -> str:
    """Return soft, medium, sharp, or unknown for a reconstruction kernel's name."""
    for pattern, found in _kernels():
        if kernel and pattern.fullmatch(kernel.strip()):
            return found
    return "unknown"


def meanings(header: DicomHeader) -> dict[str, str]:
    """Return meaning -> words for every rule that a header meets; the first of a meaning speaks."""
    texts = {
        "image_type": "\\".join(header.image_type),
        "description": " | ".join(filter(None, (header.series_description, header.protocol))),
        "maker": " | ".join(filter(None, (header.manufacturer, header.model))),
    }
    found: dict[str, str] = {}
    for rule in _word_rules():
        if rule.meaning not in found and rule.pattern.search(texts[rule.field]):
            found[rule.meaning] = rule.words
    return found
