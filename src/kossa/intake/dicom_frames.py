"""Geometry and rescale of each frame: from per-frame, shared or top-level groups, and checked."""

from __future__ import annotations

from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake import dicom_tags as tag
from kossa.intake.dicom_header import Frame
from kossa.intake.dicom_structure import DataSet
from kossa.intake.dicom_values import Values

__all__ = ["FILM_MODALITIES", "Shared", "frames", "shared_values"]

MAX_FRAMES = 100_000  # a frame costs some 300 bytes of header in memory (judgement)
STEEP = 1e5  # slope and intercept beyond this make no Hounsfield units (judgement)
FAR_MM = 1e5  # a place farther than this from the origin is no place in a scanner (judgement)
SMALL_MM = 1e-4  # smaller pixels are none of tomography (judgement)
FILM_MODALITIES = {"MG", "CR", "DX", "RG", "DR", "PX", "IO"}  # projections (PS3.3 C.7.3.1.1.1)
UNIT = 1e-3  # how far a direction may be from length 1, or two from a right angle (ct.md 3.11)

Vector = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the shared groups of an enhanced object say instead of the top level."""

    kvp: float | None = None
    kernel: str | None = None
    frame_type: tuple[str, ...] = ()
    rescale_type: str | None = None


def shared_values(data_set: DataSet) -> Shared:
    """Read tube voltage, kernel, frame type and rescale type of an enhanced object's frames."""
    if tag.FRAME_GROUPS not in data_set.found and tag.SHARED_GROUPS not in data_set.found:
        return Shared()
    groups = _groups(data_set, tag.SHARED_GROUPS)
    merged = {**(groups[0] if groups else {})}
    for per_frame in _groups(data_set, tag.FRAME_GROUPS)[:1]:
        merged = {**per_frame, **merged}
    kvp, kernel = merged.get(tag.CT_XRAY_DETAILS), merged.get(tag.CT_RECONSTRUCTION)
    kind, rescale = merged.get(tag.CT_FRAME_TYPE), merged.get(tag.PIXEL_TRANSFORMATION)
    return Shared(
        kvp.loose(tag.KVP) if kvp else None,
        kernel.word(tag.CONVOLUTION_KERNEL) if kernel else None,
        kind.words(tag.FRAME_TYPE) if kind else (),
        rescale.word(tag.RESCALE_TYPE) if rescale else None,
    )


def frames(data_set: DataSet, top: Values, count: int) -> tuple[Frame, ...]:
    """Return one `Frame` for each of `count` frames; raises `Refused` with `invalid-...`."""
    if count > MAX_FRAMES:
        raise Refused("too-large", f"the file declares {count} frames; {MAX_FRAMES} is the limit")
    if tag.FRAME_GROUPS not in data_set.found and tag.SHARED_GROUPS not in data_set.found:
        return (_frame({}, top),) * count
    shared = (_groups(data_set, tag.SHARED_GROUPS) or [{}])[0]
    single = _groups(data_set, tag.FRAME_GROUPS)
    if single and len(single) != count:
        raise Refused("invalid-header", f"{count} frames are declared and {len(single)} are described")
    return tuple(_frame({**shared, **own}, top) for own in single or [{}] * count)


def _groups(data_set: DataSet, sequence: int) -> list[dict[int, Values]]:
    """Return for each item of a functional groups sequence: group -> values of its first item."""
    found = []
    for item in data_set.items(sequence, tag.GROUPS):
        groups = {}
        for group in item.found:
            inner = next(item.items(group, tag.GROUPS[group]), None)
            if inner is not None:
                groups[group] = Values(inner)
        found.append(groups)
    return found


def _frame(groups: dict[int, Values], top: Values) -> Frame:
    """Resolve one frame; a group that is absent falls back to the top level."""
    position = groups.get(tag.PLANE_POSITION, top).numbers(tag.IMAGE_POSITION, 3, "the image position")
    turn = groups.get(tag.PLANE_ORIENTATION, top).numbers(tag.IMAGE_ORIENTATION, 6, "the image orientation")
    measures = groups.get(tag.PIXEL_MEASURES, top)
    spacing = measures.numbers(tag.PIXEL_SPACING, 2, "the pixel spacing")
    rescale = groups.get(tag.PIXEL_TRANSFORMATION, top)
    slope = rescale.number(tag.RESCALE_SLOPE, "the rescale slope")
    if slope == 0:
        raise Refused("invalid-number", "the rescale slope is 0: every voxel would have the same value")
    intercept = rescale.number(tag.RESCALE_INTERCEPT, "the rescale intercept")
    for name, value in (("slope", slope), ("intercept", intercept)):
        if value is not None and (abs(value) > STEEP or (name == "slope" and value < 0)):
            raise Refused("invalid-number", f"the rescale {name} is {value:g}")
    if position is not None and max(map(abs, position)) > FAR_MM:
        raise Refused("invalid-geometry", f"the slice is said to lie more than {FAR_MM:g} mm away")
    thickness = measures.loose(tag.SLICE_THICKNESS)
    return Frame(
        position_mm=None if position is None else (position[0], position[1], position[2]),
        orientation=_orientation(turn),
        pixel_mm=_spacing(spacing, film=top.word(tag.MODALITY) in FILM_MODALITIES),
        thickness_mm=thickness if thickness is not None and thickness > 0 else None,
        slope=slope,
        intercept=intercept,
        phase=_phase(groups),
    )


def _spacing(pair: tuple[float, ...] | None, *, film: bool) -> tuple[float, float] | None:
    """Return a believable spacing; a film without one can still be read, in pixels, a slice cannot."""
    if pair is None:
        return None
    if min(pair) < SMALL_MM or max(pair) > FAR_MM:
        if film:
            return None
        raise Refused("invalid-geometry", f"the pixel spacing is {pair[0]:g} x {pair[1]:g} mm")
    return (pair[0], pair[1])


def _orientation(turn: tuple[float, ...] | None) -> Orientation | None:
    """Check that the two directions have length 1 and stand at a right angle (ct.md 3.11)."""
    if turn is None:
        return None
    row, column = turn[:3], turn[3:]
    lengths = [sum(v * v for v in d) ** 0.5 for d in (row, column)]
    lean = abs(sum(a * b for a, b in zip(row, column, strict=True)))
    if any(abs(length - 1) > UNIT for length in lengths) or lean > UNIT:
        raise Refused(
            "invalid-geometry", "row and column directions are not two unit vectors at a right angle"
        )
    return (turn[0], turn[1], turn[2], turn[3], turn[4], turn[5])


def _phase(groups: dict[int, Values]) -> str | None:
    """Name what tells this frame from others at its place: stack, temporal index, cardiac phase."""
    words = []
    content, cardiac = groups.get(tag.FRAME_CONTENT), groups.get(tag.CARDIAC_SYNCHRONIZATION)
    if content is not None:
        stack, index = content.word(tag.FRAME_STACK), content.unsigned32(tag.FRAME_TEMPORAL_INDEX)
        words += [f"stack {stack}"] if stack else []
        words += [f"time {index}"] if index is not None else []
    if cardiac is not None:
        percent = cardiac.double(tag.CARDIAC_PHASE)
        words += [f"{percent:g} % of the cardiac cycle"] if percent is not None else []
    return ", ".join(words) or None
