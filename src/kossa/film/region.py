"""Which part of the body a radiograph shows: what is told beside it, else the file's BodyPartExamined.

Data: `body_parts.csv`, the terms of DICOM PS3.16 annex L that name a limb or its root, and names of bones
that machines write instead. A film of a trunk or head tells no place: what lies on it is not known by the
film alone.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kossa.intake.dicom_header import DicomHeader
from kossa.intake.sidecar import Sidecar

__all__ = ["body_parts", "region_of"]


@cache
def body_parts() -> Mapping[str, str]:
    """Return site by DICOM's word for the part of the body."""
    text = files("kossa.film").joinpath("body_parts.csv").read_text(encoding="utf-8")
    return {row["body_part"]: row["site"] for row in csv.DictReader(text.splitlines())}


def region_of(header: DicomHeader | None, told: Sidecar | None) -> str | None:
    """Return the site that a film shows, None where nothing tells it."""
    if told is not None and told.site is not None:
        return told.site
    if header is None or header.body_part is None:
        return None
    word = "".join(c for c in header.body_part.upper() if c.isalpha())
    return body_parts().get(word)
