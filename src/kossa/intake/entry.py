"""One file of a folder (or a member of an archive in it), and the survey of all of them.

Paths and identities of people stay in this room: what leaves it is a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from kossa.evidence import File, FileKind, Notice, Outcome, Refused, Severity, Source
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.files import map_file, read_part
from kossa.intake.identity import Identity
from kossa.intake.json_doc import Document, parse_tolerant
from kossa.intake.names import Names
from kossa.intake.picture_info import PictureInfo
from kossa.intake.remedies import REMEDIES
from kossa.intake.sidecar import Sidecar

__all__ = ["Entry", "Survey"]

#: bytes from which on a file is mapped: below, reading it whole is as fast
LARGE = 4 << 20


@dataclass(slots=True)
class Entry:
    """A file that was met, what it is, and in the end what became of it.

    `read` returns its bytes under the budget of one file and raises `Refused`; members of archives
    are read the same way. `location` is the path inside the folder (`a/b.zip!c.dcm` for a member),
    for `run.json` only. `format` is the form of the bytes (`dicom`, `png`, `csv`: see `sniff.Format`).
    `header` is set for DICOM files whose header could be read; `index` are the files that a DICOMDIR
    names. `packed_in` is the number of the archive, `sidecar` that of the NAME.toml beside a picture,
    and `told` what stands in it. `picture` is the checked header of a picture. `person` is the key of
    whom the file is about, None where it does not say.
    """

    number: int
    kind: FileKind
    location: str
    size: int
    read: Callable[[], bytes] = field(repr=False)
    format: str = "unknown"
    path: Path | None = field(default=None, repr=False)
    header: DicomHeader | None = field(default=None, repr=False)
    packed_in: int | None = None
    index: tuple[str, ...] = field(default=(), repr=False)
    sidecar: int | None = None
    told: Sidecar | None = None
    picture: PictureInfo | None = None
    notices: list[Notice] = field(default_factory=list)
    outcome: File | None = None
    person: str | None = None
    identities: tuple[Identity, ...] = field(default=(), repr=False)
    _document: Document | None = field(default=None, repr=False)

    def sha256(self) -> str:
        """Return the hash of the file's bytes (of the inflated bytes of a member), read anew."""
        return hashlib.sha256(self.read()).hexdigest()

    def read_at(self) -> Callable[[int, int], bytes]:
        """Return a function (offset, length) -> bytes; a member of an archive is inflated once for it."""
        if self.path is not None:
            return partial(read_part, self.path)
        data = self.read()
        return lambda offset, length: data[offset : offset + length]

    @contextmanager
    def mapped(self) -> Iterator[bytes]:
        """Give the file's bytes for a look at its header: a large file is mapped and not read whole.

        What is given behaves as bytes do (length, slices, `struct.unpack_from`) until the block ends.
        """
        if self.path is None or self.size < LARGE:
            yield self.read()
            return
        with map_file(self.path) as data:
            yield cast(bytes, data)

    def document(self) -> Document:
        """Return the file as guarded JSON, parsed once; raises `Refused`."""
        if self._document is None:
            self._document = parse_tolerant(self.read())
        return self._document

    def replace_document(self, document: Document) -> None:
        """Let readers see this in place of the file's own JSON (the records of one of several people)."""
        self._document = document

    def source(self, place: str | None = None) -> Source:
        """Return a place in this file, for findings and notices."""
        return Source(file=self.number, place=place)

    def tell(
        self,
        code: str,
        severity: Severity,
        what: str,
        *,
        done: str = "",
        todo: str = "",
        place: str | None = None,
    ) -> Notice:
        """Add a notice on this file and return it."""
        notice = Notice(
            code=code, severity=severity, what=what, done=done, todo=todo, source=self.source(place)
        )
        self.notices.append(notice)
        return notice

    def settle(self, outcome: Outcome, *, reason: str | None = None, used_by: str | None = None) -> None:
        """Say what became of the file; a later word replaces an earlier one."""
        self.outcome = File(
            number=self.number,
            kind=self.kind,
            outcome=outcome,
            reason=reason,
            person=self.person,
            used_by=used_by,
            notices=tuple(dict.fromkeys(n.code for n in self.notices)),
        )

    def refuse(self, refused: Refused, *, done: str = "This file is not used.", todo: str = "") -> None:
        """Settle the file as rejected; the notice's sentence is that of the refusal, with its remedy."""
        what = str(refused)
        what = what[:1].upper() + what[1:]
        self.tell(
            refused.code,
            Severity.ERROR,
            what if what.endswith((".", "!", "?")) else what + ".",
            done=done,
            todo=todo or REMEDIES.get(refused.code, ""),
        )
        self.settle(Outcome.REJECTED, reason=refused.code)


@dataclass(slots=True)
class Survey:
    """All that a folder holds. Readers take the entries of their kind and settle each outcome.

    `passed_over` counts, by form, the files that are no evidence and are not listed one by one.
    `person` is the key of the one that was chosen, where there were several; the files of the others
    are `set_aside`, where no reader finds them. `names` are what is to be taken out of words, once known.
    """

    root: Path
    entries: list[Entry]
    notices: list[Notice] = field(default_factory=list)
    passed_over: dict[str, int] = field(default_factory=dict)
    person: str | None = None
    set_aside: list[Entry] = field(default_factory=list)
    names: Names | None = field(default=None, repr=False)

    def everything(self) -> list[Entry]:
        """Return all entries in the order of their numbers, those set aside too: for the table of files."""
        return sorted([*self.entries, *self.set_aside], key=lambda entry: entry.number)

    def of(self, *kinds: FileKind) -> list[Entry]:
        """Return the entries of these kinds that are not settled yet, in their order."""
        return [e for e in self.entries if e.kind in kinds and e.outcome is None]

    def numbered(self, number: int) -> Entry:
        """Return the entry with this number; raises KeyError."""
        for entry in self.entries:
            if entry.number == number:
                return entry
        raise KeyError(number)
