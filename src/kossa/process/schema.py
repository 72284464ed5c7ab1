"""The published JSON Schemas of what `kossa simulate` writes (`docs/schema/`), made from the types."""

from __future__ import annotations

from typing import Any

import msgspec

from kossa.evidence.base import Record
from kossa.process.comparison import Comparison
from kossa.process.outcome import Outcome

__all__ = ["DOCUMENTS", "json_schema"]

DOCUMENTS: dict[str, type[Record]] = {"comparison": Comparison, "outcome": Outcome}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one document by its name in `DOCUMENTS`."""
    schema = msgspec.json.schema(DOCUMENTS[name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"kossa/{name}/1", **schema}
