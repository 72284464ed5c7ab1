"""Stored values to Hounsfield units in int16, slice by slice, and whether they are such at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kossa.intake.dicom_header import DicomHeader, Frame

__all__ = [
    "NOT_SCALED",
    "corner_padding",
    "drifting_scale",
    "header_padding",
    "not_hounsfield",
    "rescale",
    "whole_shift",
]

LOW, HIGH = np.iinfo(np.int16).min, np.iinfo(np.int16).max
NOT_AIR_HU = -1500  # nothing real is darker: air -1000 less five times the noise of a thin slice (judgement)
PADDING_BELOW_HU = -900  # a padding value above this would hide tissue, so it is not believed (judgement)
TISSUE_HU = -300  # fat and all denser tissue lies above, lung and air below (ct_volumes.md rule 2)
DARK_SHARE = 0.01  # share of voxels below NOT_AIR_HU that no scan has (judgement)
SOFT_HU = 300  # air, fat, water and tissue lie below, with contrast agent too but for the heart (judgement)
SOFT_SHARE = 0.01  # share of voxels below SOFT_HU that every scan has (judgement)
DENSEST_HU = 3071  # the end of the scale of 12 bits: enamel and bone lie below, metal above (ct.md 0.4)
METAL_SHARE = 0.25  # share of voxels above DENSEST_HU that no scan has, metal in it or not (judgement)
BONE_HU = 600  # most of a body with its table lies below (judgement) ...
BONE_SHARE = 0.6  # ... but for a bone or stone without flesh, which a scanner writes with slope 1 (judgement)
JUMP_HU, JUMP_TIMES = 50.0, 2.0  # by so much, and so many times, slices fit worse than unscaled (judgement)
FEWEST = 100  # pixels of two slices that can be compared (judgement)

NOT_SCALED = "its files have no rescale values"


def whole_shift(frame: Frame) -> int | None:
    """Return the intercept where slope is 1 and the intercept whole, else None: no float is needed."""
    slope, intercept = _scale(frame)
    if slope != 1 or intercept != int(intercept) or abs(intercept) > HIGH:
        return None
    return int(intercept)


def _scale(frame: Frame) -> tuple[float, float]:
    slope = 1.0 if frame.slope is None else frame.slope
    return slope, 0.0 if frame.intercept is None else frame.intercept


def header_padding(header: DicomHeader, frame: Frame) -> int | None:
    """Return the padding value of the header in HU, None where there is none that can be believed."""
    if header.padding is None:
        return None
    slope, intercept = _scale(frame)
    hu = header.padding * slope + intercept
    return int(np.clip(round(hu), LOW, HIGH)) if hu <= PADDING_BELOW_HU else None


def rescale(
    stored: npt.NDArray[Any],
    frame: Frame,
    header: DicomHeader,
    out: npt.NDArray[np.int16],
    padding_hu: int | None,
) -> None:
    """Write one slice in HU to `out`, padding as `padding_hu`; values beyond int16 are clipped.

    `stored` may share memory with `out`: then nothing is copied where slope is 1.
    """
    outside = _outside(stored, frame, header) if padding_hu is not None else None
    shift = whole_shift(frame)
    if shift is None or stored.dtype.itemsize > 2:
        slope, intercept = _scale(frame)
        values = stored.astype(np.float64) * slope + intercept
        out[...] = np.clip(np.rint(values), LOW, HIGH).astype(np.int16)
    else:
        _shift(stored, shift, header.bits_stored, out)
    if outside is not None:
        np.copyto(out, np.int16(padding_hu or 0), where=outside)


def _shift(stored: npt.NDArray[Any], shift: int, bits: int, out: npt.NDArray[np.int16]) -> None:
    """Add a whole number modulo 2^16, after clipping where the sum would leave int16."""
    _clip(stored, shift, bits)
    if stored.dtype.itemsize == 1:
        out[...] = stored
    elif not np.shares_memory(stored, out):
        out[...] = stored.view(np.int16)
    if shift:
        np.add(out, np.int16(shift), out=out)


def _clip(stored: npt.NDArray[Any], shift: int, bits: int) -> None:
    """Clip stored values whose sum with `shift` would leave int16; hardly any scan has one.

    Looking for the extreme takes a thirtieth of the time of clipping against a number.
    """
    if stored.dtype.kind == "u":
        bound = HIGH - shift
        if (1 << bits) - 1 > bound and stored.max() > bound:
            np.minimum(stored, bound, out=stored)
    elif bits == 16 and shift < 0 and stored.min() < LOW - shift:
        np.maximum(stored, LOW - shift, out=stored)
    elif bits == 16 and shift > 0 and stored.max() > HIGH - shift:
        np.minimum(stored, HIGH - shift, out=stored)


def _outside(stored: npt.NDArray[Any], frame: Frame, header: DicomHeader) -> npt.NDArray[np.bool_] | None:
    """Return where the header's padding value (or range) stands, None where nowhere."""
    if header.padding is None or header_padding(header, frame) is None:
        return None
    low = high = header.padding
    if header.padding_limit is not None:
        low, high = sorted((header.padding, header.padding_limit))
    info = np.iinfo(stored.dtype)
    if high < info.min or low > info.max:
        return None
    mask = stored == low if low == high else (stored >= low) & (stored <= high)
    return mask if mask.any() else None


def corner_padding(hu: npt.NDArray[np.int16]) -> int | None:
    """Return the value outside the measured circle where no header names it.

    It is the one value that stands in all four corners of every slice and is darker than anything
    real; Toshiba writes -2048 so (ct.md 0.4).
    """
    corners = hu[:, :: max(1, hu.shape[1] - 1), :: max(1, hu.shape[2] - 1)]
    value = int(corners.flat[0])
    return value if value <= NOT_AIR_HU and bool((corners == value).all()) else None


def not_hounsfield(
    hu: npt.NDArray[np.int16],
    *,
    padding_hu: int | None,
    scaled: bool,
    rescale_type: str | None,
    intercept: float | None,
    bits_allocated: int,
    slope: float | None = None,
) -> str | None:
    """Say why the values are not Hounsfield units, None where they can be (ct.md section 6, row 10).

    `hu` may be a sample of the scan. Air must lie near -1000 where there is any, tissue near 0; a `slope`
    other than 1 is believed only where most of the body is no denser than tissue.
    """
    told = _not_told(scaled=scaled, rescale_type=rescale_type, bits_allocated=bits_allocated)
    if told is not None:
        return told
    real = hu if padding_hu is None else hu[hu != padding_hu]
    if real.size == 0:
        return "it holds nothing but padding"
    low, high, dark = int(real.min()), int(real.max()), float((real < NOT_AIR_HU).mean())
    if not intercept and low >= 0:
        return f"no value is below 0 (they go from {low} to {high}), and air is -1000 in Hounsfield units"
    if dark > DARK_SHARE:
        return f"{dark:.0%} of its values lie below {NOT_AIR_HU}, and air is -1000 in Hounsfield units"
    if high < TISSUE_HU:
        return f"no value is above {high}: there is no tissue"
    return _too_dense(real, slope)


def _too_dense(real: npt.NDArray[np.int16], slope: float | None) -> str | None:
    """Say why the values lie too high; those of the sample without padding."""
    if float((real < SOFT_HU).mean()) < SOFT_SHARE:
        return f"hardly a value is below {SOFT_HU}, and soft tissue is 0 to 100 in Hounsfield units"
    dense = float((real > DENSEST_HU).mean())
    if dense > METAL_SHARE:
        return f"{dense:.0%} of its values lie above {DENSEST_HU}, where only metal does in Hounsfield units"
    body = real[real >= TISSUE_HU]
    bony = float((body > BONE_HU).mean())
    if slope not in (None, 1.0) and bony > BONE_SHARE:
        return f"with its slope of {slope:g}, {bony:.0%} of what is no air would be as dense as bone"
    return None


def drifting_scale(
    hu: npt.NDArray[np.int16], frames: Sequence[Frame], padding_hu: int | None
) -> tuple[int, float] | None:
    """Return after which slice, and by how many HU, tissue leaves its place where its scale changes.

    A scale of its own for each slice is legal (PS3.3 C.7.6.16.2.9) and right where neighbours, which show
    nearly the same, fit better with it than without. `hu` [z, y, x] may leave out rows and columns; None
    where every change of scale fits, or there is none.
    """
    scales = [_scale(frame) for frame in frames]
    for k, (one, other) in enumerate(pairwise(scales)):
        if one == other or 0.0 in (one[0], other[0]):
            continue
        first, second = hu[k].astype(np.float64), hu[k + 1].astype(np.float64)
        both = (hu[k] > LOW) & (hu[k] < HIGH) & (hu[k + 1] > LOW) & (hu[k + 1] < HIGH)
        if padding_hu is not None:
            both &= (hu[k] != padding_hu) & (hu[k + 1] != padding_hu)
        if int(both.sum()) < FEWEST:
            continue
        unscaled = (second - other[1]) / other[0] * one[0] + one[1]  # as the slice before is scaled
        apart = float(np.abs(second - first)[both].mean())
        alike = float(np.abs(unscaled - first)[both].mean())
        if apart > alike + JUMP_HU and apart > alike * JUMP_TIMES:
            tissue = both & (first >= TISSUE_HU)
            return k, float(np.median((second - unscaled)[tissue if tissue.any() else both]))
    return None


def _not_told(*, scaled: bool, rescale_type: str | None, bits_allocated: int) -> str | None:
    """Judge by the header alone."""
    if not scaled:
        return NOT_SCALED
    kind = (rescale_type or "HU").upper()
    if kind != "US" and not kind.startswith(("HU", "HOUN")):  # US is "unspecified" (PS3.3 C.11.1.1.2)
        return f"its values are said to be '{rescale_type}'"
    return "its pixels have 8 bits, as pictures have" if bits_allocated <= 8 else None
