"""Walk a folder, look at the first bytes of every file, and say what each is.

Nothing is decoded here but headers; what is sorted waits for its reader with its outcome open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from kossa.evidence import FileKind, NothingUsable, Notice, Outcome, Refused, Severity, WrongCall
from kossa.evidence.progress import Progress, silent
from kossa.intake.archive import Archive
from kossa.intake.budget import DEFAULT, Budget
from kossa.intake.classify import classify
from kossa.intake.entry import Entry, Survey
from kossa.intake.files import read_file, read_head
from kossa.intake.safe_text import safe
from kossa.intake.sidecar_pairs import pair_sidecars
from kossa.intake.sniff import Format, sniff
from kossa.intake.walk import Met, Walk, printable_path

__all__ = ["survey"]


def survey(path: Path, *, progress: Progress = silent, budget: Budget | None = None) -> Survey:
    """Return what a folder or a single file holds, in a fixed order; nothing is written anywhere.

    Raises `WrongCall` where there is nothing at `path`, `NothingUsable` where it may not be read,
    `CannotFinish` where the folder holds more files than the budget.
    """
    budget = budget or DEFAULT
    try:
        is_folder = path.is_dir()
        is_there = is_folder or path.exists()
        if is_folder:
            next(path.iterdir(), None)
    except PermissionError:
        raise NothingUsable(
            f"{safe(str(path), limit=None)} may not be read; check its permissions."
        ) from None
    except (OSError, ValueError):  # too long a name, or one with a NUL
        raise WrongCall(f"{safe(str(path))} is no name that a file can have; check the path.") from None
    if not is_there:
        raise WrongCall(f"There is no file or folder {safe(str(path), limit=None)}; check the path.")
    looking = _Surveyor(budget, progress)
    walk = Walk(path if is_folder else path.parent, budget)
    looking.look(walk if is_folder else _alone(path))
    looking.pass_over_folders(walk.not_entered)
    found = Survey(walk.root, looking.entries, looking.notices, dict(sorted(looking.irrelevant.items())))
    pair_sidecars(found)
    if is_folder:
        _tell_missing(found)
    looking.count_irrelevant()
    return found


def _alone(path: Path) -> list[Met]:
    """One file, and the NAME.toml beside it."""
    beside = path.with_suffix(".toml")
    try:
        paths = [path, beside] if beside != path and beside.is_file() else [path]
    except OSError:  # the picture's own name has just as many letters as a name can have
        paths = [path]
    return [Met(p, printable_path(p.name)) for p in paths]


def _tell_missing(found: Survey) -> None:
    """Say how many files a disc's index names that are not here: slices may be missing."""
    here = {entry.location.lower() for entry in found.entries}
    for entry in found.entries:
        folder = entry.location.rpartition("/")[0]
        named = {f"{folder}/{file}".lstrip("/").lower() for file in entry.index}
        missing = sum(not {name, name + ".dcm"} & here for name in named)
        if missing:
            entry.tell(
                "index-names-more",
                Severity.WARNING,
                f"The disc's index names {missing} file(s) that are not here; slices may be missing.",
                todo="Copy the whole disc again.",
            )


#: what is said of a name that is not opened
FAULTS = {
    "link-outside": (
        Severity.WARNING,
        "This is a link to a place outside the folder; it was not followed.",
        "Copy the file into the folder, or give kossa the folder it lies in.",
    ),
    "broken-link": (Severity.WARNING, "This is a link to nothing.", "Copy the file itself into the folder."),
    "special": (Severity.WARNING, "This is a pipe, a socket or a device, not a file; it was not opened.", ""),
    "unreadable": (Severity.ERROR, "This file cannot be read.", "Check its permissions, or copy it again."),
}


class _Surveyor:
    """Collects entries, and counts what is not worth one."""

    def __init__(self, budget: Budget, progress: Progress) -> None:
        self.budget = budget
        self.progress = progress
        self.entries: list[Entry] = []
        self.notices: list[Notice] = []
        self.irrelevant: Counter[str] = Counter()
        self.looked = 0

    def look(self, met: Iterable[Met]) -> None:
        """Look at everything that was met, one file opened at a time."""
        for one in met:
            self.looked += 1
            if not self.looked % 100:
                self.progress("looking at files", self.looked, 0)
            if one.fault:
                self._not_opened(one)
            else:
                self._open(one)

    def _not_opened(self, met: Met) -> None:
        severity, what, todo = FAULTS[met.fault or ""]
        entry = self._entry(met.location, met.size, partial(_never, what))
        entry.tell(met.fault or "", severity, what, done="It was not opened.", todo=todo)
        outcome = Outcome.REJECTED if met.fault == "unreadable" else Outcome.IGNORED
        entry.settle(outcome, reason=met.fault)
        self._add(entry)

    def _open(self, met: Met) -> None:
        read = partial(read_file, met.path, self.budget)
        entry = self._entry(met.location, met.size, read, met.path)
        try:
            head, entry.size = read_head(met.path, self.budget.head_bytes)
        except Refused as refused:
            entry.refuse(refused)
            self._add(entry)
            return
        self._sort(entry, head)
        if entry.format == Format.ZIP and entry.outcome is None:
            self._archive(entry, met.path)

    def _sort(self, entry: Entry, head: bytes) -> None:
        """Say what an entry is, and count it instead of listing it where it is one of very many."""
        entry.format = sniff(head, entry.location.rpartition("/")[2])
        classify(entry)
        self._add(entry)

    def _archive(self, entry: Entry, path: Path) -> None:
        """List the members of a zip file as files of their own, and settle the archive by them."""
        archive = Archive(path, self.budget)
        opened = 0
        for member in archive.members():
            inside = self._entry(f"{entry.location}!{member.name}", member.size, member.read)
            inside.packed_in = entry.number
            try:
                head = member.head(self.budget.head_bytes)
                _stay_closed(sniff(head, member.name.rpartition("/")[2]))
            except Refused as refused:
                archive.refused.append(refused)
                inside.refuse(refused)
                if len(archive.refused) <= self.budget.listed_irrelevant:
                    self._add(inside)
                continue
            opened += 1
            self._sort(inside, head)
            if inside.outcome is not None:
                member.forget()
        settle_archive(entry, archive.refused, opened)

    def _entry(self, location: str, size: int, read: Callable[[], bytes], path: Path | None = None) -> Entry:
        number = self.entries[-1].number + 1 if self.entries else 1
        return Entry(number=number, kind=FileKind.OTHER, location=location, size=size, read=read, path=path)

    def _add(self, entry: Entry) -> None:
        settled = entry.outcome
        if settled and settled.outcome is Outcome.IGNORED and entry.kind is FileKind.OTHER:
            self.irrelevant[entry.format] += 1
            if sum(self.irrelevant.values()) > self.budget.listed_irrelevant:
                return
        self.entries.append(entry)

    def count_irrelevant(self) -> None:
        """Tell the number of files that are no evidence and are not listed one by one."""
        more = sum(self.irrelevant.values()) - self.budget.listed_irrelevant
        if more <= 0:
            return
        kinds = ", ".join(f"{n:,} {form.replace('_', ' ')}" for form, n in self.irrelevant.most_common(5))
        self.notices.append(
            Notice(
                code="passed-over",
                severity=Severity.INFO,
                what=f"{more:,} more files are no evidence (in all: {kinds}).",
                done="They were sorted by their first bytes and are not listed one by one.",
            )
        )

    def pass_over_folders(self, folders: list[tuple[str, str]]) -> None:
        """Tell which folders were not entered, and why; their names stay in the room."""
        for reason, (severity, what, todo) in NOT_ENTERED.items():
            count = sum(why == reason for _, why in folders)
            if count:
                self.notices.append(
                    Notice(code=f"folder-{reason}", severity=severity, what=what.format(count), todo=todo)
                )


def _stay_closed(form: Format) -> None:
    if form in (Format.ZIP, Format.OTHER_ARCHIVE):
        raise Refused("too-deep", "An archive inside an archive was not opened. Unpack it first.")


def settle_archive(entry: Entry, refused: list[Refused], opened: int) -> None:
    """Say what became of an archive: all of it was opened, a part, or nothing."""
    for code in dict.fromkeys(r.code for r in refused):
        same = [r for r in refused if r.code == code]
        count = f" (This holds for {len(same)} members.)" if len(same) > 1 else ""
        entry.tell(code, Severity.WARNING, f"{same[0]}{count}", done="It was not opened.")
    reason = refused[0].code if refused else None if opened else "empty"
    outcome = Outcome.PARTIAL if refused else Outcome.ACCEPTED
    entry.settle(outcome if opened else Outcome.REJECTED, reason=reason)


NOT_ENTERED = {
    "unreadable": (
        Severity.ERROR,
        "{} folder(s) may not be listed; what is in them is not known.",
        "Check their permissions.",
    ),
    "too-deep": (
        Severity.WARNING,
        "{} folder(s) lie more than 64 folders deep and were not entered.",
        "Give kossa the inner folder.",
    ),
    "output": (
        Severity.INFO,
        "{} folder(s) hold an earlier report of kossa; the report's own files were passed over.",
        "",
    ),
    "not-evidence": (Severity.INFO, "{} folder(s) that programs keep for themselves were passed over.", ""),
}


def _never(what: str) -> bytes:
    raise Refused("not-opened", what)
