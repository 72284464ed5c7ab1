"""Names and numbers of people and files that were never born: the same seed, the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

__all__ = ["Patient", "uid"]


def uid(*parts: object) -> str:
    """Return a DICOM UID made from a hash of `parts` (root 2.25: a 128-bit number)."""
    digest = sha256("\x1f".join(str(p) for p in parts).encode()).digest()
    # version and variant bits of a UUID, as the root asks for
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 5 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return f"2.25.{number}"


@dataclass(frozen=True)
class Patient:
    """Header entries of a person who does not exist; the name must never leave the reader's intake."""

    id: str
    name: str
    birth_date: str
    age: str
    sex: str
    size_m: float
    weight_kg: float
