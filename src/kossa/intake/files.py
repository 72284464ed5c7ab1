"""The one place where a file of the folder is opened: never a pipe, never more than the budget."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kossa.evidence import Refused
from kossa.intake.budget import Budget

__all__ = ["map_file", "read_file", "read_head", "read_into", "read_part"]

#: a pipe or a device that took the place of a file must not make the program wait
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_head(path: Path, length: int) -> tuple[bytes, int]:
    """Return the first bytes of a file and its size."""
    handle, size = _open(path)
    try:
        return os.read(handle, length), size
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)


def read_file(path: Path, budget: Budget) -> bytes:
    """Return all bytes of a file; raises `Refused` (unreadable, too-large)."""
    handle, size = _open(path)
    try:
        if size > budget.plain_bytes:
            raise Refused(
                "too-large",
                f"This file has {size / (1 << 30):.1f} GB; at most {budget.plain_bytes >> 30} GB are read.",
            )
        return _read(handle, size)
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)


def read_part(path: Path, offset: int, length: int) -> bytes:
    """Return `length` bytes from `offset`, fewer where the file ends; raises `Refused` (unreadable)."""
    handle, size = _open(path)
    try:
        os.lseek(handle, min(offset, size), os.SEEK_SET)
        return _read(handle, max(0, min(length, size - offset)))
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)


def read_into(path: Path, offset: int, target: memoryview) -> int:
    """Fill `target` from `offset` without a copy between; return the bytes read, fewer at the file's end.

    Raises `Refused` (unreadable).
    """
    handle, _ = _open(path)
    try:
        os.lseek(handle, offset, os.SEEK_SET)
        return os.readv(handle, [target])
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)


@contextmanager
def map_file(path: Path) -> Iterator[mmap.mmap]:
    """Give a file's bytes as a map that is read only where it is looked at; raises `Refused` (unreadable)."""
    handle, _ = _open(path)
    try:
        data = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)
    with data:
        yield data


def _open(path: Path) -> tuple[int, int]:
    try:
        handle = os.open(path, FLAGS)
    except OSError as error:
        raise _unreadable(error) from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise Refused("special", "This is a pipe, a socket or a device, not a file; it was not opened.")
    return handle, about.st_size


def _read(handle: int, length: int) -> bytes:
    """Read in one call where the system gives all at once, which is nearly always."""
    first = os.read(handle, length)
    if len(first) == length:
        return first
    parts = [first]
    while len(parts[-1]) and sum(map(len, parts)) < length:
        parts.append(os.read(handle, length - sum(map(len, parts))))
    return b"".join(parts)


def _unreadable(error: OSError) -> Refused:
    why = (error.strerror or "unknown reason").lower()
    return Refused("unreadable", f"This file cannot be read ({why}); check its permissions or copy it again.")
