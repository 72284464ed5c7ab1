"""What may be printed of foreign text: control and direction characters become code points, long text is cut.

HTML is not this module's matter (the template engine escapes it); terminals, logs and JSON are.
"""

from __future__ import annotations

import re

__all__ = ["HIDDEN", "LONGEST", "safe"]

#: letters of foreign text that are shown; ecosystem.md section 8, case 20
LONGEST = 64

#: C0, DEL, C1; line and paragraph separators; zero-width, direction and isolate marks; tags; surrogates
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def safe(text: str, *, limit: int | None = LONGEST) -> str:
    r"""Return `text` as one printable line: `A\x1b[2J` becomes `A<U+001B>[2J`.

    `limit` counts letters of the foreign text; None prints all of it.
    """
    cut = limit is not None and len(text) > limit
    shown = text[:limit] if cut else text
    shown = HIDDEN.sub(lambda found: f"<U+{ord(found.group()):04X}>", shown)
    return shown + "…" if cut else shown
