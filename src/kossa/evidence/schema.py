"""The published JSON Schemas, made from the types (`docs/schema/`, one file a document)."""

from __future__ import annotations

from typing import Any

import msgspec

from kossa.evidence.base import Record
from kossa.evidence.picture_reading import FilmReading, SectionReading
from kossa.evidence.reading import CtReading
from kossa.evidence.truth import Truth
from kossa.evidence.words_reading import BloodReading, HistoryReading
from kossa.evidence.workup import Workup

__all__ = ["DOCUMENTS", "json_schema"]

DOCUMENTS: dict[str, type[Record]] = {
    "blood": BloodReading,
    "ct": CtReading,
    "film": FilmReading,
    "history": HistoryReading,
    "section": SectionReading,
    "truth": Truth,
    "workup": Workup,
}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one document by its name in `DOCUMENTS`."""
    schema = msgspec.json.schema(DOCUMENTS[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"kossa/{name}/1",
        **schema,
    }
