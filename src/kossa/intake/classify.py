"""From the form of a file to its kind of evidence, and to the identity that it states."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePosixPath

from kossa.evidence import FileKind, Outcome, Refused, Severity
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.dicomdir import read_index
from kossa.intake.entry import Entry
from kossa.intake.identity import Identity
from kossa.intake.not_taken import BY_CLASS, BY_FORMAT, BY_MODALITY, NotTaken
from kossa.intake.sidecar import looks_like_sidecar, parse_toml
from kossa.intake.sniff import Format

__all__ = ["classify"]

#: names by which people call forms; a file that is named so and holds none is told as such
NAMED_AS = {
    ".dcm": "DICOM",
    ".dicom": "DICOM",
    ".ima": "DICOM",
    ".nii": "NIfTI",
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".zip": "zip",
    ".json": "JSON",
}
WORDS = {Format.LETTER, Format.READ_ME, Format.OTHER_TABLE, Format.XML, Format.HTML, Format.UNKNOWN}
FILMS = {"MG", "CR", "DX", "RG", "DR", "PX", "IO"}


def classify(entry: Entry) -> None:
    """Set kind, header and identities of an entry, and settle it where no reader can take it.

    `entry.format` is set already. Never raises: what is wrong with the file ends in its notices.
    """
    form = Format(entry.format)
    suffix = PurePosixPath(entry.location).suffix.lower()
    if form in WORDS and suffix in NAMED_AS:
        held = "bytes of no known form" if form is Format.UNKNOWN else "text"
        entry.refuse(
            Refused("misnamed", f"This file is named like {NAMED_AS[suffix]} ({suffix}) but holds {held}."),
            todo="Export it again from its source; if it is a letter, name it .txt.",
        )
        return
    if form in BY_FORMAT:
        not_taken(entry, BY_FORMAT[form])
        return
    entry.kind = KINDS.get(form, FileKind.OTHER)
    try:
        if form in LOOKS:
            LOOKS[form](entry)
    except Refused as refused:
        entry.refuse(refused)


def not_taken(entry: Entry, answer: NotTaken) -> None:
    """Settle an entry by the sentence for its form."""
    entry.kind = answer.kind
    severity = Severity.INFO if answer.outcome is Outcome.IGNORED else Severity.WARNING
    entry.tell(answer.code, severity, answer.what, done="It was not used.", todo=answer.todo)
    entry.settle(answer.outcome, reason=answer.code)


def _dicom(entry: Entry) -> None:
    entry.kind = FileKind.DICOM_OTHER
    if find_spec("kossa.intake.dicom") is None:  # until the DICOM header reader has landed
        entry.kind = FileKind.CT
        return
    header, stated = import_module("kossa.intake.dicom").read_header(entry.read())
    entry.header = header
    entry.identities = (
        Identity(
            system="dicom",
            identifier=stated.patient_id or "",
            issuer=stated.issuer or "",
            name=stated.name or "",
            birth_date=stated.birth_date or "",
            sex=stated.sex or "",
        ),
    )
    answer = _by_class(header) or (None if header.modality in FILMS | {"CT"} else _by_modality(header))
    if answer:
        not_taken(entry, answer)
    else:
        entry.kind = FileKind.FILM if header.modality in FILMS else FileKind.CT


def _by_class(header: DicomHeader) -> NotTaken | None:
    """The longest beginning of the class's UID that the table holds decides."""
    uid = header.sop_class_uid
    best = max((start for start in BY_CLASS if (uid + ".").startswith(start + ".")), key=len, default=None)
    return BY_CLASS[best] if best else None


def _by_modality(header: DicomHeader) -> NotTaken:
    return BY_MODALITY.get(header.modality, BY_MODALITY[""])


def _dicomdir(entry: Entry) -> None:
    entry.kind = FileKind.DICOMDIR
    read_index(entry.read())
    entry.settle(Outcome.IGNORED, reason="index")


def _toml(entry: Entry) -> None:
    """A TOML file is a case, or stands beside a picture."""
    entry.kind = FileKind.SIDECAR if looks_like_sidecar(parse_toml(entry.read())) else FileKind.CASE


KINDS = {
    Format.NIFTI: FileKind.CT,
    Format.NIFTI_GZ: FileKind.CT,
    Format.PNG: FileKind.PICTURE,
    Format.JPEG: FileKind.PICTURE,
    Format.TIFF: FileKind.PICTURE,
    Format.NETPBM: FileKind.PICTURE,
    Format.FHIR: FileKind.FHIR,
    Format.PHENOPACKET: FileKind.HISTORY,
    Format.CASE_JSON: FileKind.CASE,
    Format.LABS: FileKind.BLOOD,
    Format.LETTER: FileKind.HISTORY,
    Format.ZIP: FileKind.ARCHIVE,
}
#: forms that are looked into, because what they are stands inside
LOOKS = {Format.DICOM: _dicom, Format.DICOMDIR: _dicomdir, Format.TOML: _toml}
