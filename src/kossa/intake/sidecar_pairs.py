"""Which NAME.toml belongs to which picture, and what it tells of it."""

from __future__ import annotations

from pathlib import PurePosixPath

from kossa.evidence import FileKind, Outcome, Refused, Severity
from kossa.intake.entry import Entry, Survey
from kossa.intake.not_taken import PHONE_PHOTO
from kossa.intake.sidecar import FIELDS, parse_sidecar, parse_toml

__all__ = ["pair_sidecars"]

#: what a sidecar may stand beside
PICTURES = {FileKind.PICTURE, FileKind.FILM, FileKind.SECTION}


def pair_sidecars(survey: Survey) -> None:
    """Give each picture what its sidecar tells, and settle the sidecars; told kinds replace PICTURE."""
    tables = {_stem(e): e for e in survey.entries if e.format == "toml" and e.outcome is None}
    broken = {_stem(e): e for e in survey.entries if e.format == "toml" and e.outcome is not None}
    used: set[int] = set()
    for entry in survey.entries:
        beside = tables.get(_stem(entry)) if entry.kind in PICTURES else None
        if beside is not None and beside is not entry:
            used.add(beside.number)
            _tell(entry, beside)
        elif entry.kind is FileKind.PICTURE and (torn := broken.get(_stem(entry))) is not None:
            _tell_wrong(entry, torn.notices[0].code, torn.notices[0].what)
    for entry in tables.values():
        if entry.number not in used and entry.kind is FileKind.SIDECAR:
            entry.tell(
                "sidecar-alone",
                Severity.WARNING,
                "This TOML file tells of a picture, but no picture of the same name lies beside it.",
                todo="Give both the same name: film.png and film.toml.",
            )
            entry.settle(Outcome.IGNORED, reason="sidecar-alone")


def _stem(entry: Entry) -> str:
    return str(PurePosixPath(entry.location).with_suffix(""))


def _tell(picture: Entry, beside: Entry) -> None:
    try:
        content = parse_toml(beside.read())
        if not {name.lower() for name in content} & set(FIELDS):
            return  # a case of the same name
        beside.kind = FileKind.SIDECAR
        picture.told = parse_sidecar(content)
    except Refused as refused:
        beside.refuse(refused, done="What it tells of the picture beside it is not used.")
        if picture.kind is FileKind.PICTURE:
            _tell_wrong(picture, refused.code, str(refused))
        return
    picture.sidecar = beside.number
    if picture.outcome and picture.outcome.reason == PHONE_PHOTO.code and picture.told.kind == "section":
        picture.outcome = None  # through a microscope a telephone is a camera like others, told by its notice
    beside.settle(Outcome.ACCEPTED)
    if picture.kind is FileKind.PICTURE and picture.told.kind:
        picture.kind = FileKind.SECTION if picture.told.kind == "section" else FileKind.FILM


def _tell_wrong(picture: Entry, code: str, why: str) -> None:
    reason = why.rstrip(".").removeprefix("The TOML beside a picture ").removeprefix("This is ")
    what = f"The TOML beside this picture is wrong: {reason}. So the picture was not read."
    picture.tell(code, Severity.ERROR, what, todo="Mend it.")
