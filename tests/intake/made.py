"""Small files for the tests of intake, built byte by byte, so that each can be broken at will."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT_LE = "1.2.840.10008.1.2.1"
LONG = {"OB", "OW", "SQ", "UN"}


def element(tag: int, vr: str, value: bytes | str) -> bytes:
    """Return one explicit little-endian element."""
    if isinstance(value, str):
        value = value.encode()
    value += (b"\0" if vr in ("UI", "OB") else b" ") * (len(value) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    return head + (struct.pack("<HI", 0, len(value)) if vr in LONG else struct.pack("<H", len(value))) + value


def dicom(
    *,
    uid: str = "1",
    patient: str = "K1",
    issuer: str = "",
    name: str = "",
    born: str = "",
    sex: str = "",
    modality: str = "CT",
    sop_class: str = CT_STORAGE,
    z: float = 0.0,
    pixels: bool = True,
    rows: int = 8,
    columns: int = 8,
) -> bytes:
    """Return a sound image, of 8 x 8 pixels by default; empty strings leave the element out."""
    texts = [
        (0x00080005, "CS", "ISO_IR 192"),
        (0x00080016, "UI", sop_class),
        (0x00080018, "UI", f"1.2.3.{uid}"),
        (0x00080060, "CS", modality),
        (0x00100010, "PN", name),
        (0x00100020, "LO", patient),
        (0x00100021, "LO", issuer),
        (0x00100030, "DA", born),
        (0x00100040, "CS", sex),
        (0x00180060, "DS", "120"),
        (0x0020000D, "UI", "1.2.3"),
        (0x0020000E, "UI", "1.2.3.9"),
        (0x00200032, "DS", f"0\\0\\{z}"),
        (0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
    ]
    body = b"".join(element(*one) for one in texts if one[2])
    if pixels:
        short = [(0x00280002, 1), (0x00280010, rows), (0x00280011, columns)]
        short += [(0x00280100, 16), (0x00280101, 16)]
        short += [(0x00280102, 15), (0x00280103, 0)]
        numbers = {tag: element(tag, "US", struct.pack("<H", value)) for tag, value in short}
        numbers[0x00280004] = element(0x00280004, "CS", "MONOCHROME2")
        numbers[0x00280030] = element(0x00280030, "DS", "1\\1")
        numbers[0x00281052] = element(0x00281052, "DS", "-1024")
        numbers[0x00281053] = element(0x00281053, "DS", "1")
        body += b"".join(numbers[tag] for tag in sorted(numbers))
        body += element(0x7FE00010, "OW", struct.pack("<H", 1064) * (rows * columns))
    meta = element(0x00020010, "UI", EXPLICIT_LE)
    return b"\0" * 128 + b"DICM" + element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + body


def archive(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these members, written as given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as box:
        for name, data in members.items():
            box.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def png(width: int, height: int, *, bits: int = 8, colour: int = 0, pixels: bytes | None = None) -> bytes:
    """Return a PNG; without `pixels` its header is all that is sound."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    row = len(pixels or b"") // height
    body = b"".join(b"\0" + (pixels or b"")[y * row : (y + 1) * row] for y in range(height if pixels else 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )


def lay(folder: Path, files: dict[str, bytes | str]) -> Path:
    """Write files into a folder and return it."""
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


LABS = "name,value,unit,date\ncalcium,2.40,mmol/L,2024-01-02\n"
LETTER = "Known CKD stage 5. Tram-track calcification of the digital arteries.\n"
CASE = 'age_years = 61\nsex = "F"\nhistory = ["dialysis for six years"]\n'
