"""What the first bytes of a file say it is. A name is at most a second witness, never the first."""

from __future__ import annotations

import re
import zlib
from enum import StrEnum

from kossa.intake.table import header_of
from kossa.intake.text import decode_text

__all__ = ["Format", "sniff", "suffix_of"]


class Format(StrEnum):
    """The forms of bytes that are told apart; most of them only to say what to do with them."""

    EMPTY = "empty"
    DICOM = "dicom"
    DICOMDIR = "dicomdir"
    NIFTI = "nifti"
    NIFTI_GZ = "nifti_gz"
    ANALYZE = "analyze"
    NRRD = "nrrd"
    METAIMAGE = "metaimage"
    MINC = "minc_or_hdf5"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    NETPBM = "netpbm"
    SLIDE = "slide"
    OTHER_PICTURE = "other_picture"
    PHONE_PICTURE = "phone_picture"
    FHIR = "fhir"
    FHIR_LINES = "fhir_lines"
    PHENOPACKET = "phenopacket"
    CASE_JSON = "case_json"
    CASE_LINES = "case_lines"
    OTHER_JSON = "other_json"
    KOSSA_OUTPUT = "kossa_output"
    TOML = "toml"
    LABS = "labs"
    OTHER_TABLE = "other_table"
    LETTER = "letter"
    READ_ME = "read_me"
    OTHER_TEXT = "other_text"
    SOURCE_CODE = "source_code"
    XML = "xml"
    HTML = "html"
    HL7_V2 = "hl7_v2"
    PDF = "pdf"
    OFFICE = "office"
    OLD_OFFICE = "old_office"
    RTF = "rtf"
    ZIP = "zip"
    OTHER_ARCHIVE = "other_archive"
    DISC_IMAGE = "disc_image"
    NPY = "npy"
    PICKLE = "pickle"
    VIDEO = "video"
    PROGRAM = "program"
    DATABASE = "database"
    JUNK = "junk"
    UNKNOWN = "unknown"


#: (offset, bytes, format); ecosystem.md 8: sorted by first bytes. Order matters only where bytes overlap
MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (344, b"n+1\0", Format.NIFTI),
    (344, b"ni1\0", Format.ANALYZE),
    (4, b"n+2\0\r\n\x1a\n", Format.NIFTI),
    (4, b"ni2\0\r\n\x1a\n", Format.ANALYZE),
    (0, b"\x89PNG\r\n\x1a\n", Format.PNG),
    (0, b"\xff\xd8\xff", Format.JPEG),
    (0, b"II*\0", Format.TIFF),
    (0, b"MM\0*", Format.TIFF),
    (0, b"II+\0", Format.TIFF),
    (0, b"MM\0+", Format.TIFF),
    (0, b"NRRD000", Format.NRRD),
    (0, b"\x89HDF\r\n\x1a\n", Format.MINC),
    (0, b"CDF\x01", Format.MINC),
    (0, b"\x93NUMPY", Format.NPY),
    (0, b"PK\x03\x04", Format.ZIP),
    (0, b"PK\x05\x06", Format.ZIP),
    (0, b"PK\x07\x08", Format.OTHER_ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", Format.OTHER_ARCHIVE),
    (0, b"Rar!\x1a\x07", Format.OTHER_ARCHIVE),
    (0, b"BZh", Format.OTHER_ARCHIVE),
    (0, b"\xfd7zXZ\0", Format.OTHER_ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", Format.OTHER_ARCHIVE),
    (257, b"ustar", Format.OTHER_ARCHIVE),
    (32769, b"CD001", Format.DISC_IMAGE),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.OLD_OFFICE),
    (0, b"{\\rtf", Format.RTF),
    (0, b"GIF8", Format.OTHER_PICTURE),
    (0, b"\0\0\0\x0cjP  ", Format.OTHER_PICTURE),
    (0, b"\xff\x4f\xff\x51", Format.OTHER_PICTURE),
    (0, b"8BPS", Format.OTHER_PICTURE),
    (0, b"DIRECTOR", Format.UNKNOWN),
    (0, b"\x1a\x45\xdf\xa3", Format.VIDEO),
    (0, b"\0\0\x01\xba", Format.VIDEO),
    (0, b"\0\0\x01\xb3", Format.VIDEO),
    (0, b"FLV\x01", Format.VIDEO),
    (0, b"OggS", Format.VIDEO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Format.VIDEO),
    (0, b"SQLite format 3\0", Format.DATABASE),
    (0, b"PAR1", Format.DATABASE),
    (0, b"\x7fELF", Format.PROGRAM),
    (0, b"MZ", Format.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", Format.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", Format.PROGRAM),
    (0, b"\0asm", Format.PROGRAM),
    (0, b"\0\x05\x16\x07", Format.JUNK),
    (0, b"\0\0\0\x01Bud1", Format.JUNK),
)
#: brands of the ISO base media format that phones use for photographs (ISO/IEC 23008-12, AVIF)
PHONE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
DICOMDIR_CLASS = b"1.2.840.10008.1.3.10"
#: a data set without the 128-byte preamble of DICOM PS3.10 7.1 begins with group 0002 or 0008
BARE_DICOM = re.compile(
    rb"(?:\x02\x00|\x08\x00)[\x00-\x20]\x00(?:UL|UI|CS|OB|SH|LO|DA|TM|[\x00-\x40]\x00\x00\x00)"
)
JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini", "autorun.inf"}
PYTHON_ARCHIVE = {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".npz"}
CODE_WORDS = (
    "py pyi ipynb js ts css c h cc cpp hpp java jl r m go rs sh bat ps1 pl rb php lua sql cfg ini log "
    "yaml yml lock tex bib svg cmake gitignore gitattributes"
)
CODE = frozenset(f".{word}" for word in CODE_WORDS.split())
#: endings of letters and reports; a date at the end of a name looks like one too
LETTER_SUFFIX = re.compile(r"(?:\.(?:txt|text|asc|md|letter|report|rep|let|\d+|[^\w]*\s.*))?")
READ_ME = re.compile(
    r"(?i)(?:read.?me|licen[cs]e|changelog|changes|copying|notice|citation|authors|contributing|manifest|sha256sums?|"
    r"md5sums?|checksums?|requirements|makefile|dockerfile|todo|index|version)(?:[-_ .].*)?"
)


def suffix_of(location: str) -> str:
    """Return the ending of a file's name from its last full stop on, lower-case; empty where it has none."""
    name = location.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return dot + ending.lower() if stem else ""


def sniff(head: bytes, name: str) -> Format:
    """Return the form of a file from its first bytes (64 KB are enough for every form).

    `name` is that of the file without its folder. It decides only between forms of plain text, and
    names what an archive of Python is.
    """
    if not head:
        return Format.EMPTY
    if head[128:132] == b"DICM":
        return Format.DICOMDIR if DICOMDIR_CLASS in head[:1024] else Format.DICOM
    by_magic = next((f for at, magic, f in MAGIC if head[at : at + len(magic)] == magic), None)
    if by_magic is Format.ZIP:
        return _zip(head, name)
    if by_magic is not None:
        return by_magic
    if head[:2] == b"\x1f\x8b":
        return _gzip(head)
    structure = next((form for pattern, form in STRUCTURES if pattern.match(head)), None)
    return structure or _text(head, name)


#: forms that need more than one constant to be sure of
STRUCTURES: tuple[tuple[re.Pattern[bytes], Format], ...] = (
    (re.compile(rb"....ftyp(?:" + b"|".join(PHONE_BRANDS) + rb")", re.DOTALL), Format.PHONE_PICTURE),
    (re.compile(rb"....ftyp", re.DOTALL), Format.VIDEO),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), Format.OTHER_PICTURE),
    (re.compile(rb"RIFF....(?:AVI |WAVE)", re.DOTALL), Format.VIDEO),
    (re.compile(rb"BM....\0\0\0\0", re.DOTALL), Format.OTHER_PICTURE),
    (re.compile(rb"P[1-6]\s"), Format.NETPBM),
    (re.compile(rb"\x80[\x02-\x05]"), Format.PICKLE),
    (re.compile(rb"\(?c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n"), Format.PICKLE),
    (re.compile(rb".{0,1020}%PDF-", re.DOTALL), Format.PDF),
    (re.compile(rb"(?:\x5c\x01\0\0|\0\0\x01\x5c).{344}", re.DOTALL), Format.ANALYZE),
    (BARE_DICOM, Format.DICOM),
)


def _zip(head: bytes, name: str) -> Format:
    """Office files and Python's archives are zip files too; their first members tell."""
    first = head[30:400]
    if suffix_of(name) in PYTHON_ARCHIVE or b"data.pkl" in first:
        return Format.PICKLE
    if first.startswith((b"[Content_Types].xml", b"_rels/", b"mimetype", b"docProps/", b"word/", b"xl/")):
        return Format.OFFICE
    return Format.ZIP


def _gzip(head: bytes) -> Format:
    try:
        inside = zlib.decompressobj(wbits=31).decompress(head, 512)
    except zlib.error:
        return Format.OTHER_ARCHIVE
    if inside[344:347] == b"n+1" or inside[4:7] == b"n+2":
        return Format.NIFTI_GZ
    return Format.OTHER_ARCHIVE


def _text(head: bytes, name: str) -> Format:
    """Tell apart what is written in letters; anything with many control characters is not."""
    name, suffix = name.lower(), suffix_of(name)
    if name in JUNK_NAMES or name.startswith("._"):
        return Format.JUNK
    if suffix in PYTHON_ARCHIVE:
        return Format.PICKLE
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    sample = head[: 8192 if wide else 4096]
    if not wide and len(sample.translate(None, CONTROLS)) * 10 < len(sample) * 9:
        return Format.UNKNOWN
    start = decode_text(sample).text.lstrip()
    if not start:
        return Format.UNKNOWN
    if start[0] in "{[" and (found := _json(head)):
        return found
    marked = next((form for pattern, form in MARKS if pattern.match(start)), None)
    return marked or _prose(start, name, suffix)


MARKS: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"(?i)<!doctype html|<html"), Format.HTML),
    (re.compile(r"<(?:\?xml|!DOCTYPE|!--|[A-Za-z][\w:.-]*[\s>/])"), Format.XML),
    (re.compile(r"(?:MSH|FHS|BHS)\|"), Format.HL7_V2),
    (re.compile(r"(?:ObjectType|NDims)\s*="), Format.METAIMAGE),
)
#: bytes that no text holds in number
CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")


def _prose(start: str, name: str, suffix: str) -> Format:
    if suffix == ".toml":
        return Format.TOML
    if suffix in CODE or start.startswith("#!"):
        return Format.SOURCE_CODE
    header = header_of(start)
    if header.is_labs:
        return Format.LABS
    if suffix in {".csv", ".tsv"} or header.is_table:
        return Format.OTHER_TABLE
    if READ_ME.fullmatch(name):
        return Format.READ_ME
    return Format.LETTER if LETTER_SUFFIX.fullmatch(suffix) else Format.OTHER_TEXT


OPENS_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[{\["\]\d-]|true|false|null|$))')
CASE_KEYS = re.compile(rb'"(?:age_years|labs|history|imaging|biopsy)"\s*:')


def _json(head: bytes) -> Format | None:
    """Tell JSON by the keys near its beginning; None where the bracket opens something else."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not OPENS_JSON.match(head):
        return None
    lines = len(re.findall(rb"(?m)^\{.*\}\s*$", head)) > 1
    if b'"resourceType"' in head:
        return Format.FHIR_LINES if lines else Format.FHIR
    if re.search(rb'"schema"\s*:\s*"kossa/', head[:4096]):
        return Format.KOSSA_OUTPUT
    if b'"phenotypicFeatures"' in head or b'"phenopacketSchemaVersion"' in head:
        return Format.PHENOPACKET
    if CASE_KEYS.search(head) and b'"properties"' not in head:  # which a schema of cases has
        return Format.CASE_LINES if lines else Format.CASE_JSON
    return Format.OTHER_JSON
