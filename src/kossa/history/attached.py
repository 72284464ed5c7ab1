"""Texts inside a FHIR record: attachments that are plain text or HTML, and narratives."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kossa.evidence import Refused, Source
from kossa.intake.text import decode_text

__all__ = ["attached", "narrative"]

_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"(?i)</?(?:p|div|br|li|tr|h\d|td)\b[^>]*>")


def narrative(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of a resource's narrative (`text.div`), where it has one."""
    text = data.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    if isinstance(div, str):
        yield _bare(div)


def attached(attachments: Any, place: Source, unread: list[str]) -> Iterator[str]:
    """Yield the texts among attachments; `unread` gains the places of those that are none."""
    for attachment in attachments if isinstance(attachments, list) else []:
        if not isinstance(attachment, dict) or not isinstance(attachment.get("data"), str):
            continue
        kind = str(attachment.get("contentType") or "text/plain").split(";")[0].strip().lower()
        if not kind.startswith("text/"):
            unread.append(f"{place.place} ({kind[:40]})")
            continue
        try:
            raw = base64.b64decode(attachment["data"])
        except (binascii.Error, ValueError):
            unread.append(f"{place.place} (not sound base64)")
            continue
        try:
            words = decode_text(raw).text
        except Refused as refused:
            unread.append(f"{place.place} ({refused.code})")
            continue
        yield _bare(words) if kind == "text/html" else words


def _bare(markup: str) -> str:
    """The words of HTML; blocks end their line."""
    return html.unescape(_TAG.sub(" ", _BLOCK.sub("\n", markup)))
