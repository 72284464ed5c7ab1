"""From the form of a file to its kind of evidence, and to the identity that it states."""

from __future__ import annotations

from kossa.evidence import FileKind, Refused
from kossa.intake.entry import Entry
from kossa.intake.look_into import LOOKS, not_taken
from kossa.intake.not_taken import BY_FORMAT
from kossa.intake.sniff import Format, suffix_of

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
WORDS = {
    Format.LETTER,
    Format.READ_ME,
    Format.OTHER_TEXT,
    Format.OTHER_TABLE,
    Format.XML,
    Format.HTML,
    Format.UNKNOWN,
}


def classify(entry: Entry) -> None:
    """Set kind, header and identities of an entry, and settle it where no reader can take it.

    `entry.format` is set already. Never raises: what is wrong with the file ends in its notices.
    """
    form = Format(entry.format)
    suffix = suffix_of(entry.location)
    if form in WORDS and suffix in NAMED_AS:
        held = "bytes of no known form" if form is Format.UNKNOWN else "text"
        entry.refuse(
            Refused("misnamed", f"This file is named like {NAMED_AS[suffix]} ({suffix}) but holds {held}."),
            todo="Export it again from its source; if it is a letter, name it .txt.",
        )
        return
    entry.kind = KINDS.get(form, FileKind.OTHER)
    try:
        if form in LOOKS:
            LOOKS[form](entry)
        elif form in BY_FORMAT:
            not_taken(entry, BY_FORMAT[form])
    except Refused as refused:
        entry.refuse(refused)


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
