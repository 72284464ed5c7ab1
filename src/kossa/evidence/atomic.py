"""Nothing half-written: a file is written aside and renamed when it is whole."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kossa.evidence.errors import CannotFinish

__all__ = ["Together", "aside", "check_writable", "folder_for", "only_writer", "together", "write_bytes"]


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


def check_writable(target: Path, *, folder: bool = False) -> None:
    """Say before long work where its result cannot be written; nothing is made.

    `target` is a file, or a folder that is made with its parents. Raises `CannotFinish`.
    """
    try:
        fault = _no_room(target, folder=folder)
    except OSError as error:
        fault = error.strerror or str(error)
    if fault:
        other = "choose another folder with -o" if folder else "choose another name"
        raise CannotFinish(f"cannot write {target}: {fault}; {other}")


def _no_room(target: Path, *, folder: bool) -> str:
    """Say why a file, or a folder and its parents, cannot be made here; empty where nothing is against it."""
    if not folder:
        if target.is_dir():
            return "it is a folder and not a file"
        above = target.parent
        if not above.is_dir():
            return f"there is no folder {above}"
    else:
        above = target
        while not above.exists() and above != above.parent:
            above = above.parent
        if not above.is_dir():
            return f"{above} is a file and not a folder"
    return "" if os.access(above, os.W_OK) else "permission denied"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold a folder while its files are written, so that two runs do not mix theirs.

    The hold ends with the process, and leaves no file. Raises `CannotFinish` where another run has it.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotFinish(
                f"another run of kossa is writing to {folder}; wait for it, or choose another folder with -o"
            ) from None
        except OSError:
            pass  # some network folders know no locks
        yield
    finally:
        os.close(place)


def _draft_for(target: Path) -> tuple[Path, Path]:
    """Return what `target` leads to and an empty file beside it; raises `CannotFinish`."""
    try:
        # a link keeps being one: what it leads to is replaced
        target = target.resolve()
        plain = target.is_file() or not target.exists()
        kind = "a folder" if target.is_dir() else "a device or a pipe"
    except (OSError, RuntimeError) as error:  # RuntimeError: links that run in a circle
        why = error.strerror if isinstance(error, OSError) else None
        raise CannotFinish(f"cannot write {target}: {why or error}") from error
    if not plain:
        raise CannotFinish(f"cannot write {target}: it is {kind} and not a file; choose another name")
    draft = _hidden_beside(target)
    try:
        # who may read it is the user's own choice (umask), or what it was for the file in its place
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CannotFinish(f"cannot write {target}: {error.strerror or error}") from error
    return target, draft


def _hidden_beside(target: Path) -> Path:
    """Return a name beside `target` that nobody has."""
    return target.with_name(f".kossa-{secrets.token_hex(8)}{target.suffix}")


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; on success it takes the target's place, else it goes.

    Raises `CannotFinish` where the disk is full, the folder not writable, or the target no plain file.
    """
    target, draft = _draft_for(target)
    try:
        yield draft
        draft.replace(target)
    except OSError as error:
        raise CannotFinish(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _fill(draft: Path, data: bytes) -> None:
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_bytes(target: Path, data: bytes) -> None:
    """Write `data` to `target`, whole or not at all."""
    with aside(target) as draft:
        _fill(draft, data)


def _kept(target: Path) -> Path | None:
    """Give the file at `target` a second name until the new one has its place; None where there is none."""
    if not target.exists():
        return None
    kept = _hidden_beside(target)
    try:
        kept.hardlink_to(target)
    except OSError:  # some file systems know no second name
        shutil.copyfile(target, kept)
    return kept


class Together:
    """Files of one folder that belong together: each is written aside, and all take their places at the end.

    Where an interrupt or an error comes first, none does, and what an earlier run left stays as it was.
    `put` may be called from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digests: dict[str, str] = {}
        self._drafts: list[tuple[Path, Path]] = []

    def put(self, name: str, data: bytes) -> None:
        """Write a file of the set; raise `CannotFinish` where that cannot be."""
        target, draft = _draft_for(self.folder / name)
        self._drafts.append((target, draft))
        try:
            _fill(draft, data)
        except OSError as error:
            raise CannotFinish(f"cannot write {target}: {error.strerror or error}") from error
        self.digests[name] = hashlib.sha256(data).hexdigest()

    def place(self) -> None:
        """Let all take their places, in the order in which they came; where one cannot, none does."""
        done: list[tuple[Path, Path | None]] = []
        try:
            for target, draft in self._drafts:
                done.append((target, _kept(target)))
                draft.replace(target)
        except BaseException as error:
            for target, before in reversed(done):
                if before is None:
                    target.unlink(missing_ok=True)
                else:
                    before.replace(target)
                    before.unlink(missing_ok=True)  # two names of one file: nothing was renamed
            if isinstance(error, OSError):
                raise CannotFinish(f"cannot write {done[-1][0]}: {error.strerror or error}") from error
            raise
        for _, before in done:
            if before is not None:
                before.unlink()

    def clear(self) -> None:
        """Take away what has no place."""
        for _, draft in self._drafts:
            draft.unlink(missing_ok=True)


@contextmanager
def together(folder: Path) -> Iterator[Together]:
    """Give a set of files to fill; they appear in `folder` at the end, all or none."""
    files = Together(folder)
    try:
        yield files
        files.place()
    finally:
        files.clear()
