"""A small writer of DICOM files, sound and broken, that shares no code with the reader."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
CT_CLASS = "1.2.840.10008.5.1.4.1.1.2"
ROOT = "1.2.826.0.1.3680043.8.498.12"
LONG_FORM = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT"}
UNDEFINED = 0xFFFFFFFF


def element(
    tag: int,
    vr: str,
    value: bytes | str | int,
    *,
    order: str = "<",
    explicit: bool = True,
    length: int | None = None,
) -> bytes:
    """Return one element; `length` lies about the value's length."""
    if isinstance(value, int):
        value = struct.pack(order + {"US": "H", "SS": "h", "UL": "I", "FD": "d"}[vr], value)
    if isinstance(value, str):
        value = value.encode("utf-8")
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    size = len(value) if length is None else length
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack(order + "I", size) + value
    if vr in LONG_FORM:
        return head + vr.encode() + struct.pack(order + "HI", 0, size) + value
    return head + vr.encode() + struct.pack(order + "H", size) + value


def item(content: bytes, *, undefined: bool = False) -> bytes:
    if undefined:
        end = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
        return struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED) + content + end
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def sequence(tag: int, *items: bytes, undefined: bool = False, vr: str = "SQ") -> bytes:
    content = b"".join(items)
    if undefined:
        return element(tag, vr, content + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), length=UNDEFINED)
    return element(tag, vr, content)


def fragments(*parts: bytes, table: bytes = b"", close: bool = True) -> bytes:
    """Return encapsulated pixel data: the offset table, then one item a part."""
    body = b"".join(item(part + b"\0" * (len(part) % 2)) for part in (table, *parts))
    return body + (struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) if close else b"")


@dataclass
class Ct:
    """A CT slice. The default is sound: 8 x 8, -1000 HU with soft tissue and one bright pixel in it."""

    uid: str = "1"
    series: str = "1"
    study: str = "1"
    z: float = 0.0
    instance: int | None = 1
    position: str | None = None
    orientation: str | None = "1\\0\\0\\0\\1\\0"
    spacing: str | None = "0.7\\0.7"
    thickness: str | None = "1"
    slope: str | None = "1"
    intercept: str | None = "-1024"
    stored: np.ndarray | None = None
    signed: bool = False
    bits: tuple[int, int, int] = (16, 12, 11)
    rows: int | None = None
    columns: int | None = None
    frames: str | None = None
    syntax: str = EXPLICIT
    sop_class: str = CT_CLASS
    modality: str = "CT"
    image_type: str = "ORIGINAL\\PRIMARY\\AXIAL"
    description: str | None = None
    kernel: str | None = "STANDARD"
    kvp: str | None = "120"
    acquisition: int | None = None
    agent: str | None = None
    photometric: str = "MONOCHROME2"
    samples: int = 1
    padding: int | None = None
    patient: str = "P-1"
    name: str = "Test^Anna"
    charset: str = "ISO_IR 192"
    encapsulated: bytes | None = None
    pixel_length: int | None = None
    extra: dict[int, tuple[str, bytes | str | int]] = field(default_factory=dict)
    raw_extra: bytes = b""
    preamble: bytes | None = b"\0" * 128

    def pixels(self) -> np.ndarray:
        if self.stored is not None:
            return self.stored
        values = np.full((8, 8), 24, np.int16 if self.signed else np.uint16)
        values[1:7, 1:7] = 1064
        values[3, 3] = 1424 + int(10 * self.z)
        return values

    def elements(self) -> dict[int, tuple[str, bytes | str | int]]:
        values = self.pixels()
        shape = values.shape[-2:]
        texts = {
            0x00080005: ("CS", self.charset),
            0x00080008: ("CS", self.image_type),
            0x00080016: ("UI", self.sop_class),
            0x00080018: ("UI", f"{ROOT}.3.{self.uid}"),
            0x00080060: ("CS", self.modality),
            0x0008103E: ("LO", self.description),
            0x00100010: ("PN", self.name),
            0x00100020: ("LO", self.patient),
            0x00180010: ("LO", self.agent),
            0x00180050: ("DS", self.thickness),
            0x00180060: ("DS", self.kvp),
            0x00181210: ("SH", self.kernel),
            0x0020000D: ("UI", f"{ROOT}.4.{self.study}"),
            0x0020000E: ("UI", f"{ROOT}.5.{self.series}"),
            0x00200012: ("IS", None if self.acquisition is None else str(self.acquisition)),
            0x00200013: ("IS", None if self.instance is None else str(self.instance)),
            0x00200032: ("DS", self.position or f"0\\0\\{self.z}"),
            0x00200037: ("DS", self.orientation),
            0x00200052: ("UI", f"{ROOT}.6.{self.study}"),
            0x00280002: ("US", self.samples),
            0x00280004: ("CS", self.photometric),
            0x00280008: ("IS", self.frames),
            0x00280010: ("US", shape[0] if self.rows is None else self.rows),
            0x00280011: ("US", shape[1] if self.columns is None else self.columns),
            0x00280030: ("DS", self.spacing),
            0x00280100: ("US", self.bits[0]),
            0x00280101: ("US", self.bits[1]),
            0x00280102: ("US", self.bits[2]),
            0x00280103: ("US", int(self.signed)),
            0x00280120: ("SS" if self.signed else "US", self.padding),
            0x00281052: ("DS", self.intercept),
            0x00281053: ("DS", self.slope),
        }
        found = {tag: pair for tag, pair in texts.items() if pair[1] is not None}
        found.update(self.extra)
        return found

    def encoded(self) -> bytes:
        order = ">" if self.syntax == BIG else "<"
        explicit = self.syntax != IMPLICIT
        body = b"".join(
            element(tag, vr, value, order=order, explicit=explicit)
            for tag, (vr, value) in sorted(self.elements().items())
        )
        body += self.raw_extra
        if self.encapsulated is not None:
            body += element(0x7FE00010, "OB", self.encapsulated, length=UNDEFINED)
        else:
            values = self.pixels()
            raw = values.astype(values.dtype.newbyteorder(order)).tobytes()
            body += element(0x7FE00010, "OW", raw, order=order, explicit=explicit, length=self.pixel_length)
        if self.syntax == DEFLATED:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = packer.compress(body) + packer.flush()
        if self.preamble is None:
            return body
        meta = element(0x00020002, "UI", self.sop_class) + element(0x00020010, "UI", self.syntax)
        return self.preamble + b"DICM" + element(0x00020000, "UL", len(meta)) + meta + body


def ct(**options: object) -> bytes:
    """Return the bytes of a CT slice; the options are the fields of `Ct`."""
    return Ct(**options).encoded()


def enhanced(positions: list[tuple[float, float, float]], stored: np.ndarray, **options: object) -> bytes:
    """Return an enhanced multi-frame CT: orientation, spacing and rescale shared, positions by frame."""

    def group(tag: int, *elements: bytes) -> bytes:
        return sequence(tag, item(b"".join(elements), undefined=True), undefined=True)

    shared = item(
        group(0x00209116, element(0x00200037, "DS", "1\\0\\0\\0\\1\\0"))
        + group(0x00289110, element(0x00180050, "DS", "2"), element(0x00280030, "DS", "0.5\\0.5"))
        + group(
            0x00289145,
            element(0x00281052, "DS", "-1024"),
            element(0x00281053, "DS", "1"),
            element(0x00281054, "LO", "HU"),
        )
        + group(0x00189314, element(0x00181210, "SH", "Br38"))
        + group(0x00189325, element(0x00180060, "DS", "120"))
        + group(0x00189329, element(0x00089007, "CS", "ORIGINAL\\PRIMARY\\VOLUME\\NONE"))
    )
    frames = [
        item(
            group(0x00209111, element(0x00209128, "UL", 1 + k % 2 if options.get("phases") else 1))
            + group(0x00209113, element(0x00200032, "DS", "\\".join(map(str, position))))
        )
        for k, position in enumerate(positions)
    ]
    options.pop("phases", None)
    return Ct(
        sop_class="1.2.840.10008.5.1.4.1.1.2.1",
        stored=stored,
        frames=str(len(positions)),
        orientation=None,
        spacing=None,
        slope=None,
        intercept=None,
        kernel=None,
        kvp=None,
        thickness=None,
        raw_extra=sequence(0x52009229, shared) + sequence(0x52009230, *frames, undefined=True),
        **options,
    ).encoded()
