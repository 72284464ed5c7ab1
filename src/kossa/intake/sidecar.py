"""The NAME.toml beside a picture: what the picture itself cannot say."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from typing import Any

from kossa.evidence import Refused, Side, Stain, vocabulary
from kossa.intake.safe_text import safe
from kossa.intake.text import decode_text

__all__ = ["FIELDS", "KINDS", "Sidecar", "looks_like_sidecar", "parse_sidecar", "parse_toml"]

KINDS = ("mammogram", "radiograph", "section")
FIELDS = ("kind", "spacing_mm", "side", "site", "view", "stain", "um_per_px", "control")
#: fields that a picture of a section alone has: such a file need not say its kind
OF_SECTIONS = frozenset({"stain", "um_per_px", "control"})
CONTROLS = ("acid",)
TOML_BYTES = 1 << 20  # Python reads 1 MB of it in a second; a form filled in by hand has 10 kB (judgement)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is told of a picture; None where it is not told. `spacing_mm` is (row, column).

    `site` is a place of the vocabulary. `control` is acid for a section treated with acid, to be set beside
    an untreated one of the same stain.
    """

    kind: str | None = None
    spacing_mm: tuple[float, float] | None = None
    side: Side | None = None
    view: str | None = None
    stain: Stain | None = None
    um_per_px: float | None = None
    control: str | None = None
    site: str | None = None


def parse_toml(data: bytes) -> dict[str, Any]:
    """Return the content of a TOML file; raises `Refused` (invalid-toml, too-deep, too-large)."""
    if len(data) > TOML_BYTES:
        raise Refused(
            "too-large",
            f"This TOML has {len(data):,} bytes; what is told of one picture or person has at most "
            f"{TOML_BYTES:,}.",
        )
    try:
        return tomllib.loads(decode_text(data).text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("invalid-toml", f"This is not sound TOML: {safe(str(error), limit=120)}.") from None
    except RecursionError:
        raise Refused("too-deep", "This TOML is nested too deep.") from None
    except ValueError:
        raise Refused("invalid-number", "A number in this TOML has thousands of digits.") from None


def looks_like_sidecar(content: dict[str, Any]) -> bool:
    """Say whether a TOML file is one: it has fields of a sidecar, and none else."""
    return bool(content) and {name.lower() for name in content} <= set(FIELDS)


def parse_sidecar(content: dict[str, Any]) -> Sidecar:
    """Check every field; raises `Refused` (invalid-sidecar, invalid-geometry) naming the field."""
    unknown = sorted(set(content) - set(FIELDS))
    if unknown:
        raise Refused(
            "invalid-sidecar",
            f"The TOML beside a picture has an unknown field {safe(unknown[0])!r}; "
            f"known are {', '.join(FIELDS)}.",
        )
    return Sidecar(
        kind=_one_of(content, "kind", KINDS) or ("section" if OF_SECTIONS & set(content) else None),
        spacing_mm=_spacing(content.get("spacing_mm")),
        side=Side(s) if (s := _one_of(content, "side", tuple(Side))) else None,
        view=_word(content, "view"),
        stain=Stain(s) if (s := _one_of(content, "stain", tuple(Stain))) else None,
        um_per_px=None if (u := content.get("um_per_px")) is None else _length(u, "um_per_px"),
        control=_one_of(content, "control", CONTROLS),
        site=_site(content),
    )


def _one_of(content: dict[str, Any], name: str, known: tuple[str, ...]) -> str | None:
    value = content.get(name)
    if value is None:
        return None
    word = str(value).strip().lower()
    if word not in known:
        raise Refused(
            "invalid-sidecar", f"The field {name} = {safe(str(value))!r} is not one of {', '.join(known)}."
        )
    return word


def _site(content: dict[str, Any]) -> str | None:
    word = _word(content, "site")
    if word is None:
        return None
    found = vocabulary.site_named(word)
    if found is None:
        raise Refused(
            "invalid-sidecar",
            f"The field site = {safe(word)!r} is no place that is known; write one word such as hand, thigh, "
            "breast or kidney, and the side in the field side.",
        )
    return found


def _word(content: dict[str, Any], name: str) -> str | None:
    value = content.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Refused("invalid-sidecar", f"The field {name} must be a word in quotes.")


def _length(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("invalid-sidecar", f"The field {name} must be a number.")
    if not math.isfinite(value) or value <= 0:
        raise Refused("invalid-geometry", f"The field {name} = {value} is not a length above 0.")
    return float(value)


def _spacing(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    parts = value if isinstance(value, list) else [value, value]
    if len(parts) != 2:
        raise Refused("invalid-sidecar", "The field spacing_mm must be one number, or [row, column].")
    return (_length(parts[0], "spacing_mm"), _length(parts[1], "spacing_mm"))
