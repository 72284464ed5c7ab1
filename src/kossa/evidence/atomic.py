"""Nothing half-written: a file is written aside and renamed when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kossa.evidence.errors import CannotFinish

__all__ = ["aside", "folder_for", "write_bytes"]


def folder_for(path: Path) -> Path:
    """Make a folder for results, and say in a sentence where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = tempfile.NamedTemporaryFile(dir=path, prefix=".kossa-", delete=True)  # noqa: SIM115
        probe.close()
    except OSError as error:
        raise CannotFinish(
            f"cannot write to {path}: {error.strerror or error}; choose another folder with -o"
        ) from error
    return path


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; on success it takes the target's place, else it goes.

    Raises `CannotFinish` where the disk is full, the folder not writable, or the target no plain file.
    """
    # a link keeps being one: what it leads to is replaced
    target = target.resolve()
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "a device or a pipe"
        raise CannotFinish(f"cannot write {target}: it is {kind} and not a file; choose another name")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".kossa-", suffix=target.suffix)
    except OSError as error:
        raise CannotFinish(f"cannot write {target}: {error.strerror or error}") from error
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)
        draft.replace(target)
    except OSError as error:
        raise CannotFinish(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(target: Path, data: bytes) -> None:
    """Write `data` to `target`, whole or not at all."""
    with aside(target) as draft, draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
