"""What is said of a radiograph beside its marks: its limits, metal, and edges that hide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kossa.evidence import Notice, Severity, Source
from kossa.film.metal import places_of

__all__ = ["edge_notice", "metal_notice", "radiograph_notices"]

Mask = npt.NDArray[np.bool_]

NAMED = 6  # places that are told one by one


def _listed(places: list[tuple[int, int]], factor: int) -> str:
    """Return places in pixels of the film, the first few by themselves."""
    where = ", ".join(f"({y * factor}, {x * factor})" for y, x in places[:NAMED])
    return where + (f" and {len(places) - NAMED} more" if len(places) > NAMED else "")


def metal_notice(dense: Mask, factor: int, source: Source) -> Notice:
    """Tell where metal and letters (y, x) lie; `factor` is the film's pixels for one of the mask."""
    places = places_of(dense)
    return Notice(
        code="metal",
        severity=Severity.INFO,
        what=f"{'A part' if len(places) == 1 else f'{len(places)} parts'} of this film "
        f"{'is' if len(places) == 1 else 'are'} too dense for calcium: metal or letters of lead, "
        f"at row and column {_listed(places, factor)}.",
        done="Nothing was looked for on them or within 2.5 mm of them.",
        source=source,
    )


def edge_notice(edges: Mask, factor: int, source: Source) -> Notice:
    """Tell where nothing is told of marks (y, x) for the edges that make them."""
    places = places_of(edges)
    return Notice(
        code="edge-hides",
        severity=Severity.INFO,
        what=f"At {'one place' if len(places) == 1 else f'{len(places)} places'} of this film, row and "
        f"column {_listed(places, factor)}, the edge of bone or skin leaves its usual course and could hide "
        "a deposit.",
        done="Nothing is told of what lies there.",
        source=source,
    )


def radiograph_notices(source: Source, *, sure: bool, nothing: bool) -> list[Notice]:
    """Tell the limits of every radiograph, of one without a limb and of one on which nothing was found."""
    told = [
        Notice(
            code="virtual-films-only",
            severity=Severity.INFO,
            what="What is found on a radiograph was measured on virtual limbs only, not on patients.",
            todo="A radiologist must read this film.",
            source=source,
        )
    ]
    if not sure:
        told.append(
            Notice(
                code="no-shaft",
                severity=Severity.WARNING,
                what="No limb runs along this film, so bone and vessels are not told from calcium.",
                done="Marks are listed as unsure and weighed nowhere.",
                source=source,
            )
        )
    if nothing:
        told.append(
            Notice(
                code="nothing-above-limit",
                severity=Severity.INFO,
                what="Nothing was found above the detection limit at this pixel size "
                "(docs/validation/film.md).",
                todo="A radiologist must read this film.",
                source=source,
            )
        )
    return told
