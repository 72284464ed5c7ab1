"""An exposure written as a hospital writes it: axial CT slices, a localizer, a dose sheet.

Explicit VR little endian, one file a slice, names without extension as on an exported disc.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
)

from kossa.evidence import CannotFinish
from kossa.virtual.identity import Patient, uid
from kossa.virtual.scanner import HU_LOW, Exposure

__all__ = ["Protocol", "write_study"]

SIGNED_PADDING = -2000  # stored value outside of the circle, as one vendor writes it (ct.md, section 0)
SHEET = (384, 512)  # rows, columns of the dose sheet


@dataclass(frozen=True)
class Protocol:
    """What a department calls its scan. `signed` chooses 16-bit values with a padding tag."""

    study: str
    series: str
    kernel: str
    date: str
    manufacturer: str
    model: str
    signed: bool = False
    shuffled_names: bool = False
    mas: int = 140


def write_study(folder: Path, exposure: Exposure, patient: Patient, protocol: Protocol, *, seed: int) -> int:
    """Write the series, its localizer and its dose sheet below `folder`; return the number of files.

    Raises `CannotFinish` where the folder cannot be written.
    """
    count = 0
    try:
        for name, data in _files(exposure, patient, protocol, seed):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data.save_as(path, enforce_file_format=True)
            count += 1
    except OSError as fault:
        raise CannotFinish(f"The virtual scan could not be written to {folder}: {fault.strerror}.") from fault
    return count


def _files(
    exposure: Exposure, patient: Patient, protocol: Protocol, seed: int
) -> Iterator[tuple[str, Dataset]]:
    key = ("kossa.virtual", patient.id, seed)
    yield "S0001/I0001", _localizer(exposure, patient, protocol, key)
    slices = exposure.hu.shape[0]
    for k in range(slices):
        number = slices - k  # head first: the first picture is the topmost
        name = uid(*key, "name", k)[-12:] if protocol.shuffled_names else f"I{number:04d}"
        yield f"S0002/{name}", _slice(exposure, patient, protocol, key, k, number)
    yield "S0999/I0001", _dose_sheet(exposure, patient, protocol, key)


def _common(
    patient: Patient, protocol: Protocol, key: tuple[object, ...], series: int, number: int, sop_class: UID
) -> Dataset:
    ds = Dataset()
    instance = UID(uid(*key, series, number))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = instance
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("kossa.virtual", "writer"))
    meta.ImplementationVersionName = "KOSSA_VIRTUAL"
    ds.file_meta = meta
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, instance
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = protocol.date
    ds.StudyTime, ds.SeriesTime, ds.ContentTime = "101500", f"10{15 + series % 40:02d}00", "102000"
    ds.AccessionNumber = f"V{patient.id[-4:]}"
    ds.Modality = "CT"
    ds.Manufacturer, ds.ManufacturerModelName = protocol.manufacturer, protocol.model
    ds.InstitutionName = "Virtual Hospital"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = protocol.study
    ds.PatientName, ds.PatientID = patient.name, patient.id
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = patient.birth_date, patient.sex, patient.age
    ds.PatientSize, ds.PatientWeight = f"{patient.size_m:.2f}", f"{patient.weight_kg:.0f}"
    ds.StudyInstanceUID = uid(*key, "study")
    ds.SeriesInstanceUID = uid(*key, "series", series)
    ds.FrameOfReferenceUID = uid(*key, "frame")
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", series, number
    return ds


def _pixels(ds: Dataset, stored: npt.NDArray[np.generic], *, bits: int, signed: bool) -> None:
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape
    ds.BitsAllocated = 16 if bits > 8 else 8
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.PixelRepresentation = int(signed)
    ds.PixelData = stored.tobytes()


def _slice(
    exposure: Exposure, patient: Patient, protocol: Protocol, key: tuple[object, ...], k: int, number: int
) -> Dataset:
    ds = _common(patient, protocol, key, 2, number, CTImageStorage)
    space = exposure.space
    x, y, z0 = space.origin_mm
    z = z0 + k * space.slice_mm
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SeriesDescription = protocol.series
    ds.AcquisitionNumber = 1
    ds.BodyPartExamined = "CHESTABDPELVIS"
    ds.ScanOptions = "HELICAL MODE"
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime = str(exposure.scanner.kvp), protocol.mas * 2, 500
    ds.SliceThickness = f"{space.slice_mm:g}"
    ds.DataCollectionDiameter = "500"
    ds.ReconstructionDiameter = f"{space.pixel_mm * space.shape[2]:.1f}"
    ds.GantryDetectorTilt = "0"
    ds.ConvolutionKernel = protocol.kernel
    ds.PatientPosition = "HFS"
    ds.ImagePositionPatient = [f"{v:.6g}" for v in (x, y, z)]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.PixelSpacing = [f"{space.pixel_mm:.7g}"] * 2
    ds.SliceLocation = f"{z:.6g}"
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(HU_LOW), "1", "HU"
    ds.WindowCenter, ds.WindowWidth = "40", "400"
    stored = exposure.hu[k].astype(np.int16) - np.int16(HU_LOW)
    if protocol.signed:
        stored[~exposure.inside] = SIGNED_PADDING
        _pixels(ds, stored, bits=16, signed=True)
        ds.add_new((0x0028, 0x0120), "SS", SIGNED_PADDING)
    else:
        stored[~exposure.inside] = 0
        _pixels(ds, stored.astype(np.uint16), bits=12, signed=False)
    return ds


def _localizer(exposure: Exposure, patient: Patient, protocol: Protocol, key: tuple[object, ...]) -> Dataset:
    """Return the scout view: the line integral from front to back, as the tube at 0 degrees sees it."""
    ds = _common(patient, protocol, key, 1, 1, CTImageStorage)
    space = exposure.space
    water = np.maximum(exposure.hu[:, ::2].astype(np.float32) + 1000, 0).mean(axis=1)
    picture = np.rint(np.clip(water[::-1] * 2 - 500, -1000, 3000)).astype(np.int16)
    top = space.axis_mm(0)[-1]
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    ds.SeriesDescription = "Scout"
    ds.KVP, ds.XRayTubeCurrent = str(exposure.scanner.kvp), 20
    ds.SliceThickness = f"{space.slice_mm:g}"
    ds.PatientPosition = "HFS"
    ds.ImagePositionPatient = [f"{space.origin_mm[0]:.6g}", "0", f"{top:.6g}"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "0", "-1"]
    ds.PixelSpacing = [f"{space.slice_mm:g}", f"{space.pixel_mm:.7g}"]
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(HU_LOW), "1", "HU"
    ds.WindowCenter, ds.WindowWidth = "100", "1200"
    _pixels(ds, (picture - np.int16(HU_LOW)).astype(np.uint16), bits=12, signed=False)
    return ds


def _dose_sheet(exposure: Exposure, patient: Patient, protocol: Protocol, key: tuple[object, ...]) -> Dataset:
    """Return the screen that scanners file beside a series: a picture of a table of doses."""
    ds = _common(patient, protocol, key, 999, 1, SecondaryCaptureImageStorage)
    length_cm = exposure.space.shape[0] * exposure.space.slice_mm / 10
    ctdi = protocol.mas * 0.07  # mGy; about 7 mGy per 100 mAs at 120 kV in a 32 cm body: judgement
    dose = ctdi * length_cm
    lines = [
        "Exam Description: " + protocol.study,
        "",
        "Series  Type      Range(mm)        CTDIvol(mGy)  DLP(mGy-cm)  Phantom",
        f"1       Scout     {length_cm * 10:.0f}",
        f"2       Helical   {length_cm * 10:.0f}              {ctdi:.2f}         {dose:.1f}       Body 32 cm",
        "",
        f"Total Exam DLP: {dose:.1f} mGy-cm",
    ]
    sheet = Image.new("L", (SHEET[1], SHEET[0]), 0)
    pen = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        pen.text((14, 24 + 20 * row), line, fill=230)
    ds.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    ds.SeriesDescription = "Dose Report"
    ds.ConversionType = "WSD"
    ds.BurnedInAnnotation = "NO"
    _pixels(ds, np.asarray(sheet, dtype=np.uint8), bits=8, signed=False)
    return ds
