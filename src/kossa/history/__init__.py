"""The reader of words: letters, reports, records, phenopackets and case forms in, findings out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.history.reading import examine

__all__ = ["examine"]


def __getattr__(name: str) -> Any:
    if name == "examine":
        return import_module("kossa.history.reading").examine
    raise AttributeError(name)
