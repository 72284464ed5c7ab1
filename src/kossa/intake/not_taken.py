"""What is said of a file that no reader takes: what it is, and what its owner can do.

A form that may hold evidence is rejected (`not-supported`) with the way to bring it in; what can
hold none is ignored (`not-evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass

from kossa.evidence import FileKind, Outcome
from kossa.intake.sniff import Format

__all__ = ["BY_CLASS", "BY_FORMAT", "BY_MODALITY", "CCDA", "FHIR_XML", "PHONE_PHOTO", "UNREAD", "NotTaken"]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The answer for one form of file."""

    kind: FileKind
    outcome: Outcome
    code: str
    what: str
    todo: str = ""


def _evidence(kind: FileKind, what: str, todo: str) -> NotTaken:
    return NotTaken(kind, Outcome.REJECTED, "not-supported", what, todo)


def _nothing(kind: FileKind, what: str, todo: str = "") -> NotTaken:
    return NotTaken(kind, Outcome.IGNORED, "not-evidence", what, todo)


_AS_TEXT = (
    "Copy its words into a plain text file (.txt), or type what matters into a case.toml "
    "(`kossa new FOLDER` writes one)."
)
_AS_TILES = (
    "Export it as a tiled TIFF with the micrometres a pixel, and put a NAME.toml with um_per_px beside it."
)

BY_FORMAT: dict[Format, NotTaken] = {
    Format.EMPTY: NotTaken(
        FileKind.OTHER,
        Outcome.REJECTED,
        "empty",
        "This file is empty: 0 bytes.",
        "Copy it again from its source.",
    ),
    Format.PHONE_PICTURE: _evidence(
        FileKind.PICTURE,
        "This is a photograph in a phone's form (HEIC or AVIF), which is not read.",
        "Ask for the film or the scan itself as DICOM; a photograph of a light box loses what is measured.",
    ),
    Format.OTHER_PICTURE: _evidence(
        FileKind.PICTURE,
        "This picture is in a form that is not read (GIF, BMP, WebP, JPEG 2000 or PSD).",
        "Export it as PNG or TIFF without loss; for a film ask for the DICOM file.",
    ),
    Format.SLIDE: _evidence(
        FileKind.PICTURE,
        "This is a whole slide in a scanner's own form (SVS or another), which this version does not read.",
        _AS_TILES,
    ),
    Format.VIDEO: _evidence(
        FileKind.OTHER,
        "This is a video or sound recording, which is not read.",
        "Ask for the single images as DICOM.",
    ),
    Format.PDF: _evidence(FileKind.DOCUMENT, "This is a PDF, and its text is not read.", _AS_TEXT),
    Format.OFFICE: _evidence(
        FileKind.DOCUMENT,
        "This is an office file (DOCX, XLSX, PPTX or OpenDocument), which is not read.",
        "Save a text as .txt, and a table of blood results as CSV with the columns name,value,unit,date.",
    ),
    Format.OLD_OFFICE: _evidence(
        FileKind.DOCUMENT,
        "This is an office file of the old form (DOC or XLS), which is not read.",
        "Save a text as .txt, and a table of blood results as CSV with the columns name,value,unit,date.",
    ),
    Format.RTF: _evidence(
        FileKind.DOCUMENT, "This is a Rich Text file, which is not read.", "Save it as .txt."
    ),
    Format.HTML: _evidence(FileKind.DOCUMENT, "This is a web page, which is not read.", _AS_TEXT),
    Format.XML: _evidence(
        FileKind.DOCUMENT,
        "This is XML without a form that is known here, and is not read.",
        "If it holds a record, export it as FHIR in JSON.",
    ),
    Format.HL7_V2: _evidence(
        FileKind.DOCUMENT,
        "This is an HL7 version 2 message, which this version does not read.",
        "Export the results as FHIR in JSON, or as CSV with the columns name,value,unit,date.",
    ),
    Format.OTHER_TABLE: _nothing(
        FileKind.OTHER,
        "This is a table, but not one of blood results: it has no columns for the test's name and its value.",
        "If it holds results, let its first line be name,value,unit,date (low, high and flag may follow).",
    ),
    Format.OTHER_JSON: _nothing(
        FileKind.OTHER,
        "This is JSON, but neither FHIR nor a phenopacket nor a case.",
        "If it holds a record, export it as FHIR (R4).",
    ),
    Format.CASE_LINES: _evidence(
        FileKind.OTHER,
        "This file holds many cases, one a line.",
        "Give it to `kossa diagnose`; `kossa read` takes the folder of one person.",
    ),
    Format.FHIR_LINES: _evidence(
        FileKind.OTHER,
        "This is a bulk export of FHIR (NDJSON), one resource a line, which this version does not read.",
        "Export one person's record as a FHIR Bundle in JSON.",
    ),
    Format.NRRD: _evidence(
        FileKind.OTHER,
        "This is an NRRD volume, which this version does not read.",
        "Export it as NIfTI (.nii.gz), or give the DICOM slices themselves.",
    ),
    Format.METAIMAGE: _evidence(
        FileKind.OTHER,
        "This is a MetaImage header, which this version does not read.",
        "Export it as NIfTI (.nii.gz), or give the DICOM slices themselves.",
    ),
    Format.ANALYZE: _evidence(
        FileKind.OTHER,
        "This is an Analyze header or a NIfTI in two files; it does not say for sure which side is left.",
        "Export it as NIfTI in one file (.nii.gz), or give the DICOM slices themselves.",
    ),
    Format.MINC: _evidence(
        FileKind.OTHER,
        "This is HDF5, MINC or netCDF, which is not read.",
        "If it is a scan, export it as NIfTI (.nii.gz), or give the DICOM slices themselves.",
    ),
    Format.NPY: _evidence(
        FileKind.OTHER,
        "This is a numpy array: it does not say where its numbers lie, nor that they are Hounsfield units.",
        "Save it as NIfTI with its affine (.nii.gz).",
    ),
    Format.PICKLE: _nothing(
        FileKind.OTHER,
        "This is a Python pickle or a model's weights; opening one runs what is in it, so it was not opened.",
        "If it holds a scan, save it as NIfTI.",
    ),
    Format.OTHER_ARCHIVE: _evidence(
        FileKind.ARCHIVE,
        "This is an archive or compressed file other than zip, which is not opened.",
        "Unpack it, and give kossa the folder.",
    ),
    Format.DISC_IMAGE: _evidence(
        FileKind.ARCHIVE,
        "This is the image of a disc (ISO), which is not opened.",
        "Mount or unpack it, and give kossa the folder.",
    ),
    Format.KOSSA_OUTPUT: _nothing(
        FileKind.OTHER, "This was written by kossa: it is an answer, not evidence."
    ),
    Format.READ_ME: _nothing(
        FileKind.OTHER,
        "By its name this text describes the folder, not a person.",
        "If it is a letter or a report, give it another name.",
    ),
    Format.OTHER_TEXT: _nothing(
        FileKind.OTHER,
        "This is text, but by its name neither a letter nor a report.",
        "If it is one, name it .txt.",
    ),
    Format.SOURCE_CODE: _nothing(FileKind.OTHER, "This is source code, settings or a log."),
    Format.PROGRAM: _nothing(FileKind.OTHER, "This is a program (viewers on discs are); it was not run."),
    Format.DATABASE: _nothing(FileKind.OTHER, "This is a database file."),
    Format.JUNK: _nothing(FileKind.OTHER, "This is a file that the operating system keeps for itself."),
    Format.UNKNOWN: _nothing(
        FileKind.OTHER,
        "This is no kind of file that is known here.",
        "If it is a scan, export it as DICOM or NIfTI.",
    ),
}

#: a JPEG that says that a telephone took it
PHONE_PHOTO = NotTaken(
    FileKind.PICTURE,
    Outcome.REJECTED,
    "phone-photo",
    "This is a photograph taken with a telephone; of a film or a screen it cannot be measured.",
    "Ask for the film or the scan itself as DICOM. If it was taken through a microscope, put a NAME.toml "
    'beside it with kind = "section".',
)
CCDA = _evidence(
    FileKind.DOCUMENT,
    "This is a clinical document in XML (C-CDA), which this version does not read.",
    "Export the record as FHIR in JSON, or type the results into a case.toml "
    "(`kossa new FOLDER` writes one).",
)
FHIR_XML = _evidence(
    FileKind.DOCUMENT,
    "This is FHIR in XML, which is not read.",
    "Export the same record as FHIR in JSON.",
)

#: DICOM by the class of object (DICOM PS3.4 table B.5-1), the longest matching beginning counts
BY_CLASS: dict[str, NotTaken] = {
    "1.2.840.10008.5.1.4.1.1.88": _nothing(
        FileKind.DICOM_OTHER,
        "This is a DICOM structured report (a dose sheet or a list of measurements); its text is not read.",
        "If it is a radiologist's report, copy its words into a plain text file (.txt).",
    ),
    "1.2.840.10008.5.1.4.1.1.66": _evidence(
        FileKind.DICOM_OTHER,
        "This is a DICOM segmentation or registration, which this version does not read.",
        "Export the segmentation as a NIfTI label map and give it by --roi.",
    ),
    "1.2.840.10008.5.1.4.1.1.481": _evidence(
        FileKind.DICOM_OTHER,
        "This belongs to a radiotherapy plan (RTSTRUCT, RTDOSE or RTPLAN), which this version does not read.",
        "Export the contours as a NIfTI label map and give it by --roi.",
    ),
    "1.2.840.10008.5.1.4.1.1.11": _nothing(
        FileKind.DICOM_OTHER, "This is a DICOM presentation state: how to show images, not an image."
    ),
    "1.2.840.10008.5.1.4.1.1.104": _evidence(
        FileKind.DOCUMENT,
        "This is a PDF or another document inside DICOM, and its text is not read.",
        _AS_TEXT,
    ),
    "1.2.840.10008.5.1.4.1.1.77.1.6": _evidence(
        FileKind.DICOM_OTHER,
        "This is a whole slide in DICOM, which this version does not read.",
        _AS_TILES,
    ),
}

#: DICOM images by modality (DICOM PS3.3 C.7.3.1.1.1)
BY_MODALITY: dict[str, NotTaken] = {
    "MR": _nothing(
        FileKind.DICOM_OTHER,
        "This is magnetic resonance: calcium gives no signal of its own there, so it is not measured.",
        "If the report speaks of calcification, add its words as a plain text file (.txt).",
    ),
    "PT": _nothing(
        FileKind.DICOM_OTHER,
        "This is a PET image, which shows uptake and not calcium; its CT is read if it is here.",
    ),
    "NM": _nothing(
        FileKind.DICOM_OTHER,
        "This is a nuclear medicine image, which is not read.",
        "Add the words of its report as a plain text file (.txt).",
    ),
    "US": _nothing(
        FileKind.DICOM_OTHER,
        "This is ultrasound, which is not read.",
        "Add the words of its report as a plain text file (.txt).",
    ),
    "XA": _nothing(
        FileKind.DICOM_OTHER,
        "This is angiography or fluoroscopy, which is not read.",
        "Add the words of its report as a plain text file (.txt).",
    ),
    "OT": _evidence(
        FileKind.DICOM_OTHER,
        "This is a captured or scanned picture that does not say what it shows (modality OT).",
        "If it is a film, export it as PNG, and put a NAME.toml beside it with kind and spacing_mm.",
    ),
    "": _nothing(
        FileKind.DICOM_OTHER,
        "This DICOM file holds no image that a reader takes.",
        "If it is a CT or a film, export the original images again.",
    ),
}

#: what is recognised, and is not read by the command in hand
UNREAD: dict[FileKind, str] = {
    FileKind.FILM: "A film (mammogram or radiograph): recognised, not read by this command.",
    FileKind.SECTION: "A stained section: recognised, not read by this command.",
    FileKind.BLOOD: "Blood results: recognised, not read by this command.",
    FileKind.HISTORY: "A letter, report or phenopacket: recognised, not read by this command.",
    FileKind.FHIR: "A FHIR record: recognised, not read by this command.",
    FileKind.CASE: "A case filled in by hand: recognised, not read by this command.",
    FileKind.MASK: "A label map: used only when it is given by --roi.",
    FileKind.PICTURE: "A picture that does not say what it shows.",
    FileKind.SIDECAR: "What is told of the picture beside it.",
    FileKind.CT: "A CT image: recognised, not read by this command.",
    FileKind.DICOMDIR: "The index of a disc: the folder is searched without it.",
    FileKind.ARCHIVE: "An archive: its members are listed one by one.",
    FileKind.DICOM_OTHER: "A DICOM object that no reader takes.",
    FileKind.DOCUMENT: "A document that no reader takes.",
    FileKind.OTHER: "No evidence.",
}
