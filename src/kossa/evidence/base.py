"""The base of all shared types: frozen, closed, and without NaN.

msgspec writes NaN and infinity as `null`, which would make "the computation failed" look like
"unknown"; so a non-finite number is refused where it arises.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

__all__ = ["Record", "decode", "encode", "to_plain"]


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


def decode(data: bytes, kind: type[T]) -> T:
    """Read JSON strictly as `kind`; raises `msgspec.ValidationError` with the path of the fault."""
    return msgspec.json.decode(data, type=kind)


def to_plain(record: object) -> Any:
    """Return dictionaries and lists with the same content as the JSON."""
    return msgspec.to_builtins(record, enc_hook=_plain)
