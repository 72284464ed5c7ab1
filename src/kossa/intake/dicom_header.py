"""The part of a DICOM header that readers may see: what an image is, never whose."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DicomHeader", "Frame"]

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Geometry and rescale of one frame, resolved from per-frame, shared or top-level groups.

    `phase` is what tells frames at one place apart by design: temporal position, cardiac phase or
    stack of an enhanced object, as one word; None where the file knows of none.
    """

    position_mm: Vector | None
    orientation: tuple[float, float, float, float, float, float] | None
    pixel_mm: tuple[float, float] | None
    thickness_mm: float | None
    slope: float | None
    intercept: float | None
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class DicomHeader:
    """Checked values of one DICOM file; None where the tag is absent or empty.

    Texts are cleaned (no control or direction characters, 64 characters) and hold no word of the
    person's name. An object without pixels has no `frames` and 0 rows. `pixel_offset` and
    `pixel_length` locate uncompressed pixel data in the file's bytes; both are None where the
    pixels are compressed or the data set is deflated.
    """

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    modality: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str | None
    series_number: int | None
    instance_number: int | None
    acquisition_number: int | None
    temporal_position: int | None
    image_type: tuple[str, ...]
    series_description: str | None
    protocol: str | None
    manufacturer: str | None
    kernel: str | None
    kvp: float | None
    contrast_agent: str | None
    body_part: str | None
    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    padding: int | None
    lossy: bool
    rescale_type: str | None
    gantry_tilt_deg: float | None
    imager_pixel_mm: tuple[float, float] | None
    magnification: float | None
    view: str | None
    laterality: str | None
    presentation: str | None
    burned_in: bool | None
    frames: tuple[Frame, ...]
    pixel_offset: int | None
    pixel_length: int | None
    age_years: float | None
    sex: str | None
    padding_limit: int | None = None
    study_description: str | None = None
    model: str | None = None
    contrast_route: str | None = None
    acquisition_time: str | None = None
    trigger_time_ms: float | None = None
