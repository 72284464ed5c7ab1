"""The first bytes decide; and whatever no reader takes is told with a sentence that says what to do."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import nibabel as nib
import numpy as np
import pytest

from kossa.evidence import FileKind, Outcome
from kossa.intake.not_taken import BY_CLASS, BY_FORMAT, BY_MODALITY, UNREAD
from kossa.intake.sniff import Format, sniff
from kossa.intake.survey import survey
from tests.intake.made import CASE, LABS, LETTER, archive, dicom, lay

NIFTI = bytearray(352)
struct.pack_into("<i", NIFTI, 0, 348)
struct.pack_into("<hh", NIFTI, 70, 4, 16)
NIFTI[344:348] = b"n+1\0"
NIFTI2 = bytearray(544)
struct.pack_into("<i8s", NIFTI2, 0, 540, b"n+2\0\r\n\x1a\n")
OFFICE = archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"})
CODE = "#!/bin/sh\necho hello\n"

FORMS: list[tuple[str, bytes, Format]] = [
    ("a", b"", Format.EMPTY),
    ("a", dicom(), Format.DICOM),
    ("a", dicom()[132:], Format.DICOM),
    ("a", dicom(sop_class="1.2.840.10008.1.3.10", pixels=False), Format.DICOMDIR),
    ("a", b"MZ" + dicom()[2:], Format.DICOM),
    ("a", bytes(NIFTI), Format.NIFTI),
    ("a", bytes(NIFTI2), Format.NIFTI),
    ("a", gzip.compress(bytes(NIFTI)), Format.NIFTI_GZ),
    ("a", gzip.compress(b"other"), Format.OTHER_ARCHIVE),
    ("a", b"\x1f\x8bxxxxxxxxxxxxx", Format.OTHER_ARCHIVE),
    ("a", bytes(NIFTI[:344]) + bytes(10), Format.ANALYZE),
    ("a", b"NRRD0004\ntype: short\n", Format.NRRD),
    ("a", b"ObjectType = Image\nNDims = 3\n", Format.METAIMAGE),
    ("a", b"\x89HDF\r\n\x1a\n" + bytes(9), Format.MINC),
    ("a", b"\x89PNG\r\n\x1a\n", Format.PNG),
    ("a", b"\xff\xd8\xff\xe0", Format.JPEG),
    ("a", b"MM\0+", Format.TIFF),
    ("a", b"P5\n2 2\n255\n1234", Format.NETPBM),
    ("a", b"\0\0\0\x18ftypheic\0\0", Format.PHONE_PICTURE),
    ("a", b"\0\0\0\x18ftypisom\0\0", Format.VIDEO),
    ("a", b"RIFF\0\0\0\0AVI LIST", Format.VIDEO),
    ("a", b"RIFF\0\0\0\0WEBPVP8 ", Format.OTHER_PICTURE),
    ("a", b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(20), Format.OTHER_PICTURE),
    ("a", b"GIF89a", Format.OTHER_PICTURE),
    ("a", b"%PDF-1.7\n", Format.PDF),
    ("a", b"junk before\n%PDF-1.7\n", Format.PDF),
    ("a", OFFICE, Format.OFFICE),
    ("a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.OLD_OFFICE),
    ("a", b"{\\rtf1 hello}", Format.RTF),
    ("a", archive({"1": b"x"}), Format.ZIP),
    ("m.npz", archive({"a.npy": b"x"}), Format.PICKLE),
    ("m.bin", archive({"model/data.pkl": b"x"}), Format.PICKLE),
    ("a", bytes(257) + b"ustar\x0000", Format.OTHER_ARCHIVE),
    ("a", bytes(32769) + b"CD001", Format.DISC_IMAGE),
    ("a", b"\x93NUMPY\x01\0", Format.NPY),
    ("a", b"\x80\x04\x95.", Format.PICKLE),
    ("a", b"cbuiltins\nopen\n(S'X'\ntR.", Format.PICKLE),
    ("x.pkl", b"whatever", Format.PICKLE),
    ("a", b"SQLite format 3\0", Format.DATABASE),
    ("a", b"\x7fELF", Format.PROGRAM),
    ("viewer.exe", b"MZ\x90\0" + bytes(200), Format.PROGRAM),
    ("a", b"\0\x05\x16\x07", Format.JUNK),
    (".DS_Store", b"text", Format.JUNK),
    ("._scan.dcm", b"text", Format.JUNK),
    ("a", b"MSH|^~\\&|LAB|", Format.HL7_V2),
    ("a", b"<?xml version='1.0'?><x/>", Format.XML),
    ("a", b"<ClinicalDocument xmlns='urn:hl7-org:v3'>", Format.XML),
    ("a", b"  <!DOCTYPE html><html>", Format.HTML),
    ("a", b'{"resourceType": "Bundle"}', Format.FHIR),
    ("a", b'\xef\xbb\xbf[{"resourceType": "Patient"}]', Format.FHIR),
    ("a", b'{"resourceType": "Patient"}\n{"resourceType": "Patient"}\n', Format.FHIR_LINES),
    ("a", b'{"id": "x", "phenotypicFeatures": []}', Format.PHENOPACKET),
    ("a", b'{"age_years": 50, "labs": []}', Format.CASE_JSON),
    ("a", b'{"age_years": 50}\n{"age_years": 51}\n', Format.CASE_LINES),
    ("a", b'{"schema": "kossa/truth/1"}', Format.KOSSA_OUTPUT),
    ("a", b'{"name": "package"}', Format.OTHER_JSON),
    ("a", b"[1, 2]", Format.OTHER_JSON),
    ("a", b"[draft] The patient was seen today.", Format.LETTER),
    ("case.toml", CASE.encode(), Format.TOML),
    ("a", LABS.encode(), Format.LABS),
    ("a", b"Test;Result;Unit\nCa;2,4;mmol/L\n", Format.LABS),
    ("a", LABS.encode("utf-16"), Format.LABS),
    ("a.csv", b"x,y\n1,2\n", Format.OTHER_TABLE),
    ("a", b"slice,area,volume\n1,2,3\n", Format.OTHER_TABLE),
    ("letter.txt", LETTER.encode(), Format.LETTER),
    ("letter", LETTER.encode("utf-16"), Format.LETTER),
    ("--help", LETTER.encode(), Format.LETTER),
    ("Report 12.03.2024", LETTER.encode(), Format.LETTER),
    ("phases.dat", LETTER.encode(), Format.OTHER_TEXT),
    ("cases.schema.json", b'{"properties": {"age_years": {}}}', Format.OTHER_JSON),
    ("README.md", b"About this folder.\n", Format.READ_ME),
    ("LICENSE", b"Permission is granted\n", Format.READ_ME),
    ("run.py", b"import os\n", Format.SOURCE_CODE),
    ("run", CODE.encode(), Format.SOURCE_CODE),
    ("a", bytes(range(1, 9)) * 40, Format.UNKNOWN),
    ("a", b" \n\t\n", Format.UNKNOWN),
]


@pytest.mark.parametrize(
    ("name", "data", "form"), FORMS, ids=[f"{n}-{form[2]}" for n, form in enumerate(FORMS)]
)
def test_the_first_bytes_say_what_a_file_is(name, data, form):
    assert sniff(data[: 1 << 16], name) is form


@pytest.mark.parametrize("form", sorted(BY_FORMAT))
def test_what_is_not_taken_has_a_sentence(form):
    answer = BY_FORMAT[form]
    assert answer.what.endswith(".")
    assert len(answer.what) > 20
    assert answer.outcome in (Outcome.REJECTED, Outcome.IGNORED)
    if answer.outcome is Outcome.REJECTED:
        assert answer.todo.endswith(".")


def test_every_kind_and_object_has_its_sentence():
    assert set(UNREAD) == set(FileKind)
    for answer in (*BY_CLASS.values(), *BY_MODALITY.values()):
        assert answer.what.startswith("This ")
        assert answer.what.endswith(".")


def told(tmp_path, data: bytes, name: str = "a") -> tuple[Outcome, str, str]:
    entry = survey(lay(tmp_path, {name: data})).entries[0]
    return entry.outcome.outcome, entry.notices[0].what, entry.notices[0].todo


@pytest.mark.parametrize(
    ("data", "what", "todo"),
    [
        (b"\0\0\0\x18ftypheic\0\0", "HEIC", "Ask for the film or the scan itself as DICOM"),
        (b"%PDF-1.7\n", "This is a PDF, and its text is not read.", "plain text file (.txt)"),
        (OFFICE, "DOCX, XLSX", "CSV with the columns name,value,unit,date"),
        (b"<ClinicalDocument xmlns='urn:hl7-org:v3'><a/>", "C-CDA", "FHIR in JSON"),
        (b"<Bundle xmlns='http://hl7.org/fhir'><a/>", "FHIR in XML", "FHIR in JSON"),
        (b"<other><a/>", "XML without a form", "FHIR in JSON"),
        (b"\0\0\0\x18ftypisom\0\0", "video", "single images as DICOM"),
        (b"NRRD0004\n", "NRRD", "NIfTI"),
        (b"ObjectType = Image\n", "MetaImage", "NIfTI"),
        (b"\x93NUMPY\x01\0", "numpy array", "NIfTI"),
        (b"cbuiltins\nopen\n(S'X'\ntR.", "runs what is in it, so it was not opened", "NIfTI"),
        (b"MSH|^~\\&|LAB|", "HL7 version 2", "FHIR in JSON"),
        (b'{"age_years": 50}\n{"age_years": 51}\n', "many cases, one a line", "kossa diagnose"),
        (b"slice,area,volume\n1,2,3\n", "not one of blood results", "name,value,unit,date"),
    ],
)
def test_the_sentence_says_what_it_is_and_what_to_do(tmp_path, data, what, todo):
    outcome, said, advice = told(tmp_path, data)
    assert outcome in (Outcome.REJECTED, Outcome.IGNORED)
    assert what in said
    assert todo in advice


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'>]><ClinicalDocument>&a;</ClinicalDocument>",
            "xml-entity",
        ),
        (b"<?xml version='1.0'?><!DOCTYPE d SYSTEM 'file:///etc/os-release'><x/>", "xml-entity"),
        (b"<?xml version='1.0'?><<x/>", "invalid-xml"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
    ],
)
def test_what_is_built_to_break_a_parser_is_refused(tmp_path, data, code):
    entry = survey(lay(tmp_path, {"a": data})).entries[0]
    assert (entry.outcome.outcome, entry.outcome.reason) == (Outcome.REJECTED, code)


@pytest.mark.parametrize(
    ("name", "intent", "datatype", "kind"),
    [
        ("ct.nii", "none", np.int16, FileKind.CT),
        ("seg.nii", "none", np.uint8, FileKind.MASK),
        ("segmentations/aorta.nii", "none", np.uint8, FileKind.MASK),
        ("ct_mask.nii", "none", np.float32, FileKind.CT),
        ("lesegment.nii", "none", np.uint8, FileKind.CT),
        ("x.nii", "label", np.int16, FileKind.MASK),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_label_map_is_no_scan(tmp_path, name, intent, datatype, kind, packed):
    image = nib.Nifti1Image(np.zeros((3, 4, 5), datatype), np.eye(4))
    image.header.set_intent(intent)
    data = gzip.compress(image.to_bytes()) if packed else image.to_bytes()
    entry = survey(lay(tmp_path, {name + ".gz" * packed: data})).entries[0]
    assert (entry.kind, entry.outcome) == (kind, None)


def test_a_nifti_header_that_cannot_be_is_refused_at_the_door(tmp_path):
    entry = survey(lay(tmp_path, {"a.nii": bytes(NIFTI)})).entries[0]
    assert (entry.outcome.outcome, entry.outcome.reason) == (Outcome.REJECTED, "invalid-header")


def test_an_unpacked_pickle_is_never_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("data.pkl", b"cbuiltins\nopen\n(S'KOSSA_CANARY'\nS'w'\ntR.")
    lay(tmp_path / "in", {"a.pkl": b"cbuiltins\nopen\n(S'KOSSA_CANARY'\nS'w'\ntR.", "m.pt": out.getvalue()})
    survey(tmp_path / "in")
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("p.json", '{"phenotypicFeatures": [], "age": NaN}', "invalid-number"),
        ("c.json", '{"age_years": 50, "age_years": 51}', "ambiguous"),
        ("f.json", '{"resourceType": "Patient", "a": 1e999}', "invalid-number"),
        ("f.json", '{"resourceType": "Patient"', "invalid-json"),
        ("c.toml", "a = " + "[" * 5000 + "]" * 5000, "too-deep"),
        ("c.toml", "a = " + "9" * 5000, "invalid-number"),
        ("c.toml", "a = b", "invalid-toml"),
    ],
)
def test_a_statement_with_a_fault_is_refused(tmp_path, name, text, code):
    entry = survey(lay(tmp_path, {name: text})).entries[0]
    assert (entry.outcome.outcome, entry.outcome.reason) == (Outcome.REJECTED, code)


def test_of_several_entries_one_may_be_faulty(tmp_path):
    sound = '{"resource": {"resourceType": "Patient", "id": "7"}}'
    text = '{"resourceType": "Bundle", "entry": [' + sound + ', {"resource": {"a": NaN}}]}'
    entry = survey(lay(tmp_path, {"f.json": text})).entries[0]
    assert (entry.kind, entry.outcome) == (FileKind.FHIR, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "truncated"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x04\x08\x09\0\0\0\0\0\0\0", "invalid-header"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x04\x08\x00\0\0\0\0\0\0\0", "invalid-header"),
        (b"\xff\xd8\xff\xe0\0\x10" + bytes(14), "truncated"),
        (b"\xff\xd8\xff\xe0\0\x01", "truncated"),
        (b"P5\n2", "truncated"),
        (b"P5\n2000 2000\n255\n1234", "size-mismatch"),
    ],
)
def test_a_picture_s_header_that_cannot_be_is_refused(tmp_path, data, code):
    entry = survey(lay(tmp_path, {"a": data})).entries[0]
    assert (entry.outcome.outcome, entry.outcome.reason) == (Outcome.REJECTED, code)
