"""The process: injured cell, broken membranes and mitochondria, first crystals, growing deposit, in 3-D.

    grow(scenario, *, serum=None, years=None, size=None, seed=None, overrides=None, progress=None) -> Grown
    compare(*, size=..., years=..., progress=None) -> the four cases that tell dystrophic from metastatic
    scenarios() -> what can be grown

Loaded lazily: importing the room imports no array library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.process.comparison import compare
    from kossa.process.growth import grow
    from kossa.process.scenario import scenarios

__all__ = ["compare", "grow", "scenarios"]

_WHERE = {
    "compare": "kossa.process.comparison",
    "grow": "kossa.process.growth",
    "scenarios": "kossa.process.scenario",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
