"""The base of all shared types: frozen, closed, and without NaN.

msgspec writes NaN and infinity as `null`, which would make "the computation failed" look like
"unknown"; so a non-finite number is refused where it arises.

msgspec learns a type on its first use, and two threads that teach it at once end the process (seen with 0.22:
a segmentation fault). So typed data come in by `decode` and `from_plain` alone, which teach one at a time.
"""

from __future__ import annotations

import math
import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

__all__ = ["Record", "decode", "encode", "from_plain", "to_plain"]

_LEARNING = threading.Lock()
_LEARNT: set[object] = set()


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record; `None` means unknown; numbers are finite."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, float) and not math.isfinite(value):
                message = f"{type(self).__name__}.{name} is not a finite number"
                raise ValueError(message)


def _plain(value: Any) -> Any:
    """Turn numpy scalars into Python numbers, and refuse anything else."""
    item = getattr(value, "item", None)
    if callable(item):
        number = item()
        if isinstance(number, float) and not math.isfinite(number):
            message = "a number that is not finite cannot be written"
            raise ValueError(message)
        return number
    message = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(message)


def encode(record: object, *, indent: int = 2) -> bytes:
    """Return UTF-8 JSON of a record, keys in the order of the type, with a final newline."""
    raw = msgspec.json.encode(record, enc_hook=_plain)
    return msgspec.json.format(raw, indent=indent) + b"\n"


def _learnt(kind: type[T]) -> type[T]:
    """Return `kind` when msgspec knows it and every type in it."""
    if kind not in _LEARNT:
        with _LEARNING:
            msgspec.json.Decoder(kind)
            _LEARNT.add(kind)
    return kind


def decode(data: bytes, kind: type[T]) -> T:
    """Read JSON strictly as `kind`; raises `msgspec.ValidationError` with the path of the fault."""
    return msgspec.json.decode(data, type=_learnt(kind))


def from_plain(content: object, kind: type[T]) -> T:
    """Read dictionaries and lists (of TOML) strictly as `kind`; raises `msgspec.ValidationError`."""
    return msgspec.convert(content, _learnt(kind))


def to_plain(record: object) -> Any:
    """Return dictionaries and lists with the same content as the JSON."""
    return msgspec.to_builtins(record, enc_hook=_plain)
