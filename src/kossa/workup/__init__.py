"""The conductor: intake, readers, diagnosis and care, in this order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.workup.conduct import read
    from kossa.workup.options import ReadOptions
    from kossa.workup.result import WorkupResult

__all__ = ["ReadOptions", "WorkupResult", "read"]

_HOME = {"ReadOptions": "options", "WorkupResult": "result", "read": "conduct"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"kossa.workup.{_HOME[name]}"), name)
    raise AttributeError(name)
