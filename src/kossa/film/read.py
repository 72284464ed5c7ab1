"""One file in, one film out: dense is bright whatever the file does, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kossa.evidence import FilmKind, Notice, Refused, Severity, Side
from kossa.film.polarity import air_share
from kossa.film.region import region_of
from kossa.film.spacing import Spacing, spacing_of
from kossa.film.tone import find_tone
from kossa.intake.dicom import pixels as dicom_pixels
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.entry import Entry
from kossa.intake.picture import read_picture

__all__ = ["Film", "grey_of", "kind_of_header", "read_film"]

Image = npt.NDArray[np.float32]
Box = tuple[slice, slice]

GREY = 6  # grey levels of 255 by which the colours of a grey picture may differ (JPEG); judgement
INVERTED, MORE = 0.15, 1.5  # share of the border that is bright on an inverted film, over the dark; judgement
UPRIGHT = 0.05  # share of the border that air takes at least; judgement
SMALLEST = 64  # pixels a side; a smaller picture is a thumbnail; judgement
LEAST_COUNT = 1 / 16  # grey levels of 255 taken for no dose: one of 12 bits; judgement
BREAST_WORDS = ("BREAST", "MAMMO")


@dataclass(frozen=True, eq=False)
class Film:
    """`pixels` float32 (y, x), dense is bright, in grey levels of 255 of the file's full scale.

    `site` is the part of the body that a radiograph shows, None where nothing tells it.
    """

    pixels: Image
    kind: FilmKind
    spacing: Spacing
    side: Side = Side.UNKNOWN
    view: str | None = None
    notices: tuple[Notice, ...] = field(default=())
    site: str | None = None


def kind_of_header(header: DicomHeader) -> FilmKind:
    """Return what a DICOM file is by its modality and body part."""
    breast = (header.body_part or "").upper().startswith(BREAST_WORDS)
    return FilmKind.MAMMOGRAM if header.modality == "MG" or breast else FilmKind.RADIOGRAPH


def read_film(entry: Entry, kind: FilmKind, spacing_mm: float | None = None) -> Film:
    """Decode a film; raises `Refused` (several-frames, in-colour, too-small, blank, and those of intake)."""
    spacing = spacing_of(entry.header, entry.told, spacing_mm)
    if entry.header is not None:
        image, notices = _from_dicom(entry, entry.header)
    else:
        image, notices = _from_picture(entry)
    if min(image.shape) < SMALLEST:
        raise Refused(
            "too-small",
            f"This picture has {image.shape[1]} x {image.shape[0]} pixels; nothing can be read from it. "
            "Ask for the original.",
        )
    if float(image.max()) <= float(image.min()):
        raise Refused("blank", "This picture has one grey value everywhere. Export it again.")
    side, view = _side_and_view(entry)
    site = region_of(entry.header, entry.told)
    return Film(image, kind, spacing, side, view, (*spacing.notices, *notices), site)


def _from_dicom(entry: Entry, header: DicomHeader) -> tuple[Image, list[Notice]]:
    if len(header.frames) > 1:
        raise Refused(
            "several-frames",
            f"This object has {len(header.frames)} frames (tomosynthesis or a run of pictures), "
            "and a film has one.",
        )
    data = entry.read()
    stored = dicom_pixels(data, header)[0]
    padded = _padding(stored, header)
    image = stored.astype(np.float32)
    picture = _picture(padded)
    if padded is not None and picture is not None:
        # what is no picture says nothing of scale and polarity
        image[padded] = np.median(image[~padded])
    notices = []
    processing = (header.presentation or "").upper() == "FOR PROCESSING"
    tone = None if processing else find_tone(data)  # windows are for films that are to be looked at
    shown = None if tone is None else tone.shown(image)
    if tone is not None and shown is None:
        notices.append(_no_window())
    image = _scaled(image, header) if shown is None else shown
    if not header.photometric:
        image, told = _upright(image, picture)
        notices += told
    elif header.photometric == "MONOCHROME1":
        image = np.float32(255) - image
        notices.append(
            _told("inverted", "The file stores dense as dark (MONOCHROME1).", "It was turned over.")
        )
    if processing:
        image, notice = _logarithm(image, picture)
        notices.append(notice)
    if padded is not None:
        image[padded] = image[~padded].min() if picture is not None else 0
    if header.lossy:
        notices.append(_lossy())
    return image, notices


def _scaled(stored: Image, header: DicomHeader) -> Image:
    """Return stored values as grey levels of 255 of the whole number of bits that they use."""
    lowest = -(1 << (header.bits_stored - 1)) if header.signed else 0
    return (stored - lowest) * np.float32(255 / _full_scale(float(stored.max()) - lowest))


def _padding(stored: npt.NDArray[np.generic], header: DicomHeader) -> npt.NDArray[np.bool_] | None:
    """Return where the file says that it holds no picture."""
    if header.padding is None:
        return None
    limit = header.padding if header.padding_limit is None else header.padding_limit
    low, high = min(header.padding, limit), max(header.padding, limit)
    values = stored.astype(np.int64)
    inside = (values >= low) & (values <= high)
    return inside if inside.any() else None


def _picture(padded: npt.NDArray[np.bool_] | None) -> Box | None:
    """Return rows and columns within which the picture lies, None where it is all of it or there is none."""
    if padded is None or padded.all():
        return None
    rows, columns = (np.flatnonzero(~padded.all(axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _full_scale(highest: float) -> float:
    """Return the largest value of the whole number of bits that the picture uses, at least 8."""
    return float((1 << max(8, int(np.ceil(np.log2(max(highest, 1) + 1))))) - 1)


def _logarithm(image: Image, picture: Box | None) -> tuple[Image, Notice]:
    """Turn values proportional to the dose into densities; air is bright on them."""
    dark, bright = air_share(image if picture is None else image[picture])
    counts = image if bright > dark else np.float32(255) - image
    density = -np.log(np.maximum(counts, LEAST_COUNT))
    density -= density.min()
    density *= np.float32(255 / max(float(density.max()), 1e-6))
    return density.astype(np.float32), _told(
        "for-processing",
        "This film is meant for processing: its values are proportional to the dose.",
        "Their logarithm was read; contrasts cannot be set beside those of films for presentation.",
    )


def _from_picture(entry: Entry) -> tuple[Image, list[Notice]]:
    picture = read_picture(entry)
    image = grey_of(picture.pixels)
    notices = []
    image *= np.float32(255 / _full_scale(float(image.max())))
    image, told = _upright(image)
    notices += told
    if picture.info.lossy:
        notices.append(_lossy())
    return image, notices


def _upright(image: Image, picture: Box | None = None) -> tuple[Image, list[Notice]]:
    """Return a picture that does not say which way grey runs with dense bright, and how that was settled."""
    dark, bright = air_share(image if picture is None else image[picture])
    if bright > INVERTED and bright > MORE * dark:
        return np.float32(255) - image, [
            _told("inverted", "The air round the body is bright: dense is dark on it.", "It was turned over.")
        ]
    if dark >= UPRIGHT:
        return image, []
    return image, [
        Notice(
            code="polarity-assumed",
            severity=Severity.WARNING,
            what="No air is seen round the body, so the picture does not show which way grey runs.",
            done="Bright was taken for dense.",
            todo="If bone is dark on it, invert the picture first.",
        )
    ]


def grey_of(pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> Image:
    """Return the grey of a picture as float32; raises `Refused` (in-colour) where it has colours."""
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    limit = GREY * (np.iinfo(pixels.dtype).max / 255)
    some = pixels[::4, ::4].astype(np.float32)
    if float(np.percentile(np.ptp(some, axis=2), 99.5)) > limit:
        raise Refused(
            "in-colour",
            "This picture has colours, and a film is grey. Ask for the film itself, as DICOM or PNG.",
        )
    return np.ascontiguousarray(pixels[..., 1].astype(np.float32))


def _side_and_view(entry: Entry) -> tuple[Side, str | None]:
    """Return side and view by the tags or the file beside the picture; letters on a film are not trusted."""
    told, header = entry.told, entry.header
    side = told.side if told is not None and told.side is not None else Side.UNKNOWN
    view = told.view if told is not None else None
    if header is not None:
        letter = {"L": Side.LEFT, "R": Side.RIGHT, "B": Side.BOTH}.get((header.laterality or "")[:1].upper())
        side = side if side is not Side.UNKNOWN else letter or Side.UNKNOWN
        view = view or header.view
    return side, view


def _told(code: str, what: str, done: str) -> Notice:
    return Notice(code=code, severity=Severity.INFO, what=what, done=done)


def _no_window() -> Notice:
    return Notice(
        code="window-ignored",
        severity=Severity.WARNING,
        what="The window that the file gives shows almost nothing of its picture.",
        done="The whole range of stored values was read instead.",
    )


def _lossy() -> Notice:
    return Notice(
        code="lossy",
        severity=Severity.WARNING,
        what="This picture was compressed with loss, which removes and makes small spots.",
        done="It was read; small marks on it are not to be trusted.",
        todo="Ask for the film without loss.",
    )
