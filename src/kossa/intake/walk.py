"""Every regular file below a folder, in one fixed order, without leaving it or waiting on anything."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kossa.evidence import CannotFinish
from kossa.intake.budget import Budget

__all__ = ["Met", "Walk", "printable_path"]

RUN_BYTES = 50_000_000  # of a run.json that is looked into (judgement)
#: folders that programs keep for themselves; __MACOSX holds halves of files only
NOT_ENTERED = {".git", ".hg", ".svn", ".venv", "__MACOSX", "__pycache__", "node_modules", "$RECYCLE.BIN"}


@dataclass(frozen=True, slots=True)
class Met:
    """A name in a folder; `fault` says why it is not opened: link, special, unreadable."""

    path: Path
    location: str
    size: int = 0
    fault: str | None = None


@dataclass(slots=True)
class Walk:
    """One pass over a folder. `not_entered` are folders left out, with the reason."""

    root: Path
    budget: Budget
    not_entered: list[tuple[str, str]] = field(default_factory=list)
    _met: int = 0
    _inside: Path = field(init=False)

    def __iter__(self) -> Iterator[Met]:
        """Yield what is met, files of a folder before its folders, both by name."""
        self._inside = self.root.resolve()
        todo = [(str(self.root), "", 0)]
        while todo:
            folder, prefix, deep = todo.pop()
            files, folders = self._list(folder, prefix)
            yield from files
            if deep == self.budget.folders_deep:
                self.not_entered += [(location, "too-deep") for _, location in folders]
            else:
                todo.extend((path, location + "/", deep + 1) for path, location in reversed(folders))

    def _list(self, folder: str, prefix: str) -> tuple[list[Met], list[tuple[str, str]]]:
        files: list[Met] = []
        folders: list[tuple[str, str]] = []
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda e: os.fsencode(e.name))
        except OSError:
            self.not_entered.append((prefix.rstrip("/") or ".", "unreadable"))
            return [], []
        self._met += len(entries)
        if self._met > self.budget.files:
            raise CannotFinish(
                f"This folder holds more than {self.budget.files:,} files; "
                "give kossa the folder of one person."
            )
        if any(e.name == "workup.json" for e in entries) and _is_output(folder):
            # its pictures and maps are answers; what lies beside them may be evidence
            self.not_entered.append((prefix.rstrip("/") or ".", "output"))
            written = _outputs(folder)
            entries = [] if written is None else [e for e in entries if e.name not in written]
        for entry in entries:
            location = prefix + printable_path(entry.name)
            if entry.is_symlink():
                files += self._link(entry, location)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name in NOT_ENTERED:
                    self.not_entered.append((location, "not-evidence"))
                else:
                    folders.append((entry.path, location))
            else:
                files.append(_file(Path(entry.path), location, entry))
        return files, folders

    def _link(self, entry: os.DirEntry[str], location: str) -> list[Met]:
        """A link is followed to a file of this folder that is not met otherwise (git-annex keeps data so)."""
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            return [Met(Path(entry.path), location, fault="broken-link")]
        if not target.is_relative_to(self._inside):
            return [Met(Path(entry.path), location, fault="link-outside")]
        hidden = NOT_ENTERED & set(target.relative_to(self._inside).parts)
        return [_file(target, location, target)] if hidden and target.is_file() else []


def _file(path: Path, location: str, entry: os.DirEntry[str] | Path) -> Met:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:
        return Met(path, location, fault="unreadable")
    if not stat.S_ISREG(about.st_mode):
        return Met(path, location, fault="special")
    return Met(path, location, about.st_size)


def _is_output(folder: str) -> bool:
    """Say whether kossa wrote this folder: its pictures and maps are answers, not evidence."""
    try:
        with open(Path(folder, "workup.json"), "rb") as stream:  # noqa: PTH123 - one way to open for all
            return b'"kossa/workup/' in stream.read(256)
    except OSError:
        return False


def _outputs(folder: str) -> set[str] | None:
    """Return the names of what kossa wrote here: those of its run.json that are as it wrote them.

    None where nothing tells, so that all of the folder may be answers.
    """
    try:
        with open(Path(folder, "run.json"), "rb") as stream:  # noqa: PTH123 - the same
            told = json.loads(stream.read(RUN_BYTES))["outputs"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return {"run.json", *(name for name, digest in told if _digest(Path(folder, Path(name).name)) == digest)}


def _digest(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def printable_path(name: str) -> str:
    r"""Return a file name that can be written as UTF-8; bytes that are not stand as `\xe9`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
