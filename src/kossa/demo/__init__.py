"""Virtual people made, read cold, and compared with their truth."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.demo.conduct import DemoResult, run

__all__ = ["DemoResult", "run"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("kossa.demo.conduct"), name)
    raise AttributeError(name)
