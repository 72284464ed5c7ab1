"""What the owner of a refused file can do, by the code of the refusal."""

from __future__ import annotations

__all__ = ["REMEDIES"]

_AGAIN = "Copy or export it again from its source."
_SENDER = "Ask the sender for the original; a value that is wrong in the header is not guessed here."

REMEDIES: dict[str, str] = {
    "ambiguous": "Let one value stand for each name.",
    "conflicting-slices": "Give the series alone that is meant; two different slices lie at one place.",
    "decode-failed": _AGAIN,
    "empty": _AGAIN,
    "invalid-geometry": _SENDER,
    "invalid-header": _SENDER,
    "invalid-json": "Export it again, or mend it at the line that is named.",
    "invalid-number": _SENDER,
    "invalid-sidecar": "Mend the field that is named.",
    "invalid-toml": "Mend the line that is named; words stand in quotes.",
    "invalid-xml": _AGAIN,
    "no-values": _SENDER,
    "path-outside": "If the file is missing here, copy it into the folder.",
    "record-loop": "Nothing need be done if the images themselves are here.",
    "size-mismatch": _AGAIN,
    "transparent": "Open it in a picture program, flatten it, and save it as PNG or TIFF.",
    "too-deep": "Ask the sender for an export without such nesting; no sound file needs it.",
    "too-large": "If it is sound, unpack or split it first.",
    "truncated": _AGAIN,
    "unsupported-syntax": "Export it uncompressed, or as JPEG-LS or JPEG 2000.",
    "xml-entity": "Export it without a document type, or as FHIR in JSON.",
}
