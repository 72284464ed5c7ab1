"""The reader of computed tomography: `examine` takes files and gives deposits and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kossa.ct.reading import examine

__all__ = ["examine"]


def __getattr__(name: str) -> Any:
    """Resolve `examine` on first use: naming the room loads no array library.

    Its module bears another name, as a submodule would take the place of a function of the same name.
    """
    if name == "examine":
        from kossa.ct.reading import examine  # noqa: PLC0415

        return examine
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
