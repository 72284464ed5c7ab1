"""The reader of laboratory results: tables, FHIR records and case forms in, results and findings out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.blood.reading import examine

__all__ = ["examine"]


def __getattr__(name: str) -> Any:
    if name == "examine":
        return import_module("kossa.blood.reading").examine
    raise AttributeError(name)
