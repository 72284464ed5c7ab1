"""When a thing was, as far as its clause says: a year, a span, `past`, or nothing."""

from __future__ import annotations

import re

__all__ = ["time_in"]

_NUMBER = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|a|an|many|several|some)"
_UNIT = r"(?:day|week|month|year|yr|hour|decade)s?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:since|in|from|until|about|around|of|on) (?:19|20)\d\d\b(?:-\d\d(?:-\d\d)?)?",
        rf"\b{_NUMBER} {_UNIT} (?:ago|before|earlier|later|previously)\b",
        rf"\bfor (?:about |over |more than |nearly |almost |at least )?{_NUMBER} {_UNIT}\b",
        r"\bsince (?:birth|childhood|infancy|puberty|adolescence)\b",
        rf"\bsince (?:the )?age (?:of )?\d+\b|\bsince \d+ {_UNIT} of age\b",
        r"\b(?:at|from) (?:the )?age (?:of )?\d+\b",
        r"\b(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?\b",
        r"\b(?:last|this) (?:week|month|year|summer|winter|spring|autumn)\b|\byesterday\b",
    )
)


def time_in(clause: str) -> str | None:
    """Return the first expression of time in a clause as it is written, None where there is none."""
    for pattern in _PATTERNS:
        found = pattern.search(clause)
        if found:
            return found.group()
    return None
