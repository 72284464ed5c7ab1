"""Frames of CT that can lie in one volume: split, duplicates dropped, phases apart, conflicts named.

A series as the scanner numbered it may hold several matrices, orientations, kernels or phases; a
`Stack` holds one of each. Everything goes by positions and content, nothing by file names, instance
numbers or slice locations (reference page ct.md 0.1, 3.11).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise, takewhile

import numpy as np

from kossa.evidence import Refused
from kossa.evidence.geometry import EVEN_MM, EVEN_RELATIVE
from kossa.intake.dicom import CT_CLASSES, pixels
from kossa.intake.dicom_header import DicomHeader, Frame
from kossa.intake.entry import Entry

__all__ = ["Failure", "Slice", "Stack", "build_stacks", "kernel_name"]

SAME_TURN = 1e-4  # largest difference of direction components within one stack (ct.md 3.11)
SAME_PIXEL = 1e-4  # relative difference of pixel spacings within one stack (judgement)
MORE_PARTS = 2  # parts for each slice at the fullest place that a separator may give (judgement)
SAME_PLACE_MM = 0.01  # slices nearer than this lie at one place (ct.md 3.11)


@dataclass(frozen=True, slots=True)
class Slice:
    """One frame: `index` is its number in the file, `height_mm` its place along the normal."""

    entry: Entry
    header: DicomHeader
    frame: Frame
    index: int
    height_mm: float

    @property
    def name(self) -> str:
        """Say which file (and frame) this is."""
        many = len(self.header.frames) > 1
        return f"file {self.entry.number}" + (f", frame {self.index + 1}" if many else "")


@dataclass(frozen=True, slots=True)
class Failure:
    """A frame that lies in the stack and cannot be used."""

    slice: Slice
    code: str
    what: str


@dataclass(slots=True)
class Stack:
    """Slices in rising order along the normal, one at each place unless there is a conflict.

    `placed` is False where the frames do not say where they lie; then the order means nothing.
    """

    slices: list[Slice]
    placed: bool = True
    duplicates: list[tuple[Slice, Slice]] = field(default_factory=list)  # (dropped, kept)
    conflicts: list[tuple[Slice, Slice]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    phase: str | None = None
    turn: int = 0  # which of the phases at these places it is, in the order of their values

    @property
    def header(self) -> DicomHeader:
        """Return the header of the lowest slice, which speaks for all."""
        return self.slices[0].header

    @property
    def frame(self) -> Frame:
        """Return the frame of the lowest slice."""
        return self.slices[0].frame

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Return the lowest and highest place along the normal."""
        return self.slices[0].height_mm, self.slices[-1].height_mm

    def entries(self) -> list[Entry]:
        """Return the files of this stack, duplicates and failures included, each once."""
        every = [*self.slices, *(d for d, _ in self.duplicates), *(f.slice for f in self.failures)]
        return list({s.entry.number: s.entry for s in every}.values())


def kernel_name(header: DicomHeader) -> str | None:
    """Return the kernel without what some vendors append behind a backslash."""
    return header.kernel.split("\\")[0].strip() or None if header.kernel else None


def build_stacks(entries: Iterable[Entry]) -> list[Stack]:
    """Sort the frames of these files into stacks, the same whatever the order of the files."""
    frames = [
        (entry, entry.header, frame, index)
        for entry in entries
        if entry.header is not None
        for index, frame in enumerate(entry.header.frames)
    ]
    frames.sort(key=lambda f: (f[1].sop_instance_uid, f[3], f[0].number))
    groups: dict[Hashable, list[Stack]] = {}
    for entry, header, frame, index in frames:
        placed = frame.position_mm is not None and frame.orientation is not None
        one = Slice(entry, header, frame, index, 0.0)
        stacks = groups.setdefault((_key(header), placed), [])
        home = next((s for s in stacks if _fits(s.frame, frame)), None)
        if home is None:
            stacks.append(Stack([one], placed))
        else:
            home.slices.append(one)
    found = [stack for stacks in groups.values() for stack in stacks]
    return [part for stack in found for part in _resolved(stack)]


def _key(header: DicomHeader) -> Hashable:
    """Return what slices of one volume have in common, apart from directions and distances."""
    return (
        header.sop_class_uid,
        header.study_uid,
        header.series_uid,
        header.rows,
        header.columns,
        header.samples,
        header.kvp,
        kernel_name(header),
        "LOCALIZER" in header.image_type,
    )


def _fits(mine: Frame, other: Frame) -> bool:
    """Say whether two frames have the same directions and distances of pixels."""
    if (mine.pixel_mm is None) != (other.pixel_mm is None):
        return False
    if mine.pixel_mm and other.pixel_mm:
        for a, b in zip(mine.pixel_mm, other.pixel_mm, strict=True):
            if abs(a - b) > SAME_PIXEL * a:
                return False
    if mine.orientation and other.orientation:
        pairs = zip(mine.orientation, other.orientation, strict=True)
        return max(abs(a - b) for a, b in pairs) <= SAME_TURN
    return True


def _resolved(stack: Stack) -> list[Stack]:
    """Order a stack by place and settle what lies at one place; may give several stacks.

    What is no CT is listed and not looked into.
    """
    if not stack.placed or stack.header.sop_class_uid not in CT_CLASSES:
        return [stack]
    stack.slices = _ordered(stack.slices)
    _drop_equal(stack, lambda a, b: a.header.sop_instance_uid == b.header.sop_instance_uid)
    parts = _separated(stack) if _crowded(stack.slices) else _interleaved(stack)
    if len(parts) == 1 and _crowded(stack.slices):
        _drop_equal(stack, lambda _a, _b: True)
        stack.conflicts = _crowded(stack.slices)
    return [part for part in parts if part.slices] or [stack]


def _ordered(slices: list[Slice]) -> list[Slice]:
    """Return slices with their heights along the common normal, in rising order."""
    turn = np.asarray(slices[0].frame.orientation, np.float64)
    normal = np.cross(turn[:3], turn[3:])
    normal /= np.linalg.norm(normal)
    places = np.array([s.frame.position_mm for s in slices], np.float64) @ normal
    placed = [
        Slice(s.entry, s.header, s.frame, s.index, float(t)) for s, t in zip(slices, places, strict=True)
    ]
    return sorted(placed, key=lambda s: (s.height_mm, s.header.sop_instance_uid, s.index, s.entry.number))


def _crowded(slices: list[Slice]) -> list[tuple[Slice, Slice]]:
    """Return neighbours that lie at one place."""
    return [(a, b) for a, b in pairwise(slices) if b.height_mm - a.height_mm < SAME_PLACE_MM]


def _drop_equal(stack: Stack, alike: Callable[[Slice, Slice], bool]) -> None:
    """Drop slices that lie where another lies with the same values; only `alike` pairs are compared.

    Each slice is decoded once at most. One that cannot be is a failure, and no rival of the other.
    """
    content = _Content()
    kept: list[Slice] = []
    for one in stack.slices:
        rivals = [k for k in _at_place(kept, one) if alike(k, one)]
        if not rivals:
            kept.append(one)
            continue
        failed = [f for s in (one, *rivals) if (f := content.failure(s)) is not None]
        stack.failures += [f for f in failed if f not in stack.failures]
        kept = [k for k in kept if all(k is not f.slice for f in failed)]
        if content.failure(one) is not None:
            continue
        twin = next(
            (k for k in rivals if content.failure(k) is None and content.of(k) == content.of(one)), None
        )
        if twin is None:
            kept.append(one)
        else:
            stack.duplicates.append((one, twin))
    stack.slices = kept


def _at_place(kept: list[Slice], one: Slice) -> list[Slice]:
    """Return those at the end of a rising list that lie where `one` lies."""
    return list(takewhile(lambda k: one.height_mm - k.height_mm < SAME_PLACE_MM, reversed(kept)))[::-1]


class _Content:
    """Digests of the values of slices, each decoded when it is first asked for."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], bytes | Failure] = {}

    def _get(self, one: Slice) -> bytes | Failure:
        key = (one.entry.number, one.index)
        if key not in self._found:
            try:
                values = pixels(one.entry.read(), one.header)[one.index].astype(np.int64)
            except Refused as refused:
                self._found[key] = Failure(one, refused.code, str(refused))
            else:
                scale = f"{one.frame.slope} {one.frame.intercept}".encode()
                self._found[key] = sha256(scale + values.tobytes()).digest()
        return self._found[key]

    def failure(self, one: Slice) -> Failure | None:
        found = self._get(one)
        return found if isinstance(found, Failure) else None

    def of(self, one: Slice) -> bytes | Failure:
        return self._get(one)


SEPARATORS: tuple[tuple[str, Callable[[Slice], Hashable]], ...] = (
    ("acquisition", lambda s: s.header.acquisition_number),
    ("time", lambda s: s.header.temporal_position),
    ("phase", lambda s: s.frame.phase),
    ("trigger time", lambda s: s.header.trigger_time_ms),
    ("acquisition time", lambda s: s.header.acquisition_time),
    ("image type", lambda s: s.header.image_type),
    ("description", lambda s: s.header.series_description),
    ("contrast", lambda s: s.header.contrast_agent),
    ("frame of reference", lambda s: s.header.frame_of_reference_uid),
)
"""What may tell slices at one place apart, tried in this order (ct.md 3.11)."""


def _separated(stack: Stack) -> list[Stack]:
    """Split a crowded stack by the first separator that leaves one slice at each place.

    A value that differs from slice to slice (a clock) tells no phases apart: there may not be many
    more parts than slices at the fullest place, nor may all be single slices of several places.
    """
    fullest = _fullest(stack.slices)
    for name, value in SEPARATORS:
        parts = _parts(stack, name, value)
        alone = all(len(part.slices) == 1 for part in parts) and len(stack.slices) > fullest
        few = 1 < len(parts) <= MORE_PARTS * fullest
        if few and not alone and not any(_crowded(part.slices) for part in parts):
            return parts
    return [stack]


def _fullest(slices: list[Slice]) -> int:
    """Return how many slices lie at the place that holds most."""
    most = run = 1
    for a, b in pairwise(slices):
        run = run + 1 if b.height_mm - a.height_mm < SAME_PLACE_MM else 1
        most = max(most, run)
    return most


def _interleaved(stack: Stack) -> list[Stack]:
    """Split acquisitions that were laid between one another; each must be even by itself.

    Acquisitions one behind the other (sequential scans) stay together.
    """
    name, value = SEPARATORS[0]
    parts = _parts(stack, name, value)
    if len(parts) < 2 or any(len(part.slices) < 3 or not _even(part.slices) for part in parts):
        return [stack]
    ranges = sorted(part.extent_mm for part in parts)
    return parts if any(b[0] < a[1] for a, b in pairwise(ranges)) else [stack]


def _even(slices: list[Slice]) -> bool:
    gaps = np.diff([s.height_mm for s in slices])
    middle = float(np.median(gaps))
    return bool((np.abs(gaps - middle) <= max(EVEN_MM, EVEN_RELATIVE * middle)).all())


def _parts(stack: Stack, name: str, value: Callable[[Slice], Hashable]) -> list[Stack]:
    """Split a stack by a value, what was dropped before following the slice it equals."""
    groups: dict[Hashable, list[Slice]] = {}
    for one in stack.slices:
        groups.setdefault(value(one), []).append(one)
    parts = []
    for turn, key in enumerate(sorted(groups, key=_by_value)):
        slices = groups[key]
        members = {id(s) for s in slices}
        twins = [pair for pair in stack.duplicates if id(pair[1]) in members]
        parts.append(Stack(slices, duplicates=twins, phase=f"{name} {key}", turn=turn))
    return parts


def _by_value(key: Hashable) -> tuple[int, float, str]:
    """Order the values of a separator: numbers first, then words, the untold last."""
    if isinstance(key, (int, float)):
        return (0, float(key), "")
    return (2, 0.0, "") if key is None else (1, 0.0, str(key))
