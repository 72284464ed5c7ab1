"""The one rule of millimetres: what a pixel measures, who says so, or that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from kossa.evidence import Notice, Severity, WrongCall
from kossa.intake.dicom_header import DicomHeader
from kossa.intake.sidecar import Sidecar

__all__ = ["UNKNOWN", "Spacing", "check_given", "spacing_of"]

SMALLEST_MM, LARGEST_MM = 0.01, 2.0  # beyond these no detector and no scanner of films samples; judgement
SQUARE = 0.02  # pixels whose sides differ by less count as square; judgement
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Spacing:
    """Millimetres a pixel (None: not known), where the figure comes from, and what is to be told."""

    mm: float | None
    source: str
    notices: tuple[Notice, ...] = ()


def spacing_of(  # noqa: PLR0911 - one return a source, in their order of trust
    header: DicomHeader | None, told: Sidecar | None, given: float | None
) -> Spacing:
    """Return the spacing: as given in the call, beside the picture, calibrated, at the detector, or unknown.

    A pixel that measures differently up and across counts with its mean, and is told. Raises `WrongCall`
    where the given number is no length of a pixel.
    """
    check_given(given)
    if given is not None:
        return Spacing(given, "told")
    if told is not None and told.spacing_mm is not None:
        return _checked(told.spacing_mm, "sidecar")
    if header is None:
        return Spacing(None, UNKNOWN, (_unknown("This picture does not say what a pixel measures."),))
    calibrated = header.frames[0].pixel_mm if header.frames else None
    if calibrated is not None:
        return _checked(calibrated, "PixelSpacing")
    if header.imager_pixel_mm is None:
        return Spacing(None, UNKNOWN, (_unknown("The file has no usable pixel spacing (absent, or 0)."),))
    if header.magnification:
        rows, columns = header.imager_pixel_mm
        at_patient = (rows / header.magnification, columns / header.magnification)
        return _checked(at_patient, f"ImagerPixelSpacing / magnification {header.magnification:g}")
    found = _checked(header.imager_pixel_mm, "ImagerPixelSpacing")
    return Spacing(found.mm, found.source, (*found.notices, _at_detector()))


def check_given(mm: float | None) -> None:
    """Raise `WrongCall` where a number given in the call is no length of a pixel."""
    if mm is not None and not SMALLEST_MM <= mm <= LARGEST_MM:
        raise WrongCall(f"A pixel of {mm:g} mm is not possible; give {SMALLEST_MM} to {LARGEST_MM} mm.")


def _checked(pair: tuple[float, float], source: str) -> Spacing:
    rows, columns = pair
    if not (SMALLEST_MM <= rows <= LARGEST_MM and SMALLEST_MM <= columns <= LARGEST_MM):
        what = f"A pixel is said to measure {rows:g} x {columns:g} mm, which is not possible."
        return Spacing(None, UNKNOWN, (_unknown(what),))
    if abs(rows / columns - 1) > SQUARE:
        told = Notice(
            code="pixels-not-square",
            severity=Severity.WARNING,
            what=f"A pixel measures {rows:g} x {columns:g} mm.",
            done="Lengths are computed with the mean; forms are those of the pixels.",
        )
        return Spacing((rows * columns) ** 0.5, source, (told,))
    return Spacing((rows * columns) ** 0.5, source)


def _unknown(what: str) -> Notice:
    return Notice(
        code="no-spacing",
        severity=Severity.WARNING,
        what=what,
        done="No length in mm is given, and no rule that needs one is used.",
        todo="If you know the size of a pixel, give it: --spacing-mm, or spacing_mm in NAME.toml.",
    )


def _at_detector() -> Notice:
    return Notice(
        code="spacing-at-detector",
        severity=Severity.INFO,
        what="Lengths are those on the detector; in the body they are smaller by an unknown magnification.",
        done="They are given as on the detector.",
    )
