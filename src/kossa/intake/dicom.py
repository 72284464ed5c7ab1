"""The guarded opening of one DICOM file: header, identity, pixels; a fault is a `Refused`, nothing else.

Codes of refusals: `empty`, `not-dicom`, `truncated` (cut off, or a length past the end),
`too-deep`, `too-large`, `size-mismatch` (declared sizes against the bytes present),
`invalid-header`, `invalid-number`, `invalid-geometry`, `unsupported-syntax`, `decode-failed`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kossa.evidence import Refused
from kossa.intake import dicom_tags as tag
from kossa.intake.dicom_frames import FILM_MODALITIES, Shared, frames, shared_values
from kossa.intake.dicom_header import DicomHeader, Frame
from kossa.intake.dicom_pixels import EITHER_SYNTAXES, LOSSY_SYNTAXES, Layout, check_layout, pixels
from kossa.intake.dicom_structure import PIXEL_DATA, DataSet, is_dicom, open_data_set
from kossa.intake.dicom_values import Values, without_words

__all__ = ["CT_CLASSES", "Identity", "is_dicom", "pixels", "read_header"]

CT_CLASSES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1")  # CT, Enhanced CT (PS3.4 B.5)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose file it is; for the check that a folder holds one person, and never for a reader."""

    patient_id: str | None
    issuer: str | None
    name: str | None
    birth_date: str | None
    sex: str | None


def read_header(data: bytes) -> tuple[DicomHeader, Identity]:
    """Read and check the header of one DICOM file.

    Parameters
    ----------
    data
        The whole file.

    Raises
    ------
    Refused
        With a code of this module's list and a sentence; no other exception.
    """
    found = open_data_set(data, tag.TOP)
    values = Values(found)
    values.charset = _charset(values)
    identity = _identity(values)
    layout = _layout(found, values)
    shared = shared_values(found)
    every = frames(found, values, layout.frames) if layout.frames else ()
    return _header(found, values, identity, layout, shared, every), identity


def _charset(values: Values) -> str:
    return values.raw(tag.SPECIFIC_CHARACTER_SET).decode("ascii", "replace").strip()


def _identity(values: Values) -> Identity:
    return Identity(
        patient_id=values.text(tag.PATIENT_ID),
        issuer=values.text(tag.ISSUER_OF_PATIENT_ID),
        name=values.text(tag.PATIENT_NAME),
        birth_date=values.word(tag.PATIENT_BIRTH_DATE),
        sex=values.word(tag.PATIENT_SEX),
    )


def _layout(found: DataSet, values: Values) -> Layout:
    """Read the sizes of the pixels and hold them against the bytes; frames 0 for an object without."""
    rows, columns = values.unsigned(tag.ROWS), values.unsigned(tag.COLUMNS)
    place = found.found.get(PIXEL_DATA)
    if place is None:
        if tag.FLOAT_PIXELS in found.found or tag.DOUBLE_PIXELS in found.found:
            raise Refused("unsupported-syntax", "the pixels are floating-point numbers, which are not read")
        if tag.ROWS in found.found or values.word(tag.SOP_CLASS_UID) in CT_CLASSES:
            raise Refused("truncated", "the file ends before its pixel data: it is cut off")
        return Layout(0, 0, 0, 0, 0, 0, 0, signed=False, photometric="")
    frame_text = values.raw(tag.NUMBER_OF_FRAMES)
    count = values.whole(tag.NUMBER_OF_FRAMES) if frame_text else 1
    allocated = values.unsigned(tag.BITS_ALLOCATED)
    stored = values.unsigned(tag.BITS_STORED)
    if not rows or not columns or not allocated or stored is None or count is None or count < 1:
        raise Refused(
            "invalid-header",
            "rows, columns, bits and the number of frames must be whole numbers of at least 1",
        )
    high, sign = values.unsigned(tag.HIGH_BIT), values.unsigned(tag.PIXEL_REPRESENTATION)
    samples = values.unsigned(tag.SAMPLES)
    if sign not in (0, 1, None):
        raise Refused("invalid-header", f"pixels are signed (1) or not (0), and these are {sign}")
    layout = Layout(
        frames=count,
        rows=rows,
        columns=columns,
        samples=1 if samples is None else samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=stored - 1 if high is None else high,
        signed=sign == 1,
        photometric=values.word(tag.PHOTOMETRIC) or "",
    )
    check_layout(layout, found.syntax, found.data, place)
    return layout


def _header(
    found: DataSet,
    values: Values,
    identity: Identity,
    layout: Layout,
    shared: Shared,
    every: tuple[Frame, ...],
) -> DicomHeader:
    native = bool(every) and found.found[PIXEL_DATA][1] != 0xFFFFFFFF and not found.inflated
    offset, length = found.found[PIXEL_DATA] if native else (None, None)
    limit = values.signed if layout.signed else values.unsigned
    secret = _secrets(identity)
    magnification = values.loose(tag.MAGNIFICATION)
    imager = values.raw(tag.IMAGER_PIXEL_SPACING)
    return DicomHeader(
        sop_class_uid=values.word(tag.SOP_CLASS_UID) or "",
        sop_instance_uid=values.word(tag.SOP_INSTANCE_UID) or "",
        transfer_syntax_uid=found.syntax,
        modality=values.word(tag.MODALITY) or "",
        study_uid=values.word(tag.STUDY_UID) or "",
        series_uid=values.word(tag.SERIES_UID) or "",
        frame_of_reference_uid=values.word(tag.FRAME_OF_REFERENCE_UID),
        series_number=values.whole(tag.SERIES_NUMBER),
        instance_number=values.whole(tag.INSTANCE_NUMBER),
        acquisition_number=values.whole(tag.ACQUISITION_NUMBER),
        temporal_position=values.whole(tag.TEMPORAL_POSITION),
        image_type=shared.frame_type or values.words(tag.IMAGE_TYPE),
        series_description=without_words(values.text(tag.SERIES_DESCRIPTION), secret),
        study_description=without_words(values.text(tag.STUDY_DESCRIPTION), secret),
        protocol=without_words(values.text(tag.PROTOCOL_NAME), secret),
        manufacturer=values.text(tag.MANUFACTURER),
        model=values.text(tag.MODEL_NAME),
        kernel=values.word(tag.CONVOLUTION_KERNEL) or shared.kernel,
        kvp=_positive(values.loose(tag.KVP) or shared.kvp),
        contrast_agent=without_words(values.text(tag.CONTRAST_AGENT), secret),
        contrast_route=values.text(tag.CONTRAST_ROUTE),
        body_part=values.word(tag.BODY_PART),
        rows=layout.rows,
        columns=layout.columns,
        samples=layout.samples,
        photometric=layout.photometric,
        bits_allocated=layout.bits_allocated,
        bits_stored=layout.bits_stored,
        high_bit=layout.high_bit,
        signed=layout.signed,
        padding=limit(tag.PADDING),
        padding_limit=limit(tag.PADDING_LIMIT),
        lossy=_lossy(values.word(tag.LOSSY), found.syntax),
        rescale_type=values.word(tag.RESCALE_TYPE) or shared.rescale_type,
        gantry_tilt_deg=values.loose(tag.GANTRY_TILT),
        imager_pixel_mm=_pair(values, imager),
        magnification=_positive(magnification),
        view=values.word(tag.VIEW_POSITION) or _view(found),
        laterality=values.word(tag.IMAGE_LATERALITY) or values.word(tag.LATERALITY),
        presentation=values.word(tag.PRESENTATION_INTENT),
        burned_in={"YES": True, "NO": False}.get(values.word(tag.BURNED_IN) or ""),
        frames=every,
        pixel_offset=offset,
        pixel_length=length,
        age_years=_age(values),
        sex=_sex(identity.sex),
        acquisition_time=values.word(tag.ACQUISITION_DATE_TIME) or values.word(tag.ACQUISITION_TIME),
        trigger_time_ms=values.loose(tag.TRIGGER_TIME),
    )


def _secrets(identity: Identity) -> tuple[str, ...]:
    """Return the words that no text of the header may show: parts of the name, and the number."""
    parts = re.split(r"[\s^=,]+", identity.name or "")
    return tuple(part for part in (*parts, identity.patient_id or "") if part)


def _lossy(told: str | None, syntax: str) -> bool:
    """Say whether something was lost: by the tag, by the syntax, or where the syntax may and nobody says."""
    return told == "01" or syntax in LOSSY_SYNTAXES or (syntax in EITHER_SYNTAXES and told != "00")


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _pair(values: Values, raw: bytes) -> tuple[float, float] | None:
    if not raw:
        return None
    pair = values.numbers(tag.IMAGER_PIXEL_SPACING, 2, "the imager pixel spacing")
    if pair is None or min(pair) <= 0:
        if values.word(tag.MODALITY) in FILM_MODALITIES:
            return None
        raise Refused("invalid-geometry", "the imager pixel spacing is not positive")
    return (pair[0], pair[1])


def _view(found: DataSet) -> str | None:
    """Return the meaning of the view code, as mammograms have it."""
    for item in found.items(tag.VIEW_CODE, (tag.CODE_MEANING,)):
        return Values(item).text(tag.CODE_MEANING)
    return None


def _sex(letter: str | None) -> str | None:
    """Return F, M or U (other), None where the tag is absent or holds another word."""
    return {"F": "F", "M": "M", "O": "U"}.get(letter or "")


def _age(values: Values) -> float | None:
    """Return the age in years from the age string, else from birth date and study date."""
    told = re.fullmatch(r"(\d{3})([DWMY])", values.word(tag.PATIENT_AGE) or "")
    if told:
        days = {"D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}[told[2]]  # mean days of the Julian year
        return round(int(told[1]) * days / 365.25, 3)
    born, made = (_date(values.word(t)) for t in (tag.PATIENT_BIRTH_DATE, tag.STUDY_DATE))
    if born is None or made is None or made < born:
        return None
    return round((made - born).days / 365.25, 2)


def _date(text: str | None) -> dt.date | None:
    digits = (text or "").replace(".", "")  # ACR-NEMA wrote 1994.01.31
    if not re.fullmatch(r"\d{8}", digits):
        return None
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
