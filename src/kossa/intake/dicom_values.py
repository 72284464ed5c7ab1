"""Values of DICOM elements, each checked as it is read: numbers are numbers, texts are harmless."""

from __future__ import annotations

import logging
import math
import re
import struct
import warnings
from collections.abc import Iterable

from kossa.evidence import Refused
from kossa.intake.dicom_structure import DataSet
from kossa.intake.safe_text import safe

__all__ = ["Values", "without_words"]

VALUE_LIMIT = 4096  # bytes of one value that are looked at; longer ones are not among those read here

# PS3.3 C.12.1.1.2, the repertoires without code extensions; the rest is left to pydicom
CHARSETS = {
    "": "ascii",
    "ISO_IR 6": "ascii",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 100": "latin_1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 166": "iso8859_11",
    "ISO_IR 192": "utf_8",
    "ISO_IR 203": "iso8859_15",
    "GB18030": "gb18030",
    "GBK": "gbk",
}


def without_words(text: str | None, words: Iterable[str]) -> str | None:
    """Return text with each of these words (a person's names and numbers) taken out."""
    if not text:
        return None
    for word in words:
        if len(word) > 2 and word.casefold() in text.casefold():
            text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    return text


class Values:
    """Typed access to one `DataSet`; an absent or empty element is None."""

    def __init__(self, data_set: DataSet, charset: str | None = None) -> None:
        self.set = data_set
        self._bytes = data_set.data
        self._found = data_set.found
        self.charset = "" if charset is None else charset

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value, padding removed."""
        place = self._found.get(tag)
        if place is None:
            return b""
        offset, length = place
        return self._bytes[offset : offset + min(length, VALUE_LIMIT)].strip(b"\0 ")

    def word(self, tag: int) -> str | None:
        """Return a code string or UID."""
        raw = self.raw(tag)
        return safe(raw.decode("ascii", "replace")).strip() if raw else None

    def words(self, tag: int) -> tuple[str, ...]:
        """Return the parts of a multi-valued code string."""
        return tuple(part.strip() for part in (self.word(tag) or "").split("\\") if part.strip())

    def text(self, tag: int) -> str | None:
        """Return free text in the file's character set, cleaned for showing."""
        raw = self.raw(tag)
        return (safe(self.decoded(raw)).strip() or None) if raw else None

    def decoded(self, raw: bytes) -> str:
        """Return text of the file's character set; bytes that do not fit become U+FFFD."""
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        codec = CHARSETS.get(self.charset)
        if codec is not None:
            return raw.decode(codec, "replace")
        return _extended(raw, self.charset)

    def numbers(self, tag: int, count: int, name: str) -> tuple[float, ...] | None:
        """Return decimal strings that must be `count` finite numbers; raises `Refused`."""
        raw = self.raw(tag)
        if not raw:
            return None
        parts = raw.split(b"\\")
        try:
            found = tuple(map(float, parts))
        except ValueError:
            found = ()
        if len(found) != len(parts) or b"_" in raw or not all(map(math.isfinite, found)):
            why = ", with a decimal comma" if b"," in raw else ""
            raise Refused("invalid-number", f"{name} is not a number{why}: {self._quoted(raw)}")
        if len(found) != count:
            raise Refused("invalid-number", f"{name} has {len(found)} values where {count} belong")
        return found

    def number(self, tag: int, name: str) -> float | None:
        """Return one decimal string; raises `Refused` where it is not a finite number."""
        found = self.numbers(tag, 1, name)
        return found[0] if found else None

    def loose(self, tag: int) -> float | None:
        """Return the first of some decimal strings, None where that is no finite number."""
        raw = self.raw(tag).split(b"\\")[0]
        try:
            value = float(raw)
        except ValueError:
            return None
        return value if math.isfinite(value) and b"_" not in raw else None

    def double(self, tag: int) -> float | None:
        """Return a binary FD value (the length tells), None where it is absent or not finite."""
        place = self._found.get(tag)
        if place is None or place[1] != 8:
            return None
        value = float(struct.unpack_from(self.set.order + "d", self._bytes, place[0])[0])
        return value if math.isfinite(value) else None

    def whole(self, tag: int) -> int | None:
        """Return an integer string, None where it is absent or is no whole number of 32 bits."""
        value = self.loose(tag)
        if value is None or value != int(value) or abs(value) > 0x7FFFFFFF:
            return None
        return int(value)

    def unsigned(self, tag: int) -> int | None:
        """Return a 16-bit unsigned number, None where the value has another length."""
        return self._short(tag, "H")

    def signed(self, tag: int) -> int | None:
        """Return a 16-bit signed number, None where the value has another length."""
        return self._short(tag, "h")

    def unsigned32(self, tag: int) -> int | None:
        """Return a 32-bit unsigned number, None where the value has another length."""
        place = self._found.get(tag)
        if place is None or place[1] != 4:
            return None
        return int(struct.unpack_from(self.set.order + "I", self._bytes, place[0])[0])

    def _short(self, tag: int, code: str) -> int | None:
        place = self._found.get(tag)
        if place is None or place[1] != 2:
            return None
        return int(struct.unpack_from(self.set.order + code, self._bytes, place[0])[0])

    @staticmethod
    def _quoted(raw: bytes) -> str:
        return "'" + safe(raw.decode("latin-1"), limit=24) + "'"


def _extended(raw: bytes, charset: str) -> str:
    """Decode text with code extensions (ISO 2022), for which pydicom has the tables."""
    from pydicom.charset import convert_encodings, decode_bytes  # noqa: PLC0415 - 0.2 s, needed by few

    log = logging.getLogger("pydicom")  # which would print what stands in the file
    before, log.disabled = log.disabled, True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(decode_bytes(raw, convert_encodings(charset.split("\\")), {0x5C, 0x5E, 0x3D}))
        except Exception:  # noqa: BLE001 - a character set that nobody knows, or bytes against it
            return raw.decode("ascii", "replace")
        finally:
            log.disabled = before
