"""From the form of a file to its kind of evidence, and to the identity that it states."""

from __future__ import annotations

from pathlib import PurePosixPath

from kossa.evidence import FileKind, Outcome, Refused, Severity
from kossa.intake.dicom import read_header
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.dicomdir import read_index
from kossa.intake.entry import Entry
from kossa.intake.fhir_people import identities_in, resources
from kossa.intake.identity import Identity
from kossa.intake.json_doc import first_fault
from kossa.intake.not_taken import BY_CLASS, BY_FORMAT, BY_MODALITY, NotTaken
from kossa.intake.sidecar import looks_like_sidecar, parse_toml
from kossa.intake.sniff import Format
from kossa.intake.stated import in_case, in_letter, in_phenopacket, in_table
from kossa.intake.table import read_table
from kossa.intake.text import decode_text

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
    entry.header, stated = read_header(entry.read())
    entry.identities = (
        Identity(
            system="dicom",
            identifier=stated.patient_id or "",
            issuer=stated.issuer or "",
            name=stated.name or "",
            birth_date=stated.birth_date or "",
            sex=stated.sex or "",
            age_years=entry.header.age_years,
        ),
    )
    answer = _not_taken(entry.header)
    if answer:
        not_taken(entry, answer)
    else:
        entry.kind = FileKind.FILM if entry.header.modality in FILMS else FileKind.CT


def _not_taken(header: DicomHeader) -> NotTaken | None:
    """Return what is said of an object without a reader: by its class, then by its modality."""
    uid = header.sop_class_uid + "."
    best = max((start for start in BY_CLASS if uid.startswith(start + ".")), key=len, default="")
    if best:
        return BY_CLASS[best]
    if header.frames and header.modality in FILMS | {"CT"}:
        return None
    return BY_MODALITY.get(header.modality, BY_MODALITY[""])


def _dicomdir(entry: Entry) -> None:
    entry.kind = FileKind.DICOMDIR
    read_index(entry.read())
    entry.settle(Outcome.IGNORED, reason="index")


def _toml(entry: Entry) -> None:
    """A TOML file is a case, or stands beside a picture."""
    content = parse_toml(entry.read())
    entry.kind = FileKind.SIDECAR if looks_like_sidecar(content) else FileKind.CASE
    if entry.kind is FileKind.CASE:
        entry.identities = in_case(content)


def _fhir(entry: Entry) -> None:
    """A record whose only entry is faulty is refused at once; of several, the reader refuses the one."""
    document = entry.document()
    sound = sum(first_fault(resource) is None for _, resource, _ in resources(document.data))
    if not sound and document.faults:
        raise Refused(document.faults[0].code, document.faults[0].what)
    entry.identities = identities_in(document.data)


def _json(entry: Entry) -> None:
    """A phenopacket or a case is one statement: a fault anywhere refuses it."""
    document = entry.document()
    if document.faults:
        raise Refused(document.faults[0].code, document.faults[0].what)
    stated = in_phenopacket if entry.format == Format.PHENOPACKET else in_case
    entry.identities = stated(document.data)


def _labs(entry: Entry) -> None:
    entry.identities = in_table(read_table(entry.read()))


def _letter(entry: Entry) -> None:
    entry.identities = in_letter(decode_text(entry.read()).text)


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
LOOKS = {
    Format.DICOM: _dicom,
    Format.DICOMDIR: _dicomdir,
    Format.TOML: _toml,
    Format.FHIR: _fhir,
    Format.PHENOPACKET: _json,
    Format.CASE_JSON: _json,
    Format.LABS: _labs,
    Format.LETTER: _letter,
}
