"""What must be told of a series beyond its geometry: duplicates, failed slices, loss, other parts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kossa.ct.hounsfield import drifting_scale, header_padding
from kossa.ct.series import Candidate
from kossa.ct.series_rules import meanings
from kossa.ct.stacks import Failure, Slice, Stack, kernel_name
from kossa.evidence import Notice, Severity

__all__ = ["scale_of_slices", "stack_notices"]

LISTED = 8  # files that one sentence names


def stack_notices(
    chosen: Candidate, candidates: Iterable[Candidate], failures: list[Failure]
) -> list[Notice]:
    """Return what the reader of a stack's scan must know."""
    stack = chosen.stack
    assert stack is not None
    others = [
        c for c in candidates if c is not chosen and c.stack is not None and _same_series(stack, c.stack)
    ]
    every = (
        _duplicates(stack),
        _failed(failures),
        _lossy(stack),
        _mono(stack),
        _split(stack, others),
        _padding(stack),
    )
    return [notice for notice in every if notice is not None]


def scale_of_slices(
    hu: npt.NDArray[np.int16], slices: list[Slice], padding_hu: int | None
) -> tuple[list[Notice], str | None]:
    """Tell that the scale differs from slice to slice, and say why it cannot be right where it is not.

    `hu` [z, y, x] may leave out rows and columns.
    """
    scales = {(s.frame.slope, s.frame.intercept) for s in slices}
    if len(scales) < 2:
        return [], None
    left = drifting_scale(hu, [s.frame for s in slices], padding_hu)
    if left is not None:
        after, jump = left
        return [], (
            f"their scale differs from slice to slice, and between {slices[after].name} and "
            f"{slices[after + 1].name} tissue moves by {jump:+.0f}"
        )
    return [
        Notice(
            code="scale-differs",
            severity=Severity.INFO,
            what=f"The slices of this scan have {len(scales)} different rescale values.",
            done="Each slice was scaled by its own; air and tissue stay at the same values.",
        )
    ], None


def _same_series(one: Stack, other: Stack) -> bool:
    mine, theirs = one.header, other.header
    return (mine.study_uid, mine.series_uid) == (theirs.study_uid, theirs.series_uid)


def _named(names: Iterable[str]) -> str:
    every = list(names)
    shown = ", ".join(every[:LISTED])
    return f"{shown} and {len(every) - LISTED} more" if len(every) > LISTED else shown


def _duplicates(stack: Stack) -> Notice | None:
    if not stack.duplicates:
        return None
    pairs = _named(f"{dropped.name} is {kept.name} again" for dropped, kept in stack.duplicates)
    return Notice(
        code="duplicate",
        severity=Severity.INFO,
        what=f"{len(stack.duplicates)} slices are there twice: {pairs}.",
        done="Each was counted once.",
    )


def _failed(failures: list[Failure]) -> Notice | None:
    if not failures:
        return None
    told = _named(f"{f.slice.name} ({f.what})" for f in failures)
    return Notice(
        code="slices-not-read",
        severity=Severity.WARNING,
        what=f"{len(failures)} slices could not be read: {told}.",
        done="They are missing from the scan; nothing was put in their place.",
        todo="Export these files again.",
    )


def _lossy(stack: Stack) -> Notice | None:
    if not any(s.header.lossy for s in stack.slices):
        return None
    return Notice(
        code="lossy-compression",
        severity=Severity.WARNING,
        what="The pictures were compressed with loss.",
        done="They are scored; small and faint deposits may have changed.",
        todo="Ask for the original series.",
    )


def _mono(stack: Stack) -> Notice | None:
    if "mono" not in meanings(stack.header):
        return None
    return Notice(
        code="mono-energetic",
        severity=Severity.WARNING,
        what="This is a mono-energetic image, computed from two energies: no tube voltage describes it.",
        done="Its tube voltage is taken as unknown.",
        todo="Ask for the series that looks like 120 kV.",
    )


def _split(stack: Stack, others: list[Candidate]) -> Notice | None:
    """Tell that the series holds more than was read, and in what the rest differs."""
    if not others:
        return None
    told = _named(
        f"series {c.number} with {c.slices} slices ({_differs(stack, c.stack)})" for c in others if c.stack
    )
    return Notice(
        code="series-split",
        severity=Severity.INFO,
        what=f"The scanner's series holds more than one stack of slices: {told}.",
        done="Each is listed as a series of its own.",
    )


def _differs(mine: Stack, other: Stack) -> str:
    a, b = mine.header, other.header
    kinds = {
        "matrix": (a.rows, a.columns) != (b.rows, b.columns),
        "kernel": kernel_name(a) != kernel_name(b),
        "tube voltage": a.kvp != b.kvp,
        "orientation": mine.frame.orientation != other.frame.orientation,
        "pixel spacing": mine.frame.pixel_mm != other.frame.pixel_mm,
        "kind of image": a.image_type != b.image_type,
    }
    words = [name for name, differs in kinds.items() if differs]
    if other.phase is not None and mine.phase != other.phase:
        words.append(other.phase)
    return "another " + ", ".join(words) if words else "apart for no known reason"


def _padding(stack: Stack) -> Notice | None:
    """Tell where the header's padding value was not believed, because tissue could have it."""
    header, frame = stack.header, stack.frame
    if header.padding is None or header_padding(header, frame) is not None:
        return None
    slope = 1.0 if frame.slope is None else frame.slope
    hu = header.padding * slope + (frame.intercept or 0.0)
    return Notice(
        code="padding-not-believed",
        severity=Severity.INFO,
        what=f"The header names {hu:g} HU as the value outside the scan, and tissue can have it.",
        done="It was read as it stands.",
    )
