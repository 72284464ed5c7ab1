"""Files that say only inside what they are: each is looked into under guard, no further than needed."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from kossa.evidence import FileKind, Outcome, Refused, Severity
from kossa.intake.budget import DEFAULT
from kossa.intake.dicom import read_header
from kossa.intake.dicom_frames import FILM_MODALITIES
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.dicomdir import read_index
from kossa.intake.entry import Entry
from kossa.intake.fhir_entries import resources
from kossa.intake.fhir_people import identities_in
from kossa.intake.identity import Identity
from kossa.intake.json_doc import depth
from kossa.intake.nifti import read_nifti_header
from kossa.intake.not_taken import BY_CLASS, BY_FORMAT, BY_MODALITY, CCDA, FHIR_XML, PHONE_PHOTO, NotTaken
from kossa.intake.picture_info import inspect
from kossa.intake.sidecar import looks_like_sidecar, parse_toml
from kossa.intake.sniff import Format
from kossa.intake.stated import in_case, in_letter, in_phenopacket, in_table
from kossa.intake.table import header_of, read_table
from kossa.intake.text import decode_text
from kossa.intake.xml_doc import root_of

__all__ = ["LOOKS", "not_taken"]


def not_taken(entry: Entry, answer: NotTaken) -> None:
    """Settle an entry by the sentence for its form."""
    entry.kind = answer.kind
    severity = Severity.INFO if answer.outcome is Outcome.IGNORED else Severity.WARNING
    entry.tell(answer.code, severity, answer.what, done="It was not used.", todo=answer.todo)
    entry.settle(answer.outcome, reason=answer.code)


def _dicom(entry: Entry) -> None:
    entry.kind = FileKind.DICOM_OTHER
    with entry.mapped() as data:
        entry.header, stated = read_header(data)
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
        entry.kind = FileKind.FILM if entry.header.modality in FILM_MODALITIES else FileKind.CT


def _not_taken(header: DicomHeader) -> NotTaken | None:
    """Return what is said of an object without a reader: by its class, then by its modality."""
    uid = header.sop_class_uid + "."
    best = max((start for start in BY_CLASS if uid.startswith(start + ".")), key=len, default="")
    if best:
        return BY_CLASS[best]
    if header.frames and header.modality in FILM_MODALITIES | {"CT"}:
        return None
    return BY_MODALITY.get(header.modality, BY_MODALITY[""])


def _dicomdir(entry: Entry) -> None:
    entry.kind = FileKind.DICOMDIR
    entry.index = read_index(entry.read())
    entry.tell(
        "index",
        Severity.INFO,
        "This is the index of a disc; the images are found without it.",
        todo="Give kossa the folder that it lies in.",
    )
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
    if document.faults and all(met.fault for met in resources(document).met):
        raise Refused(document.faults[0].code, document.faults[0].what)
    entry.identities = identities_in(document.data)


def _json(entry: Entry) -> None:
    """A phenopacket or a case is one statement: a fault anywhere refuses it."""
    document = entry.document()
    if document.faults:
        raise Refused(document.faults[0].code, document.faults[0].what)
    stated = in_phenopacket if entry.format == Format.PHENOPACKET else in_case
    entry.identities = stated(document.data)


def _other_json(entry: Entry) -> None:
    """JSON that is nothing of medicine; what is built to break a parser is told as that."""
    if depth(entry.read_at()(0, DEFAULT.head_bytes), stop=DEFAULT.nesting) > DEFAULT.nesting:
        raise Refused("too-deep", f"This JSON is nested more than {DEFAULT.nesting} levels deep.")
    not_taken(entry, BY_FORMAT[Format.OTHER_JSON])


def _xml(entry: Entry) -> None:
    entry.kind = FileKind.DOCUMENT
    root = root_of(entry.read_at()(0, DEFAULT.head_bytes))
    if root.endswith("ClinicalDocument"):
        not_taken(entry, CCDA)
    else:
        not_taken(entry, FHIR_XML if root.startswith("{http://hl7.org/fhir}") else BY_FORMAT[Format.XML])


#: names by which label maps go
MASK_NAMES = re.compile(r"(?i)(?:^|[^a-z])(?:seg|segmentations?|masks?|labels?|labelmap|rois?)(?:[^a-z]|$)")


def _nifti(entry: Entry) -> None:
    """A label map says so by its intent, or by its name where its numbers are whole."""
    with entry.mapped() as data:
        header = read_nifti_header(data)
    named = MASK_NAMES.search("/".join(PurePosixPath(entry.location).parts[-2:]))
    if header.label_map or (named and header.dtype.kind in "iu"):
        entry.kind = FileKind.MASK


def _picture(entry: Entry) -> None:
    """Look at a picture's header; a telephone's photograph and a scanner's own form are told as such."""
    entry.picture = inspect(Format(entry.format), entry.read_at(), entry.size, DEFAULT)
    for code, sentence in entry.picture.remarks:
        entry.tell(code, Severity.WARNING, sentence)
    if entry.picture.slide:
        not_taken(entry, BY_FORMAT[Format.SLIDE])
    elif entry.picture.phone:
        not_taken(entry, PHONE_PHOTO)


def _labs(entry: Entry) -> None:
    """Only a table with columns that say whose a row is is read for it."""
    if header_of(_beginning(entry)).person_columns():
        entry.identities = in_table(read_table(entry.read()))


def _letter(entry: Entry) -> None:
    entry.identities = in_letter(_beginning(entry))


def _beginning(entry: Entry) -> str:
    """Return the text at the beginning of a file, cut at a line's end so that no letter is cut."""
    head = entry.read_at()(0, DEFAULT.head_bytes)
    if entry.size > len(head):
        head = head[: head.rfind(b"\n") + 1] or head
    return decode_text(head).text


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
    Format.OTHER_JSON: _other_json,
    Format.XML: _xml,
    Format.NIFTI: _nifti,
    Format.NIFTI_GZ: _nifti,
    Format.PNG: _picture,
    Format.JPEG: _picture,
    Format.TIFF: _picture,
    Format.NETPBM: _picture,
}
