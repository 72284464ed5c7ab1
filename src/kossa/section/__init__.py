"""The reader of stained sections: pictures in, the mineralised share of the tissue and findings out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.section.reading import examine

__all__ = ["examine"]


def __getattr__(name: str) -> Any:
    if name == "examine":
        return import_module("kossa.section.reading").examine
    raise AttributeError(name)
