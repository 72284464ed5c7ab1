"""Plain text out of bytes: UTF-8, else Latin-1 and said so; what cannot be seen is taken out and said."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake.budget import DEFAULT, Budget
from kossa.intake.safe_text import HIDDEN

__all__ = ["Text", "decode_text", "within"]

LONGEST = 1_000_000  # letters of a text that are read: some 300 pages, ten seconds (judgement)

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: bytes that Windows-1252 leaves undefined; they stay what they are in Latin-1 (WHATWG encoding standard)
UNDEFINED_1252 = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
LATIN = "".join(chr(b) if b in UNDEFINED_1252 else bytes([b]).decode("cp1252") for b in range(256))

#: what is hidden, but for tabulators, line ends and NUL, which are dealt with by name
DROPPED = re.compile(HIDDEN.pattern.replace("\x00-\x1f", "\x01-\x08\x0e-\x1f"))
LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Text:
    r"""Decoded text with `\n` at the line ends.

    `remarks` are (code, sentence) on what was changed: `encoding`, `nul`, `hidden-characters`.
    """

    text: str
    encoding: str
    remarks: tuple[tuple[str, str], ...] = ()


def decode_text(data: bytes, *, budget: Budget = DEFAULT, keep_nul: bool = False) -> Text:
    """Return the text of a file; raises `Refused` where it is larger than the budget.

    With `keep_nul` NUL characters stay, for tables that refuse the row they stand in.
    """
    if len(data) > budget.text_bytes:
        raise Refused(
            "too-large",
            f"This text file has {len(data) >> 20} MB; the limit is {budget.text_bytes >> 20} MB. "
            "Split it into smaller files.",
        )
    text, encoding, remarks = _decode(data)
    text = LINE_ENDS.sub("\n", text)
    if not keep_nul and (nuls := text.count("\0")):
        text = text.replace("\0", "")
        remarks.append(("nul", f"{nuls} NUL character(s) were dropped."))
    text, hidden = DROPPED.subn("", text)
    if hidden:
        remarks.append(
            ("hidden-characters", f"{hidden} invisible or direction-changing character(s) were dropped.")
        )
    return Text(text, encoding, tuple(remarks))


def _decode(data: bytes) -> tuple[str, str, list[tuple[str, str]]]:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding).removeprefix("\ufeff"), encoding, []
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        text = data.decode("latin-1").translate(dict(enumerate(LATIN)))
        return (
            text,
            "latin-1",
            [("encoding", "The text is not UTF-8; it was read as Latin-1 (Windows-1252).")],
        )


def within(text: str) -> str:
    """Return a letter as it is, or its first part, up to the end of a line, where it is longer than any."""
    if len(text) <= LONGEST:
        return text
    return text[: text.rfind("\n", 0, LONGEST) + 1 or LONGEST]
