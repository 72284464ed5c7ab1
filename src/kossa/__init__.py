"""Find, measure and explain calcium deposits in soft tissue.

The names below are resolved on first use, so that `import kossa` loads no array library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa import blood as blood
    from kossa import ct as ct
    from kossa import diagnosis as diagnosis
    from kossa import film as film
    from kossa import history as history
    from kossa import process as process
    from kossa import section as section
    from kossa.evidence import Finding, KossaError, Notice, Workup
    from kossa.report import write_report
    from kossa.workup import read

__version__: str

_ROOMS = frozenset({"blood", "ct", "diagnosis", "film", "history", "process", "section"})

__all__ = [
    "Finding",
    "KossaError",
    "Notice",
    "Workup",
    "blood",
    "ct",
    "diagnosis",
    "film",
    "history",
    "process",
    "read",
    "section",
    "write_report",
]

_HOME = {
    "Finding": "kossa.evidence",
    "KossaError": "kossa.evidence",
    "Notice": "kossa.evidence",
    "Workup": "kossa.evidence",
    "read": "kossa.workup",
    "write_report": "kossa.report",
}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"kossa.{name}")
    if name == "__version__":
        return import_module("kossa.evidence.version").VERSION
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    message = f"module 'kossa' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
