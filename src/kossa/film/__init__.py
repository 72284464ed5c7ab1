"""The reader of mammograms and radiographs: `examine` takes a file and gives marks, groups and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.film.reading import examine, examine_each

__all__ = ["examine", "examine_each"]


def __getattr__(name: str) -> Any:
    """Resolve the functions on first use: naming the room loads no array library."""
    if name in __all__:
        from kossa.film import reading  # noqa: PLC0415

        return getattr(reading, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
